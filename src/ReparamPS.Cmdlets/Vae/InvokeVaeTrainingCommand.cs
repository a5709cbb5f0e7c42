using System.Diagnostics;
using System.Management.Automation;
using System.Security.Cryptography;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Data;
using ReparamPS.Runs;
using ReparamPS.Vae;

namespace ReparamPS.Cmdlets.Vae;

/// <summary>Trains a variational autoencoder, and gives a row as each epoch ends.</summary>
/// <remarks>
/// Encoder and decoder are dense networks. By default the posterior is a diagonal normal, the prior standard normal, the likelihood Bernoulli, and the loss is −ELBO with
/// the analytic KL term (Kingma, Welling 2013, arXiv:1312.6114); -Likelihood, -Prior, -Posterior and -Objective name others. Each object that comes in is one run:
/// its properties set the parameters of the same names, so a grid of settings, or a CSV file of them, trains one run a row. Rows hold all settings beside the figures, and a
/// run's RunId is equal where settings and data are equal. The same seed gives the same rows on the same machine with as many threads, apart from the times. Images of the test set never
/// reach training. With -OutPath a run is kept, and -Resume goes on with one that was cut off, at whatever moment, or to more -Epochs; settings that are not named are then the kept run's.
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
/// <example>
/// <para>A run that is kept, and gone on with where it was cut off</para>
/// <code>Invoke-VaeTraining -LatentSize 2 -Epochs 3 -Seed 1 -OutPath ./run -Force
/// Invoke-VaeTraining -OutPath ./run -Resume</code>
/// </example>
/// <example>
/// <para>A finished run, taken further: the rows and weights of a run of six epochs</para>
/// <code>Invoke-VaeTraining -LatentSize 2 -Epochs 3 -Seed 1 -OutPath ./run -Force
/// Invoke-VaeTraining -OutPath ./run -Resume -Epochs 6</code>
/// </example>
/// <example>
/// <para>An importance-weighted bound, a learned prior, and a gentle start</para>
/// <code>Invoke-VaeTraining -Objective iwae -Samples 5 -Prior mixture -KlWarmup linear -KlWarmupEpochs 1 -Epochs 2 -Seed 1</code>
/// </example>
[Cmdlet(VerbsLifecycle.Invoke, "VaeTraining", SupportsShouldProcess = true)]
[OutputType(typeof(VaeEpoch))]
public sealed class InvokeVaeTrainingCommand : ReparamCmdlet
{
    private const int ProgressMilliseconds = 200;

    private static readonly VaeOptions Defaults = new();

    private readonly VaeDataReader reader = new();

    /// <summary>The images: a file in IDX (the format of MNIST), CSV or NumPy's .npy format, plain or gzipped, or a folder of PNG pictures. Without it the 1,797 embedded handwritten digits of 8×8 pixels.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true), Alias("FullName", "Path"), AllowEmptyString, AllowNull]
    public string? DataPath { get; set; }

    /// <summary>Images for the test from a file of their own; nothing is then split off the training images.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), AllowEmptyString, AllowNull]
    public string? TestPath { get; set; }

    /// <summary>The value that means an intensity of 1. Larger ones are then refused. By default 255 for bytes, 16 for the digits, else the largest value of the training images where that is above 1; larger values of validation and test images then count as 1.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public double? MaximumValue { get; set; }

    /// <summary>The column of the labels in a CSV file: a name of its header, a number from 1 on, last, or none. By default a column named label, class, target, digit or y, else the last where the rest makes square images.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), AllowEmptyString, AllowNull]
    public string? LabelColumn { get; set; }

    /// <summary>The share of the images that is kept apart for the test.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public double TestFraction { get; set; } = Defaults.TestFraction;

    /// <summary>The share of the images that is kept apart for early stopping.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public double ValidationFraction { get; set; } = Defaults.ValidationFraction;

    /// <summary>The seed of the split, apart from Seed so that runs of different seeds share one test set; static binarization follows it as well.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public long SplitSeed { get; set; } = Defaults.SplitSeed;

