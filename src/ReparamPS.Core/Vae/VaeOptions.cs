using System.Globalization;
using System.Reflection;
using ReparamPS.Data;
using ReparamPS.Optimization;
using ReparamPS.Torch;
using TorchSharp;

namespace ReparamPS.Vae;

/// <summary>All settings of a VAE run. Two runs with equal settings and equal data on one machine with as many threads give equal rows, bit for bit.</summary>
public sealed record VaeOptions
{
    /// <summary>The file of the images; null or empty: the embedded digits. See <see cref="ImageFiles"/>.</summary>
    public string? DataPath { get; init; }

    /// <summary>A file of images for the test; null or empty: they are split off the others.</summary>
    public string? TestPath { get; init; }

    /// <inheritdoc cref="ImageFileOptions.MaximumValue"/>
    public double? MaximumValue { get; init; }

    /// <inheritdoc cref="ImageFileOptions.LabelColumn"/>
    public string? LabelColumn { get; init; }

    /// <summary>The share of the images that is kept apart for the test.</summary>
    public double TestFraction { get; init; } = 0.2;

    /// <summary>The share of the images that is kept apart for early stopping.</summary>
    public double ValidationFraction { get; init; }

    /// <summary>The seed of the split, apart from <see cref="Seed"/> so that runs of different seeds share one test set; static binarization follows it as well.</summary>
    public long SplitSeed { get; init; }

    /// <summary>none; static: each image becomes black and white once, with its intensities as probabilities; dynamic: anew whenever it is trained on.</summary>
    public string Binarization { get; init; } = "none";

    /// <summary>The number of latent dimensions.</summary>
    public int LatentSize { get; init; } = 8;

    /// <summary>The sizes of the encoder's hidden layers, from the image on; the decoder mirrors them. Empty: linear encoder and decoder.</summary>
    public IReadOnlyList<int> HiddenSize { get; init; } = [128];

    /// <summary>The activation after each hidden layer; one of <see cref="VaeActivations.Names"/>.</summary>
    public string Activation { get; init; } = "relu";

    /// <summary>How weights begin: uniform on ±1/√inputs (as PyTorch's Linear), or normal with <see cref="InitialScale"/> and biases of zero.</summary>
    public string Initialization { get; init; } = "uniform";

    /// <summary>The standard deviation of weights that begin normal.</summary>
    public double InitialScale { get; init; } = 0.01;

    /// <summary>bernoulli; continuousbernoulli; gaussian of a fixed standard deviation; learnedgaussian: one standard deviation for all pixels, learned.</summary>
    public string Likelihood { get; init; } = "bernoulli";

    /// <summary>The standard deviation of a gaussian likelihood, and where a learned one begins.</summary>
    public double LikelihoodScale { get; init; } = 1;

    /// <summary>normal: standard normal; mixture: a learned mixture of diagonal normals.</summary>
    public string Prior { get; init; } = "normal";

    /// <summary>The normals of a mixture.</summary>
    public int PriorComponents { get; init; } = 10;

    /// <summary>
    /// normal: diagonal; fullnormal: with full covariance; or a distribution of the catalogue by name, with the prior that fits where it lies: Laplace, Logistic and Gumbel
    /// (standard normal), Kumaraswamy and Beta (uniform), Gamma, LogNormal and Weibull (exponential), VonMisesFisher (uniform on the sphere), RelaxedBernoulli and
    /// RelaxedOneHotCategorical, that is Gumbel-softmax (all equally likely).
    /// </summary>
    public string Posterior { get; init; } = "normal";

    /// <summary>The temperature of relaxed posteriors.</summary>
    public double Temperature { get; init; } = 0.5;

    /// <summary>
    /// elbo: the bound with the analytic KL term where there is one (the paper's estimator B); sgvba: all of it by draws (estimator A); iwae: the importance-weighted
    /// bound of <see cref="Samples"/> draws; stl: the bound by draws without the score term of its gradient (sticking the landing); dreg: iwae, doubly reparameterized.
    /// </summary>
    public string Objective { get; init; } = "elbo";

