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
        new(nameof(VaeOptions.DataPath), "Training images: an IDX, CSV or NumPy file (.npy, .npz), plain or gzipped, or a folder of PNG or MNIST-style IDX files. 'mnist.npz/x_train' selects one array; in an IDX folder, the t10k images are the test images. Default: the 1,797 embedded digits (8×8 pixels).", AllowedValues.Any) { IsInRunId = false },
        new(nameof(VaeOptions.TestPath), "File of test images. Default: test images are split off the training images.", AllowedValues.Any) { IsInRunId = false },
        new(nameof(VaeOptions.MaximumValue), "The pixel value that maps to intensity 1; larger values are errors. Default: 255 for bytes, 16 for the embedded digits, otherwise the largest training value if it exceeds 1.", AllowedValues.Any) { IsInRunId = false },
        new(nameof(VaeOptions.LabelColumn), "Label column of a CSV file. Allowed: a header name, a number from 1, last or none. Default: a column named label, class, target, digit or y, otherwise the last one if the rest makes square images.", AllowedValues.Any) { IsInRunId = false },
        new(nameof(VaeOptions.TestFraction), "Fraction of the images that is held out for the test.", AllowedValues.Fraction),
        new(nameof(VaeOptions.ValidationFraction), "Fraction of the images that is held out for early stopping.", AllowedValues.Fraction),
        new(nameof(VaeOptions.SplitSeed), "Seed of the split and of static binarization. It is separate from Seed, so that runs with different seeds share one test set.", AllowedValues.Any),
        new(nameof(VaeOptions.Binarization), "Draws black and white pixels with the intensities as probabilities: static draws each image once, dynamic draws training images again in each step.", AllowedValues.OneOf(BinarizationChoices.Names)),
        new(nameof(VaeOptions.LatentSize), "Number of latent dimensions.", AllowedValues.PositiveInteger),
        new(nameof(VaeOptions.HiddenSize), "Sizes of the hidden layers of the encoder, such as 500,300; the decoder mirrors them. An empty list makes encoder and decoder linear.", AllowedValues.PositiveIntegers),
        new(nameof(VaeOptions.Activation), "Activation after each hidden layer.", AllowedValues.OneOf(Activation.All.Names)),
        new(nameof(VaeOptions.Initialization), "Initial weights: uniform on ±1/√inputs, as in PyTorch's Linear, or normal with standard deviation InitialScale and biases of 0.", AllowedValues.OneOf(InitializationChoices.Names)),
        new(nameof(VaeOptions.InitialScale), "Standard deviation of weights with normal initialization.", AllowedValues.Positive),
        new(nameof(VaeOptions.Likelihood), "Distribution of a pixel given the latent point. gaussian has the standard deviation LikelihoodScale; learnedgaussian learns one for all pixels.", AllowedValues.OneOf(LikelihoodChoices.All.Names)),
        new(nameof(VaeOptions.LikelihoodScale), "Standard deviation of a gaussian likelihood; initial value for learnedgaussian.", AllowedValues.Positive),
        new(nameof(VaeOptions.Prior), "Prior of the latent points: normal (or the prior that fits the posterior's support), or a learned mixture of diagonal normals.", AllowedValues.OneOf(PriorChoices.All.Names)),
        new(nameof(VaeOptions.PriorComponents), "Number of normals in a mixture prior.", AllowedValues.PositiveInteger),
        new(nameof(VaeOptions.Posterior), "Posterior family: diagonal normal, normal with full covariance (fullnormal), or another distribution with the matching prior (standard normal, uniform, exponential, uniform on the sphere, or uniform over the choices).", AllowedValues.OneOf(PosteriorChoices.All.Names)),
        new(nameof(VaeOptions.Temperature), "Temperature of relaxed posteriors.", AllowedValues.Positive),
        new(nameof(VaeOptions.Objective), "Training objective: the ELBO with analytic KL term (elbo), with the KL term estimated from draws (sgvba), without the score term (stl), the importance-weighted bound (iwae), or its doubly reparameterized form (dreg). Rows always report the ELBO.", AllowedValues.OneOf(ObjectiveChoices.All.Names)),
        new(nameof(VaeOptions.Samples), "Draws per image: L for the ELBO, k for the importance-weighted bound.", AllowedValues.PositiveInteger),
        new(nameof(VaeOptions.Beta), "Weight of the KL term.", AllowedValues.NotNegative),
        new(nameof(VaeOptions.KlWarmup), "Warm-up of the KL weight: linear from 0 to Beta over KlWarmupEpochs, or cyclic with KlCycles cycles over ScheduleEpochs.", AllowedValues.OneOf(VaeSchedules.KlWarmups)),
        new(nameof(VaeOptions.KlWarmupEpochs), "Length of a linear warm-up, in epochs.", AllowedValues.Positive),
        new(nameof(VaeOptions.KlCycles), "Number of cycles of a cyclic warm-up.", AllowedValues.PositiveInteger),
        new(nameof(VaeOptions.FreeBits), "The KL divergence per latent dimension, in nats and averaged over the batch, that is not penalized.", AllowedValues.NotNegative),
        new(nameof(VaeOptions.Epochs), "Number of passes over the training images.", AllowedValues.PositiveInteger),
        new(nameof(VaeOptions.BatchSize), "Images per training step.", AllowedValues.PositiveInteger),
        new(nameof(VaeOptions.Optimizer), "Optimizer, with PyTorch's arithmetic. LearningRate, Momentum and WeightDecay have their own defaults; other constants are PyTorch's.", AllowedValues.OneOf(Optimizers.Names)),
        new(nameof(VaeOptions.LearningRate), "Step size of the optimizer.", AllowedValues.Positive),
        new(nameof(VaeOptions.LearningRateSchedule), "Change of the step size from step to step over ScheduleEpochs.", AllowedValues.OneOf(LearningRateSchedules.Names)),
        new(nameof(VaeOptions.LearningRateEnd), "Final step size of a schedule, relative to LearningRate.", AllowedValues.PositiveFraction),
        new(nameof(VaeOptions.ScheduleEpochs), "Length of the learning-rate schedule and of a cyclic warm-up, in epochs; the last value then holds. 0 spans all epochs, and such a run cannot be extended.", AllowedValues.Integer),
        new(nameof(VaeOptions.Momentum), "Momentum of sgd.", AllowedValues.Fraction),
        new(nameof(VaeOptions.WeightDecay), "Weight decay, added to the gradient; adamw decays the weights directly.", AllowedValues.NotNegative),
        new(nameof(VaeOptions.GradientClip), "Maximum norm of the gradient; longer gradients are scaled down. 0 means no limit.", AllowedValues.NotNegative),
        new(nameof(VaeOptions.Patience), "Epochs without a better validation ELBO after which the run stops and keeps its best weights. 0 means never.", AllowedValues.Integer),
        new(nameof(VaeOptions.Seed), "Seed of weights, order and noise. Default: a random seed, which the rows report.", AllowedValues.Any),
        new(nameof(VaeOptions.DType), "Floating-point type.", new("float32 or float64", value => value is string { Length: > 0 } name && TorchTypes.FloatingNames.Contains(TorchTypes.NameOf(TorchTypes.Parse(name))), TorchTypes.FloatingNames)),
        // A run may be resumed on another device: the numbers differ in their rounding only.
        new(nameof(VaeOptions.Device), "Device that trains: cpu, cuda or cuda:N. A run may be resumed on another device.", AllowedValues.Any) { TextInRunId = "cpu" },
        new(nameof(VaeOptions.Generator), "The random number generator of weights, order and noise. Torch: PyTorch's draws. Philox: draws in parallel, with the same result for any number of threads; see about_ReparamPS_Random.", AllowedValues.Any) { IsNewerThanRunIds = true });
}
