using ReparamPS.Policies.Problems;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Policies;

/// <summary>Gradients of trajectories' costs in a policy's parameters.</summary>
internal static class PolicyGradient
{
    /// <summary>Draws trajectories and differentiates.</summary>
    /// <param name="problem">The problem.</param>
    /// <param name="policy">The policy, fit to the problem.</param>
    /// <param name="estimator">The estimator.</param>
    /// <param name="baseline">The baseline of the score function's weights.</param>
    /// <param name="count">The number of trajectories.</param>
    /// <param name="random">The noise.</param>
    /// <param name="options">Truncation and entropy.</param>
    /// <param name="isPerTrajectory">Whether trajectories are kept apart: gradients are then [trajectories, …parameter], otherwise summed to [parameter].</param>
    /// <returns>A gradient for each parameter in the policy's order, and the trajectories' costs.</returns>
    public static (IReadOnlyList<Tensor> Gradients, Tensor Costs) Of(
        ControlProblem problem, Policy policy, PolicyGradientEstimator estimator, PolicyBaseline baseline, long count, RandomSource random, RolloutOptions options, bool isPerTrajectory)
    {
        using var scope = NewDisposeScope();
        bool isPathwise = estimator == PolicyGradientEstimator.Pathwise;
        Rollout rollout = Rollout.Run(problem, policy, count, random, options with { IsPathwise = isPathwise });
        using var noGrad = no_grad();
        Tensor inMean, inScale;
        if (isPathwise)
        {
            inMean = rollout.Sensitivities!;
            inScale = inMean * rollout.Noise;
            if (options.EntropyWeight != 0) inScale -= options.EntropyWeight * Rollout.DiscountsOf(problem, policy.DType).unsqueeze(-1) / policy.ScaleTensor;
        }
        else
        {
            // The score of x ~ N(mean, σ²) is ε/σ in the mean and (ε² − 1)/σ in σ.
            Tensor weights = Weights(rollout.Objective, estimator, baseline).unsqueeze(-1) / policy.ScaleTensor;
            inMean = weights * rollout.Noise;
            inScale = weights * (rollout.Noise.square() - 1);
        }
        Tensor scaleGradient = isPerTrajectory ? inScale.sum(0L) : inScale.flatten(0, 1).sum(0L);
        Tensor[] gradients = [.. policy.MeanGradients(rollout.Observations, inMean, isPerTrajectory).Append(scaleGradient).Select(gradient => gradient.MoveToOuterDisposeScope())];
        return (gradients, rollout.Costs.sum(0L).MoveToOuterDisposeScope());
    }

    // [steps, trajectories]. The mean over the others leaves the estimator unbiased.
    private static Tensor Weights(Tensor objective, PolicyGradientEstimator estimator, PolicyBaseline baseline)
    {
        Tensor weights = estimator == PolicyGradientEstimator.ScoreFunction ? objective.sum(0L, keepdim: true).expand_as(objective) : objective.flip(0).cumsum(0).flip(0);
        if (baseline == PolicyBaseline.None) return weights;
        long others = weights.shape[1] - 1;
        return weights - ((weights.sum(1, keepdim: true) - weights) / others);
    }
}