    /// <summary>Draws an image: L of the bound, k of the importance-weighted one.</summary>
    public int Samples { get; init; } = 1;

    /// <summary>The weight of the KL term.</summary>
    public double Beta { get; init; } = 1;

    /// <summary>none; linear: from 0 to Beta over <see cref="KlWarmupEpochs"/>; cyclic: <see cref="KlCycles"/> times over <see cref="ScheduleEpochs"/>, each up in its first half.</summary>
    public string KlWarmup { get; init; } = "none";

    /// <summary>How many epochs a linear warm-up takes.</summary>
    public double KlWarmupEpochs { get; init; } = 10;

    /// <summary>The cycles of a cyclic warm-up.</summary>
    public int KlCycles { get; init; } = 4;

    /// <summary>Nats that each latent dimension may use without cost, over the batch's mean.</summary>
    public double FreeBits { get; init; }

    /// <summary>The number of passes over the training images.</summary>
    public int Epochs { get; init; } = 20;

    /// <summary>Images a training step.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>adam, adamw, adagrad, rmsprop or sgd; with PyTorch's arithmetic and defaults.</summary>
    public string Optimizer { get; init; } = "adam";

    /// <summary>The optimizer's step size.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>constant, linear, cosine or exponential, step by step over <see cref="ScheduleEpochs"/>.</summary>
    public string LearningRateSchedule { get; init; } = "constant";

    /// <summary>The share of the step size that a schedule leaves at the end.</summary>
    public double LearningRateEnd { get; init; } = 0.01;

    /// <summary>The epochs that a schedule of the step size, and a cyclic warm-up, go over; from then on their last value holds. 0: all epochs of the run, which then can't be taken further.</summary>
    public int ScheduleEpochs { get; init; }

    /// <summary>The momentum of sgd.</summary>
    public double Momentum { get; init; } = 0.9;

    /// <summary>Weight decay: added to the gradient, but with adamw apart from it.</summary>
    public double WeightDecay { get; init; }

    /// <summary>The largest norm of a gradient; a longer one is shortened. 0: any.</summary>
    public double GradientClip { get; init; }

    /// <summary>Epochs without a better bound on the validation images after which the run stops, with the weights of the best. 0: never.</summary>
    public int Patience { get; init; }

    /// <summary>The seed of weights, order and noise.</summary>
    public long Seed { get; init; }

    /// <summary>The floating type: float32 or float64.</summary>
    public string DType { get; init; } = "float32";

    /// <summary>The device that trains: cpu, cuda or cuda:N.</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>The element type.</summary>
    internal torch.ScalarType ScalarType => TorchTypes.Parse(DType);

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

    /// <summary>Whether a setting has a value, whatever its case.</summary>
    internal static bool Is(string setting, string value) => setting.Equals(value, StringComparison.OrdinalIgnoreCase);

    /// <summary>Other settings, but these where they are named.</summary>
    /// <param name="others">The settings that are not named.</param>
    /// <param name="names">Names of settings; any others among them are passed over.</param>
    public VaeOptions Over(VaeOptions others, IEnumerable<string> names)
    {
        VaeOptions all = others with { };
        foreach (string name in names)
        {
            PropertyInfo? setting = typeof(VaeOptions).GetProperty(name);
            setting?.SetValue(all, setting.GetValue(this));
        }
        return all;
    }

