using ReparamPS.Distributions.SpecialFunctions;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Vae.Priors;

/// <summary>A learned mixture of diagonal normals over latent points: logits of the weights, means and log-scales.</summary>
internal sealed class MixturePrior(int latentSize, int components) : Prior
{
    private Tensor logits = null!, means = null!, logScales = null!;

    public override bool NeedsRealLine => true;

    public override IReadOnlyList<(string Name, long[] Shape)> Layout =>
        [("prior.logits", [components]), ("prior.means", [components, latentSize]), ("prior.log_scales", [components, latentSize])];

    public override void Attach(IReadOnlyList<Tensor> parameters) => (logits, means, logScales) = (parameters[0], parameters[1], parameters[2]);

    // The components start apart, otherwise they would stay together.
    public override void Initialize(RandomSource random) => means.copy_(random.Normal(means.shape, means.dtype));

    public override Tensor LogProbability(Tensor draws)
    {
        Tensor standard = (draws.unsqueeze(-2) - means) * (-logScales).exp();
        return TensorFunctions.LogSumExp(StandardNormal.LogDensityOfVectors(standard) - logScales.sum(-1) + logits.log_softmax(-1));
    }

    public override Tensor Draw(int count, ScalarType dtype, RandomSource random)
    {
        Tensor noise = random.Normal([count, latentSize], dtype), uniform = random.Uniform([count], dtype);
        Tensor component = (uniform.unsqueeze(-1) >= logits.softmax(-1).cumsum(-1)).sum(-1).clamp_max(components - 1);
        return means.index_select(0, component) + logScales.index_select(0, component).exp() * noise;
    }
}
