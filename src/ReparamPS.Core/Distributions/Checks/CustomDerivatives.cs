using ReparamPS.Distributions.Parameters;
using ReparamPS.Distributions.Transforms;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.Checks;

/// <summary>A function's derivative with respect to a parameter, at one draw.</summary>
/// <param name="Function">LogProbability, Cdf or Quantile.</param>
/// <param name="Parameter">The parameter.</param>
/// <param name="Gradient">The change of the function between two values of the parameter, by its gradient.</param>
/// <param name="Difference">The same by its values.</param>
/// <param name="Fault">What is wrong; null if the two agree.</param>
internal sealed record FunctionDerivative(string Function, string Parameter, double Gradient, double Difference, string? Fault);

/// <summary>
/// Compares the gradients of a custom distribution's functions with differences of their values. A function that is detached from a parameter has right values, so that no other check sees it,
/// and wrong gradients.
/// </summary>
internal static class CustomDerivatives
{
    private const string LeavesGraph = "leaves the autograd graph, such as by detach() or by a conversion to a number";
    private const int Draws = 65, ComparedDraws = 10_000;
    private const double Tolerance = 1e-2, Rounding = 64 * 2.2e-16, Informative = 100, FaultyShare = 0.05, StandardErrorsAllowed = 6, LargeStep = 0.1;
    private static readonly double[] Steps = [1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-11, 1e-12];

    /// <summary>What is wrong with the derivatives of a custom distribution; null if nothing is.</summary>
    public static string? FaultOf(CustomDistribution distribution, RandomSeed seed)
    {
        using var scope = NewDisposeScope();
        var exact = (CustomDistribution)distribution.To(distribution.Device, ScalarType.Float64);
        Tensor draws;
        using (no_grad())
        using (var random = seed.Open(exact.Device)) draws = exact.Sample([Draws], random);
        return Of(exact, draws, seed).FirstOrDefault(each => each.Fault is not null)?.Fault;
    }

    /// <summary>Compares all functions and parameters for which that is possible.</summary>
    /// <param name="distribution">The distribution, in float64.</param>
    /// <param name="draws">Its draws.</param>
    /// <param name="seed">The seed of further draws.</param>
    public static IEnumerable<FunctionDerivative> Of(CustomDistribution distribution, Tensor draws, RandomSeed seed)
    {
        Tensor at = draws.narrow(0, 0, Math.Min(Draws, draws.shape[0]));
        if (distribution.HasLogProb) foreach (FunctionDerivative each in Compare(distribution, nameof(CustomFunctions.LogProbability), at, (d, z) => d.LogProb(z), seed)) yield return each;
        if (distribution.Type.HasCdf) foreach (FunctionDerivative each in Compare(distribution, nameof(CustomFunctions.Cdf), at, (d, z) => d.Cdf(z), seed)) yield return each;
        // With -NoRSample, the quantile function need not carry gradients.
        if (!distribution.HasGivenQuantile || !distribution.HasRSample) yield break;
        Tensor levels = ((arange(Draws, ScalarType.Float64, distribution.Device) + 0.5) / Draws).reshape([Draws, .. distribution.BatchShape.Select(_ => 1L)]).expand([Draws, .. distribution.BatchShape]);
        foreach (FunctionDerivative each in Compare(distribution, nameof(CustomFunctions.Quantile), levels, (d, z) => d.Icdf(z), seed)) yield return each;
    }

    /// <summary>The parameters with a copy per draw, which requires gradients.</summary>
    public static Dictionary<string, Tensor> PerDraw(CustomDistribution distribution, long count) => distribution.Parameters.ToDictionary(parameter => parameter.Name, parameter =>
    {
        Tensor own = parameter.Value.detach();
        long[] batch = [.. Enumerable.Repeat(1L, (int)(distribution.BatchShape.Length - (own.dim() - parameter.Constraint.EventDims))), .. own.shape];
        return own.reshape(batch).expand([count, .. batch]).clone().requires_grad_();
    });