    /// <summary>Checks all settings that don't depend on the data.</summary>
    /// <exception cref="ArgumentException">A setting is not allowed; the message names it, what is allowed and what came.</exception>
    public void Validate()
    {
        Fraction(TestFraction, nameof(TestFraction));
        Fraction(ValidationFraction, nameof(ValidationFraction));
        Choice(Binarization, VaeChoices.Binarizations, nameof(Binarization));
        Whole(LatentSize, nameof(LatentSize));
        Require(HiddenSize.All(size => size >= 1), nameof(HiddenSize), "whole numbers from 1 on", string.Join(",", HiddenSize));
        Choice(Activation, VaeActivations.Names, nameof(Activation));
        Choice(Initialization, VaeChoices.Initializations, nameof(Initialization));
        Positive(InitialScale, nameof(InitialScale));
        Choice(Likelihood, VaeChoices.Likelihoods, nameof(Likelihood));
        Positive(LikelihoodScale, nameof(LikelihoodScale));
        Choice(Prior, VaeChoices.Priors, nameof(Prior));
        Whole(PriorComponents, nameof(PriorComponents));
        Choice(Posterior, VaeChoices.Posteriors, nameof(Posterior));
        Positive(Temperature, nameof(Temperature));
        Choice(Objective, VaeChoices.Objectives, nameof(Objective));
        Whole(Samples, nameof(Samples));
        NotNegative(Beta, nameof(Beta));
        Choice(KlWarmup, VaeChoices.KlWarmups, nameof(KlWarmup));
        Positive(KlWarmupEpochs, nameof(KlWarmupEpochs));
        Whole(KlCycles, nameof(KlCycles));
        NotNegative(FreeBits, nameof(FreeBits));
        Whole(Epochs, nameof(Epochs));
        Whole(BatchSize, nameof(BatchSize));
        Choice(Optimizer, Optimizers.Names, nameof(Optimizer));
        Positive(LearningRate, nameof(LearningRate));
        Choice(LearningRateSchedule, LearningRateSchedules.Names, nameof(LearningRateSchedule));
        Require(LearningRateEnd is > 0 and <= 1, nameof(LearningRateEnd), "above 0 and at most 1", LearningRateEnd);
        Require(ScheduleEpochs >= 0, nameof(ScheduleEpochs), "a whole number from 0 on", ScheduleEpochs);
        Fraction(Momentum, nameof(Momentum));
        NotNegative(WeightDecay, nameof(WeightDecay));
        NotNegative(GradientClip, nameof(GradientClip));
        Require(Patience >= 0, nameof(Patience), "a whole number from 0 on", Patience);
        Require(!string.IsNullOrEmpty(DType) && TorchTypes.FloatingNames.Contains(TorchTypes.NameOf(ScalarType)), nameof(DType), "float32 or float64", DType);
        Require(Patience == 0 || ValidationFraction > 0, nameof(Patience), "0 where ValidationFraction is 0, since early stopping looks at validation images", Patience);
        LatentSpace? space = CatalogPosterior.SpaceOf(Posterior);
        Require(LatentSize >= 2 || !(space is LatentSpace.Sphere || Is(Posterior, "RelaxedOneHotCategorical")), nameof(LatentSize), $"2 or more with a {Posterior} posterior", LatentSize);
        Require(Is(Prior, "normal") || space is null or LatentSpace.Line, nameof(Prior), $"normal with a {Posterior} posterior, which does not lie on the real line", Prior);
        Require(FreeBits == 0 || (Is(Objective, "elbo") && Is(Posterior, "normal") && Is(Prior, "normal")), nameof(FreeBits),
            "0 unless Objective is elbo and Posterior and Prior are normal, since it needs the KL term of each dimension", FreeBits);
    }

    private static void Whole(int value, string name) => Require(value >= 1, name, "a whole number from 1 on", value);

    private static void Positive(double value, string name) => Require(value > 0 && double.IsFinite(value), name, "a positive number", value);

    private static void NotNegative(double value, string name) => Require(value >= 0 && double.IsFinite(value), name, "a number from 0 on", value);

    private static void Fraction(double value, string name) => Require(value is >= 0 and < 1, name, "from 0 to below 1", value);

    private static void Choice(string value, IReadOnlyList<string> names, string name) =>
        Require(names.Contains(value, StringComparer.OrdinalIgnoreCase), name, "one of " + string.Join(", ", names), value);

    private static void Require(bool holds, string name, string allowed, object came)
    {
        if (!holds) throw new ArgumentException($"{name} must be {allowed}, but {Convert.ToString(came, CultureInfo.InvariantCulture)} came.", name);
    }
}
