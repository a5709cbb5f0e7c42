using ReparamPS.Gradients;
using ReparamPS.Numerics;
using ReparamPS.Policies.Problems;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Policies.Gradients;

/// <summary>
/// Checks the gradients of dynamics and cost before the pathwise estimator uses them: at first states of a policy's trajectories, they must agree with differences of the values.
/// A function that cuts the graph has right values, so that nothing else notices.
/// </summary>
internal static class PathwiseCheck
{
    private const string Dynamics = "Dynamics", Cost = "Cost", States = "states", Actions = "actions";

    // Later steps show what first states hide, such as those that are all 0.
    private const int Points = 2;

    /// <summary>Checks a problem whose functions are a user's.</summary>
    /// <param name="problem">The problem.</param>
    /// <param name="policy">The policy, fit to the problem.</param>
    /// <param name="count">The number of trajectories, at least 2: as many as are drawn at once later.</param>
    /// <param name="truncation">Steps after which the path through the state is cut; 0: never.</param>
    /// <exception cref="ArgumentException">A gradient does not reach states or actions, or is wrong.</exception>
    public static void Run(ControlProblem problem, Policy policy, long count, int truncation = 0)
    {
        // Their gradients are tested.
        if (problem is LqrProblem or PendulumProblem) return;
        using var scope = NewDisposeScope();
        // As in a rollout: functions may differentiate by themselves.
        using var grad = enable_grad();
        using var oneThread = new OneThread();
        using var random = new RandomSource(17);
        // The number of states in a row that a gradient passes. The first one of them does not depend on the policy.
        int reach = truncation > 0 ? Math.Min(truncation, problem.Horizon) : problem.Horizon;
        Link[] links =
        [
            .. new[] { new Link(Cost, Actions, problem.Cost, 1), new Link(Cost, States, problem.Cost, 2), new Link(Dynamics, Actions, problem.Next, 2), new Link(Dynamics, States, problem.Next, 3) }
                .Where(link => link.Reach <= reach),
        ];
        Tensor state = problem.Starts.Draw(count, random, policy.DType);
        for (int t = 0; t < Math.Min(Points, problem.Horizon); t++)
        {
            Tensor noise = random.Normal([count, problem.ActionSize], policy.DType) * policy.ScaleTensor;
            Tensor action = policy.Action(policy.Mean(problem.Observe(state)) + noise, problem.ActionBound).detach();
            // A trajectory ends with a cost.
            bool isLast = t == problem.Horizon - 1;
            foreach (Link link in links.Where(link => !isLast || link.Function == Cost)) link.Compare(state, action, random);
            if (!isLast) state = problem.Next(state, action).detach();
        }
        if (Array.Find(links, link => link.IsFaulty) is { } faulty) throw faulty.Error();
    }

    /// <summary>A function and one of its arguments, with what is known of this derivative.</summary>
    private sealed class Link(string function, string argument, Func<Tensor, Tensor, Tensor> evaluate, int reach)
    {
        private const double Tolerance = 1e-3, Informative = 2, FaultyShare = 0.05, RoundingAllowed = 100;

        // The first step may be too long for a function that varies fast.
        private static readonly double[] Refinements = [1, 0.1, 0.01];

        private int right, wrong;
        private (double Slope, double Difference) example;

        public string Function => function;

        /// <summary>The number of states in a row that a gradient must pass to need this derivative.</summary>
        public int Reach => reach;

        /// <summary>Whether the derivative is wrong. At a kink or a jump nothing can be said, and few trajectories are there.</summary>
        public bool IsFaulty => wrong > FaultyShare * (wrong + right);