    /// <summary>none; static: each image becomes black and white once, with its intensities as probabilities; dynamic: anew whenever it is trained on.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), ArgumentCompleter(typeof(VaeChoiceCompleter))]
    public string Binarization { get; set; } = Defaults.Binarization;

    /// <summary>The number of latent dimensions.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public int LatentSize { get; set; } = Defaults.LatentSize;

    /// <summary>The sizes of the encoder's hidden layers, such as 500 or 500,300; the decoder mirrors them. Nothing: linear encoder and decoder.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), IntegerList, AllowEmptyCollection]
    public int[] HiddenSize { get; set; } = [.. Defaults.HiddenSize];

    /// <summary>The activation after each hidden layer: relu, tanh, sigmoid, softplus or elu.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), ArgumentCompleter(typeof(VaeChoiceCompleter))]
    public string Activation { get; set; } = Defaults.Activation;

    /// <summary>How weights begin: uniform on ±1/√inputs (as PyTorch's Linear), or normal with InitialScale and biases of zero.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), ArgumentCompleter(typeof(VaeChoiceCompleter))]
    public string Initialization { get; set; } = Defaults.Initialization;

    /// <summary>The standard deviation of weights that begin normal.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public double InitialScale { get; set; } = Defaults.InitialScale;

    /// <summary>bernoulli; continuousbernoulli; gaussian of a fixed standard deviation; learnedgaussian: one standard deviation for all pixels, learned.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), ArgumentCompleter(typeof(VaeChoiceCompleter))]
    public string Likelihood { get; set; } = Defaults.Likelihood;

    /// <summary>The standard deviation of a gaussian likelihood, and where a learned one begins.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public double LikelihoodScale { get; set; } = Defaults.LikelihoodScale;

    /// <summary>normal: standard normal; mixture: a learned mixture of diagonal normals.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), ArgumentCompleter(typeof(VaeChoiceCompleter))]
    public string Prior { get; set; } = Defaults.Prior;

    /// <summary>The normals of a mixture.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public int PriorComponents { get; set; } = Defaults.PriorComponents;

    /// <summary>normal: diagonal; fullnormal: with full covariance; or a distribution of the catalogue by name, with the prior that fits where it lies: Laplace, Logistic and Gumbel (standard normal), Kumaraswamy and Beta (uniform), Gamma, LogNormal and Weibull (exponential), VonMisesFisher (uniform on the sphere), RelaxedBernoulli and RelaxedOneHotCategorical, that is Gumbel-softmax (all equally likely).</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), ArgumentCompleter(typeof(VaeChoiceCompleter))]
    public string Posterior { get; set; } = Defaults.Posterior;

    /// <summary>The temperature of relaxed posteriors.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public double Temperature { get; set; } = Defaults.Temperature;

    /// <summary>elbo: the bound with the analytic KL term where there is one (the paper's estimator B); sgvba: all of it by draws (estimator A); iwae: the importance-weighted bound of Samples draws; stl: the bound by draws without the score term of its gradient (sticking the landing); dreg: iwae, doubly reparameterized. Rows hold the plain bound whatever the objective; Measure-VaeLikelihood gives the importance-weighted one.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), ArgumentCompleter(typeof(VaeChoiceCompleter))]
    public string Objective { get; set; } = Defaults.Objective;

    /// <summary>Draws an image: L of the bound, k of the importance-weighted one.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public int Samples { get; set; } = Defaults.Samples;

    /// <summary>The weight of the KL term.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public double Beta { get; set; } = Defaults.Beta;

    /// <summary>none; linear: from 0 to Beta over KlWarmupEpochs; cyclic: KlCycles times over ScheduleEpochs, each up in its first half.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), ArgumentCompleter(typeof(VaeChoiceCompleter))]
    public string KlWarmup { get; set; } = Defaults.KlWarmup;

    /// <summary>How many epochs a linear warm-up takes.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public double KlWarmupEpochs { get; set; } = Defaults.KlWarmupEpochs;

    /// <summary>The cycles of a cyclic warm-up.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public int KlCycles { get; set; } = Defaults.KlCycles;