    private static IEnumerable<FunctionDerivative> Compare(CustomDistribution distribution, string name, Tensor at, Func<Distribution, Tensor, Tensor> function, RandomSeed seed)
    {
        Dictionary<string, Tensor> leaves = PerDraw(distribution, at.shape[0]);
        using (enable_grad())
        {
            Tensor value = function(With(distribution, leaves), at);
            if (value.requires_grad) where(value.detach().isfinite(), value, zeros_like(value)).sum().backward();
        }
        foreach (DistributionParameter parameter in distribution.Parameters)
        {
            if (parameter.Constraint.IsDiscrete || parameter.Value.numel() == 0) continue;
            // A parameter without a constraint has no bijection.
            var moves = new Movement(distribution, parameter.Name, parameter.Value.detach(), Bijections.Find(parameter.Constraint).Map ?? Bijections.Identity);
            if (Judge(name, moves, at, function, leaves[parameter.Name].grad) is { } judged) yield return judged;
            else if (leaves[parameter.Name].grad is null && name != nameof(CustomFunctions.Quantile) && !distribution.Support.DependsOnParameters && Moves(moves, seed))
                yield return new FunctionDerivative(name, parameter.Name, 0, double.NaN, $"{name} does not depend on {parameter.Name}, but the draws do");
        }
    }

