using ReparamPS.Distributions;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Catalogue;

public sealed class DirichletGradientTests
{
    // ∂/∂a_i E[Σ_j log z_j] = ψ′(a_i) − n ψ′(n a), mpmath at 30 digits.
    [Theory]
    [InlineData(ScalarType.Float64, 0.001, 666663.395947)]
    [InlineData(ScalarType.Float32, 0.001, 666663.395947)]
    [InlineData(ScalarType.Float64, 0.01, 6663.56100545)]
    [InlineData(ScalarType.Float32, 0.01, 6663.56100545)]
    [InlineData(ScalarType.Float32, 0.5, 2.13039559891)]
    public void Gradients_at_small_concentrations_are_right_where_draws_underflow(ScalarType type, double concentration, double exact)
    {
        using var scope = NewDisposeScope();
        Tensor leaf = full([20_000, 3], concentration, type).requires_grad_();
        using var random = new RandomSource(1);
        Tensor draws = new Dirichlet(leaf).RSample([], random);
        Assert.True((draws > 0).all().item<bool>() && (draws < 1).all().item<bool>());
        double[] gradient = ManagedValues.ToDoubles(autograd.grad([draws.log().sum()], [leaf])[0].to(ScalarType.Float64).mean([1]));
        double mean = gradient.Average(), error = Math.Sqrt(gradient.Sum(value => (value - mean) * (value - mean))) / gradient.Length;
        Assert.True(Math.Abs(mean - exact) < 4 * error, $"{mean} ± {error}, not {exact}");
        Assert.True(error < 0.02 * exact);
    }
}
