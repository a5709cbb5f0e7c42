using ReparamPS.Core.Tests.Custom;
using ReparamPS.Distributions;
using ReparamPS.Distributions.Transforms;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Transforms;

/// <summary>Quantiles of decreasing maps at probabilities whose difference from 1 is rounded to 1.</summary>
public sealed class DecreasingQuantileTests
{
    private static readonly double[] Levels = [1e-300, 1e-20, 1e-17];

    private static double[] Quantiles(Distribution distribution) => ManagedValues.ToDoubles(distribution.Icdf(tensor(Levels), TestContext.Current.CancellationToken));

    [Fact]
    public void The_lower_tail_is_the_base_s_upper_tail()
    {
        using var scope = NewDisposeScope();
        // SciPy: norm.ppf.
        AssertNear([-37.04709629936117, -9.262340089798408, -8.493793224109598], new TransformedDistribution(new Normal(tensor(0.0), tensor(1.0)), [new AffineTransform(0.0, -1.0)]));
        AssertNear([.. Levels.Select(p => -1 / Math.Log(p))], new TransformedDistribution(new Exponential(tensor(1.0)), [new PowerTransform(tensor(-1.0))]));
        AssertNear([.. Levels.Select(p => -1 / Math.Tan(Math.PI * p))], new TransformedDistribution(new Cauchy(tensor(0.0), tensor(1.0)), [new AffineTransform(0.0, -1.0)]));
    }

    [Fact]
    public void Its_slopes_are_those_of_the_tail()
    {
        using var scope = NewDisposeScope();
        Tensor rate = tensor(3.0).requires_grad_(), p = tensor(1e-20).requires_grad_();
        Tensor quantile = new TransformedDistribution(new Gamma(tensor(2.0), rate), [new AffineTransform(0.0, -1.0)]).Icdf(p, TestContext.Current.CancellationToken);
        quantile.backward();
        // SciPy: gammainccinv(2, 1e-20) / 3. The density of Gamma(2, 3) at x is 9 x exp(−3x).
        double x = 16.661065995696916;
        Assert.Equal(-x, quantile.item<double>(), 1e-12);
        Assert.Equal(x / 3, rate.grad!.item<double>(), 1e-10);
        Assert.Equal(1, p.grad!.item<double>() * 9 * x * Math.Exp(-3 * x), 1e-10);
    }

    [Fact]
    public void The_ends_and_bases_without_an_upper_tail_of_their_own_stay()
    {
        using var scope = NewDisposeScope();
        var uniform = new TransformedDistribution(new Uniform(tensor(0.0), tensor(1.0)), [new AffineTransform(1.0, -1.0)]);
        Assert.All(Quantiles(uniform), quantile => Assert.InRange(quantile, 0, 2e-16));
        var functions = new CustomFunctions { Name = "Logistic", Cdf = (_, x) => x.sigmoid(), LogProbability = (_, x) => -x.abs() - 2 * (-x.abs()).exp().log1p() };
        Assert.All(Quantiles(new TransformedDistribution(Customs.Make(functions, ScalarType.Float64, ("Loc", 0.0)), [new AffineTransform(0.0, -1.0)])), quantile => Assert.Equal(double.NegativeInfinity, quantile));
    }

    private static void AssertNear(double[] expected, Distribution distribution) =>
        Assert.All(Quantiles(distribution).Zip(expected), pair => Assert.Equal(1, pair.First / pair.Second, 1e-13));
}
