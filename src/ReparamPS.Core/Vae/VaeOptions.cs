using System.Globalization;
using Newtonsoft.Json;
using ReparamPS.Optimization;
using ReparamPS.Settings;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using ReparamPS.Vae.Likelihoods;
using ReparamPS.Vae.Objectives;
using ReparamPS.Vae.Posteriors;
using ReparamPS.Vae.Priors;
using ReparamPS.Vae.Steps;
using TorchSharp;

namespace ReparamPS.Vae;

/// <summary>All settings of a VAE run. ConvertTo-Json of a model shows the main ones. Two runs with equal settings and equal data on one machine with as many threads give equal rows, bit for bit.</summary>
public sealed record VaeOptions
{
    /// <summary>Training images: an IDX, CSV or NumPy file (.npy, .npz), plain or gzipped, or a folder of PNG or MNIST-style IDX files. 'mnist.npz/x_train' selects one array; in an IDX folder, the t10k images are the test images. Default: the 1,797 embedded digits (8×8 pixels).</summary>
    public string? DataPath { get; init; }

    /// <summary>File of test images. Default: test images are split off the training images.</summary>
    [JsonIgnore]
    public string? TestPath { get; init; }

    /// <summary>The pixel value that maps to intensity 1; larger values are errors. Default: 255 for bytes, 16 for the embedded digits, otherwise the largest training value if it exceeds 1.</summary>
    [JsonIgnore]
    public double? MaximumValue { get; init; }

    /// <summary>Label column of a CSV file. Allowed: a header name, a number from 1, last or none. Default: a column named label, class, target, digit or y, otherwise the last one if the rest makes square images.</summary>
    [JsonIgnore]
    public string? LabelColumn { get; init; }

    /// <summary>Fraction of the images that is held out for the test.</summary>
    [JsonIgnore]
    public double TestFraction { get; init; } = 0.2;

    /// <summary>Fraction of the images that is held out for early stopping.</summary>
    [JsonIgnore]
    public double ValidationFraction { get; init; }

    /// <summary>Seed of the split and of static binarization. It is separate from Seed, so that runs with different seeds share one test set.</summary>
    [JsonIgnore]
    public long SplitSeed { get; init; }

    /// <summary>Draws black and white pixels with the intensities as probabilities: static draws each image once, dynamic draws training images again in each step.</summary>
    [JsonIgnore]
    public string Binarization { get; init; } = "none";

    /// <summary>Number of latent dimensions.</summary>
    public int LatentSize { get; init; } = 8;

    /// <summary>Sizes of the hidden layers of the encoder, such as 500,300; the decoder mirrors them. An empty list makes encoder and decoder linear.</summary>
    public IReadOnlyList<int> HiddenSize { get; init; } = [128];

    /// <summary>Activation after each hidden layer.</summary>
    public string Activation { get; init; } = "relu";

    /// <summary>Initial weights: uniform on ±1/√inputs, as in PyTorch's Linear, or normal with standard deviation InitialScale and biases of 0.</summary>
    [JsonIgnore]
    public string Initialization { get; init; } = "uniform";

    /// <summary>Standard deviation of weights with normal initialization.</summary>
    [JsonIgnore]
    public double InitialScale { get; init; } = 0.01;

    /// <summary>Distribution of a pixel given the latent point. gaussian has the standard deviation LikelihoodScale; learnedgaussian learns one for all pixels.</summary>
    public string Likelihood { get; init; } = "bernoulli";

    /// <summary>Standard deviation of a gaussian likelihood; initial value for learnedgaussian.</summary>
    [JsonIgnore]
    public double LikelihoodScale { get; init; } = 1;

    /// <summary>Prior of the latent points: normal (or the prior that fits the posterior's support), or a learned mixture of diagonal normals.</summary>
    public string Prior { get; init; } = "normal";

    /// <summary>Number of normals in a mixture prior.</summary>
    [JsonIgnore]
    public int PriorComponents { get; init; } = 10;

