using System.Management.Automation;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Data.Images;
using ReparamPS.Messages;
using ReparamPS.Runs;
using ReparamPS.Settings;
using ReparamPS.Torch.Randomness;
using ReparamPS.Vae;

namespace ReparamPS.Cmdlets.Vae;

/// <summary>Trains a variational autoencoder and returns one row per epoch.</summary>
/// <remarks>
/// <para>Encoder and decoder are dense networks. By default the posterior is a diagonal normal, the prior standard normal, and the likelihood Bernoulli. The loss is −ELBO with the analytic KL term (Kingma, Welling 2013, arXiv:1312.6114). -Posterior, -Prior, -Likelihood and -Objective change these defaults.</para>
/// <para>Each settings object from the pipeline, such as a row of New-ExperimentGrid or Import-Csv, is one run; its properties set the parameters of the same names. The returned rows hold the results and all settings. Runs with equal settings and data have the same RunId. On one machine with the same number of threads, the same seed returns the same rows, apart from the times.</para>
/// <para>On the command line, a parameter without effect is an error, such as -Momentum without -Optimizer sgd. If that parameter, or the setting that makes it useless, comes from the pipeline, the parameter is ignored instead.</para>
/// <para>Test images are never used for training. -OutPath stores the run, and -Resume continues it after an interruption. You can also resume a run with more -Epochs, unless a schedule spans all epochs (see -ScheduleEpochs).</para>
/// </remarks>
/// <example>
/// <para>Two latent dimensions on the embedded digits</para>
/// <code>Invoke-VaeTraining -LatentSize 2 -Epochs 5 -Seed 1</code>
/// </example>
/// <example>
/// <para>One run per latent size; the last epoch of each</para>
/// <code>New-ExperimentGrid @{ LatentSize = 2, 8 } |
///     Invoke-VaeTraining -Epochs 3 -Seed 1 | Where-Object Epoch -eq 3</code>
/// </example>
/// <example>
/// <para>Deeper networks with tanh and a smaller test set</para>
/// <code>$settings = @{
///     HiddenSize = 128, 64
///     Activation = 'tanh'
///     TestFraction = 0.1
/// }
/// Invoke-VaeTraining @settings -Epochs 2 -Seed 1</code>
/// </example>
/// <example>
/// <para>Store a run; the second command would resume it after an interruption</para>
/// <code>Invoke-VaeTraining -LatentSize 2 -Epochs 3 -Seed 1 -OutPath ./run -Force
/// Invoke-VaeTraining -OutPath ./run -Resume</code>
/// </example>
/// <example>
/// <para>Extend a finished run to six epochs</para>
/// <code>Invoke-VaeTraining -LatentSize 2 -Epochs 3 -Seed 1 -OutPath ./run -Force
/// Invoke-VaeTraining -OutPath ./run -Resume -Epochs 6</code>
/// </example>
/// <example>
/// <para>Importance-weighted bound, learned prior and KL warm-up</para>
/// <code>$settings = @{
///     Objective = 'iwae'; Samples = 5; Prior = 'mixture'
///     KlWarmup = 'linear'; KlWarmupEpochs = 1
/// }
/// Invoke-VaeTraining @settings -Epochs 2 -Seed 1</code>
/// </example>
[Cmdlet(VerbsLifecycle.Invoke, "VaeTraining", SupportsShouldProcess = true)]
[OutputType(typeof(VaeEpoch))]
[SettingsOf(typeof(VaeSettings))]
public sealed class InvokeVaeTrainingCommand : TrainingCommandBase
{
    // Rows with at least this number of columns that are not settings look like images.
    private const int FewestPixels = 9;

    private const string DataHint = "DataPath takes the path of a file, not the images themselves. Save them as .csv or .npy first, with one row per image.", TestHint = "TestPath takes the path of a file, not the images themselves. Save them as .csv or .npy first, with one row per image.";

    private static readonly VaeOptions Defaults = new();

    private readonly VaeDataReader reader = new();

