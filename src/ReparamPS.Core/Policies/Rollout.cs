using ReparamPS.Policies.Problems;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Policies;

/// <summary>What trajectories are drawn for.</summary>
internal sealed record RolloutOptions
{
    /// <summary>Whether the objective is differentiated through dynamics and cost.</summary>
    public bool IsPathwise { get; init; }

    /// <summary>Whether actions are those of ε = 0.</summary>
    public bool IsDeterministic { get; init; }

    /// <summary>Steps after which the path through the state is cut; 0: never.</summary>
    public int Truncation { get; init; }

    /// <summary>The step, from 1 to <see cref="Truncation"/>, of the first cut.</summary>
    public int FirstCut { get; init; }

    /// <summary>α: log π(u) counts as a cost with this weight.</summary>
    public double EntropyWeight { get; init; }

    /// <summary>First states, [trajectories, states]; null draws them.</summary>
    public Tensor? Starts { get; init; }
}

/// <summary>A batch of trajectories under a policy. Its tensors belong to the dispose scope that it was made in.</summary>
internal sealed class Rollout
{
    private Rollout(Tensor observations, Tensor noise, Tensor costs, Tensor objective, Tensor? sensitivities) =>
        (Observations, Noise, Costs, Objective, Sensitivities) = (observations, noise, costs, objective, sensitivities);

    /// <summary>[steps, trajectories, observations].</summary>
    public Tensor Observations { get; }

    /// <summary>ε, [steps, trajectories, actions].</summary>
    public Tensor Noise { get; }

    /// <summary>γᵗ c(sₜ, uₜ), [steps, trajectories].</summary>
    public Tensor Costs { get; }

    /// <summary>The costs, with the entropy's share, [steps, trajectories].</summary>
    public Tensor Objective { get; }

    /// <summary>The derivative of a trajectory's objective in each x, with all that follows from it, [steps, trajectories, actions]; null unless pathwise.</summary>
    public Tensor? Sensitivities { get; }

    /// <summary>Draws trajectories.</summary>
    /// <exception cref="ArgumentException">A cost is not finite, or the objective does not depend on actions in a way that can be differentiated.</exception>
    public static Rollout Run(ControlProblem problem, Policy policy, long count, RandomSource random, RolloutOptions options)
    {
        using var mode = options.IsPathwise ? (IDisposable)enable_grad() : no_grad();
        ScalarType dtype = policy.DType;
        Tensor state = options.Starts ?? problem.Starts.Draw(count, random, dtype);
        Tensor noise = options.IsDeterministic ? zeros([problem.Horizon, count, problem.ActionSize], dtype, CPU) : random.Normal([problem.Horizon, count, problem.ActionSize], dtype);
        Tensor? disturbance = problem.ProcessScale(dtype) is { } spread ? random.Normal([problem.Horizon, count, problem.StateSize], dtype) * spread : null;
        Tensor shifts = (noise * policy.ScaleTensor).detach().requires_grad_(options.IsPathwise);
        Tensor[] shiftOf = shifts.unbind(0);
        Tensor[]? disturbanceOf = disturbance?.unbind(0);
        Tensor[] observations = new Tensor[problem.Horizon], costs = new Tensor[problem.Horizon];
        List<Tensor> actionDensities = [];
        for (int t = 0; t < problem.Horizon; t++)
        {
            if (options.Truncation > 0 && t > 0 && (t - options.FirstCut) % options.Truncation == 0) state = state.detach();
            Tensor observation = problem.Observe(state), x = policy.Mean(observation) + shiftOf[t];
            Tensor action = policy.Action(x, problem.ActionBound);
            observations[t] = observation.detach();
            costs[t] = problem.Cost(state, action);
            if (options.EntropyWeight != 0 && policy.LogDensityOfAction(x, problem.ActionBound) is { } density) actionDensities.Add(density);
            if (t == problem.Horizon - 1) break;
            state = problem.Next(state, action);
            if (disturbanceOf is not null) state += disturbanceOf[t];
        }
        Tensor discounts = DiscountsOf(problem, dtype), discounted = stack(costs) * discounts, objective = discounted;
        CheckFinite(discounted);
        if (options.EntropyWeight != 0)
        {
            // Pathwise, ε is held fixed: this part depends on σ alone, and its derivative is known.
            Tensor density = policy.LogDensityOfNoise(noise);
            if (actionDensities.Count > 0) density += stack(actionDensities);
            objective = discounted + (options.EntropyWeight * discounts * density);
        }
        return new Rollout(stack(observations), noise, discounted.detach(), objective.detach(), options.IsPathwise ? Differentiate(objective, shifts) : null);
    }

    /// <summary>γᵗ, [steps, 1].</summary>
    public static Tensor DiscountsOf(ControlProblem problem, ScalarType dtype) =>
        tensor([.. Enumerable.Range(0, problem.Horizon).Select(t => Math.Pow(problem.Discount, t))], [problem.Horizon, 1], dtype);

    private static Tensor Differentiate(Tensor objective, Tensor shifts)
    {
        Tensor total = objective.sum();
        return ReparamPS.Gradients.Backward.Of([total], [ones_like(total)], [shifts]) is [{ } gradient]
            ? gradient
            : throw new ArgumentException("Estimator Pathwise needs costs that can be differentiated with respect to actions, but the results of Cost and Dynamics carry no gradient. In these script blocks, use tensor operations on the arguments, or use Estimator ScoreFunction or RewardToGo.", "Cost");
    }

    private static void CheckFinite(Tensor costs)
    {
        using var noGrad = no_grad();
        if (costs.sum().isfinite().item<bool>()) return;
        Tensor bad = costs.isfinite().logical_not().sum(-1);
        long[] counts = bad.data<long>().ToArray();
        int step = Array.FindIndex(counts, count => count > 0);
        if (step < 0) return;
        string where = costs.shape[1] == 1 ? "the only trajectory" : $"{counts[step]} of the {costs.shape[1]} trajectories of a batch";
        throw new NonFiniteCostException($"The cost is not a finite number at step {step} in {where}.", step == 0 ? "The dynamics have not acted yet: check Cost, for example for a logarithm or a division, InitialState and the policy."
                : "States may grow without limit under this policy; try another policy or a smaller Horizon.");
    }
}

/// <summary>A cost of a trajectory is NaN or infinite.</summary>
public sealed class NonFiniteCostException : ArithmeticException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="problem">What is not finite, and where.</param>
    /// <param name="advice">What may help, if the policy is the cause.</param>
    public NonFiniteCostException(string problem, string advice) : base($"{problem} {advice}") => Problem = problem;

    /// <summary>What is not finite, and where.</summary>
    public string Problem { get; }
}