    /// <summary>Posterior family: diagonal normal, normal with full covariance (fullnormal), or another distribution with the matching prior (standard normal, uniform, exponential, uniform on the sphere, or uniform over the choices).</summary>
    public string Posterior { get; init; } = "normal";

    /// <summary>Temperature of relaxed posteriors.</summary>
    [JsonIgnore]
    public double Temperature { get; init; } = 0.5;

    /// <summary>Training objective: the ELBO with analytic KL term (elbo), with the KL term estimated from draws (sgvba), without the score term (stl), the importance-weighted bound (iwae), or its doubly reparameterized form (dreg). Rows always report the ELBO.</summary>
    public string Objective { get; init; } = "elbo";

    /// <summary>Draws per image: L for the ELBO, k for the importance-weighted bound.</summary>
    public int Samples { get; init; } = 1;

    /// <summary>Weight of the KL term.</summary>
    public double Beta { get; init; } = 1;

    /// <summary>Warm-up of the KL weight: linear from 0 to Beta over KlWarmupEpochs, or cyclic with KlCycles cycles over ScheduleEpochs.</summary>
    [JsonIgnore]
    public string KlWarmup { get; init; } = "none";

    /// <summary>Length of a linear warm-up, in epochs.</summary>
    [JsonIgnore]
    public double KlWarmupEpochs { get; init; } = 10;

    /// <summary>Number of cycles of a cyclic warm-up.</summary>
    [JsonIgnore]
    public int KlCycles { get; init; } = 4;

    /// <summary>The KL divergence per latent dimension, in nats and averaged over the batch, that is not penalized.</summary>
    [JsonIgnore]
    public double FreeBits { get; init; }

    /// <summary>Number of passes over the training images.</summary>
    public int Epochs { get; init; } = 20;

    /// <summary>Images per training step.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>Optimizer, with PyTorch's arithmetic. LearningRate, Momentum and WeightDecay have their own defaults; other constants are PyTorch's.</summary>
    public string Optimizer { get; init; } = "adam";

    /// <summary>Step size of the optimizer.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Change of the step size from step to step over ScheduleEpochs.</summary>
    [JsonIgnore]
    public string LearningRateSchedule { get; init; } = "constant";

    /// <summary>Final step size of a schedule, relative to LearningRate.</summary>
    [JsonIgnore]
    public double LearningRateEnd { get; init; } = 0.01;

    /// <summary>Length of the learning-rate schedule and of a cyclic warm-up, in epochs; the last value then holds. 0 spans all epochs, and such a run cannot be extended.</summary>
    [JsonIgnore]
    public int ScheduleEpochs { get; init; }

    /// <summary>Momentum of sgd.</summary>
    [JsonIgnore]
    public double Momentum { get; init; } = 0.9;

    /// <summary>Weight decay, added to the gradient; adamw decays the weights directly.</summary>
    [JsonIgnore]
    public double WeightDecay { get; init; }

    /// <summary>Maximum norm of the gradient; longer gradients are scaled down. 0 means no limit.</summary>
    [JsonIgnore]
    public double GradientClip { get; init; }

    /// <summary>Epochs without a better validation ELBO after which the run stops and keeps its best weights. 0 means never.</summary>
    [JsonIgnore]
    public int Patience { get; init; }

    /// <summary>Seed of weights, order and noise.</summary>
    public long Seed { get; init; }

    /// <summary>Floating-point type.</summary>
    public string DType { get; init; } = "float32";

    /// <summary>Device that trains: cpu, cuda or cuda:N. A run may be resumed on another device.</summary>
    [JsonIgnore]
    public string Device { get; init; } = "cpu";

    /// <summary>Generator of weights, order and noise. Torch: the draws of PyTorch. Philox: parallel, with the same draws on every CPU.</summary>
    public RandomGenerator Generator { get; init; }

