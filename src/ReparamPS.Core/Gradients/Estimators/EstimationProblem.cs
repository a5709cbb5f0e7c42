using ReparamPS.Distributions;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Gradients.Estimators;

/// <summary>The problem of an estimation: the gradient of E[f(z)] in the parameters of z's distribution.</summary>
internal sealed class EstimationProblem
{
    private readonly Func<Tensor, Tensor> objective;
    private readonly ParameterTree tree;

    public EstimationProblem(Distribution distribution, Func<Tensor, Tensor> objective)
    {
        (Distribution, this.objective) = (distribution, objective);
        tree = new ParameterTree(distribution);
    }

    /// <summary>The distribution.</summary>
    public Distribution Distribution { get; }

    /// <summary>Its tensor parameters.</summary>
    public IReadOnlyList<ParameterLeaf> Leaves => tree.Leaves;

    /// <summary>f of draws with any leading dimensions: one number per draw.</summary>
    /// <param name="draws">Shape leading + batch + event.</param>
    /// <param name="leading">The leading dimensions.</param>
    public Tensor Objective(Tensor draws, long[] leading)
    {
        long count = TensorShapes.Count(leading);
        long[] own = draws.shape[leading.Length..];
        Tensor values = objective(draws.reshape([count, .. own]));
        if (values.dim() == 0 || values.shape[0] != count)
        {
            throw new ShapeMismatchException(
                $"The result of the objective must have {count} as its first dimension, one value per draw, for draws of shape {TensorShapes.Format([count, .. own])}; got the shape "
                + $"{TensorShapes.Format(values.shape)}. Do not apply mean() or sum() over the draws. Use sum(-1) to sum over other dimensions.");
        }
        return values.reshape(count, -1).sum(1).reshape(leading);
    }

    /// <summary>The distribution with parameters repeated once per group, and those parameters.</summary>
    /// <param name="units">The number of groups of draws, each with its own gradient.</param>
    /// <param name="size">The number of draws per group.</param>
    public RepeatedParameters Repeat(long units, long size)
    {
        var leaves = Leaves.ToDictionary(leaf => leaf.Path, leaf => leaf.Repeated([units, 1]));
        return new RepeatedParameters(tree.With(leaves, [units, size]), leaves, units, size);
    }
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
}
