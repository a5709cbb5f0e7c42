using ReparamPS.Distributions;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Gradients;

/// <summary>
/// Reparameterized draws of which each has parameters of its own: the distribution is built over parameters repeated once a draw, so that one backward
/// pass gives the gradient of every single draw.
/// </summary>
internal sealed class CheckedDraws
{
    private const int MostOutputs = 32;
    private const int Projections = 8;
    private readonly Tensor? mixing;
    private readonly ParameterTree tree;
    private readonly Dictionary<string, Tensor> repeated;
    private readonly Device device;
    private readonly long seed;

    /// <summary>Draws.</summary>
    public CheckedDraws(Distribution distribution, ParameterTree tree, long draws, long seed)
    {
        (this.tree, this.seed, device, Count) = (tree, seed, distribution.Device, draws);
        repeated = tree.Leaves.Where(leaf => leaf.IsReparameterized).ToDictionary(leaf => leaf.Path, leaf => leaf.Repeated([draws]));
        long[] shape = [.. distribution.BatchShape, .. distribution.EventShape];
        Weights = UnequalWeights(shape, distribution);
        long outputs = TensorShapes.Count(shape);
        if (outputs > MostOutputs)
        {
            using var random = new RandomSource(seed, device);
            mixing = random.Normal([outputs, Projections], ScalarType.Float64).to(distribution.DType);
        }
        Outputs = (int)Math.Min(outputs, outputs > MostOutputs ? Projections : MostOutputs);
        Values = Draw(repeated);
    }

    /// <summary>The number of draws.</summary>
    public long Count { get; }

    /// <summary>The draws with their graph: draws + batch + event.</summary>
    public Tensor Values { get; }

    /// <summary>How many numbers are compared for each draw: every element of batch and event, or random mixtures of them where there are many.</summary>
    public int Outputs { get; }

    /// <summary>
    /// What the elements of batch and event count in a sum. They differ, since plain sums can hide everything: those of a simplex are constant. A scalar counts 1.
    /// </summary>
    public Tensor Weights { get; }

    /// <summary>The distribution over the repeated parameters.</summary>
    public Distribution Distribution => tree.With(repeated, [Count]);

    /// <summary>One number a draw: the weighted sum over batch and event.</summary>
    public Tensor WeightedSum(Tensor values) => (values * Weights).reshape(Count, -1).sum(1);

    /// <summary>What is compared for each draw: shape draws × outputs.</summary>
    public Tensor Compared(Tensor values)
    {
        Tensor flat = values.reshape(Count, -1);
        return mixing is null ? flat : flat.matmul(mixing.to(flat.dtype));
    }

    /// <summary>How uncertain what is compared is, from the uncertainty of each element.</summary>
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

    /// <summary>The gradient of one number a draw in each parameter; a parameter that it doesn't depend on is missing.</summary>
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
        using var random = new RandomSource(seed, device);
        return tree.With(parameters, [Count]).RSample([], random);
    }

    private static Tensor UnequalWeights(long[] shape, Distribution distribution)
    {
        long size = TensorShapes.Count(shape);
        double[] weights = [.. Enumerable.Range(1, (int)size).Select(i => size == 1 ? 1 : 0.5 + i * 0.6180339887498949 % 1)];
        return tensor(weights, shape, distribution.DType, distribution.Device);
    }
}
