using ReparamPS.Distributions;
using ReparamPS.Distributions.Checks;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Gradients.Estimators;

/// <summary>The problem of an estimation: the gradient of E[f(z)] in the parameters of z's distribution.</summary>
internal sealed class EstimationProblem
{
    private const long MaxNumbers = 1 << 22;
    private const double Rounding = 1e-5;

    private readonly Func<Tensor, Tensor> objective;
    private readonly ParameterTree tree;
    private double lowest = double.PositiveInfinity, highest = double.NegativeInfinity;

    public EstimationProblem(Distribution distribution, Func<Tensor, Tensor> objective)
    {
        (Distribution, this.objective) = (distribution, objective);
        tree = new ParameterTree(distribution);
        Leaves = [.. tree.Leaves.Where(leaf => !leaf.Constraint.IsDiscrete)];
    }

    /// <summary>The distribution.</summary>
    public Distribution Distribution { get; }

    /// <summary>Its tensor parameters, except counts, in which there is no derivative.</summary>
    public IReadOnlyList<ParameterLeaf> Leaves { get; }

    /// <summary>Why densities, CDFs and quantiles of the user's own cannot be differentiated; null if they can, or if there are none.</summary>
    public string? FunctionFault(RandomSeed seed) => tree.Customs.Select(custom => CustomDerivatives.FaultOf(custom, seed) is { } fault ? ReferenceEquals(custom, Distribution) ? fault : $"in {custom.Name}, {fault}" : null).FirstOrDefault(fault => fault is not null);

    /// <summary>Whether draws are derived from such functions rather than from a sampler.</summary>
    public bool DrawsByFunctions => tree.Customs.Any(custom => !custom.HasSampler);

    /// <summary>Whether a sampler of the user's own makes draws.</summary>
    public bool HasOwnSampler => tree.Customs.Any(custom => custom.HasSampler);

    /// <summary>Whether a part of the distribution is custom.</summary>
    public bool HasCustoms => tree.Customs.Count > 0;

    /// <summary>Whether the objective's values are compared, and searched for those that are not finite.</summary>
    public bool WatchesValues { get; set; }

    /// <summary>Whether the objective was NaN for a draw while values were searched.</summary>
    public bool HasNaN { get; private set; }

    /// <summary>Whether the objective was infinite for a draw while values were searched.</summary>
    public bool HasInfinity { get; private set; }

    /// <summary>Whether the objective differed between draws, by more than rounding, while values were compared.</summary>
    public bool HasDifferentValues => highest - lowest > Rounding * Math.Max(Math.Abs(highest), Math.Abs(lowest));

    /// <summary>The same problem in float64.</summary>
    public EstimationProblem InDouble() => Distribution.DType == ScalarType.Float64 ? this : With(new Dictionary<string, Tensor>(), value => value.to(ScalarType.Float64));

    /// <summary>The problem of the same objective and another distribution.</summary>
    public EstimationProblem Of(Distribution distribution) => new(distribution, objective);

    /// <summary>The same problem with other values of some parameters.</summary>
    /// <param name="values">A tensor per path.</param>
    /// <param name="convert">Converts the other parameters.</param>
    public EstimationProblem With(IReadOnlyDictionary<string, Tensor> values, Func<Tensor, Tensor>? convert = null) => new(tree.With(values, [], convert), objective);

    /// <summary>f of draws with any leading dimensions: one number per draw.</summary>
    /// <param name="draws">Shape leading + batch + event.</param>
    /// <param name="leading">The leading dimensions.</param>
    public Tensor Objective(Tensor draws, long[] leading)
    {
        long count = TensorShapes.Count(leading);
        long[] own = draws.shape[leading.Length..];
        // A copy: an objective that works in place must not change the draws, which log-probabilities and control variates use afterwards.
        Tensor values = objective(draws.reshape([count, .. own]).clone());
        if (values.dim() == 0 || values.shape[0] != count)
        {
            throw new ShapeMismatchException(
                $"The objective must return one value per draw: for draws of shape {TensorShapes.Format([count, .. own])}, its result must have {count} as the first dimension; got "
                + $"{(values.dim() == 0 ? "a single number" : $"the shape {TensorShapes.Format(values.shape)}")}. Do not apply mean(), sum() or gather() over dimension 0, which holds the draws. {(own.Length == 0 ? "Each draw is a single number here." : "To sum within a draw, use sum(-1).")}");
        }
        if (values.is_complex()) throw new ArgumentException("The objective must return real tensors; got a complex tensor. Return its .real, .imag or .abs().", nameof(draws));
        Tensor sums = values.reshape(count, -1).sum(1).reshape(leading);
        if (!WatchesValues) return sums;
        if (TensorQuestions.Any(sums.isfinite().logical_not()))
        {
            HasNaN |= TensorQuestions.Any(sums.isnan());
            HasInfinity |= TensorQuestions.Any(sums.isinf());
        }
        (lowest, highest) = (Math.Min(lowest, Number(sums.min())), Math.Max(highest, Number(sums.max())));
        return sums;
    }

