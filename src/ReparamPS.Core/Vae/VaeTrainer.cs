using System.Diagnostics;
using ReparamPS.Data.Images;
using ReparamPS.Messages;
using ReparamPS.Optimization;
using ReparamPS.Runs;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using ReparamPS.TorchGuard;
using ReparamPS.Vae.Steps;
using static TorchSharp.torch;

namespace ReparamPS.Vae;

/// <summary>
/// Trains a VAE, epoch by epoch, on the calling thread. The images are copied to the device once, an epoch is one permutation of them, and nothing waits for the
/// device within an epoch.
/// </summary>
public sealed class VaeTrainer : IDisposable
{
    private readonly TensorPool pool = new();
    private readonly ImageSplit data;
    private readonly Tensor train;
    private readonly Tensor? validation, test, best;
    private readonly FlatParameters gradient;
    private readonly VaeBatches batches;
    private readonly IVaeGradient step;
    private readonly IVaeGradient? lastStep;
    private readonly FlatOptimizer optimizer;
    private readonly VaeSchedules schedules;
    private readonly VaeStepSums sums;
    private VaeProgressPoint point = new();

    /// <summary>Prepares a run.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="data">The images.</param>
    /// <exception cref="ArgumentException">A setting is not allowed.</exception>
    public VaeTrainer(VaeOptions options, ImageSplit data)
    {
        options.Validate();
        (Options, this.data) = (options, data);
        foreach (ImageDataSet? other in new[] { data.Validation, data.Test })
        {
            if (other is not null && other.PixelCount != data.Train.PixelCount)
                throw new ShapeMismatchException($"The {(other == data.Test ? "test" : "validation")} images ({ShortText.Quoted(other.Name)}) have {other.PixelCount} pixels; the training images have {data.Train.PixelCount}. All images must have the same size.", nameof(data));
        }
        RunId = VaeRunId.Of(options, data);
        Model = new VaeModel(options, data.Train.Height, data.Train.Width) { RunId = RunId, MaximumValue = data.Train.MaximumValue };
        (ScalarType dtype, Device device) = (options.ScalarType, Model.Device);
        train = Images(data.Train, VaePart.Train)!;
        (validation, test) = (Images(data.Validation, VaePart.Validation), Images(data.Test, VaePart.Test));
        gradient = new FlatParameters(Model.Flat.Layout, dtype, device);
        batches = new VaeBatches(options, Model.Posterior, data.Train.Count, data.Train.PixelCount, device);
        if (DerivedVaeGradient.Fits(Model))
        {
            step = DerivedVaeGradient.Create(Model, gradient, batches.BatchSize);
            lastStep = batches.LastBatchSize == 0 ? null : DerivedVaeGradient.Create(Model, gradient, batches.LastBatchSize);
        }
        else
        {
            step = new AutogradVaeGradient(Model, gradient);
        }
        optimizer = Optimizers.Create(options.Optimization, Model.Flat, gradient);
        schedules = new VaeSchedules(options, batches.StepsPerEpoch);
        sums = new VaeStepSums(data.Train.Count, batches.BatchSize);
        best = options.Patience == 0 ? null : pool.Own(Model.Flat.Buffer.clone());
    }

    /// <summary>The settings.</summary>
    public VaeOptions Options { get; }

    /// <summary>The run's name: equal for equal settings and data.</summary>
    public string RunId { get; }

    /// <summary>The current model. The trainer owns it.</summary>
    public VaeModel Model { get; }

    /// <summary>Epochs done.</summary>
    public int Epoch => point.Epoch;

    /// <summary>Whether all epochs are done, or early stopping has ended the run.</summary>
    public bool IsFinished => Epoch >= Options.Epochs || IsStoppedEarly;

    /// <summary>The images that the run sees.</summary>
    internal ImageSplit Data => data;

    /// <summary>How far the run is, beside what the tensors hold.</summary>
    internal VaeProgressPoint Point => point;

    // A finished run with early stopping has the best weights in the model, and those of its last epoch in their place.
    private bool HasExchanged => best is not null && IsFinished;

    private bool IsStoppedEarly => Options.Patience > 0 && Epoch - point.BestEpoch >= Options.Patience;

    /// <summary>Trains, and returns a row at the end of each epoch.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="data">The images.</param>
    /// <param name="progress">Called after each step, on the thread that trains.</param>
    /// <param name="cancellation">Stops the run within a step.</param>
    public static IEnumerable<VaeEpoch> Train(VaeOptions options, ImageSplit data, Action<TrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        using VaeTrainer trainer = Create(options, data);
        while (!trainer.IsFinished) yield return trainer.RunEpoch(progress, cancellation);
    }

