using ReparamPS.Distributions;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Gradients;

/// <summary>
/// Reparameterized draws, each with its own parameters: the distribution is built on parameters repeated once per draw, so that one backward
/// pass yields the gradient of every draw.
/// </summary>
internal sealed class CheckedDraws
{
    private const int MaxOutputs = 32;
    private const int Projections = 8;
    private readonly Tensor? mixing;
    private readonly ParameterTree tree;
    private readonly Dictionary<string, Tensor> repeated;
    private readonly Device device;
    private readonly RandomSeed seed;

    /// <summary>Draws the samples.</summary>
    public CheckedDraws(Distribution distribution, ParameterTree tree, long draws, RandomSeed seed)
    {
        (this.tree, this.seed, device, Count) = (tree, seed, distribution.Device, draws);
        repeated = tree.Leaves.Where(leaf => leaf.IsReparameterized).ToDictionary(leaf => leaf.Path, leaf => leaf.Repeated([draws]));
        long[] shape = [.. distribution.BatchShape, .. distribution.EventShape];
        Weights = UnequalWeights(shape, distribution);
        long outputs = TensorShapes.Count(shape);
        if (outputs > MaxOutputs)
        {
            using var random = seed.Open(device);
            mixing = random.Normal([outputs, Projections], ScalarType.Float64).to(distribution.DType);
        }
        Outputs = (int)Math.Min(outputs, outputs > MaxOutputs ? Projections : MaxOutputs);
        Values = Draw(repeated);
    }

    /// <summary>The number of draws.</summary>
    public long Count { get; }

    /// <summary>The draws with their graph: draws + batch + event.</summary>
    public Tensor Values { get; }

    /// <summary>The number of compared values per draw: every element of batch and event, or random mixtures if there are many.</summary>
    public int Outputs { get; }

    /// <summary>
    /// The weights of the elements of batch and event in a sum. They differ because equal weights can hide everything: sums over a simplex are constant. A scalar has weight 1.
    /// </summary>
    public Tensor Weights { get; }

    /// <summary>The distribution with the repeated parameters.</summary>
    public Distribution Distribution => tree.With(repeated, [Count]);

    /// <summary>One number per draw: the weighted sum over batch and event.</summary>
    public Tensor WeightedSum(Tensor values) => (values * Weights).reshape(Count, -1).sum(1);

    /// <summary>The compared values, shape [draws, outputs].</summary>
    public Tensor Compared(Tensor values)
    {
        Tensor flat = values.reshape(Count, -1);
        return mixing is null ? flat : flat.matmul(mixing.to(flat.dtype));
    }

    /// <summary>The uncertainty of the compared values, from the uncertainty of each element.</summary>
    public Tensor ComparedError(Tensor errors)
    {
        Tensor flat = errors.reshape(Count, -1);
        return mixing is null ? flat : flat.matmul(mixing.to(flat.dtype).abs());
    }

    /// <summary>The same noise at another value of a parameter.</summary>
    public Tensor At(PerturbationDirection direction, double step)
    {
        using var noGrad = no_grad();
        Tensor moved = direction.Leaf.Padded(direction.At(step));
        return Draw(new Dictionary<string, Tensor>(repeated) { [direction.Leaf.Path] = moved.expand(repeated[direction.Leaf.Path].shape) });
    }

    /// <summary>The gradient of one number per draw in each parameter, without the parameters that the number does not depend on.</summary>
    public IReadOnlyDictionary<string, Tensor> Gradients(Tensor perDraw)
    {
        string[] paths = [.. repeated.Keys];
        Tensor?[] found = Backward.Of([perDraw], [ones_like(perDraw)], [.. paths.Select(path => repeated[path])]);
        return paths.Zip(found).Where(pair => pair.Second is not null).ToDictionary(pair => pair.First, pair => pair.Second!);
    }

    /// <summary>The derivative of each draw along a direction.</summary>
    public static double[] Along(Tensor gradient, PerturbationDirection direction)
    {
        using var scope = NewDisposeScope();
        return ManagedValues.ToDoubles((gradient * direction.Leaf.Padded(direction.Direction)).reshape(gradient.shape[0], -1).sum(1));
    }

    private Tensor Draw(IReadOnlyDictionary<string, Tensor> parameters)
    {
        using var random = seed.Open(device);
        return tree.With(parameters, [Count]).RSample([], random);
    }

    private static Tensor UnequalWeights(long[] shape, Distribution distribution)
    {
        long size = TensorShapes.Count(shape);
        double[] weights = [.. Enumerable.Range(1, (int)size).Select(i => size == 1 ? 1 : 0.5 + i * 0.6180339887498949 % 1)];
        return tensor(weights, shape, distribution.DType, distribution.Device);
    }
}
