using ReparamPS.Optimization;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using ReparamPS.Vae.Likelihoods;
using ReparamPS.Vae.Objectives;
using ReparamPS.Vae.Posteriors;
using ReparamPS.Vae.Priors;
using ReparamPS.Vae.Steps;
using static TorchSharp.torch;

namespace ReparamPS.Vae;

/// <summary>
/// A variational autoencoder of dense layers: an encoder from an image to the numbers that make its posterior, and a decoder from a latent point to an
/// image's logits or means. All parameters lie in one buffer. Source: Kingma, Welling 2013, arXiv:1312.6114, appendix C.
/// </summary>
public sealed class VaeModel : IDisposable
{
    private readonly FlatParameters parameters;

    /// <summary>Makes a model with fresh weights.</summary>
    /// <param name="options">Sizes, type, device and seed.</param>
    /// <param name="imageHeight">Rows per image.</param>
    /// <param name="imageWidth">Columns per image.</param>
    public VaeModel(VaeOptions options, int imageHeight, int imageWidth)
    {
        options.Validate();
        (Options, ImageHeight, ImageWidth) = (options, imageHeight, imageWidth);
        Device = TorchDevices.Parse(options.Device);
        Posterior = options.CreatePosterior();
        Prior = PriorChoices.All[options.Prior](Posterior, options.PriorComponents);
        Likelihood = LikelihoodChoices.All[options.Likelihood](options.LikelihoodScale);
        Objective = ObjectiveChoices.All[options.Objective](options.FreeBits);
        Activation = Activation.All[options.Activation];
        Bound = new VaeBound(Posterior, Prior, Likelihood, EncodeStatistics, Decode);
        (EncoderLayers, LayerCount) = (options.HiddenSize.Count + 1, 2 * (options.HiddenSize.Count + 1));
        parameters = new FlatParameters(Layout(options, imageHeight, imageWidth), options.ScalarType, Device);
        Tensor[] learned = [.. parameters.Views.Skip(2 * LayerCount)];
        Likelihood.Attach(learned[..Likelihood.Layout.Count], options.ScalarType, Device);
        Prior.Attach(learned[Likelihood.Layout.Count..]);
        Initialize();
    }

    /// <summary>The settings.</summary>
    public VaeOptions Options { get; }

    /// <summary>The run that made the model; empty for one that no run made.</summary>
    public string RunId { get; internal init; } = "";

    /// <summary>The value that meant an intensity of 1 in the training images; null for a model that no run made.</summary>
    public double? MaximumValue { get; internal init; }

    /// <summary>Rows per image.</summary>
    public int ImageHeight { get; }

    /// <summary>Columns per image.</summary>
    public int ImageWidth { get; }

    /// <summary>Pixels per image.</summary>
    public int PixelCount => ImageHeight * ImageWidth;

    /// <summary>Where the parameters are.</summary>
    public Device Device { get; }

    /// <summary>The parameters by name (encoder.0.weight, encoder.0.bias, …), weights as [outputs, inputs]. They are the model's own: not to be disposed.</summary>
    public IReadOnlyList<(string Name, Tensor Value)> GetParameters() => ((string Name, Tensor Value)[])[.. parameters.Layout.Zip(parameters.Views, (entry, view) => (entry.Name, view))];

    /// <summary>The number of weights and biases.</summary>
    public long ParameterCount => parameters.Layout.Sum(entry => TensorShapes.Count(entry.Shape));

    /// <summary>What tells models apart: PowerShell compares and groups objects by their text.</summary>
    public override string ToString() =>
        $"VaeModel {{ RunId = {RunId}, ImageSize = {ImageHeight}×{ImageWidth}, LatentSize = {Options.LatentSize}, HiddenSize = {Options.HiddenSizeText}, Likelihood = {Options.Likelihood}, Posterior = {Options.Posterior}, Objective = {Options.Objective}, Seed = {Options.Seed}, Device = {Device}, {parameters.LastText()} }}";

    internal FlatParameters Flat => parameters;

    internal int EncoderLayers { get; }

    internal int LayerCount { get; }

    internal Posterior Posterior { get; }

    internal Prior Prior { get; }

    internal Likelihood Likelihood { get; }

    internal Objective Objective { get; }

    internal Activation Activation { get; }

    /// <summary>The terms of the bound.</summary>
    internal VaeBound Bound { get; }

