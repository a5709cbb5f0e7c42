using ReparamPS.Distributions;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Edges;

/// <summary>Slopes at the ends of a support with a density that is finite there, and at those where it is 0 or infinite: all in closed form.</summary>
public sealed class EndSlopeTests
{
    private static Distribution Make(string name, params double[] numbers) => name switch
    {
        "Beta" => new Beta(Leaf(numbers[0]), Leaf(numbers[1])),
        "Gamma" => new Gamma(Leaf(numbers[0]), Leaf(numbers[1])),
        "Chi2" => new Chi2(Leaf(numbers[0])),
        "FisherSnedecor" => new FisherSnedecor(Leaf(numbers[0]), Leaf(numbers[1])),
        "InverseGamma" => new InverseGamma(Leaf(numbers[0]), Leaf(numbers[1])),
        "Exponential" => new Exponential(Leaf(numbers[0])),
        "StudentT" => new StudentT(Leaf(numbers[0]), tensor(0.0), tensor(1.0)),
        _ => new Uniform(Leaf(numbers[0]), Leaf(numbers[1])),
    };

    private static Tensor Leaf(double value) => tensor(value).requires_grad_();

    // The reciprocals of the densities at the ends.
    [Theory]
    [InlineData("Beta", 1, 1, 1, 1)]
    [InlineData("Beta", 2, 1, double.PositiveInfinity, 0.5)]
    [InlineData("Beta", 0.5, 3, 0, double.PositiveInfinity)]
    [InlineData("Gamma", 1, 2, 0.5, double.PositiveInfinity)]
    [InlineData("Gamma", 3, 2, double.PositiveInfinity, double.PositiveInfinity)]
    [InlineData("Gamma", 0.5, 2, 0, double.PositiveInfinity)]
    [InlineData("Chi2", 2, 0, 2, double.PositiveInfinity)]
    [InlineData("FisherSnedecor", 2, 4, 1, double.PositiveInfinity)]
    [InlineData("InverseGamma", 1, 2, double.PositiveInfinity, double.PositiveInfinity)]
    [InlineData("Exponential", 2, 0, 0.5, double.PositiveInfinity)]
    [InlineData("StudentT", 3, 0, double.PositiveInfinity, double.PositiveInfinity)]
    [InlineData("Uniform", 1, 3, 2, 2)]
    public void The_ends_of_a_quantile_move_by_the_reciprocal_of_the_density(string name, double first, double second, double atLow, double atHigh)
    {
        using var scope = NewDisposeScope();
        foreach ((double p, double expected) in new[] { (0.0, atLow), (1.0, atHigh) })
        {
            Tensor probabilities = tensor([p, 0.4]).requires_grad_();
            Make(name, first, second).Icdf(probabilities, TestContext.Current.CancellationToken)[0].backward();
            double[] slopes = ManagedValues.ToDoubles(probabilities.grad!);
            Assert.True(expected == slopes[0] || Math.Abs(slopes[0] - expected) < 1e-14, $"{name} at {p}: {slopes[0]}, not {expected}");
            Assert.Equal(0, slopes[1]);
        }
    }

    [Fact]
    public void An_end_that_a_parameter_moves_keeps_its_slopes_in_it()
    {
        using var scope = NewDisposeScope();
        Tensor low = Leaf(1), high = Leaf(3), probabilities = tensor([0.0, 1.0, 0.25]).requires_grad_();
        new Uniform(low, high).Icdf(probabilities, TestContext.Current.CancellationToken).sum().backward();
        Assert.Equal([2, 2, 2], ManagedValues.ToDoubles(probabilities.grad!));
        Assert.Equal(1.75, low.grad!.item<double>());
        Assert.Equal(1.25, high.grad!.item<double>());
    }

    // Of the exponential with the same density.
    [Theory]
    [InlineData("Gamma", 1, 2, -2)]
    [InlineData("Chi2", 2, 0, -0.5)]
    [InlineData("FisherSnedecor", 2, 4, -1.5)]
    [InlineData("Exponential", 2, 0, -2)]
    public void A_log_density_that_is_finite_at_0_has_its_slope_there(string name, double first, double second, double expected)
    {
        using var scope = NewDisposeScope();
        foreach (double x in new[] { 0, 1e-12 })
        {
            Tensor value = tensor([x, 0.7]).requires_grad_();
            Tensor log = Make(name, first, second).LogProb(value)[0];
            log.backward();
            Assert.Equal(Make(name, first, second).LogProb(tensor(1e-14)).item<double>(), log.item<double>(), 1e-11);
            Assert.Equal(expected, value.grad![0].item<double>(), 1e-10);
            Assert.Equal(0, value.grad![1].item<double>());
        }
    }

    [Fact]
    public void Parameters_move_a_log_density_that_is_finite_at_0()
    {
        using var scope = NewDisposeScope();
        // ∂/∂a of a log r − log Γ(a) at a = 1 is log r + γ; the multiple of log 0 stays out, as of Weibull and Beta.
        Tensor a = Leaf(1), rate = Leaf(2), df1 = Leaf(2), df2 = Leaf(4);
        new Gamma(a, rate).LogProb(tensor([0.0, 0.0])).sum().backward();
        Assert.Equal(2 * (Math.Log(2) + 0.57721566490153286), a.grad!.item<double>(), 1e-14);
        Assert.Equal(1, rate.grad!.item<double>());
        Tensor log = new FisherSnedecor(df1, df2).LogProb(tensor(0.0));
        log.backward();
        Assert.Equal(0, log.item<double>());
        // ½ (log(Df1 / Df2) + 1 + ψ(1 + b) − ψ(1)) with b = 2; and 0, as at every Df2.
        Assert.Equal(0.5 * (Math.Log(0.5) + 1 + 1.5), df1.grad!.item<double>(), 1e-14);
        Assert.Equal(0, df2.grad!.item<double>(), 1e-14);
    }
}
