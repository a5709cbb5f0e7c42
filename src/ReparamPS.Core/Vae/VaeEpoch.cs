using System.Globalization;

namespace ReparamPS.Vae;

/// <summary>One epoch of a run as a flat row: results and all settings.</summary>
public sealed class VaeEpoch
{
    private readonly VaeOptions options;

    internal VaeEpoch(VaeOptions options) => this.options = options;

    /// <summary>The run's name: equal for equal settings and data.</summary>
    public required string RunId { get; init; }

    /// <summary>The epoch, from 1.</summary>
    public required int Epoch { get; init; }

    /// <summary>The evidence lower bound, nats per image, over the epoch's training steps (while the weights moved), whatever the objective.</summary>
    public double TrainElbo => Reconstruction - KlDivergence;

    /// <summary>The reconstruction term E[log p(x | z)] of the training bound.</summary>
    public required double Reconstruction { get; init; }

    /// <summary>The KL term of the training bound, without its weight.</summary>
    public required double KlDivergence { get; init; }

    /// <summary>The evidence lower bound on the test images after the epoch, nats per image; null without a test set. Its noise is the same in all epochs.</summary>
    public required double? TestElbo { get; init; }

    /// <summary>The evidence lower bound on the validation images; null without any.</summary>
    public required double? ValidationElbo { get; init; }

    /// <summary>The weight of the KL term in the epoch's last step.</summary>
    public required double KlWeight { get; init; }

    /// <summary>The step size in the epoch's last step.</summary>
    public required double StepSize { get; init; }

    /// <summary>Duration of the epoch in seconds, test included.</summary>
    public required double Seconds { get; init; }

    /// <summary>Training images per second, without the time of the test.</summary>
    public required double SamplesPerSecond { get; init; }

    /// <summary>The data set's name.</summary>
    public required string DataSet { get; init; }

    /// <summary>Training images.</summary>
    public required int TrainCount { get; init; }

    /// <summary>Validation images.</summary>
    public required int ValidationCount { get; init; }

    /// <summary>Test images.</summary>
    public required int TestCount { get; init; }

    /// <inheritdoc cref="VaeOptions.DataPath"/>
    public string? DataPath => options.DataPath;

    /// <inheritdoc cref="VaeOptions.TestPath"/>
    public string? TestPath => options.TestPath;

    /// <inheritdoc cref="VaeOptions.MaximumValue"/>
    public double? MaximumValue => options.MaximumValue;

    /// <inheritdoc cref="VaeOptions.LabelColumn"/>
    public string? LabelColumn => options.LabelColumn;

    /// <inheritdoc cref="VaeOptions.TestFraction"/>
    public double TestFraction => options.TestFraction;

    /// <inheritdoc cref="VaeOptions.ValidationFraction"/>
    public double ValidationFraction => options.ValidationFraction;

    /// <inheritdoc cref="VaeOptions.SplitSeed"/>
    public long SplitSeed => options.SplitSeed;

    /// <inheritdoc cref="VaeOptions.Binarization"/>
    public string Binarization => options.Binarization;

    /// <inheritdoc cref="VaeOptions.LatentSize"/>
    public int LatentSize => options.LatentSize;

    /// <summary>The sizes of the encoder's hidden layers, separated by commas, or [] if there are none; Invoke-VaeTraining takes them back so.</summary>
    public string HiddenSize => options.HiddenSizeText;

    /// <inheritdoc cref="VaeOptions.Activation"/>
    public string Activation => options.Activation;

    /// <inheritdoc cref="VaeOptions.Initialization"/>
    public string Initialization => options.Initialization;

    /// <inheritdoc cref="VaeOptions.InitialScale"/>
    public double InitialScale => options.InitialScale;

    /// <inheritdoc cref="VaeOptions.Likelihood"/>
    public string Likelihood => options.Likelihood;

    /// <inheritdoc cref="VaeOptions.LikelihoodScale"/>
    public double LikelihoodScale => options.LikelihoodScale;

    /// <inheritdoc cref="VaeOptions.Prior"/>
    public string Prior => options.Prior;

    /// <inheritdoc cref="VaeOptions.PriorComponents"/>
    public int PriorComponents => options.PriorComponents;

    /// <inheritdoc cref="VaeOptions.Posterior"/>
    public string Posterior => options.Posterior;

    /// <inheritdoc cref="VaeOptions.Temperature"/>
    public double Temperature => options.Temperature;

    /// <inheritdoc cref="VaeOptions.Objective"/>
    public string Objective => options.Objective;

    /// <inheritdoc cref="VaeOptions.Samples"/>
    public int Samples => options.Samples;

    /// <inheritdoc cref="VaeOptions.Beta"/>
    public double Beta => options.Beta;

    /// <inheritdoc cref="VaeOptions.KlWarmup"/>
    public string KlWarmup => options.KlWarmup;

    /// <inheritdoc cref="VaeOptions.KlWarmupEpochs"/>
    public double KlWarmupEpochs => options.KlWarmupEpochs;

    /// <inheritdoc cref="VaeOptions.KlCycles"/>
    public int KlCycles => options.KlCycles;

    /// <inheritdoc cref="VaeOptions.FreeBits"/>
    public double FreeBits => options.FreeBits;

    /// <inheritdoc cref="VaeOptions.Epochs"/>
    public int Epochs => options.Epochs;

    /// <inheritdoc cref="VaeOptions.BatchSize"/>
    public int BatchSize => options.BatchSize;

    /// <inheritdoc cref="VaeOptions.Optimizer"/>
    public string Optimizer => options.Optimizer;

    /// <inheritdoc cref="VaeOptions.LearningRate"/>
    public double LearningRate => options.LearningRate;

    /// <inheritdoc cref="VaeOptions.LearningRateSchedule"/>
    public string LearningRateSchedule => options.LearningRateSchedule;

    /// <inheritdoc cref="VaeOptions.LearningRateEnd"/>
    public double LearningRateEnd => options.LearningRateEnd;

    /// <inheritdoc cref="VaeOptions.ScheduleEpochs"/>
    public int ScheduleEpochs => options.ScheduleEpochs;

    /// <inheritdoc cref="VaeOptions.Momentum"/>
    public double Momentum => options.Momentum;

    /// <inheritdoc cref="VaeOptions.WeightDecay"/>
    public double WeightDecay => options.WeightDecay;

    /// <inheritdoc cref="VaeOptions.GradientClip"/>
    public double GradientClip => options.GradientClip;

    /// <inheritdoc cref="VaeOptions.Patience"/>
    public int Patience => options.Patience;

    /// <inheritdoc cref="VaeOptions.Seed"/>
    public long Seed => options.Seed;

    /// <inheritdoc cref="VaeOptions.DType"/>
    public string DType => options.DType;

    /// <inheritdoc cref="VaeOptions.Device"/>
    public string Device => options.Device;

    /// <inheritdoc cref="VaeOptions.Generator"/>
    public string Generator => options.Generator.ToString();

    /// <summary>What tells epochs apart: PowerShell compares and groups objects by their text. Durations are left out, so that a repeated training is equal.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"VaeEpoch {{ RunId = {RunId}, Epoch = {Epoch}, Seed = {Seed}, TrainElbo = {TrainElbo:R}, KlDivergence = {KlDivergence:R}, TestElbo = {TestElbo:R}, ValidationElbo = {ValidationElbo:R} }}");
}