    private static double Number(Tensor scalar) => ManagedValues.ToDoubles(scalar.detach())[0];

    /// <summary>The distribution with parameters repeated once per group, and those parameters.</summary>
    /// <param name="units">The number of groups of draws, each with its own gradient.</param>
    /// <param name="size">The number of draws per group.</param>
    public RepeatedParameters Repeat(long units, long size)
    {
        var leaves = Leaves.ToDictionary(leaf => leaf.Path, leaf => leaf.Repeated([units, 1]));
        return new RepeatedParameters(tree.With(leaves, [units, size]), leaves, units, size);
    }

    /// <summary>
    /// The derivatives of a function of the log-probabilities of points, [points, elements of all parameters], in parts that bound the memory. Each point has its own copy of the
    /// parameters, because sums over points lose digits if their terms cancel.
    /// </summary>
    /// <param name="points">Shape points + batch + event, or one that broadcasts to it.</param>
    /// <param name="function">From log-probabilities, [points, batch members], to one number per point.</param>
    public IEnumerable<Tensor> Slopes(Tensor points, Func<Tensor, Tensor> function)
    {
        long members = TensorShapes.Count(Distribution.BatchShape);
        foreach (Tensor part in points.split(Math.Max(1, MaxNumbers / Math.Max(1, Leaves.Sum(leaf => leaf.Value.numel())))))
        {
            Tensor slopes;
            using (NewDisposeScope())
            {
                RepeatedParameters repeated = Repeat(part.shape[0], 1);
                slopes = repeated.Columns(function(repeated.Distribution.LogProb(part.unsqueeze(1)).reshape(part.shape[0], members))).MoveToOuterDisposeScope();
            }
            yield return slopes;
        }
    }

    /// <summary>The pieces of a tensor with an element per element of all parameters, one piece per parameter.</summary>
    public Tensor[] Split(Tensor elements) => elements.split([.. Leaves.Select(leaf => leaf.Value.numel())]);
}

/// <summary>A distribution whose parameters are repeated, so that one backward pass yields the gradient of each group of draws.</summary>
internal sealed class RepeatedParameters(Distribution distribution, IReadOnlyDictionary<string, Tensor> leaves, long units, long size)
{
    /// <summary>Batch shape units × size + batch.</summary>
    public Distribution Distribution { get; } = distribution;

    /// <summary>The number of groups, and of draws per group.</summary>
    public long[] Leading { get; } = [units, size];

    /// <summary>log q of draws: one number per draw.</summary>
    public Tensor LogProb(Tensor draws) => Distribution.LogProb(draws).reshape(units, size, -1).sum(-1);

    /// <summary>The mean gradient of each group: units + the shape of each parameter. Parameters that the value does not depend on are missing.</summary>
    /// <param name="perDraw">One number per draw, with its graph.</param>
    public Dictionary<string, Tensor> Gradients(Tensor perDraw)
    {
        string[] paths = [.. leaves.Keys];
        Tensor?[] found = Backward.Of([perDraw.sum()], [ones([], perDraw.dtype, perDraw.device)], [.. paths.Select(path => leaves[path])]);
        return paths.Zip(found).Where(pair => pair.Second is not null).ToDictionary(pair => pair.First, pair => pair.Second!.reshape(units, -1) / size);
    }
    /// <summary>The gradients of <see cref="Gradients"/> as one matrix, [units, elements of all parameters]; 0 for a parameter that the value does not depend on.</summary>
    /// <param name="perDraw">One number per draw, with its graph.</param>
    public Tensor Columns(Tensor perDraw)
    {
        if (leaves.Count == 0) return zeros(units, 0, dtype: perDraw.dtype, device: perDraw.device);
        Dictionary<string, Tensor> found = Gradients(perDraw);
        return cat([.. leaves.Select(leaf => found.TryGetValue(leaf.Key, out Tensor? each) ? each : zeros(units, leaf.Value.numel() / units, dtype: leaf.Value.dtype, device: leaf.Value.device))], 1);
    }
}
