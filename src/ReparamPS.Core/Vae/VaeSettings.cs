using ReparamPS.Data.Images;
using ReparamPS.Optimization;
using ReparamPS.Settings;
using ReparamPS.Torch;
using ReparamPS.Vae.Likelihoods;
using ReparamPS.Vae.Objectives;
using ReparamPS.Vae.Posteriors;
using ReparamPS.Vae.Priors;
using ReparamPS.Vae.Steps;

namespace ReparamPS.Vae;

/// <summary>The settings of a VAE run: one line each. Validation, run ids, the columns of rows, completion and help follow from this table; defaults are <see cref="VaeOptions"/>' own.</summary>
public static class VaeSettings
{
    /// <summary>The table, in the order of the columns. Where images are stored does not identify a run; their content does.</summary>
    public static SettingTable<VaeOptions> Table { get; } = new(
        new(nameof(VaeOptions.DataPath), "The training images: an IDX, CSV or NumPy file (.npy, .npz), also gzipped, or a folder of PNG or IDX files. 'mnist.npz/x_train' selects one array of an .npz file. Color PNG images become gray, and other files in their folder are skipped. Default: the 1,797 embedded digits (8×8 pixels).", AllowedValues.Any) { IsInRunId = false },
        new(nameof(VaeOptions.TestPath), "The test images: a file or folder, in one of the formats of DataPath. A CSV file with exactly one column per pixel is read as having no labels. Default: the t10k files of an IDX folder, otherwise a part of the training images (TestFraction).", AllowedValues.Any) { IsInRunId = false },
        new(nameof(VaeOptions.MaximumValue), "The pixel value that becomes intensity 1; larger values are an error. Allowed: a positive number. Default: 255 for bytes, 16 for the embedded digits, otherwise the largest training value, but at least 1. If the default comes from the training values, larger values in images held out from DataPath are not an error: they count as 1, with a warning.", AllowedValues.Any) { IsInRunId = false },
        new(nameof(VaeOptions.LabelColumn), "The column of a CSV file that holds labels instead of pixels. Allowed: a name from the header, a column number (the first column is 1), last (the last column), none (no labels). Default: a column named label, class, target, digit or y, otherwise the last column if removing it makes the images square, otherwise none.", AllowedValues.Any) { IsInRunId = false },
        new(nameof(VaeOptions.TestFraction), "The fraction of the images in DataPath that is held out for the test, if there are no separate test images.", AllowedValues.Fraction),
        new(nameof(VaeOptions.ValidationFraction), "The fraction of the images in DataPath that is held out for early stopping (Patience).", AllowedValues.Fraction),
        new(nameof(VaeOptions.SplitSeed), "The seed of the split into training, validation and test images, and of static binarization. Runs with different values of Seed share the split.", AllowedValues.Any),
        new(nameof(VaeOptions.Binarization), "Sets each pixel to 0 or 1 at random, with its intensity as the probability of 1. With static, each image is drawn once; with dynamic, training images are drawn again in each step.", AllowedValues.OneOf(BinarizationChoices.Names)),
        new(nameof(VaeOptions.LatentSize), "The number of latent dimensions.", AllowedValues.PositiveInteger),
        new(nameof(VaeOptions.HiddenSize), "The sizes of the hidden layers of the encoder, such as 500,300; the decoder has them in reverse. An empty list makes encoder and decoder linear: @() on the command line, [] in a CSV file.", AllowedValues.PositiveIntegers),
        new(nameof(VaeOptions.Activation), "The activation after each hidden layer.", AllowedValues.OneOf(Activation.All.Names)),
        new(nameof(VaeOptions.Initialization), "The initial weights. uniform: between −1/√n and 1/√n for a layer of n inputs, as in PyTorch's Linear. normal: with standard deviation InitialScale, and biases of 0.", AllowedValues.OneOf(InitializationChoices.Names)),
        new(nameof(VaeOptions.InitialScale), "The standard deviation of the weights with normal initialization.", AllowedValues.Positive),
        new(nameof(VaeOptions.Likelihood), "The distribution of a pixel given the latent point. gaussian has the standard deviation LikelihoodScale; learnedgaussian learns one for all pixels.", AllowedValues.OneOf(LikelihoodChoices.All.Names)),
        new(nameof(VaeOptions.LikelihoodScale), "The standard deviation of a gaussian likelihood, and the initial one of learnedgaussian.", AllowedValues.Positive),
        new(nameof(VaeOptions.Prior), "The prior of latent points. normal: the fixed prior of the posterior's family, as listed under -Posterior. Despite the name, it is standard normal only if the posterior is on the real line. mixture: a learned mixture of diagonal normals, for posteriors on the real line.", AllowedValues.OneOf(PriorChoices.All.Names)),
        new(nameof(VaeOptions.PriorComponents), "The number of normals in a mixture prior.", AllowedValues.PositiveInteger),
        new(nameof(VaeOptions.Posterior), "The family of the posterior: normal is diagonal, fullnormal has a full covariance. The prior has the same support: uniform for Kumaraswamy and Beta; exponential for Gamma, LogNormal and Weibull; uniform on the sphere for VonMisesFisher; equal probabilities for RelaxedBernoulli and RelaxedOneHotCategorical; otherwise standard normal.", AllowedValues.OneOf(PosteriorChoices.All.Names)),
        new(nameof(VaeOptions.Temperature), "The temperature of the posteriors RelaxedBernoulli and RelaxedOneHotCategorical.", AllowedValues.Positive),
        new(nameof(VaeOptions.Objective), "The training objective. elbo: the ELBO, with an analytic KL term if Posterior is normal or fullnormal and Prior is normal, otherwise with one from draws. sgvba: the KL term is always from draws. stl: as sgvba, but without the score term in the gradient. iwae: the importance-weighted bound. dreg: iwae with doubly reparameterized gradient. Rows always report the ELBO.", AllowedValues.OneOf(ObjectiveChoices.All.Names)),
        new(nameof(VaeOptions.Samples), "The number of draws per image, in the ELBO or in the importance-weighted bound.", AllowedValues.PositiveInteger),
        new(nameof(VaeOptions.Beta), "The weight of the KL term. If Objective is iwae or dreg, the KL term of a draw is log q(z | x) − log p(z).", AllowedValues.NotNegative),
        new(nameof(VaeOptions.KlWarmup), "How the weight of the KL term rises from 0 to Beta. linear: once, over KlWarmupEpochs. cyclic: KlCycles times over ScheduleEpochs, each time in the first half of the cycle.", AllowedValues.OneOf(VaeSchedules.KlWarmups)),
        new(nameof(VaeOptions.KlWarmupEpochs), "The length of a linear warm-up, in epochs.", AllowedValues.Positive),
        new(nameof(VaeOptions.KlCycles), "The number of cycles of a cyclic warm-up.", AllowedValues.PositiveInteger),
        new(nameof(VaeOptions.FreeBits), "In the loss, the KL divergence of each latent dimension, averaged over the batch, counts as at least this number of nats. If FreeBits is not 0, Objective must be elbo, and Posterior and Prior must be normal.", AllowedValues.NotNegative),
        new(nameof(VaeOptions.Epochs), "The number of passes over the training images.", AllowedValues.PositiveInteger),
        new(nameof(VaeOptions.BatchSize), "The number of images per training step.", AllowedValues.PositiveInteger),
        new(nameof(VaeOptions.Optimizer), "The optimizer. Constants that have no parameter here, such as the betas of adam, are PyTorch's defaults.", AllowedValues.OneOf(Optimizers.Names)),
        new(nameof(VaeOptions.LearningRate), "The learning rate of the optimizer.", AllowedValues.Positive),
        new(nameof(VaeOptions.LearningRateSchedule), "How the learning rate falls over ScheduleEpochs, from LearningRate to LearningRate · LearningRateEnd.", AllowedValues.OneOf(LearningRateSchedules.Names)),
        new(nameof(VaeOptions.LearningRateEnd), "The final learning rate of a schedule, as a fraction of LearningRate.", AllowedValues.PositiveFraction),
        new(nameof(VaeOptions.ScheduleEpochs), "The length of the learning-rate schedule and of a cyclic warm-up, in epochs; afterwards the last value remains. 0 means all epochs; then a run can be extended only if LearningRateSchedule is constant and KlWarmup is not cyclic.", AllowedValues.Integer),
        new(nameof(VaeOptions.Momentum), "The momentum of the optimizer sgd.", AllowedValues.Fraction),
        new(nameof(VaeOptions.WeightDecay), "The weight decay: this number times the weights is added to the gradient; adamw shrinks the weights directly instead.", AllowedValues.NotNegative),
        new(nameof(VaeOptions.GradientClip), "The maximum norm of the gradient; a larger gradient is scaled down. 0 means no limit.", AllowedValues.NotNegative),
        new(nameof(VaeOptions.Patience), "The number of epochs without a better validation ELBO after which the run stops, with its best weights. 0 means never; other values require ValidationFraction.", AllowedValues.Integer),
        new(nameof(VaeOptions.Seed), "The seed of initial weights, order of images and noise. Default: a random one, which the rows show.", AllowedValues.Any),
        new(nameof(VaeOptions.DType), "The floating-point type.", new("float64 or float32", value => TorchTypes.IsFloat(value as string), TorchTypes.FloatingNames)),
        // A run may be resumed on another device: the numbers differ in their rounding only.
        new(nameof(VaeOptions.Device), "The device for training. A run may be resumed on another device. Allowed: cpu, cuda, cuda:N.", AllowedValues.Any) { TextInRunId = "cpu" },
        new(nameof(VaeOptions.Generator), "The random number generator of initial weights, order of images and noise. Torch: PyTorch's generator. Philox: draws in parallel, with the same noise for any number of threads; see about_ReparamPS_Random.", AllowedValues.Any) { IsNewerThanRunIds = true });

