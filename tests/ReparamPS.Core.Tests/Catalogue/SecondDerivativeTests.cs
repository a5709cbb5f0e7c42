using ReparamPS.Distributions;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Catalogue;

/// <summary>Where a value is differentiable once only, its second derivatives are NaN rather than wrong.</summary>
public sealed class SecondDerivativeTests
{
    [Fact]
    public void A_beta_draw_has_none() => AssertNone(
        (a, b) =>
        {
            using var random = new RandomSource(1);
            return new Beta(a, b).RSample([4], random);
        },
        2.0, 3.0);

    [Fact]
    public void A_draw_from_a_mixture_has_none() => AssertNone(
        (loc, scale) =>
        {
            using var random = new RandomSource(1);
            return new MixtureSameFamily(new Categorical(tensor(new[] { 0.3, 0.7 })), new Normal(loc + tensor(new[] { 0.0, 1.0 }), scale)).RSample([4], random);
        },
        0.0, 1.0);

    [Fact]
    public void A_CDF_that_libtorch_has_not_has_none() => AssertNone((x, df) => new StudentT(df, zeros_like(df), ones_like(df)).Cdf(x), 0.7, 3.0);

    [Fact]
    public void A_quantile_of_a_mixture_has_none() => AssertNone(
        (p, scale) => new MixtureSameFamily(new Categorical(tensor(new[] { 0.3, 0.7 })), new Normal(tensor(new[] { 0.0, 1.0 }), scale)).Icdf(p), 0.4, 1.5);

    private static void AssertNone(Func<Tensor, Tensor, Tensor> function, double first, double second)
    {
        using var scope = NewDisposeScope();
        Tensor[] at = [tensor(first, ScalarType.Float64, requires_grad: true), tensor(second, ScalarType.Float64, requires_grad: true)];
        Tensor value = function(at[0], at[1]).sum();
        IList<Tensor> slopes = autograd.grad([value], at, retain_graph: true, create_graph: true);
        Assert.All(slopes, slope => Assert.True(double.IsFinite(slope.item<double>())));
        foreach (Tensor slope in slopes)
        {
            Assert.All(autograd.grad([slope], at, retain_graph: true), curvature => Assert.False(double.IsFinite(curvature.item<double>())));
        }
    }
}
