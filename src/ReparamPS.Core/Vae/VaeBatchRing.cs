using ReparamPS.Runtime;
using static TorchSharp.torch;

namespace ReparamPS.Vae;

/// <summary>The tensors of one training step: views of the ring.</summary>
/// <param name="Rows">The number of images.</param>
/// <param name="Images">Intensities, one image a row.</param>
/// <param name="FlatImages">The same as a vector.</param>
/// <param name="Noise">Standard normal noise, one row an image, its draws one after the other.</param>
/// <param name="Statistics">Where the encoder may write mean and log-variance, side by side.</param>
/// <param name="Mean">The means among them.</param>
/// <param name="LogVariance">The log-variances among them.</param>
internal sealed record VaeBatch(int Rows, Tensor Images, Tensor FlatImages, Tensor Noise, Tensor Statistics, Tensor Mean, Tensor LogVariance);

/// <summary>
/// The batches of several steps, gathered at once: a step then finds all its inputs in views that exist already, and what is only reported (the KL
/// terms) is computed once for all of them.
/// </summary>
internal sealed class VaeBatchRing : IDisposable
{
    private const long MostElements = 1 << 22;
    private const int MostSteps = 256;

    private readonly TensorPool pool = new();
    private readonly Tensor images, noise, statistics;
    private readonly VaeBatch[] full;
    private readonly VaeBatch? last;
    private readonly int count, latentSize;
    private readonly bool binarizes;

    /// <summary>Makes the ring.</summary>
    /// <param name="options">The run's settings.</param>
    /// <param name="count">The images of an epoch.</param>
    /// <param name="pixelCount">Pixels an image.</param>
    /// <param name="device">The device.</param>
    public VaeBatchRing(VaeOptions options, int count, int pixelCount, Device device)
    {
        (this.count, latentSize, binarizes) = (count, options.LatentSize, VaeOptions.Is(options.Binarization, "dynamic"));
        ScalarType dtype = options.ScalarType;
        BatchSize = Math.Min(options.BatchSize, count);
        StepsPerEpoch = (count + BatchSize - 1) / BatchSize;
        long noiseSize = (long)options.Samples * latentSize, widest = Math.Max(pixelCount, Math.Max(2 * latentSize, noiseSize));
        Steps = (int)Math.Clamp(MostElements / (BatchSize * widest), 1, Math.Min(MostSteps, StepsPerEpoch));
        using var scope = NewDisposeScope();
        long rows = (long)Steps * BatchSize;
        images = pool.Own(empty(rows, pixelCount, dtype: dtype, device: device));
        noise = pool.Own(empty(rows, noiseSize, dtype: dtype, device: device));
        statistics = pool.Own(empty(rows, 2 * latentSize, dtype: dtype, device: device));
        full = [.. Enumerable.Range(0, Steps).Select(step => View(step, BatchSize))];
        int rest = count % BatchSize;
        last = rest == 0 ? null : View((StepsPerEpoch - 1) % Steps, rest);
    }

    /// <summary>Images a step, at most the images of an epoch.</summary>
    public int BatchSize { get; }

    /// <summary>The size of the last batch, where it is smaller; else 0.</summary>
    public int LastBatchSize => last?.Rows ?? 0;

    /// <summary>Steps an epoch.</summary>
    public int StepsPerEpoch { get; }

    /// <summary>Steps that the ring holds at once.</summary>
    public int Steps { get; }

    /// <summary>Gathers the batches from a step on.</summary>
    /// <param name="data">All training images.</param>
    /// <param name="order">This epoch's order of them.</param>
    /// <param name="firstStep">The step, a multiple of <see cref="Steps"/>.</param>
    /// <param name="random">Where the noise comes from.</param>
    /// <returns>The batches, in order.</returns>
    public IEnumerable<VaeBatch> Fill(Tensor data, Tensor order, int firstStep, RandomSource random)
    {
        long first = (long)firstStep * BatchSize, rows = Math.Min(images.shape[0], count - first);
        using (NewDisposeScope())
        {
            Tensor gathered = data.index_select(0, order.narrow(0, first, rows));
            images.narrow(0, 0, rows).copy_(binarizes ? random.Bernoulli(gathered) : gathered);
            noise.narrow(0, 0, rows).normal_(0, 1, random.Generator);
        }
        int steps = Math.Min(Steps, StepsPerEpoch - firstStep);
        return Enumerable.Range(0, steps).Select(step => last is not null && firstStep + step == StepsPerEpoch - 1 ? last : full[step]);
    }

    /// <summary>The KL terms of the images of the batches from a step on, from the statistics that the encoder left.</summary>
    public Tensor KlRows(int firstStep)
    {
        using var scope = NewDisposeScope();
        long rows = Math.Min(statistics.shape[0], count - (long)firstStep * BatchSize);
        Tensor used = statistics.narrow(0, 0, rows);
        return VaeLoss.KlDivergence(used.narrow(1, 0, latentSize), used.narrow(1, latentSize, latentSize)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose() => pool.Dispose();

    private VaeBatch View(int step, int rows)
    {
        long first = (long)step * BatchSize;
        Tensor image = pool.Own(images.narrow(0, first, rows)), statistic = pool.Own(statistics.narrow(0, first, rows));
        return new VaeBatch(rows, image, pool.Own(image.view(-1)), pool.Own(noise.narrow(0, first, rows)), statistic,
            pool.Own(statistic.narrow(1, 0, latentSize)), pool.Own(statistic.narrow(1, latentSize, latentSize)));
    }
}
