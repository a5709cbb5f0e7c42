using ReparamPS.Runtime;
using static TorchSharp.torch;

namespace ReparamPS.Vae;

/// <summary>
/// A variational autoencoder of dense layers: an encoder from an image to mean and log-variance of a diagonal normal posterior, and a decoder from a
/// latent point to the logits of a Bernoulli likelihood; the prior is standard normal. All parameters lie in one buffer.
/// Source: Kingma, Welling 2013, arXiv:1312.6114, appendix C.
/// </summary>
public sealed class VaeModel : IDisposable
{
    private readonly FlatParameters parameters;

    /// <summary>Makes a model with fresh weights: uniform on ±1/√(inputs), as PyTorch's Linear has them.</summary>
    /// <param name="options">Sizes, type, device and seed.</param>
    /// <param name="pixelCount">Pixels an image.</param>
    public VaeModel(VaeOptions options, int pixelCount)
    {
        options.Validate();
        (Options, PixelCount) = (options, pixelCount);
        Device = TorchDevices.Parse(options.Device);
        long[] encoder = [pixelCount, .. options.HiddenSize, 2 * options.LatentSize];
        long[] decoder = [options.LatentSize, .. options.HiddenSize.Reverse(), pixelCount];
        parameters = new FlatParameters([.. Layout("encoder", encoder), .. Layout("decoder", decoder)], options.ScalarType, Device);
        EncoderLayers = encoder.Length - 1;
        Initialize();
    }

    /// <summary>The settings.</summary>
    public VaeOptions Options { get; }

    /// <summary>Pixels an image.</summary>
    public int PixelCount { get; }

    /// <summary>Where the parameters are.</summary>
    public Device Device { get; }

    /// <summary>The parameters by name (encoder.0.weight, encoder.0.bias, …), weights as [outputs, inputs]. They are the model's own: not to be disposed.</summary>
    public IReadOnlyList<(string Name, Tensor Value)> Parameters => [.. parameters.Layout.Zip(parameters.Views, (entry, view) => (entry.Name, view))];

    /// <summary>The number of weights and biases.</summary>
    public long ParameterCount => parameters.Layout.Sum(entry => TensorShapes.Count(entry.Shape));

    internal FlatParameters Flat => parameters;

    internal int EncoderLayers { get; }

    internal int LayerCount => parameters.Layout.Count / 2;

    /// <summary>Mean and log-variance of the posterior of each image.</summary>
    /// <param name="images">Intensities, one image a row.</param>
    public (Tensor Mean, Tensor LogVariance) Encode(Tensor images)
    {
        using var scope = NewDisposeScope();
        Tensor statistics = Run(images, 0, EncoderLayers);
        return (statistics.narrow(1, 0, Options.LatentSize).MoveToOuterDisposeScope(),
            statistics.narrow(1, Options.LatentSize, Options.LatentSize).MoveToOuterDisposeScope());
    }

    /// <summary>The logits of the pixels at latent points; their sigmoid is the mean image.</summary>
    /// <param name="latents">Latent points, one a row.</param>
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
    public void Dispose() => parameters.Dispose();

    private static IEnumerable<(string, long[])> Layout(string part, long[] sizes)
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
            if (IsHidden(i)) value = VaeActivations.Apply(Options.Activation, value);
        }
        return value;
    }

    private void Initialize()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using RandomSource random = VaeRandom.Open(Options.Seed, VaeStream.Weights);
        for (int i = 0; i < LayerCount; i++)
        {
            (Tensor weight, Tensor bias) = Layer(i);
            double bound = 1 / Math.Sqrt(weight.shape[1]);
            weight.copy_(random.Uniform(weight.shape, Options.ScalarType).mul_(2 * bound).sub_(bound));
            bias.copy_(random.Uniform(bias.shape, Options.ScalarType).mul_(2 * bound).sub_(bound));
        }
    }
}