    /// <summary>Nats that each latent dimension may use without cost, over the batch's mean.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public double FreeBits { get; set; } = Defaults.FreeBits;

    /// <summary>The number of passes over the training images.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public int Epochs { get; set; } = Defaults.Epochs;

    /// <summary>Images a training step.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public int BatchSize { get; set; } = Defaults.BatchSize;

    /// <summary>adam, adamw, adagrad, rmsprop or sgd; with PyTorch's arithmetic and defaults.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), ArgumentCompleter(typeof(VaeChoiceCompleter))]
    public string Optimizer { get; set; } = Defaults.Optimizer;

    /// <summary>The optimizer's step size.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public double LearningRate { get; set; } = Defaults.LearningRate;

    /// <summary>constant, linear, cosine or exponential, step by step over ScheduleEpochs.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), ArgumentCompleter(typeof(VaeChoiceCompleter))]
    public string LearningRateSchedule { get; set; } = Defaults.LearningRateSchedule;

    /// <summary>The share of the step size that a schedule leaves at the end.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public double LearningRateEnd { get; set; } = Defaults.LearningRateEnd;

    /// <summary>The epochs that a schedule of the step size, and a cyclic warm-up, go over; from then on their last value holds. 0: all epochs of the run, which then can't be taken further.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public int ScheduleEpochs { get; set; } = Defaults.ScheduleEpochs;

    /// <summary>The momentum of sgd.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public double Momentum { get; set; } = Defaults.Momentum;

    /// <summary>Weight decay: added to the gradient, but with adamw apart from it.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public double WeightDecay { get; set; } = Defaults.WeightDecay;

    /// <summary>The largest norm of a gradient; a longer one is shortened. 0: any.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public double GradientClip { get; set; } = Defaults.GradientClip;

    /// <summary>Epochs without a better bound on the validation images after which the run stops, with the weights of the best. 0: never.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public int Patience { get; set; } = Defaults.Patience;

    /// <summary>The seed of weights, order and noise. A random one is taken, and told in the rows, without it.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public long? Seed { get; set; }

    /// <summary>The floating type: float32 or float64.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), ArgumentCompleter(typeof(DTypeCompleter))]
    public string DType { get; set; } = Defaults.DType;

    /// <summary>The device that trains: cpu, cuda or cuda:N.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), ArgumentCompleter(typeof(DeviceCompleter))]
    public string Device { get; set; } = Defaults.Device;

    /// <summary>A folder that keeps the run: run.json, epochs.csv, model.safetensors and a checkpoint to go on from. It may differ from object to object: -OutPath { "runs/$($_.LatentSize)" }.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), AllowEmptyString, AllowNull]
    public string? OutPath { get; set; }

    /// <summary>Goes on with the run in OutPath, and ends with the rows and weights of a run that was never cut off; rows kept before come first. Settings that are not named are the kept run's. Another number of Epochs ends as a run that had it from the start; where LearningRateSchedule or KlWarmup goes over all epochs, since ScheduleEpochs is 0, it is refused. Without a run there a new one starts, if any setting is named.</summary>
    [Parameter]
    public SwitchParameter Resume { get; set; }

    /// <summary>Starts anew where OutPath holds a run already, or files that a run would write over.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>A checkpoint after so many epochs; 0 for none by epochs. By default after each, but at most one a second. The end of the run always is one.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), ValidateRange(0, int.MaxValue)]
    public int CheckpointEpochs { get; set; } = 1;

    /// <summary>A checkpoint after so many minutes, in the middle of an epoch if need be; by default after one, 0 for none by time.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), ValidateRange(0, double.MaxValue)]
    public double CheckpointMinutes { get; set; } = 1;

    /// <inheritdoc/>
    protected override object? ErrorTarget => string.IsNullOrEmpty(DataPath) ? DigitsDataSet.Name : DataPath;

