namespace ReparamPS.Vae;

/// <summary>One epoch of a run as a flat row: what came of it, and all settings.</summary>
public sealed class VaeEpoch
{
    private readonly VaeOptions options;

    internal VaeEpoch(VaeOptions options) => this.options = options;

    /// <summary>The run's name: equal for equal settings and data.</summary>
    public required string RunId { get; init; }

    /// <summary>The epoch, from 1 on.</summary>
    public required int Epoch { get; init; }

    /// <summary>The evidence lower bound, nats an image, over the epoch's training steps (while the weights moved).</summary>
    public required double TrainElbo { get; init; }

    /// <summary>The reconstruction term E[log p(x | z)] of the training bound.</summary>
    public required double Reconstruction { get; init; }

    /// <summary>The KL term of the training bound.</summary>
    public required double KlDivergence { get; init; }

    /// <summary>The evidence lower bound on the test images after the epoch, nats an image; null without a test set. Its noise is the same in all epochs.</summary>
    public required double? TestElbo { get; init; }

    /// <summary>How long the epoch took, test included.</summary>
    public required double Seconds { get; init; }

    /// <summary>Training images a second, without the time of the test.</summary>
    public required double SamplesPerSecond { get; init; }

    /// <summary>The data set's name.</summary>
    public required string DataSet { get; init; }

    /// <summary>Training images.</summary>
    public required int TrainCount { get; init; }

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

    /// <inheritdoc cref="VaeOptions.LatentSize"/>
    public int LatentSize => options.LatentSize;

    /// <summary>The sizes of the encoder's hidden layers, separated by commas; Invoke-VaeTraining takes them back so.</summary>
    public string HiddenSize => string.Join(',', options.HiddenSize);

    /// <inheritdoc cref="VaeOptions.Activation"/>
    public string Activation => options.Activation;

    /// <inheritdoc cref="VaeOptions.Epochs"/>
    public int Epochs => options.Epochs;

    /// <inheritdoc cref="VaeOptions.BatchSize"/>
    public int BatchSize => options.BatchSize;

    /// <inheritdoc cref="VaeOptions.LearningRate"/>
    public double LearningRate => options.LearningRate;

    /// <inheritdoc cref="VaeOptions.Seed"/>
    public long Seed => options.Seed;

    /// <inheritdoc cref="VaeOptions.TestFraction"/>
    public double TestFraction => options.TestFraction;

    /// <inheritdoc cref="VaeOptions.SplitSeed"/>
    public long SplitSeed => options.SplitSeed;

    /// <inheritdoc cref="VaeOptions.DType"/>
    public string DType => options.DType;

    /// <inheritdoc cref="VaeOptions.Device"/>
    public string Device => options.Device;
}

/// <summary>How far a run is.</summary>
/// <param name="Epoch">The epoch under way, from 1 on.</param>
/// <param name="Epochs">Epochs in all.</param>
/// <param name="Step">Steps done of this epoch.</param>
/// <param name="Steps">Steps an epoch.</param>
public readonly record struct VaeProgress(int Epoch, int Epochs, int Step, int Steps)
{
    /// <summary>The share that is done, from 0 to 1.</summary>
    public double Fraction => (Epoch - 1 + (double)Step / Steps) / Epochs;
}

/// <summary>A run's loss is no finite number any more.</summary>
public sealed class TrainingDivergedException : InvalidOperationException
{
    /// <summary>Creates the exception.</summary>
    public TrainingDivergedException(string message) : base(message) { }
}
