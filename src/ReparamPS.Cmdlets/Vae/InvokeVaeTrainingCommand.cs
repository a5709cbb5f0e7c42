using System.Diagnostics;
using System.Management.Automation;
using System.Security.Cryptography;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Data;
using ReparamPS.Vae;

namespace ReparamPS.Cmdlets.Vae;

/// <summary>Trains a variational autoencoder, and gives a row as each epoch ends.</summary>
/// <remarks>
/// Encoder and decoder are dense networks, the posterior is a diagonal normal, the prior standard normal, the likelihood Bernoulli; the loss is −ELBO with the
/// analytic KL term (Kingma, Welling 2013, arXiv:1312.6114). Each object that comes in is one run: its properties set the parameters of the same names, so a grid
/// of settings, or a CSV file of them, trains one run a row. Rows hold all settings beside the figures, and a run's RunId is equal where settings and
/// data are equal. The same seed gives the same rows on the same machine, apart from the times. Images of the test set never reach training.
/// </remarks>
/// <example>
/// <para>Two latent dimensions on the embedded digits</para>
/// <code>Invoke-VaeTraining -LatentSize 2 -Epochs 5 -Seed 1</code>
/// </example>
/// <example>
/// <para>A run for each of two latent sizes, the last epoch of each</para>
/// <code>New-ExperimentGrid @{ LatentSize = 2, 8 } | Invoke-VaeTraining -Epochs 3 -Seed 1 | Where-Object Epoch -eq 3</code>
/// </example>
/// <example>
/// <para>Deeper networks, tanh, and less of the data for the test</para>
/// <code>Invoke-VaeTraining -HiddenSize 128,64 -Activation tanh -TestFraction 0.1 -Epochs 2 -Seed 1</code>
/// </example>
[Cmdlet(VerbsLifecycle.Invoke, "VaeTraining")]
[OutputType(typeof(VaeEpoch))]
public sealed class InvokeVaeTrainingCommand : ReparamCmdlet
{
    private const int ProgressMilliseconds = 200;

    private static readonly VaeOptions Defaults = new();

    private readonly VaeDataReader reader = new();

    /// <summary>The images: an IDX file (the format of MNIST) or a CSV file, plain or gzipped. Without it the 1,797 embedded handwritten digits of 8×8 pixels.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true), Alias("FullName", "Path"), AllowEmptyString, AllowNull]
    public string? DataPath { get; set; }

    /// <summary>Images for the test from a file of their own; nothing is then split off the training images.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), AllowEmptyString, AllowNull]
    public string? TestPath { get; set; }

    /// <summary>The value that means an intensity of 1. By default 255 in IDX files of bytes, 16 for the digits, else the largest value of the file where that is above 1.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public double? MaximumValue { get; set; }

    /// <summary>The column of the labels in a CSV file: a name of its header, a number from 1 on, last, or none. By default a column named label, class, target, digit or y, else the last where the rest makes square images.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), AllowEmptyString, AllowNull]
    public string? LabelColumn { get; set; }

    /// <summary>The number of latent dimensions.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public int LatentSize { get; set; } = Defaults.LatentSize;

    /// <summary>The sizes of the encoder's hidden layers, such as 500 or 500,300; the decoder mirrors them.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), IntegerList]
    public int[] HiddenSize { get; set; } = [.. Defaults.HiddenSize];

    /// <summary>The activation after each hidden layer: relu, tanh, sigmoid, softplus or elu.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), ArgumentCompleter(typeof(ActivationCompleter))]
    public string Activation { get; set; } = Defaults.Activation;

    /// <summary>The number of passes over the training images.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public int Epochs { get; set; } = Defaults.Epochs;

    /// <summary>Images a training step.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public int BatchSize { get; set; } = Defaults.BatchSize;

    /// <summary>The step size of the optimizer (Adam).</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public double LearningRate { get; set; } = Defaults.LearningRate;

    /// <summary>The seed of weights, order and noise. A random one is taken, and told in the rows, without it.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public long? Seed { get; set; }

    /// <summary>The share of the images that is kept apart for the test, from 0 to below 1.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public double TestFraction { get; set; } = Defaults.TestFraction;

    /// <summary>The seed of the split into training and test images: runs of different seeds share one test set.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public long SplitSeed { get; set; } = Defaults.SplitSeed;

    /// <summary>The floating type: float32 or float64.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), ArgumentCompleter(typeof(DTypeCompleter))]
    public string DType { get; set; } = Defaults.DType;

    /// <summary>The device that trains: cpu, cuda or cuda:N.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), ArgumentCompleter(typeof(DeviceCompleter))]
    public string Device { get; set; } = Defaults.Device;

    /// <inheritdoc/>
    protected override object? ErrorTarget => string.IsNullOrEmpty(DataPath) ? DigitsDataSet.Name : DataPath;

    /// <inheritdoc/>
    protected override void Process()
    {
        var options = new VaeOptions
        {
            DataPath = Resolved(DataPath),
            TestPath = Resolved(TestPath),
            MaximumValue = MaximumValue,
            LabelColumn = string.IsNullOrEmpty(LabelColumn) ? null : LabelColumn,
            LatentSize = LatentSize,
            HiddenSize = HiddenSize,
            Activation = Activation,
            Epochs = Epochs,
            BatchSize = BatchSize,
            LearningRate = LearningRate,
            Seed = Seed ?? RandomNumberGenerator.GetInt32(int.MaxValue),
            TestFraction = TestFraction,
            SplitSeed = SplitSeed,
            DType = DType,
            Device = Device,
        };
        ImageSplit data = reader.Read(options);
        try
        {
            foreach (VaeEpoch row in VaeTrainer.Train(options, data, Reporter(), Cancellation)) WriteObject(row);
        }
        finally
        {
            if (!Stopping) WriteProgress(new ProgressRecord(1, "Training a VAE", "done") { RecordType = ProgressRecordType.Completed });
        }
    }

    private string? Resolved(string? path) => string.IsNullOrEmpty(path) ? null : ResolvePath(path);

    private Action<VaeProgress> Reporter()
    {
        var clock = Stopwatch.StartNew();
        long next = ProgressMilliseconds;
        return progress =>
        {
            if (clock.ElapsedMilliseconds < next) return;
            next = clock.ElapsedMilliseconds + ProgressMilliseconds;
            int percent = (int)(100 * progress.Fraction);
            WriteProgress(new ProgressRecord(1, "Training a VAE", $"epoch {progress.Epoch} of {progress.Epochs}, step {progress.Step} of {progress.Steps}")
            {
                PercentComplete = percent,
                SecondsRemaining = (int)(clock.Elapsed.TotalSeconds * (1 - progress.Fraction) / Math.Max(progress.Fraction, 1e-3)),
            });
        };
    }
}
