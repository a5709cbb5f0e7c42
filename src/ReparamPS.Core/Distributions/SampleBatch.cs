using System.Runtime.InteropServices;
using ReparamPS.Messages;
using ReparamPS.Numerics.Statistics;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using ReparamPS.TorchGuard;
using static TorchSharp.torch;

namespace ReparamPS.Distributions;

/// <summary>Draws as managed numbers, with the data needed to repeat them. A large batch becomes an array when its values are first read; until then it holds a tensor.</summary>
public sealed class SampleBatch
{
    // An array of this many numbers is expensive: the collector clears and keeps it apart from small ones.
    private const long FewestKept = 1 << 16;

    private readonly Distribution distribution;
    private readonly Lazy<double[]> values;
    private readonly Lazy<(double Mean, double StdDev, double Minimum, double Maximum)> summary;

    private SampleBatch(Distribution distribution, long[] sampleShape, Tensor draws, RandomSeed seed)
    {
        this.distribution = distribution;
        SampleShape = sampleShape;
        Shape = draws.shape;
        RequiresGrad = draws.requires_grad;
        Seed = seed.Value;
        Generator = seed.Generator;
        DType = TorchTypes.NameOf(draws.dtype);
        Device = draws.device.ToString();
        Count = draws.numel();
        values = ValuesOf(distribution, draws);
        summary = new(Summarize, LazyThreadSafetyMode.PublicationOnly);
    }

    /// <summary>The distribution as text.</summary>
    public string Source => distribution.ToString();

    /// <summary>The shape of the draws.</summary>
    public long[] SampleShape { get; }

    /// <summary>The shape of all values: sample + batch + event.</summary>
    public long[] Shape { get; }

    /// <summary>All values in row-major order.</summary>
    public double[] Values => values.Value;

    /// <summary>The number of values.</summary>
    public long Count { get; }

    /// <summary>Whether the draws came from parameters that require gradients. The batch itself holds numbers without a graph: Invoke-RSample -AsTensor returns the tensor that has one.</summary>
    public bool RequiresGrad { get; }

    /// <summary>The seed that reproduces these draws.</summary>
    public long Seed { get; }

    /// <summary>The generator of these draws.</summary>
    public RandomGenerator Generator { get; }

    /// <summary>The element type of the draws.</summary>
    public string DType { get; }

    /// <summary>The device of the draws.</summary>
    public string Device { get; }

    /// <summary>The mean of all values.</summary>
    public double Mean => summary.Value.Mean;

    /// <summary>The standard deviation of all values (n − 1 in the denominator).</summary>
    public double StdDev => summary.Value.StdDev;

    /// <summary>The smallest value.</summary>
    public double Minimum => summary.Value.Minimum;

    /// <summary>The largest value.</summary>
    public double Maximum => summary.Value.Maximum;

    /// <summary>The distribution that was sampled. A method, so that the rows of a batch stay flat.</summary>
    public Distribution GetDistribution() => distribution;

    /// <summary>Draws a batch.</summary>
    /// <param name="distribution">The distribution to sample.</param>
    /// <param name="sampleShape">The shape of the draws; empty for one.</param>
    /// <param name="seed">The seed; null chooses a random one, which <see cref="Seed"/> returns.</param>
    /// <param name="reparameterized">Whether the draws are differentiable.</param>
    /// <param name="generator">The generator.</param>
    /// <param name="cancellation">Ends a composite draw between its parts.</param>
    /// <exception cref="NotReparameterizableException">Differentiable draws were requested from a distribution that has none.</exception>
    public static SampleBatch Draw(Distribution distribution, long[] sampleShape, long? seed, bool reparameterized, RandomGenerator generator = RandomGenerator.Torch, CancellationToken cancellation = default)
    {
        double count = TensorShapes.RealCount([.. sampleShape, .. distribution.BatchShape, .. distribution.EventShape]);
        // The tensor is in memory beside the numbers.
        MemoryLimit.Check(2 * count, sizeof(double));
        if (count > Array.MaxLength) throw new ArgumentException($"The object that holds all draws can hold at most {Array.MaxLength} numbers; got a request for {count:F0}. Use -AsTensor, or make fewer draws per call.", nameof(sampleShape));
        using RandomSource random = RandomSource.Open(seed, generator, distribution.Device, cancellation);
        using Tensor draws = reparameterized ? distribution.RSample(sampleShape, random) : distribution.Sample(sampleShape, random);
        return new SampleBatch(distribution, sampleShape, draws, new RandomSeed(random.Seed, generator));
    }

    /// <summary>What tells batches apart: PowerShell compares and groups objects by their text.</summary>
    public override string ToString() =>
        $"SampleBatch {{ Source = {Source}, Shape = {TensorShapes.Format(Shape)}, Seed = {Seed}, Generator = {Generator}, RequiresGrad = {RequiresGrad}, DType = {DType}, Values = {ShortText.Numbers(Values)} }}";

    private static Lazy<double[]> ValuesOf(Distribution distribution, Tensor draws)
    {
        // What is composed may return a tensor that a script block made, which its author may change later.
        bool isOwn = distribution is not (CustomDistribution or TransformedDistribution or Independent or MixtureSameFamily);
        if (!isOwn || draws.numel() < FewestKept || !HostMemory.Holds(draws)) return new(Copy(draws));
        Tensor kept = draws.detach().DetachFromDisposeScope();
        double[]? copy = null;
        // A read that fails, for want of memory, leaves the draws for the next one.
        return new(
            () =>
            {
                lock (kept)
                {
                    if (copy is null)
                    {
                        copy = Copy(kept);
                        kept.Dispose();
                    }
                    return copy;
                }
            },
            LazyThreadSafetyMode.PublicationOnly);
    }

    private static double[] Copy(Tensor draws)
    {
        if (draws.dtype != ScalarType.Float64 || !HostMemory.Holds(draws) || draws.numel() > int.MaxValue / sizeof(double)) return ManagedValues.ToDoubles(draws);
        using Tensor detached = draws.detach();
        using Tensor dense = detached.contiguous();
        double[] values = GC.AllocateUninitializedArray<double>(checked((int)dense.numel()));
        dense.bytes.CopyTo(MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }

    private (double, double, double, double) Summarize()
    {
        if (Values.Length == 0) return (double.NaN, double.NaN, double.NaN, double.NaN);
        Moments moments = Moments.Of(Values);
        return (moments.Mean, moments.StandardDeviation, System.Numerics.Tensors.TensorPrimitives.Min<double>(Values), System.Numerics.Tensors.TensorPrimitives.Max<double>(Values));
    }
}