    /// <inheritdoc cref="VaeOptions.DataPath"/>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true), Alias("FullName", "Path"), AllowEmptyString, AllowNull, Exact<string>(ListHint = DataHint)]
    public string? DataPath { get; set; }

    /// <inheritdoc cref="VaeOptions.TestPath"/>
    [Parameter(ValueFromPipelineByPropertyName = true), AllowEmptyString, AllowNull, Exact<string>(ListHint = TestHint)]
    public string? TestPath { get; set; }

    /// <inheritdoc cref="VaeOptions.MaximumValue"/>
    [Parameter(ValueFromPipelineByPropertyName = true), Exact<double?>]
    public double? MaximumValue { get; set; }

    /// <inheritdoc cref="VaeOptions.LabelColumn"/>
    [Parameter(ValueFromPipelineByPropertyName = true), AllowEmptyString, AllowNull, Exact<string>]
    public string? LabelColumn { get; set; }

    /// <inheritdoc cref="VaeOptions.TestFraction"/>
    [Parameter(ValueFromPipelineByPropertyName = true), Exact<double?>]
    public double TestFraction { get; set; } = Defaults.TestFraction;

    /// <inheritdoc cref="VaeOptions.ValidationFraction"/>
    [Parameter(ValueFromPipelineByPropertyName = true), Exact<double?>]
    public double ValidationFraction { get; set; } = Defaults.ValidationFraction;

    /// <inheritdoc cref="VaeOptions.SplitSeed"/>
    [Parameter(ValueFromPipelineByPropertyName = true), Exact<long?>]
    public long SplitSeed { get; set; } = Defaults.SplitSeed;

    /// <inheritdoc cref="VaeOptions.Binarization"/>
    [Parameter(ValueFromPipelineByPropertyName = true), ArgumentCompleter(typeof(VaeChoiceCompleter)), Exact<string>]
    public string Binarization { get; set; } = Defaults.Binarization;

    /// <inheritdoc cref="VaeOptions.LatentSize"/>
    [Parameter(ValueFromPipelineByPropertyName = true), Exact<int?>]
    public int LatentSize { get; set; } = Defaults.LatentSize;

    /// <inheritdoc cref="VaeOptions.HiddenSize"/>
    [Parameter(ValueFromPipelineByPropertyName = true), IntegerList(EmptyHint = "For no hidden layers, write @()."), AllowEmptyCollection]
    public int[] HiddenSize { get; set => field = value ?? [.. Defaults.HiddenSize]; } = [.. Defaults.HiddenSize];

    /// <inheritdoc cref="VaeOptions.Activation"/>
    [Parameter(ValueFromPipelineByPropertyName = true), ArgumentCompleter(typeof(VaeChoiceCompleter)), Exact<string>]
    public string Activation { get; set; } = Defaults.Activation;

    /// <inheritdoc cref="VaeOptions.Initialization"/>
    [Parameter(ValueFromPipelineByPropertyName = true), ArgumentCompleter(typeof(VaeChoiceCompleter)), Exact<string>]
    public string Initialization { get; set; } = Defaults.Initialization;

    /// <inheritdoc cref="VaeOptions.InitialScale"/>
    [Parameter(ValueFromPipelineByPropertyName = true), Exact<double?>]
    public double InitialScale { get; set; } = Defaults.InitialScale;

    /// <inheritdoc cref="VaeOptions.Likelihood"/>
    [Parameter(ValueFromPipelineByPropertyName = true), ArgumentCompleter(typeof(VaeChoiceCompleter)), Exact<string>]
    public string Likelihood { get; set; } = Defaults.Likelihood;

    /// <inheritdoc cref="VaeOptions.LikelihoodScale"/>
    [Parameter(ValueFromPipelineByPropertyName = true), Exact<double?>]
    public double LikelihoodScale { get; set; } = Defaults.LikelihoodScale;

    /// <inheritdoc cref="VaeOptions.Prior"/>
    [Parameter(ValueFromPipelineByPropertyName = true), ArgumentCompleter(typeof(VaeChoiceCompleter)), Exact<string>]
    public string Prior { get; set; } = Defaults.Prior;