    /// <summary>What to know about settings that are allowed together, but are hardly meant so.</summary>
    public IEnumerable<string> Warnings()
    {
        if (Samples == 1 && ObjectiveChoices.All[Objective](FreeBits).NeedsManyDraws)
            yield return $"With -Samples 1, the objective {Objective} is the same as the ELBO. Use several draws per image, such as -Samples 5.";
        if (BinarizationMode != Steps.Binarization.None && LikelihoodChoices.All[Likelihood](LikelihoodScale) is not BernoulliLikelihood)
            yield return $"Binarization {Binarization} sets each pixel to 0 or 1, but the likelihood {Likelihood} is for continuous pixels. Use Likelihood bernoulli, or Binarization none.";
        if (VaeSchedules.IsCutOff(this))
            yield return $"The KL warm-up takes {KlWarmupEpochs.ToString(CultureInfo.InvariantCulture)} epochs (KlWarmupEpochs), but the run has {Epochs} (Epochs), so the KL weight does not reach Beta. Set KlWarmupEpochs to at most {Epochs}, or use more Epochs.";
    }

    /// <summary>The seed and its generator.</summary>
    internal RandomSeed Stream => new(Seed, Generator);

    /// <summary>The element type.</summary>
    internal torch.ScalarType ScalarType => TorchTypes.ParseFloat(DType);

    /// <summary>The settings of the optimizer.</summary>
    internal OptimizerOptions Optimization => new()
    {
        Optimizer = Optimizer,
        LearningRate = LearningRate,
        LearningRateSchedule = LearningRateSchedule,
        LearningRateEnd = LearningRateEnd,
        Momentum = Momentum,
        WeightDecay = WeightDecay,
        GradientClip = GradientClip,
    };

    /// <summary>The sizes of the hidden layers as text.</summary>
    internal string HiddenSizeText => VaeSettings.Table.TextOf(VaeSettings.Table.Find(nameof(HiddenSize))!, this);

    /// <summary>How pixels become black and white.</summary>
    internal Binarization BinarizationMode => BinarizationChoices.All[Binarization];

    /// <summary>How weights start.</summary>
    internal Initialization InitializationMode => InitializationChoices.All[Initialization];

    /// <inheritdoc/>
    public override string ToString() => VaeSettings.Table.Line(this);

    /// <summary>Other settings, except for these where they are named.</summary>
    /// <param name="others">The settings that are not named.</param>
    /// <param name="names">Names of settings; other names among them are ignored.</param>
    public VaeOptions Over(VaeOptions others, IEnumerable<string> names)
    {
        VaeOptions all = others with { };
        VaeSettings.Table.Copy(this, all, names);
        return all;
    }

    /// <summary>Checks all settings that do not depend on the data.</summary>
    /// <exception cref="ArgumentException">A setting is not allowed; the message names it, its value and what is allowed.</exception>
    public void Validate()
    {
        SettingTable<VaeOptions> table = VaeSettings.Table;
        table.Validate(this);
        void Require(bool holds, string name, string allowed) => table.Require(holds, name, allowed, this);
        Require(Patience == 0 || ValidationFraction > 0, nameof(Patience), "0 if ValidationFraction is 0, since early stopping needs validation images");
        Posterior posterior = CreatePosterior();
        Prior prior = CreatePrior();
        bool isNormal = posterior is DiagonalNormalPosterior && prior.IsFixed;
        Require(LatentSize >= posterior.MinLatentSize, nameof(LatentSize), $"at least {posterior.MinLatentSize} with a {Posterior} posterior");
        Require(posterior.HasNormalPrior || !prior.NeedsRealLine, nameof(Prior), $"normal with Posterior {Posterior}, because a mixture requires a posterior on the real line, such as normal");
        Require(FreeBits == 0 || (isNormal && ObjectiveChoices.All[Objective](0) is BoundObjective { IsPlain: true }), nameof(FreeBits),
            $"0 with Objective {Objective}, Posterior {Posterior} and Prior {Prior}, because only Objective elbo with Posterior and Prior normal has the KL term of each dimension");
    }

    /// <summary>The posterior.</summary>
    internal Posterior CreatePosterior() => PosteriorChoices.All[Posterior](LatentSize, Temperature);

    /// <summary>The prior.</summary>
    internal Prior CreatePrior() => PriorChoices.All[Prior](CreatePosterior(), PriorComponents);
}