    /// <summary>The settings that have no effect with some values of other settings.</summary>
    public static IReadOnlyList<DependentSetting<VaeOptions>> Dependent { get; } =
    [
        new(nameof(VaeOptions.LabelColumn), [nameof(VaeOptions.DataPath)], "a CSV file as DataPath or TestPath", options => new[] { options.DataPath, options.TestPath }.Any(path => !string.IsNullOrEmpty(path) && ImageFiles.IsCsv(path))),
        new(nameof(VaeOptions.TestFraction), [nameof(VaeOptions.TestPath)], "no TestPath", options => string.IsNullOrEmpty(options.TestPath))
        {
            Conflict = "TestFraction and TestPath cannot be combined: TestPath names the test images, and no others are held out. Give one of them.",
        },
        new(nameof(VaeOptions.TestFraction), [nameof(VaeOptions.DataPath)], "a DataPath without test images", options => !HasSeparateTest(options))
        {
            Conflict = "TestFraction cannot be combined with a DataPath that has its own test images, a file named t10k-images or test-images: no others are held out. Leave out TestFraction.",
        },
        new(nameof(VaeOptions.SplitSeed), [nameof(VaeOptions.TestFraction), nameof(VaeOptions.ValidationFraction), nameof(VaeOptions.Binarization), nameof(VaeOptions.TestPath), nameof(VaeOptions.DataPath)],
            "a positive ValidationFraction, a positive TestFraction without separate test images, or Binarization static or dynamic", UsesSplitSeed),
        new(nameof(VaeOptions.Activation), [nameof(VaeOptions.HiddenSize)], "at least one hidden layer in HiddenSize", options => options.HiddenSize.Count > 0),
        new(nameof(VaeOptions.InitialScale), [nameof(VaeOptions.Initialization)], "Initialization normal", options => options.InitializationMode == Initialization.Normal),
        new(nameof(VaeOptions.LikelihoodScale), [nameof(VaeOptions.Likelihood)], "Likelihood gaussian or learnedgaussian", options => LikelihoodChoices.All[options.Likelihood](1) is GaussianLikelihood),
        new(nameof(VaeOptions.PriorComponents), [nameof(VaeOptions.Prior)], "Prior mixture", options => Is(options.Prior, "mixture")),
        new(nameof(VaeOptions.Temperature), [nameof(VaeOptions.Posterior)], "Posterior RelaxedBernoulli or RelaxedOneHotCategorical", options => options.Posterior.StartsWith("Relaxed", StringComparison.OrdinalIgnoreCase)),
        new(nameof(VaeOptions.KlWarmup), [nameof(VaeOptions.Beta)], "a positive Beta", options => options.Beta != 0),
        new(nameof(VaeOptions.FreeBits), [nameof(VaeOptions.Beta)], "a positive Beta", options => options.Beta != 0),
        new(nameof(VaeOptions.KlWarmupEpochs), [nameof(VaeOptions.KlWarmup)], "KlWarmup linear", options => Is(options.KlWarmup, "linear")),
        new(nameof(VaeOptions.KlCycles), [nameof(VaeOptions.KlWarmup)], "KlWarmup cyclic", options => Is(options.KlWarmup, "cyclic")),
        new(nameof(VaeOptions.LearningRateEnd), [nameof(VaeOptions.LearningRateSchedule)], LearningRateSchedules.Requirement, options => LearningRateSchedules.ChangesOverSteps(options.LearningRateSchedule)),
        new(nameof(VaeOptions.ScheduleEpochs), [nameof(VaeOptions.LearningRateSchedule), nameof(VaeOptions.KlWarmup)], $"{LearningRateSchedules.Requirement}, or KlWarmup cyclic", options => VaeSchedules.SettingOverAllEpochs(options with { ScheduleEpochs = 0 }) is not null),
        new(nameof(VaeOptions.Momentum), [nameof(VaeOptions.Optimizer)], Optimizers.MomentumRequirement, options => Optimizers.HasMomentum(options.Optimizer)),
    ];

    private static bool HasSeparateTest(VaeOptions options) => VaeDataReader.SeparateTestOf(options) is not null;

    private static bool UsesSplitSeed(VaeOptions options) => options.ValidationFraction > 0 || options.BinarizationMode != Binarization.None
        || (options.TestFraction > 0 && !HasSeparateTest(options));

    private static bool Is(string name, string other) => name.Equals(other, StringComparison.OrdinalIgnoreCase);
}