    /// <inheritdoc cref="VaeOptions.PriorComponents"/>
    [Parameter(ValueFromPipelineByPropertyName = true), Exact<int?>]
    public int PriorComponents { get; set; } = Defaults.PriorComponents;

    /// <inheritdoc cref="VaeOptions.Posterior"/>
    [Parameter(ValueFromPipelineByPropertyName = true), ArgumentCompleter(typeof(VaeChoiceCompleter)), Exact<string>]
    public string Posterior { get; set; } = Defaults.Posterior;

    /// <inheritdoc cref="VaeOptions.Temperature"/>
    [Parameter(ValueFromPipelineByPropertyName = true), Exact<double?>]
    public double Temperature { get; set; } = Defaults.Temperature;

    /// <inheritdoc cref="VaeOptions.Objective"/>
    [Parameter(ValueFromPipelineByPropertyName = true), ArgumentCompleter(typeof(VaeChoiceCompleter)), Exact<string>]
    public string Objective { get; set; } = Defaults.Objective;

    /// <inheritdoc cref="VaeOptions.Samples"/>
    [Parameter(ValueFromPipelineByPropertyName = true), Exact<int?>]
    public int Samples { get; set; } = Defaults.Samples;

    /// <inheritdoc cref="VaeOptions.Beta"/>
    [Parameter(ValueFromPipelineByPropertyName = true), Exact<double?>]
    public double Beta { get; set; } = Defaults.Beta;

    /// <inheritdoc cref="VaeOptions.KlWarmup"/>
    [Parameter(ValueFromPipelineByPropertyName = true), ArgumentCompleter(typeof(VaeChoiceCompleter)), Exact<string>]
    public string KlWarmup { get; set; } = Defaults.KlWarmup;

    /// <inheritdoc cref="VaeOptions.KlWarmupEpochs"/>
    [Parameter(ValueFromPipelineByPropertyName = true), Exact<double?>]
    public double KlWarmupEpochs { get; set; } = Defaults.KlWarmupEpochs;

    /// <inheritdoc cref="VaeOptions.KlCycles"/>
    [Parameter(ValueFromPipelineByPropertyName = true), Exact<int?>]
    public int KlCycles { get; set; } = Defaults.KlCycles;

    /// <inheritdoc cref="VaeOptions.FreeBits"/>
    [Parameter(ValueFromPipelineByPropertyName = true), Exact<double?>]
    public double FreeBits { get; set; } = Defaults.FreeBits;

    /// <inheritdoc cref="VaeOptions.Epochs"/>
    [Parameter(ValueFromPipelineByPropertyName = true), Exact<int?>]
    public int Epochs { get; set; } = Defaults.Epochs;

    /// <inheritdoc cref="VaeOptions.BatchSize"/>
    [Parameter(ValueFromPipelineByPropertyName = true), Exact<int?>]
    public int BatchSize { get; set; } = Defaults.BatchSize;

    /// <inheritdoc cref="VaeOptions.Optimizer"/>
    [Parameter(ValueFromPipelineByPropertyName = true), ArgumentCompleter(typeof(VaeChoiceCompleter)), Exact<string>]
    public string Optimizer { get; set; } = Defaults.Optimizer;

    /// <inheritdoc cref="VaeOptions.LearningRate"/>
    [Parameter(ValueFromPipelineByPropertyName = true), Exact<double?>]
    public double LearningRate { get; set; } = Defaults.LearningRate;

    /// <inheritdoc cref="VaeOptions.LearningRateSchedule"/>
    [Parameter(ValueFromPipelineByPropertyName = true), ArgumentCompleter(typeof(VaeChoiceCompleter)), Exact<string>]
    public string LearningRateSchedule { get; set; } = Defaults.LearningRateSchedule;

    /// <inheritdoc cref="VaeOptions.LearningRateEnd"/>
    [Parameter(ValueFromPipelineByPropertyName = true), Exact<double?>]
    public double LearningRateEnd { get; set; } = Defaults.LearningRateEnd;

