using System.Runtime.InteropServices;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using ReparamPS.Vae.Posteriors;
using ReparamPS.Vae.Steps;
using static TorchSharp.torch;

namespace ReparamPS.Vae;

/// <summary>The inputs of one training step.</summary>
/// <param name="Rows">The number of images.</param>
/// <param name="Images">Intensities, one image per row.</param>
/// <param name="Noise">The posterior's noise, one row per image, its draws in sequence.</param>
internal sealed record VaeBatch(int Rows, Tensor Images, Tensor Noise);

/// <summary>
/// The batches of an epoch, some steps at a time: their noise is drawn at once, and each step's images are gathered just before it, into a buffer that is
/// still in the cache when they are read.
/// </summary>
internal sealed class VaeBatches : IDisposable
{
    private const long MaxElements = 1 << 22;
    private const int MaxSteps = 256;

    private readonly TensorPool pool = new();
    private readonly Posterior posterior;
    private readonly int samples;
    private readonly Tensor noise;
    private readonly VaeBatch[] full;
    private readonly VaeBatch? last;
    private readonly bool binarizes;

    /// <summary>Makes the buffers.</summary>
    /// <param name="options">The run's settings.</param>
    /// <param name="posterior">Says which noise it draws from.</param>
    /// <param name="count">The images of an epoch.</param>
    /// <param name="pixelCount">Pixels per image.</param>
    /// <param name="device">The device.</param>
    public VaeBatches(VaeOptions options, Posterior posterior, int count, int pixelCount, Device device)
    {
        (this.posterior, samples) = (posterior, options.Samples);
        binarizes = options.BinarizationMode == Binarization.Dynamic;
        ScalarType dtype = options.ScalarType;
        BatchSize = Math.Min(options.BatchSize, count);
        StepsPerEpoch = (count + BatchSize - 1) / BatchSize;
        long noiseSize = (long)samples * posterior.NoiseSize, widest = Math.Max(pixelCount, noiseSize);
        Steps = (int)Math.Clamp(MaxElements / (BatchSize * widest), 1, Math.Min(MaxSteps, StepsPerEpoch));
        using var scope = NewDisposeScope();
        Tensor images = pool.Own(empty(BatchSize, pixelCount, dtype: dtype, device: device));
        noise = pool.Own(empty((long)Steps * BatchSize, noiseSize, dtype: dtype, device: device));
        full = [.. Enumerable.Range(0, Steps).Select(step => View(step, BatchSize, images))];
        int rest = count % BatchSize;
        last = rest == 0 ? null : View((StepsPerEpoch - 1) % Steps, rest, pool.Own(images.narrow(0, 0, rest)));
    }

    /// <summary>Images per step, at most the images of an epoch.</summary>
    public int BatchSize { get; }

    /// <summary>The size of the last batch if it is smaller; otherwise 0.</summary>
    public int LastBatchSize => last?.Rows ?? 0;

    /// <summary>Steps per epoch.</summary>
    public int StepsPerEpoch { get; }

    /// <summary>Steps at a time.</summary>
    public int Steps { get; }

    /// <summary>The batches from a step, in order; each is valid until the next one.</summary>
    /// <param name="data">All training images.</param>
    /// <param name="order">This epoch's order of them.</param>
    /// <param name="firstStep">The step, a multiple of <see cref="Steps"/>.</param>
    /// <param name="random">Where the noise comes from.</param>
    public IEnumerable<VaeBatch> From(Tensor data, Tensor order, int firstStep, RandomSource random)
    {
        Fill(random);
        VaePhases.End(VaePhase.Noise);
        // Elsewhere than in the host's memory, the uniform numbers of all steps are moved at once: those that the steps would draw one after another. Philox has
        // a counter per call, so there one call serves all steps on every device.
        using Tensor? uniform = binarizes && (!HostMemory.Holds(data) || random is PhiloxSource) ? random.Uniform([(long)Steps * BatchSize, data.shape[1]], data.dtype) : null;
        int end = Math.Min(firstStep + Steps, StepsPerEpoch);
        for (int step = firstStep; step < end; step++)
        {
            VaeBatch batch = last is not null && step == StepsPerEpoch - 1 ? last : full[step - firstStep];
            using (Tensor picked = order.narrow(0, (long)step * BatchSize, batch.Rows)) Gather(data, picked, batch.Images, rows => Binarized(rows, uniform?.narrow(0, (long)(step - firstStep) * BatchSize, batch.Rows), random));
            VaePhases.End(VaePhase.Gather);
            yield return batch;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => pool.Dispose();

    private void Gather(Tensor data, Tensor picked, Tensor images, Func<Tensor, Tensor> binarize)
    {
        // In the host's memory one pass copies the rows; a Span reaches two gigabytes.
        if (!binarizes && HostMemory.Holds(data) && data.numel() * data.ElementSize <= int.MaxValue)
        {
            int width = (int)(data.shape[1] * data.ElementSize);
            TorchThreads.Run((int)picked.numel(), 2 * images.numel() * images.ElementSize, (start, end) =>
            {
                Span<byte> source = data.bytes, target = images.bytes;
                Span<long> indices = MemoryMarshal.Cast<byte, long>(picked.bytes);
                for (int row = start; row < end; row++) source.Slice((int)indices[row] * width, width).CopyTo(target[(row * width)..]);
            });
            return;
        }
        using var scope = NewDisposeScope();
        Tensor rows = data.index_select(0, picked);
        images.copy_(binarizes ? binarize(rows) : rows);
    }

    private static Tensor Binarized(Tensor rows, Tensor? uniform, RandomSource random) => uniform is null ? random.Bernoulli(rows) : (uniform < rows).to(rows.dtype);

    // In place where the stream draws; otherwise one copy for all steps.
    private void Fill(RandomSource random)
    {
        if (posterior.HasNormalNoise && HostMemory.Holds(noise))
        {
            random.FillNormal(noise);
            return;
        }
        using var scope = NewDisposeScope();
        noise.copy_(posterior.Noise([noise.shape[0], samples], noise.dtype, random).flatten(1));
    }

    private VaeBatch View(int step, int rows, Tensor images) => new(rows, images, pool.Own(noise.narrow(0, (long)step * BatchSize, rows)));
}