    // Null if the function does not depend on the parameter. A step is too long for a narrow density, or too short for the rounding: a draw agrees if it does so at any step.
    private static FunctionDerivative? Judge(string name, Movement moves, Tensor at, Func<Distribution, Tensor, Tensor> function, Tensor? gradient)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        int count = (int)at.shape[0];
        SlopeEvidence[] draws = [.. Enumerable.Range(0, count).Select(_ => new SlopeEvidence())];
        foreach (bool isRelative in new[] { false, true })
        {
            foreach (SlopeEvidence draw in draws) draw.StartSteps();
            foreach (double step in Steps)
            {
                if (moves.At(step, isRelative) is not { } up || moves.At(-step, isRelative) is not { } down) continue;
                double[] above = Totals(function(up.Distribution, at)), below = Totals(function(down.Distribution, at));
                double[] slope = gradient is null ? new double[count] : ManagedValues.ToDoubles((gradient.reshape(count, -1) * (up.Value - down.Value).reshape(1, -1)).sum(1));
                for (int i = 0; i < count; i++) draws[i].Add(step, above[i] - below[i], slope[i], Rounding * (Math.Abs(above[i]) + Math.Abs(below[i]) + 1));
                if (draws.Count(draw => draw.Agrees) >= (1 - FaultyShare) * count) return new FunctionDerivative(name, moves.Parameter, 0, 0, null);
            }
        }
        SlopeEvidence[] faulty = [.. draws.Where(draw => draw.IsFaulty)];
        if (faulty.Length <= FaultyShare * count) return draws.Any(draw => draw.Agrees) ? new FunctionDerivative(name, moves.Parameter, 0, 0, null) : null;
        (double slopeThere, double changeThere) = faulty[0].Example;
        return new FunctionDerivative(name, moves.Parameter, slopeThere, changeThere, slopeThere == 0
            ? $"{name} changes with {moves.Parameter} but has no gradient with respect to {moves.Parameter}: {name} {LeavesGraph}; use only methods of tensors"
            : $"the gradient of {name} with respect to {moves.Parameter} does not match the change of {name}: for a small step, the gradient predicts a change of {TensorText.Number(slopeThere)}, but {name} changes by {TensorText.Number(changeThere)}; a part of {name} {LeavesGraph}{(moves.IsSymmetricMatrix ? $", or {name} reads only one triangle of {moves.Parameter}; in the second case, give -ParameterConstraint @{{ {moves.Parameter} = 'PositiveDefinite' }}" : "")}");
    }

    // What differences at several steps tell about the gradient at one draw. Where the slope is 0, such as that of a mass at its mode, a difference is only a truncation error.
    // Divided by the step, that vanishes as the step shrinks; the error of a wrong gradient does not.
    private sealed class SlopeEvidence
    {
        private const double Vanishing = 0.5, Resolvable = 4;
        private double excess;
        private bool differs, differed;

        public bool Agrees { get; private set; }

        public bool IsFaulty => (differs || differed) && !Agrees;

        public (double Slope, double Change) Example { get; private set; }

        public void StartSteps() => (differed, differs, excess) = (differed || differs, false, 0);

        public void Add(double step, double change, double slope, double noise)
        {
            double size = Math.Max(Math.Abs(change), Math.Abs(slope)), error = Math.Abs(change - slope), expected = excess * step;
            if (!double.IsFinite(change + slope)) return;
            bool isInformative = size > Informative * noise, isClose = error <= Tolerance * size + noise;
            if (isInformative && isClose) Agrees = true;
            if (expected > Resolvable * noise) differs = error + noise > Vanishing * expected;
            else if (excess == 0) differs = isInformative && !isClose;
            if (!isInformative || isClose) return;
            if (!IsFaulty || excess == 0) Example = (slope, change);
            excess = error / step;
        }
    }

    // Whether the distribution of the draws changes with a parameter. Draws that only turn or change sign keep theirs.
    private static bool Moves(Movement moves, RandomSeed seed)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        if ((moves.At(LargeStep, isRelative: false) ?? moves.At(LargeStep, isRelative: true)) is not { } moved) return false;
        Tensor DrawsOf(Distribution distribution)
        {
            using var random = seed.Open(distribution.Device);
            return distribution.Sample([ComparedDraws], random).reshape(ComparedDraws, -1);
        }
        Tensor before = DrawsOf(moves.Source), after = DrawsOf(moved.Distribution);
        Tensor Quantile(double level) => before.quantile(full([], level, ScalarType.Float64, before.device), dim: 0, keepdim: true);
        Tensor centre = Quantile(0.5), spread = Quantile(0.75) - Quantile(0.25), width = where(spread > 0, spread, ones_like(spread));
        foreach (Func<Tensor, Tensor> bounded in new Func<Tensor, Tensor>[] { t => t.tanh(), t => (t / 2).cos(), t => (t / 2).sin() })
        {
            Tensor difference = bounded((after - centre) / width) - bounded((before - centre) / width), error = difference.std(0, unbiased: true) / Math.Sqrt(ComparedDraws);
            if (TensorQuestions.Any(difference.mean([0]).abs() > StandardErrorsAllowed * error + 1e-9)) return true;
        }
        return false;
    }

    private static double[] Totals(Tensor values) => ManagedValues.ToDoubles(values.reshape(values.shape[0], -1).sum(1));

    private static CustomDistribution With(CustomDistribution distribution, IReadOnlyDictionary<string, Tensor> values) =>
        (CustomDistribution)distribution.Type.Create(distribution.Parameters.ToDictionary(parameter => parameter.Name, object (parameter) => values.TryGetValue(parameter.Name, out Tensor? value) ? value : parameter.Value.detach()));

    // Moves one parameter within its constraint: all elements at once, by steps of different size, so that they do not cancel.
    private sealed record Movement(CustomDistribution Source, string Parameter, Tensor Value, Transform Map)
    {
        // Without a constraint, each element of it moves alone.
        public bool IsSymmetricMatrix => ReferenceEquals(Map, Bijections.Identity) && Value.dim() >= 2 && Value.shape[^1] > 1 && Value.shape[^1] == Value.shape[^2] && TensorQuestions.All(Value == Value.mT);

        public (CustomDistribution Distribution, Tensor Value)? At(double step, bool isRelative)
        {
            Tensor y = Map.Inverse(Value), size = y.abs(), weights = 1 + (arange(y.numel(), ScalarType.Float64, y.device) * 0.618).frac().reshape(y.shape);
            Tensor moved = Map.Forward(y + step * weights * (isRelative ? where(size > 0, size, ones_like(size)) : size.maximum(ones_like(size))));
            try
            {
                return (With(Source, new Dictionary<string, Tensor> { [Parameter] = moved }), moved);
            }
            catch (ArgumentException)
            {
                return null;
            }
        }
    }
}
