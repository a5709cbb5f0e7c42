using ReparamPS.Distributions.SpecialFunctions;
using static TorchSharp.torch;

namespace ReparamPS.Vae.Likelihoods;

/// <summary>A Gaussian likelihood with one standard deviation for all pixels, fixed or learned.</summary>
internal sealed class GaussianLikelihood(double scale, bool isLearned) : Likelihood
{
    private Tensor logVariance = null!;

    public override IReadOnlyList<(string Name, long[] Shape)> Layout => isLearned ? [("likelihood.log_variance", [1])] : [];

    public override void Attach(IReadOnlyList<Tensor> parameters, ScalarType dtype, Device device)
    {
        double value = 2 * Math.Log(scale);
        logVariance = isLearned ? parameters[0].fill_(value) : full(1, value, dtype, device).DetachFromDisposeScope();
    }

    public override void Dispose()
    {
        if (!isLearned) logVariance?.Dispose();
    }

    protected override Tensor Terms(Tensor images, Tensor output) => StandardNormal.LogDensity(images - output, logVariance);

    protected override Tensor MeanOf(Tensor output) => output.alias();
}