        /// <summary>Compares the derivative with differences at a state and an action of each trajectory.</summary>
        public void Compare(Tensor state, Tensor action, RandomSource random)
        {
            using var scope = NewDisposeScope();
            Tensor point = argument == States ? state : action, leaf = Leaf(point);
            // What works in place must not change a leaf.
            Tensor At(Tensor leaf) => argument == States ? evaluate(leaf.clone(), Leaf(action).clone()) : evaluate(Leaf(state).clone(), leaf.clone());
            Tensor values = At(leaf);
            // Positive, and of different size, so that elements do not cancel.
            Tensor weights = values.dim() == 1 ? ones_like(values) : Sizes(values, random);
            weights = weights.reshape(values.shape[0], -1).detach();
            weights /= weights.norm(1, keepdim: true);
            double[] Totals(Tensor values) => ManagedValues.ToDoubles((values.detach().reshape(weights.shape) * weights).sum(1));
            double[] centre = Totals(values);
            Tensor? gradient = Backward.Of([values], [weights.reshape(values.shape)], [leaf])[0];

            Tensor typical = point.abs().mean([0], keepdim: true), scale = where((typical > 0).logical_and(typical.isfinite()), typical, ones_like(typical));
            // Every other trajectory stays where it is.
            Tensor isMoved = arange(point.shape[0], point.dtype, CPU).remainder(2).neg().add(1).unsqueeze(-1), direction = isMoved * scale * Sizes(point, random);
            Tensor parts = gradient is null ? zeros_like(point) : gradient * direction;
            double[] slopes = ManagedValues.ToDoubles(parts.sum(1)), sizes = ManagedValues.ToDoubles(parts.abs().sum(1)), lengths = ManagedValues.ToDoubles(direction.norm(1));
            double epsilon = TorchTypes.Epsilon(point.dtype), firstStep = DifferenceSlope.Step(epsilon);
            DifferenceSlope[] differences = new DifferenceSlope[centre.Length];
            int[] suspects = [.. Enumerable.Range(0, centre.Length).Where(i => i % 2 == 0)];
            foreach (double refinement in Refinements)
            {
                double step = firstStep * refinement;
                double[][] moved = [.. DifferenceSlope.Shifts.Select(shift => Totals(At(Leaf(point + shift * step * direction))))];
                // If the others change too, the function is random or mixes trajectories, and differences tell nothing.
                if (Enumerable.Range(0, centre.Length).Any(i => i % 2 == 1 && moved.Any(totals => Math.Abs(totals[i] - centre[i]) > RoundingAllowed * epsilon * (1 + Math.Abs(centre[i]))))) return;
                List<int> still = [];
                foreach (int i in suspects)
                {
                    DifferenceSlope difference = DifferenceSlope.Of(shift => moved[shift][i], centre[i], step);
                    double size = Math.Abs(difference.Value), error = Math.Abs(slopes[i] - difference.Value);
                    double allowed = Tolerance * (sizes[i] + size) + difference.Error(epsilon * Math.Abs(centre[i]), difference.Roughness, step);
                    if (error <= allowed && size > Informative * allowed) right++;
                    else if (refinement < 1) still.Add(i);
                    // A gradient where the values stay the same is there on purpose, such as a straight-through one.
                    else if (error > allowed && size > allowed) still.Add(i);
                    if (refinement == 1) differences[i] = difference;
                }
                suspects = [.. still];
                if (suspects.Length == 0) return;
            }
            if (wrong == 0) example = (slopes[suspects[0]] / lengths[suspects[0]], differences[suspects[0]].Value / lengths[suspects[0]]);
            wrong += suspects.Length;
        }

        public ArgumentException Error() => new(
            (example.Slope == 0
                ? $"The gradient of {function} does not reach the {argument}: it is 0, but finite differences give {example.Difference:G6}."
                : $"The gradient of {function} with respect to the {argument} is wrong: it is {example.Slope:G6}, but finite differences give {example.Difference:G6}.")
            + $" Part of {function} is not differentiable, or is computed from a detached copy, such as one from New-Tensor, .detach(), .item() or .ToArray()."
            + " Use tensor operations on the arguments, or use Estimator ScoreFunction or RewardToGo, which do not need this gradient.",
            function);

        private static Tensor Leaf(Tensor values) => values.detach().clone().requires_grad_();

        private static Tensor Sizes(Tensor like, RandomSource random) => random.Uniform(like.shape, like.dtype) + 0.5;
    }
}