    /// <summary>Mean and standard deviation of each latent dimension under the posterior of each image.</summary>
    /// <param name="images">Intensities, one image per row.</param>
    public (Tensor Mean, Tensor StandardDeviation) Encode(Tensor images)
    {
        using var scope = NewDisposeScope();
        (Tensor mean, Tensor deviation) = Posterior.Moments(EncodeStatistics(images));
        return (mean.MoveToOuterDisposeScope(), deviation.MoveToOuterDisposeScope());
    }

    /// <summary>The mean images at latent points, one image per row.</summary>
    /// <param name="latents">Latent points, one per row.</param>
    public Tensor MeanImages(Tensor latents)
    {
        using var scope = NewDisposeScope();
        return Likelihood.Mean(Decode(latents)).MoveToOuterDisposeScope();
    }

    /// <summary>What the encoder gives for each image: the numbers that make its posterior.</summary>
    internal Tensor EncodeStatistics(Tensor images)
    {
        using var scope = NewDisposeScope();
        return Run(images, 0, EncoderLayers).MoveToOuterDisposeScope();
    }

    /// <summary>The decoder's output at latent points: logits of the pixels, or their means where the likelihood is Gaussian.</summary>
    /// <param name="latents">Latent points, one per row.</param>
    public Tensor Decode(Tensor latents)
    {
        using var scope = NewDisposeScope();
        return Run(latents, EncoderLayers, LayerCount).MoveToOuterDisposeScope();
    }

    /// <summary>Weight and bias of a layer, counted through encoder and decoder.</summary>
    internal (Tensor Weight, Tensor Bias) Layer(int index) => (parameters.Views[2 * index], parameters.Views[2 * index + 1]);

    /// <summary>Whether a layer ends in the activation: all but the last of encoder and decoder.</summary>
    internal bool IsHidden(int index) => index != EncoderLayers - 1 && index != LayerCount - 1;

    /// <inheritdoc/>
    public void Dispose()
    {
        parameters.Dispose();
        Likelihood.Dispose();
    }

    /// <summary>Names and shapes of the parameters that a model would have.</summary>
    /// <exception cref="OverflowException">Sizes are beyond what a number holds.</exception>
    internal static IReadOnlyList<(string Name, long[] Shape)> Layout(VaeOptions options, int imageHeight, int imageWidth)
    {
        long pixelCount = checked(imageHeight * imageWidth);
        Posterior posterior = options.CreatePosterior();
        long[] encoder = [pixelCount, .. options.HiddenSize, posterior.StatisticsSize];
        long[] decoder = [options.LatentSize, .. options.HiddenSize.Reverse(), pixelCount];
        List<(string, long[])> layout = [.. Layers("encoder", encoder), .. Layers("decoder", decoder)];
        layout.AddRange(LikelihoodChoices.All[options.Likelihood](options.LikelihoodScale).Layout);
        layout.AddRange(PriorChoices.All[options.Prior](posterior, options.PriorComponents).Layout);
        return layout;
    }

    private static IEnumerable<(string, long[])> Layers(string part, long[] sizes)
    {
        for (int i = 1; i < sizes.Length; i++)
        {
            yield return ($"{part}.{i - 1}.weight", [sizes[i], sizes[i - 1]]);
            yield return ($"{part}.{i - 1}.bias", [sizes[i]]);
        }
    }

    private Tensor Run(Tensor input, int first, int end)
    {
        Tensor value = input;
        for (int i = first; i < end; i++)
        {
            (Tensor weight, Tensor bias) = Layer(i);
            value = nn.functional.linear(value, weight, bias);
            if (IsHidden(i)) value = Activation.Apply(value);
        }
        return value;
    }

    private void Initialize()
    {
        using RandomSource random = VaeRandom.Open(Options.Stream, VaeStream.Weights);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        bool isNormal = Options.InitializationMode == Initialization.Normal;
        for (int i = 0; i < LayerCount; i++)
        {
            (Tensor weight, Tensor bias) = Layer(i);
            if (isNormal)
            {
                weight.copy_(random.Normal(weight.shape, Options.ScalarType).mul_(Options.InitialScale));
                continue;
            }
            double bound = 1 / Math.Sqrt(weight.shape[1]);
            weight.copy_(random.Uniform(weight.shape, Options.ScalarType).mul_(2 * bound).sub_(bound));
            bias.copy_(random.Uniform(bias.shape, Options.ScalarType).mul_(2 * bound).sub_(bound));
        }
        Prior.Initialize(random);
    }
}