    /// <inheritdoc cref="VaeOptions.ScheduleEpochs"/>
    [Parameter(ValueFromPipelineByPropertyName = true), Exact<int?>]
    public int ScheduleEpochs { get; set; } = Defaults.ScheduleEpochs;

    /// <inheritdoc cref="VaeOptions.Momentum"/>
    [Parameter(ValueFromPipelineByPropertyName = true), Exact<double?>]
    public double Momentum { get; set; } = Defaults.Momentum;

    /// <inheritdoc cref="VaeOptions.WeightDecay"/>
    [Parameter(ValueFromPipelineByPropertyName = true), Exact<double?>]
    public double WeightDecay { get; set; } = Defaults.WeightDecay;

    /// <inheritdoc cref="VaeOptions.GradientClip"/>
    [Parameter(ValueFromPipelineByPropertyName = true), Exact<double?>]
    public double GradientClip { get; set; } = Defaults.GradientClip;

    /// <inheritdoc cref="VaeOptions.Patience"/>
    [Parameter(ValueFromPipelineByPropertyName = true), Exact<int?>]
    public int Patience { get; set; } = Defaults.Patience;

    /// <inheritdoc cref="VaeOptions.Seed"/>
    [Parameter(ValueFromPipelineByPropertyName = true), Exact<long?>]
    public long? Seed { get; set; }

    /// <inheritdoc cref="VaeOptions.Generator"/>
    [Parameter(ValueFromPipelineByPropertyName = true), Exact<RandomGenerator>(BlankIsDefault = true)]
    public RandomGenerator Generator { get; set; } = Defaults.Generator;

    /// <inheritdoc cref="VaeOptions.DType"/>
    [Parameter(ValueFromPipelineByPropertyName = true), ArgumentCompleter(typeof(DTypeCompleter)), Exact<string>]
    public string DType { get; set; } = Defaults.DType;

    /// <inheritdoc cref="VaeOptions.Device"/>
    [Parameter(ValueFromPipelineByPropertyName = true), ArgumentCompleter(typeof(DeviceCompleter)), Exact<string>]
    public string Device { get; set; } = Defaults.Device;

    /// <summary>The number of epochs between checkpoints in OutPath; 0 turns these checkpoints off. The end of the run always writes one. Default: a checkpoint per epoch, but at most one per second.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), AllowedRange(0), Exact<int?>]
    public int CheckpointEpochs { get; set; } = 1;

    /// <summary>The number of minutes after which another checkpoint is written, also within an epoch; 0 turns these checkpoints off.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), AllowedRange(0), Exact<double?>]
    public double CheckpointMinutes { get; set; } = 1;

    /// <inheritdoc/>
    protected override object? ErrorTarget => string.IsNullOrEmpty(DataPath) ? DigitsDataSet.Name : DataPath;

    /// <summary>Resumes the run in OutPath with its stored settings, or starts one if there is none. Saved rows are returned first, and the result is the same as without the interruption. You can change -Device, and -Epochs unless a schedule spans all epochs; the new number must be at least the number of epochs that the run has started. Any other change that affects the result is an error.</summary>
    [Parameter, Exact<SwitchParameter>]
    public override SwitchParameter Resume { get; set; }

    private protected override string Activity => "Training a VAE";

    private protected override RunKind Kind => VaeRun.Kind;

    private protected override IEnumerable<string> CheckpointParameters => [nameof(CheckpointEpochs), nameof(CheckpointMinutes)];

    private protected override IReadOnlyList<string> PathParameters => [nameof(DataPath), nameof(TestPath), nameof(OutPath)];

    private protected override string InputHint => " Images are not piped: -DataPath names their file (.csv or .npy).";

    private protected override bool AreData(IReadOnlyList<string> names) => names.Count >= FewestPixels || base.AreData(names);

    private protected override string UnknownHint(IReadOnlyList<string> names) => names.Count < FewestPixels && InputObject!.Properties.Any(property => !names.Contains(property.Name)) ? "" : InputHint;

