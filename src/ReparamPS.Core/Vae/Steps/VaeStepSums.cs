using System.Globalization;
using System.Runtime.InteropServices;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Vae.Steps;

/// <summary>Sums per step of an epoch: the reconstruction and KL terms of its images. They are on the host, and part of a checkpoint within an epoch.</summary>
/// <param name="count">The images of an epoch.</param>
/// <param name="batchSize">Images per step.</param>
internal sealed class VaeStepSums(int count, int batchSize) : IDisposable
{
    // A loss this many times the first one means that training has diverged, well before it becomes NaN.
    private const double DivergenceFactor = 1000;

    // Gradients of a larger loss have squares beyond float32.
    private const double MaxNats = 1e12;

    private readonly int steps = (count + batchSize - 1) / batchSize;
    private readonly List<(int Step, Tensor Reconstruction, Tensor KlDivergence)> pending = [];

    /// <summary>The sums, [2, steps] in float64.</summary>
    public Tensor Values { get; } = zeros(2, (count + batchSize - 1) / batchSize, ScalarType.Float64, CPU).DetachFromDisposeScope();

    /// <summary>The mean reconstruction term per image, after all steps.</summary>
    public double Reconstruction => Sum(Of(0)) / count;

    /// <summary>The mean KL term per image, after all steps.</summary>
    public double KlDivergence => Sum(Of(1)) / count;

    /// <summary>Steps added.</summary>
    public int Step { get; set; }

    /// <summary>Adds the next step.</summary>
    public void Add(double reconstruction, double klDivergence) => Set(Step++, reconstruction, klDivergence);

    /// <summary>Adds the next step as scalars that stay on their device until <see cref="Collect"/>.</summary>
    public void Add(Tensor reconstruction, Tensor klDivergence) => pending.Add((Step++, reconstruction, klDivergence));

    /// <summary>Waits for scalars that are still on a device.</summary>
    public void Collect()
    {
        if (pending.Count == 0) return;
        using var scope = NewDisposeScope();
        double[] reconstructions = ManagedValues.ToDoubles(stack(pending.Select(entry => entry.Reconstruction))), kls = ManagedValues.ToDoubles(stack(pending.Select(entry => entry.KlDivergence)));
        for (int i = 0; i < pending.Count; i++)
        {
            Set(pending[i].Step, reconstructions[i], kls[i]);
            pending[i].Reconstruction.Dispose();
            pending[i].KlDivergence.Dispose();
        }
        pending.Clear();
    }

    /// <summary>The loss of a step, nats per image, with a weight of its KL term.</summary>
    public double Loss(int step, double klWeight = 1) => (klWeight * Of(1)[step] - Of(0)[step]) / Math.Min(batchSize, count - step * batchSize);

    /// <summary>What is wrong with the losses of some steps, and with which first; null where nothing is.</summary>
    /// <param name="first">The first of the steps.</param>
    /// <param name="end">The step after them.</param>
    /// <param name="firstLoss">The size of the run's first loss, plus one.</param>
    /// <param name="klWeight">The weight of the KL term in a step.</param>
    /// <returns>The step, what is wrong, and whether it is so by the weight alone.</returns>
    public (int Step, string What, bool IsByWeight)? Divergence(int first, int end, double firstLoss, Func<int, double> klWeight)
    {
        for (int step = first; step < end; step++)
        {
            double loss = Loss(step), weighted = Loss(step, klWeight(step));
            if (!double.IsFinite(loss)) return (step, "the loss is not finite", false);
            if (!(Math.Abs(weighted) <= MaxNats)) return (step, $"the loss is {Nats(weighted)}, beyond ±{Text(MaxNats)}", Math.Abs(loss) <= MaxNats);
            if (loss > DivergenceFactor * firstLoss) return (step, $"the loss is {Nats(loss)}, more than {DivergenceFactor} times the first step's", false);
        }
        return null;
    }

    /// <inheritdoc/>
    public void Dispose() => Values.Dispose();

    private void Set(int step, double reconstruction, double klDivergence) => (Of(0)[step], Of(1)[step]) = (reconstruction, klDivergence);

    private Span<double> Of(int term) => MemoryMarshal.Cast<byte, double>(Values.bytes).Slice(term * steps, steps);

    private static string Nats(double loss) => Text(loss) + " nats per image";

    private static string Text(double number) => number.ToString("G4", CultureInfo.InvariantCulture);

    private static double Sum(ReadOnlySpan<double> values)
    {
        double sum = 0;
        foreach (double value in values) sum += value;
        return sum;
    }
}
