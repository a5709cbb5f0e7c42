using ReparamPS.Distributions;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Edges;

/// <summary>Slopes at the points where a formula changes: probabilities 0 and 1, the centre of a distribution, and infinity. Expected values are limits in closed form, or from mpmath at 30 digits.</summary>
public sealed class EdgeSlopeTests
{
    public static TheoryData<string, Func<Tensor, Distribution>, double, double, double> Masses => new()
    {
        { "Poisson", rate => new Poisson(rate), 0, 0, -1 },
        { "Poisson", rate => new Poisson(rate), 0, 1, double.PositiveInfinity },
        { "Poisson", rate => new Poisson(rate), 0, 1e6, double.PositiveInfinity },
        { "Geometric", p => new Geometric(p), 1, 0, 1 },
        { "Geometric", p => new Geometric(p), 1, 1, double.NegativeInfinity },
        { "Bernoulli", p => new Bernoulli(p), 0, 0, -1 },
        { "Bernoulli", p => new Bernoulli(p), 0, 1, double.PositiveInfinity },
        { "Bernoulli", p => new Bernoulli(p), 1, 0, double.NegativeInfinity },
        { "Bernoulli", p => new Bernoulli(p), 1, 1, 1 },
        { "Binomial", p => new Binomial(p.new_full([], 3), p), 0, 0, -3 },
        { "Binomial", p => new Binomial(p.new_full([], 3), p), 0, 2, double.PositiveInfinity },
        { "Binomial", p => new Binomial(p.new_full([], 3), p), 1, 2, double.NegativeInfinity },
        { "Binomial", p => new Binomial(p.new_full([], 3), p), 1, 3, 3 },
        { "Binomial of many", p => new Binomial(p.new_full([], 300), p), 0, 2, double.PositiveInfinity },
        { "Binomial of many", p => new Binomial(p.new_full([], 300), p), 1, 2, double.NegativeInfinity },
        { "NegativeBinomial", p => new NegativeBinomial(p.new_full([], 2.5), p), 0, 0, -2.5 },
        { "NegativeBinomial", p => new NegativeBinomial(p.new_full([], 2.5), p), 0, 4, double.PositiveInfinity },
        { "NegativeBinomial of many", p => new NegativeBinomial(p.new_full([], 2.5), p), 0, 2000, double.PositiveInfinity },
    };

    [Theory, MemberData(nameof(Masses))]
    public void The_slope_of_an_impossible_mass_is_infinite(string name, Func<Tensor, Distribution> make, double parameter, double value, double slope)
    {
        using var scope = NewDisposeScope();
        foreach (ScalarType dtype in new[] { ScalarType.Float64, ScalarType.Float32 })
        {
            Tensor given = tensor(parameter, dtype).requires_grad_();
            Tensor log = make(given).LogProb(tensor(value, dtype));
            Assert.Equal(double.IsInfinity(slope) ? double.NegativeInfinity : 0, log.to(ScalarType.Float64).item<double>());
            log.backward();
            Assert.True(slope == given.grad!.to(ScalarType.Float64).item<double>(), $"{name}, {dtype}: {given.grad!.to(ScalarType.Float64).item<double>()}");
            // A possible value beside it keeps its own slope.
            Tensor many = tensor(new[] { parameter, 0.5 }, dtype).requires_grad_();
            make(many).LogProb(tensor(value, dtype)).select(0, 1).backward();
            Assert.Equal(0, many.grad![0].to(ScalarType.Float64).item<double>());
        }
    }

    [Theory, InlineData(1), InlineData(50)]
    public void The_slope_of_an_impossible_category_is_infinite_in_its_weight_alone(int draws)
    {
        using var scope = NewDisposeScope();
        Tensor weights = tensor(new[] { 0, 0.5, 0.5 }).requires_grad_();
        new Categorical(weights).LogProb(zeros(draws, ScalarType.Float64)).sum().backward();
        Assert.Equal([double.PositiveInfinity, -draws, -draws], ManagedValues.ToDoubles(weights.grad!));
        Tensor others = tensor(new[] { 0, 0.5, 0.5 }).requires_grad_();
        new Categorical(others).LogProb(ones(draws, ScalarType.Float64)).sum().backward();
        Assert.Equal([-draws, draws, -draws], ManagedValues.ToDoubles(others.grad!));
    }