    private protected override void Run()
    {
        VaeOptions given = VaeSettings.Table.Create(name => GetType().GetProperty(name)!.GetValue(this)) with
        {
            DataPath = Resolved(DataPath),
            TestPath = Resolved(TestPath),
            LabelColumn = string.IsNullOrEmpty(LabelColumn) ? null : LabelColumn,
            Seed = Seed ?? RandomNumberGenerator.GetInt32(int.MaxValue),
        };
        string? folder = OwnFolder();
        VaeOptions options = Resume ? OverStored(given, folder) : given;
        CheckUsed(VaeSettings.Dependent, options);
        if (IsRepeat(folder, options.ToString())) return;
        WarnOnce(options.Warnings());
        if (!IsWanted(folder, options.DataPath ?? DigitsDataSet.Name, "Train a VAE")) return;
        ImageSplit images = Read(options);
        WarnOnce([VaeDataReader.TestWarningOf(options), images.Train.ColumnWarning, images.ClippingWarning(), images.ScaleWarning(options.MaximumValue is not null)]);
        Checkpointing checkpointing = Checkpoints(nameof(CheckpointEpochs), CheckpointEpochs, CheckpointMinutes);
        Train((report, cancellation) => Rows(options, images, folder, checkpointing, report, cancellation));
    }

    private protected override string Position(TrainingProgress progress) => $"epoch {progress.Epoch} of {progress.Epochs}, step {progress.Step} of {progress.Steps}";

    private IEnumerable<VaeEpoch> Rows(VaeOptions options, ImageSplit data, string? folder, Checkpointing checkpointing, Action<TrainingProgress> report, CancellationToken cancellation)
    {
        return folder is null ? VaeTrainer.Train(options, data, report, cancellation)
            : VaeRun.Train(options, data, folder, Start, checkpointing, report, cancellation);
    }

    private VaeOptions OverStored(VaeOptions given, string? folder)
    {
        IEnumerable<string> named = GivenHere;
        if (StoredSettings(folder, VaeRun.Settings) is { } stored) return given.Over(stored, GivenWithEffect(VaeSettings.Dependent, given.Over(stored, named)));
        // Otherwise a mistyped folder would start a new run with all defaults.
        if (!named.Any(name => VaeSettings.Table.Find(name) is not null))
            throw new ArgumentException($"'{ShortText.Of(folder)}' holds no run to resume, and no settings for a new one are given. Correct OutPath, or give at least one setting, such as -Epochs 20.", nameof(OutPath));
        return given;
    }

    private ImageSplit Read(VaeOptions options)
    {
        try
        {
            return (DeferredTraining.Current?.Images ?? reader).Read(options);
        }
        catch (FileNotFoundException error) when (Resume && MissingOfRun(error.FileName, options) is { } parameter)
        {
            throw new FileNotFoundException($"{error.Message} If it was moved, give its new path as -{parameter}. A run resumes from another path if the images are the same.", error.FileName, error);
        }
        // The position of DataPath suggests that a folder there is one to write to.
        catch (FileNotFoundException error) when (error.FileName == options.DataPath && error.FileName is { } file && !Path.HasExtension(file) && !File.Exists(Path.GetDirectoryName(file))
            && !file.Contains($".npz{Path.DirectorySeparatorChar}", StringComparison.OrdinalIgnoreCase))
        {
            throw new FileNotFoundException($"{error.Message} Without -DataPath, the embedded digits are used. To store a run in a folder, use -OutPath.", error.FileName, error);
        }
    }

    // The parameter whose path is that of the stored run; null if the call itself gave it.
    private string? MissingOfRun(string? file, VaeOptions options)
    {
        string? parameter = file is null ? null : file == options.DataPath ? nameof(DataPath) : file == options.TestPath ? nameof(TestPath) : null;
        return GivenParameters.Contains(parameter) ? null : parameter;
    }

    private string? Resolved(string? path, [CallerArgumentExpression(nameof(path))] string parameter = "") => string.IsNullOrEmpty(path) ? null : ResolvePath(path, parameter);
}