    /// <summary>Trains one epoch, or the rest of it.</summary>
    /// <param name="progress">Called after each step, on the thread that trains.</param>
    /// <param name="cancellation">Stops the run within a step.</param>
    /// <param name="between">Called between steps, whenever the run can be stored.</param>
    /// <exception cref="InsufficientMemoryException">Memory does not suffice; the message names the settings that it depends on.</exception>
    /// <exception cref="TrainingDivergedException">The loss, a weight or a bound is not finite, or the loss is a thousand times the first; the message names step and settings.</exception>
    public VaeEpoch RunEpoch(Action<TrainingProgress>? progress = null, CancellationToken cancellation = default, Action? between = null)
    {
        try
        {
            return RunStepsAndEvaluate(progress, cancellation, between);
        }
        catch (Exception error) when (NativeErrors.IsOutOfMemory(error))
        {
            throw TooLarge(Options, error);
        }
    }

    /// <summary>Prepares a run. If memory does not suffice, the message names the settings that need it.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="data">The images.</param>
    /// <exception cref="InsufficientMemoryException">The model does not fit into memory.</exception>
    internal static VaeTrainer Create(VaeOptions options, ImageSplit data)
    {
        try
        {
            return new VaeTrainer(options, data);
        }
        // Sizes beyond what an integer holds fit into no memory.
        catch (Exception error) when (error is OverflowException || NativeErrors.IsOutOfMemory(error))
        {
            throw TooLarge(options, error);
        }
    }

    private static InsufficientMemoryException TooLarge(VaeOptions options, Exception error)
    {
        string components = options.CreatePrior().IsFixed ? "" : $", PriorComponents ({options.PriorComponents})";
        return new InsufficientMemoryException(
            $"{(error is OverflowException ? "Not enough memory: there are more weights or draws than any memory holds." : error.Message)} The memory depends on HiddenSize ({options.HiddenSizeText}), LatentSize ({options.LatentSize}){components}, BatchSize ({options.BatchSize}) and Samples ({options.Samples}). Lower one of them.",
            error);
    }