    /// <inheritdoc/>
    protected override void Process()
    {
        var given = new VaeOptions
        {
            DataPath = Resolved(DataPath),
            TestPath = Resolved(TestPath),
            MaximumValue = MaximumValue,
            LabelColumn = string.IsNullOrEmpty(LabelColumn) ? null : LabelColumn,
            TestFraction = TestFraction,
            ValidationFraction = ValidationFraction,
            SplitSeed = SplitSeed,
            Binarization = Binarization,
            LatentSize = LatentSize,
            HiddenSize = HiddenSize,
            Activation = Activation,
            Initialization = Initialization,
            InitialScale = InitialScale,
            Likelihood = Likelihood,
            LikelihoodScale = LikelihoodScale,
            Prior = Prior,
            PriorComponents = PriorComponents,
            Posterior = Posterior,
            Temperature = Temperature,
            Objective = Objective,
            Samples = Samples,
            Beta = Beta,
            KlWarmup = KlWarmup,
            KlWarmupEpochs = KlWarmupEpochs,
            KlCycles = KlCycles,
            FreeBits = FreeBits,
            Epochs = Epochs,
            BatchSize = BatchSize,
            Optimizer = Optimizer,
            LearningRate = LearningRate,
            LearningRateSchedule = LearningRateSchedule,
            LearningRateEnd = LearningRateEnd,
            ScheduleEpochs = ScheduleEpochs,
            Momentum = Momentum,
            WeightDecay = WeightDecay,
            GradientClip = GradientClip,
            Patience = Patience,
            Seed = Seed ?? RandomNumberGenerator.GetInt32(int.MaxValue),
            DType = DType,
            Device = Device,
        };
        VaeOptions options = Resume ? OverKept(given) : given;
        if (!IsWanted(options)) return;
        ImageSplit data = reader.Read(options);
        try
        {
            foreach (VaeEpoch row in Train(options, data)) WriteObject(row);
        }
        finally
        {
            if (!Stopping) WriteProgress(new ProgressRecord(1, "Training a VAE", "done") { RecordType = ProgressRecordType.Completed });
        }
    }

    private IEnumerable<VaeEpoch> Train(VaeOptions options, ImageSplit data)
    {
        if (string.IsNullOrEmpty(OutPath)) return VaeTrainer.Train(options, data, Reporter(), Cancellation);
        string folder = ResolvePath(OutPath);
        if (StartsAnew(folder)) RunFolder.Clear(folder, VaeRun.Kind);
        return VaeRun.Train(options, data, folder, Resume, new Checkpointing(CheckpointEpochs, CheckpointMinutes, MyInvocation.BoundParameters.ContainsKey(nameof(CheckpointEpochs)) ? 0 : 1), Reporter(), Cancellation);
    }

    private VaeOptions OverKept(VaeOptions given)
    {
        if (string.IsNullOrEmpty(OutPath)) throw new ArgumentException("Resume needs OutPath, the folder of the run.", nameof(Resume));
        string folder = ResolvePath(OutPath);
        IEnumerable<string> named = MyInvocation.BoundParameters.Keys;
        if (VaeRun.Settings(folder) is { } kept) return given.Over(kept, named);
        // A name with a slip in it would else train another run from the start.
        if (!named.Any(name => typeof(VaeOptions).GetProperty(name) is not null))
            throw new ArgumentException($"'{folder}' holds no run to go on with, and no setting says which one to start.", nameof(OutPath));
        WriteVerbose($"'{folder}' holds no run; a new one starts.");
        return given;
    }

    private bool StartsAnew(string folder) => Force && !Resume && RunFolder.HoldsFiles(folder, VaeRun.Kind);

    private bool IsWanted(VaeOptions options)
    {
        if (string.IsNullOrEmpty(OutPath)) return ShouldProcess(options.DataPath ?? DigitsDataSet.Name, "Train a VAE");
        string folder = ResolvePath(OutPath);
        return ShouldProcess(folder, StartsAnew(folder) ? "Start anew, over the run that is kept there" : "Train a VAE and keep it");
    }

    private string? Resolved(string? path) => string.IsNullOrEmpty(path) ? null : ResolvePath(path);

    private Action<TrainingProgress> Reporter()
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
