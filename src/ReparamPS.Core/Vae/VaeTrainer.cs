using System.Diagnostics;
using System.Globalization;
using ReparamPS.Data;
using ReparamPS.Runtime;
using static TorchSharp.torch;

namespace ReparamPS.Vae;

/// <summary>
/// Trains a VAE, epoch by epoch, on the calling thread. The images are on the device once, an epoch is one permutation of them, and nothing waits for the
/// device inside an epoch.
/// </summary>
public sealed class VaeTrainer : IDisposable
{
    private readonly TensorPool pool = new();
    private readonly ImageSplit data;
    private readonly Tensor train;
    private readonly Tensor? test;
    private readonly FlatParameters gradient;
    private readonly VaeBatchRing ring;
    private readonly FusedVaeGradient step;
    private readonly FusedVaeGradient? lastStep;
    private readonly AdamOptimizer optimizer;

    /// <summary>Prepares a run.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="data">The images.</param>
    /// <exception cref="ArgumentException">A setting is not allowed.</exception>
    public VaeTrainer(VaeOptions options, ImageSplit data)
    {
        options.Validate();
        (Options, this.data) = (options, data);
        if (data.Test is not null && data.Test.PixelCount != data.Train.PixelCount)
            throw new ShapeMismatchException($"The test images have {data.Test.PixelCount} pixels, and the training images {data.Train.PixelCount}.", nameof(data));
        RunId = VaeRunId.Of(options, data);
        Model = new VaeModel(options, data.Train.PixelCount);
        (ScalarType dtype, Device device) = (options.ScalarType, Model.Device);
        train = pool.Own(data.Train.ToTensor(dtype, device));
        test = data.Test is null ? null : pool.Own(data.Test.ToTensor(dtype, device));
        gradient = new FlatParameters(Model.Flat.Layout, dtype, device);
        ring = new VaeBatchRing(data.Train.Count, options.BatchSize, data.Train.PixelCount, options.LatentSize, dtype, device);
        step = new FusedVaeGradient(Model, gradient, ring.BatchSize);
        lastStep = ring.LastBatchSize == 0 ? null : new FusedVaeGradient(Model, gradient, ring.LastBatchSize);
        optimizer = new AdamOptimizer(Model.Flat, gradient);
    }

    /// <summary>The settings.</summary>
    public VaeOptions Options { get; }

    /// <summary>The run's name: equal for equal settings and data.</summary>
    public string RunId { get; }

    /// <summary>The model as it is now. It is the trainer's own.</summary>
    public VaeModel Model { get; }

    /// <summary>Epochs done.</summary>
    public int Epoch { get; private set; }

    /// <summary>Trains, and gives a row as each epoch ends.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="data">The images.</param>
    /// <param name="progress">Told after each step, on the thread that trains; null for silence.</param>
    /// <param name="cancellation">Stops the run within a step.</param>
    public static IEnumerable<VaeEpoch> Train(VaeOptions options, ImageSplit data, Action<VaeProgress>? progress = null, CancellationToken cancellation = default)
    {
        using var trainer = new VaeTrainer(options, data);
        while (trainer.Epoch < options.Epochs) yield return trainer.RunEpoch(progress, cancellation);
    }

    /// <summary>Trains one epoch.</summary>
    /// <inheritdoc cref="Train"/>
    /// <exception cref="TrainingDivergedException">The loss is no finite number any more; the message says since when, and what was set.</exception>
    public VaeEpoch RunEpoch(Action<VaeProgress>? progress = null, CancellationToken cancellation = default)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var clock = Stopwatch.StartNew();
        int epoch = Epoch + 1;
        (double reconstruction, double kl) = RunSteps(epoch, progress, cancellation);
        double trainSeconds = clock.Elapsed.TotalSeconds;
        double? testElbo = test is null ? null : VaeEvaluation.Elbo(Model, test, cancellation);
        Epoch = epoch;
        return new VaeEpoch(Options)
        {
            RunId = RunId,
            Epoch = epoch,
            TrainElbo = reconstruction - kl,
            Reconstruction = reconstruction,
            KlDivergence = kl,
            TestElbo = testElbo,
            Seconds = clock.Elapsed.TotalSeconds,
            SamplesPerSecond = data.Train.Count / trainSeconds,
            DataSet = data.Train.Name,
            TrainCount = data.Train.Count,
            TestCount = data.Test?.Count ?? 0,
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lastStep?.Dispose();
        step.Dispose();
        ring.Dispose();
        optimizer.Dispose();
        gradient.Dispose();
        Model.Dispose();
        pool.Dispose();
    }

    private (double Reconstruction, double Kl) RunSteps(int epoch, Action<VaeProgress>? progress, CancellationToken cancellation)
    {
        Tensor order = Order(epoch);
        List<Tensor> reconstructions = new(ring.StepsPerEpoch);
        List<Tensor> klSums = [];
        for (int first = 0; first < ring.StepsPerEpoch; first += ring.Steps)
        {
            using RandomSource random = VaeRandom.Open(Options.Seed, VaeStream.Noise, Model.Device, epoch, first);
            foreach (VaeBatch batch in ring.Fill(train, order, first, random))
            {
                cancellation.ThrowIfCancellationRequested();
                FusedVaeGradient pass = batch.Rows == ring.BatchSize ? step : lastStep!;
                reconstructions.Add(pass.Compute(batch, klWeight: 1));
                optimizer.Step(Options.LearningRate);
                progress?.Invoke(new VaeProgress(epoch, Options.Epochs, reconstructions.Count, ring.StepsPerEpoch));
            }
            klSums.Add(ring.KlSum(first));
        }
        double[] sums = ManagedValues.ToDoubles(stack(reconstructions));
        double klSum = ManagedValues.ToDoubles(stack(klSums)).Sum();
        int bad = Array.FindIndex(sums, sum => !double.IsFinite(sum));
        if (bad >= 0 || !double.IsFinite(klSum)) throw Diverged(epoch, bad >= 0 ? bad + 1 : sums.Length);
        return (sums.Sum() / data.Train.Count, klSum / data.Train.Count);
    }

    private Tensor Order(int epoch)
    {
        using RandomSource random = VaeRandom.Open(Options.Seed, VaeStream.Order, epoch: epoch);
        return randperm(data.Train.Count, ScalarType.Int64, generator: random.Generator).to(Model.Device);
    }

    private TrainingDivergedException Diverged(int epoch, int step) => new(
        $"Run {RunId} diverged: the loss is no finite number at step {step} of epoch {epoch} (LearningRate {Options.LearningRate.ToString(CultureInfo.InvariantCulture)}, "
        + $"DType {Options.DType}). A smaller LearningRate is the first thing to try.");
}