    // Γ((ν + 1)/2) / (Γ(ν/2) √(νπ)).
    [Theory]
    [InlineData(0.5, 0.269676300594189678)]
    [InlineData(1e14, 0.398942280401431681)]
    [InlineData(1e16, 0.398942280401432668)]
    [InlineData(1e300, 0.398942280401432678)]
    public void The_CDF_of_StudentT_rises_by_the_density_at_its_centre(double df, double density)
    {
        using var scope = NewDisposeScope();
        Tensor loc = tensor(0.0).requires_grad_();
        new StudentT(tensor(df), loc, tensor(1.0)).Cdf(tensor(0.0)).backward();
        Assert.Equal(-density, loc.grad!.item<double>(), 13);
    }

    // The CDF has the slope of the density at Loc, 1 / (2 Scale), and its logarithm twice that.
    [Theory]
    [InlineData("Cdf", 0.25)]
    [InlineData("LogCdf", 0.5)]
    [InlineData("Survival", -0.25)]
    [InlineData("LogSurvival", -0.5)]
    public void The_tails_of_Laplace_are_smooth_at_its_centre(string member, double slope)
    {
        using var scope = NewDisposeScope();
        foreach (ScalarType dtype in new[] { ScalarType.Float64, ScalarType.Float32 })
        {
            Tensor loc = tensor(0.5, dtype).requires_grad_(), scale = tensor(2, dtype).requires_grad_(), value = tensor(0.5, dtype).requires_grad_();
            var laplace = new Laplace(loc, scale);
            (member switch { "Cdf" => laplace.Cdf(value), "LogCdf" => laplace.LogCdf(value), "Survival" => laplace.Survival(value), _ => laplace.LogSurvival(value) }).backward();
            Assert.Equal([slope, -slope, 0], new[] { value, loc, scale }.Select(each => each.grad!.to(ScalarType.Float64).item<double>() + 0.0));
        }
    }

    [Fact]
    public void A_subnormal_value_does_not_spoil_an_infinite_one()
    {
        using var scope = NewDisposeScope();
        Tensor value = tensor(new[] { 5e-324, double.PositiveInfinity, 1 }).requires_grad_();
        var gamma = new InverseGamma(tensor(3.0), tensor(1.0));
        Assert.Equal([0, 1], ManagedValues.ToDoubles(gamma.Cdf(value)).Take(2));
        Assert.Equal([1, 0], ManagedValues.ToDoubles(gamma.Survival(value)).Take(2));
        gamma.Cdf(value).sum().backward();
        // x⁻⁴ e^(−1/x) / Γ(3) at 1.
        Assert.Equal([0, 0], ManagedValues.ToDoubles(value.grad!).Take(2));
        Assert.Equal(Math.Exp(-1) / 2, value.grad![2].item<double>(), 14);
    }

    [Theory, InlineData(1e-3), InlineData(2), InlineData(1e6)]
    public void VonMises_has_no_mass_beyond_its_interval(double concentration)
    {
        using var scope = NewDisposeScope();
        Tensor loc = tensor(0.5).requires_grad_(), value = tensor(new[] { double.NegativeInfinity, -2.8, 3.8, double.PositiveInfinity }).requires_grad_();
        var angles = new VonMises(loc, tensor(concentration).requires_grad_());
        Tensor[] tails = [angles.Cdf(value), angles.LogCdf(value), angles.Survival(value), angles.LogSurvival(value)];
        Assert.Equal([0, 0, 1, 1], ManagedValues.ToDoubles(tails[0]));
        Assert.Equal([double.NegativeInfinity, double.NegativeInfinity, 0, 0], ManagedValues.ToDoubles(tails[1]));
        Assert.Equal([1, 1, 0, 0], ManagedValues.ToDoubles(tails[2]));
        Assert.Equal([0, 0, double.NegativeInfinity, double.NegativeInfinity], ManagedValues.ToDoubles(tails[3]));
        (tails[0] + tails[2]).sum().backward();
        Assert.Equal((0, 0), (loc.grad!.item<double>(), value.grad!.abs().max().item<double>()));
        double[] log = ManagedValues.ToDoubles(angles.LogProb(value));
        Assert.Equal((double.NegativeInfinity, double.NegativeInfinity), (log[0], log[3]));
        Assert.True(double.IsFinite(log[1]));
    }
}