    private VaeEpoch RunStepsAndEvaluate(Action<TrainingProgress>? progress, CancellationToken cancellation, Action? between)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        RunSteps(progress, cancellation, between);
        CheckWeights();
        double trainSeconds = point.Seconds;
        var clock = Stopwatch.StartNew();
        double? testElbo = Elbo(test, cancellation), validationElbo = Elbo(validation, cancellation);
        CheckFinite(testElbo, nameof(VaeEpoch.TestElbo));
        CheckFinite(validationElbo, nameof(VaeEpoch.ValidationElbo));
        (point.Epoch, point.Step, point.Seconds) = (Epoch + 1, 0, 0);
        Judge(validationElbo);
        long lastStepIndex = optimizer.StepCount - 1;
        return new VaeEpoch(Options)
        {
            RunId = RunId,
            Epoch = Epoch,
            Reconstruction = sums.Reconstruction,
            KlDivergence = sums.KlDivergence,
            TestElbo = testElbo,
            ValidationElbo = validationElbo,
            KlWeight = schedules.KlWeight(lastStepIndex),
            StepSize = schedules.LearningRate(lastStepIndex),
            Seconds = trainSeconds + clock.Elapsed.TotalSeconds,
            SamplesPerSecond = data.Train.Count / trainSeconds,
            DataSet = data.Train.Name,
            TrainCount = data.Train.Count,
            ValidationCount = data.Validation?.Count ?? 0,
            TestCount = data.Test?.Count ?? 0,
        };
    }

    /// <summary>The tensors from which the run resumes.</summary>
    internal IEnumerable<(string Name, Tensor Value)> StateTensors() =>
    [
        ("parameters", HasExchanged ? best! : Model.Flat.Buffer), .. optimizer.State.Select(state => ("optimizer." + state.Name, state.Value)),
        .. best is null ? [] : new[] { ("best", HasExchanged ? Model.Flat.Buffer : best) }, ("epoch.sums", sums.Values),
    ];

    /// <summary>Continues from the state of another trainer with the same settings and data.</summary>
    internal void Restore(IReadOnlyDictionary<string, Tensor> tensors, VaeProgressPoint from)
    {
        using var noGrad = no_grad();
        foreach ((string name, Tensor value) in StateTensors()) value.copy_(tensors[name]);
        point = from;
        optimizer.StepCount = (long)from.Epoch * batches.StepsPerEpoch + from.Step;
        if (HasExchanged) Exchange();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lastStep?.Dispose();
        step.Dispose();
        batches.Dispose();
        sums.Dispose();
        optimizer.Dispose();
        gradient.Dispose();
        Model.Dispose();
        pool.Dispose();
    }

    private void RunSteps(Action<TrainingProgress>? progress, CancellationToken cancellation, Action? between)
    {
        int epoch = Epoch + 1;
        Tensor order = Order(epoch);
        sums.Step = point.Step;
        while (point.Step < batches.StepsPerEpoch)
        {
            if (point.Step > 0) between?.Invoke();
            using var scope = NewDisposeScope();
            var clock = Stopwatch.StartNew();
            // Named by its first step, so that the noise is the same whether or not the run was resumed here.
            using RandomSource random = VaeRandom.Open(Options.Stream, VaeStream.Noise, Model.Device, epoch, point.Step);
            foreach (VaeBatch batch in batches.From(train, order, point.Step, random))
            {
                cancellation.ThrowIfCancellationRequested();
                (batch.Rows == batches.BatchSize ? step : lastStep ?? step).Compute(batch, schedules.KlWeight(optimizer.StepCount), sums);
                gradient.ClipNorm(Options.GradientClip);
                optimizer.Step(schedules.LearningRate(optimizer.StepCount));
                VaePhases.End(VaePhase.Optimizer);
                progress?.Invoke(new TrainingProgress(epoch, Options.Epochs, sums.Step, batches.StepsPerEpoch));
            }
            sums.Collect();
            Check(epoch, point.Step, sums.Step);
            (point.Step, point.Seconds) = (sums.Step, point.Seconds + clock.Elapsed.TotalSeconds);
        }
    }

    private void Check(int epoch, int first, int end)
    {
        if (epoch == 1 && first == 0) point.FirstLoss = Math.Abs(sums.Loss(0)) + 1;
        double KlWeight(int step) => schedules.KlWeight((long)(epoch - 1) * batches.StepsPerEpoch + step);
        if (sums.Divergence(first, end, point.FirstLoss, KlWeight) is { } divergence)
            throw VaeDivergence.Error(Options, RunId, divergence.What, epoch, divergence.Step + 1, epoch == 1 && divergence.Step == 0, divergence.IsByWeight);
    }

    // The effect of the last step does not show in any loss of the epoch.
    private void CheckWeights()
    {
        foreach ((string name, Tensor value) in optimizer.State.Prepend((Name: "weights", Value: Model.Flat.Buffer)))
        {
            // A sum is finite only if all its terms are, and costs less than a look at each.
            using Tensor sum = value.sum(ScalarType.Float64);
            if (double.IsFinite(sum.item<double>())) continue;
            using Tensor finite = value.isfinite(), all = finite.all();
            if (!all.item<bool>()) throw VaeDivergence.Error(Options, RunId, name == "weights" ? "weights are not finite" : $"the optimizer's {name} moments are not finite", Epoch + 1, batches.StepsPerEpoch);
        }
    }

    private void CheckFinite(double? bound, string name)
    {
        if (bound is { } value && !double.IsFinite(value)) throw VaeDivergence.Error(Options, RunId, $"{name} is not finite", Epoch + 1, batches.StepsPerEpoch);
    }

    private void Judge(double? validationElbo)
    {
        if (best is null || validationElbo is not { } elbo) return;
        if (point.BestEpoch == 0 || elbo > point.BestValidation)
        {
            (point.BestEpoch, point.BestValidation) = (Epoch, elbo);
            best.copy_(Model.Flat.Buffer);
        }
        if (IsFinished) Exchange();
    }

    private void Exchange()
    {
        using Tensor last = Model.Flat.Buffer.clone();
        Model.Flat.Buffer.copy_(best!);
        best!.copy_(last);
    }

    private double? Elbo(Tensor? images, CancellationToken cancellation) => images is null ? null : VaeEvaluation.Elbo(Model, images, cancellation);

    // Dynamic binarization draws training images again in each step; the others stay fixed.
    private Tensor? Images(ImageDataSet? images, VaePart part)
    {
        if (images is null) return null;
        bool isGrey = part == VaePart.Train && Options.BinarizationMode == Binarization.Dynamic;
        return pool.Own(isGrey ? images.ToTensor(Options.ScalarType, Model.Device) : VaeParts.ToTensor(images, Options, Model.Device, part));
    }

    private Tensor Order(int epoch)
    {
        using RandomSource random = VaeRandom.Open(Options.Stream, VaeStream.Order, epoch: epoch);
        return random.Permutation(data.Train.Count).to(Model.Device);
    }
}
