using System.Globalization;
using System.Runtime.InteropServices;
using ReparamPS.Runtime;
using static TorchSharp.torch;

namespace ReparamPS.Vae;

/// <summary>What the steps of an epoch came to: sums over a step's images of the reconstruction and KL terms. On the host, and part of a checkpoint within an epoch.</summary>
/// <param name="count">The images of an epoch.</param>
/// <param name="batchSize">Images a step.</param>
internal sealed class VaeStepSums(int count, int batchSize) : IDisposable
{
    // A loss so many times the first one's is no training any more, long before it is no number.
    private const double DivergenceFactor = 1000;

    private readonly int steps = (count + batchSize - 1) / batchSize;

    /// <summary>The sums, [2, steps] in float64.</summary>
    public Tensor Values { get; } = zeros(2, (count + batchSize - 1) / batchSize, ScalarType.Float64).DetachFromDisposeScope();

    /// <summary>The mean reconstruction term of an image, once all steps are in.</summary>
    public double Reconstruction => Sum(Of(0)) / count;

    /// <summary>The mean KL term of an image, once all steps are in.</summary>
    public double KlDivergence => Sum(Of(1)) / count;

    /// <summary>Takes what steps came to.</summary>
    /// <param name="first">The first of the steps.</param>
    /// <param name="reconstructions">A sum a step.</param>
    /// <param name="kls">A sum a step, or one vector with a term an image.</param>
    public void Set(int first, List<Tensor> reconstructions, List<Tensor> kls)
    {
        using var scope = NewDisposeScope();
        ManagedValues.ToDoubles(stack(reconstructions)).CopyTo(Of(0)[first..]);
        double[] terms = ManagedValues.ToDoubles(kls[0].dim() == 0 ? stack(kls) : kls[0]);
        double[] sums = kls[0].dim() == 0 ? terms : [.. terms.Chunk(batchSize).Select(rows => rows.Sum())];
        sums.CopyTo(Of(1)[first..]);
    }

    /// <summary>The loss of a step, nats an image.</summary>
    public double Loss(int step) => (Of(1)[step] - Of(0)[step]) / Math.Min(batchSize, count - step * batchSize);

    /// <summary>What is wrong with the losses of some steps, and with which first; null where nothing is.</summary>
    /// <param name="first">The first of the steps.</param>
    /// <param name="end">The step after them.</param>
    /// <param name="firstLoss">The size of the run's first loss, plus one.</param>
    public (int Step, string What)? Divergence(int first, int end, double firstLoss)
    {
        for (int step = first; step < end; step++)
        {
            double loss = Loss(step);
            if (!double.IsFinite(loss)) return (step, "no finite number");
            if (loss > DivergenceFactor * firstLoss) return (step, $"{loss.ToString("G4", CultureInfo.InvariantCulture)} nats an image, {DivergenceFactor} times the first step's");
        }
        return null;
    }

    /// <inheritdoc/>
    public void Dispose() => Values.Dispose();

    private Span<double> Of(int term) => MemoryMarshal.Cast<byte, double>(Values.bytes).Slice(term * steps, steps);

    private static double Sum(ReadOnlySpan<double> values)
    {
        double sum = 0;
        foreach (double value in values) sum += value;
        return sum;
    }
}
