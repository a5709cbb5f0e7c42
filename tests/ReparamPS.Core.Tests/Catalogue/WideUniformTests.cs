using ReparamPS.Distributions;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Catalogue;

/// <summary>A uniform distribution whose bounds are further apart than the largest number of the type.</summary>
public sealed class WideUniformTests
{
    [Theory]
    [InlineData(1.7e308, ScalarType.Float64)]
    [InlineData(3e38, ScalarType.Float32)]
    public void Draws_densities_and_quantiles_are_those_of_the_range(double bound, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        using var random = new RandomSource(5);
        Tensor low = tensor(-bound, dtype).requires_grad_(), high = tensor(bound, dtype).requires_grad_();
        var wide = new Uniform(low, high);
        Tensor draws = wide.RSample([20000], random), unit = (draws / bound).to(ScalarType.Float64);
        Assert.True(draws.isfinite().all().item<bool>());
        Assert.Equal(0, unit.mean().item<double>(), 0.02);
        Assert.Equal(1.0 / 3, unit.square().mean().item<double>(), 0.01);
        (draws / 20000).sum().backward();
        Assert.Equal(0.5, low.grad!.to(ScalarType.Float64).item<double>(), 0.02);
        Assert.Equal(0.5, high.grad!.to(ScalarType.Float64).item<double>(), 0.02);
        double log = Math.Log(bound) + Math.Log(2);
        Assert.Equal(-log, wide.LogProb(tensor(0.0, dtype)).to(ScalarType.Float64).item<double>(), 1e-4);
        Assert.Equal(log, wide.Entropy.to(ScalarType.Float64).item<double>(), 1e-4);
        Assert.Equal(0, wide.Mean.to(ScalarType.Float64).item<double>());
        Assert.Equal(0.75, wide.Cdf(tensor(bound / 2, dtype)).to(ScalarType.Float64).item<double>(), 6);
        Assert.Equal(Math.Log(0.25), wide.LogSurvival(tensor(bound / 2, dtype)).to(ScalarType.Float64).item<double>(), 6);
        Assert.Equal(bound / 2, wide.Icdf(tensor(0.75, dtype), cancellation: TestContext.Current.CancellationToken).to(ScalarType.Float64).item<double>(), bound * 1e-6);
        Assert.Equal(-bound, wide.Icdf(tensor(0.0, dtype), cancellation: TestContext.Current.CancellationToken).to(ScalarType.Float64).item<double>(), bound * 1e-6);
    }
}
