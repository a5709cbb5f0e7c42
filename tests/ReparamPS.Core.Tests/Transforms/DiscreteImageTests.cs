using ReparamPS.Distributions;
using ReparamPS.Distributions.Checks;
using ReparamPS.Distributions.Transforms;
using ReparamPS.Gradients.Estimators;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Transforms;

/// <summary>Discrete distributions after monotone transforms: the points move, and their probabilities stay.</summary>
public sealed class DiscreteImageTests
{
    private static TransformedDistribution Moved(Distribution source, double loc, double scale) => new(source, [new AffineTransform(tensor(loc), tensor(scale))]);

    private static Poisson Three(ScalarType dtype = ScalarType.Float64) => new(tensor(3.0, dtype));

    // 5 − X for X ~ Binomial(5, 0.3) is Binomial(5, 0.7).
    [Fact]
    public void Failures_are_binomial_with_the_complementary_probability()
    {
        using var scope = NewDisposeScope();
        Tensor probs = tensor(0.3, requires_grad: true), complement = tensor(0.7, requires_grad: true);
        TransformedDistribution failures = Moved(new Binomial(tensor(5.0), probs), 5, -1);
        Binomial expected = new Binomial(tensor(5.0), complement);
        Tensor values = tensor(new[] { -1, 0, 0.5, 1, 2, 2.5, 3, 4, 5, 5.5, 6, double.NegativeInfinity, double.PositiveInfinity });
        Func<Distribution, Tensor>[] functions = [d => d.Cdf(values), d => d.LogCdf(values), d => d.Survival(values), d => d.LogSurvival(values), d => d.LogProb(values)];
        foreach (Func<Distribution, Tensor> function in functions)
        {
            Tensor found = function(failures), right = function(expected);
            Assert.Equal(ManagedValues.ToDoubles(right), ManagedValues.ToDoubles(found), (x, y) => x.Equals(y) || Math.Abs(x - y) <= 1e-12);
            Tensor finite = right.detach().isfinite();
            Assert.Equal(-autograd.grad([right.masked_select(finite).sum()], [complement])[0].item<double>(), autograd.grad([found.masked_select(finite).sum()], [probs])[0].item<double>(), 1e-10);
        }
        Tensor levels = tensor(new[] { 0, 1e-20, 0.00243, 0.1, 0.163, 0.2, 0.47, 0.5, 0.83, 0.9, 1 - 1e-15, 1 });
        Assert.Equal(ManagedValues.ToDoubles(expected.Icdf(levels, TestContext.Current.CancellationToken)), ManagedValues.ToDoubles(failures.Icdf(levels, TestContext.Current.CancellationToken)));
        Assert.Equal(expected.Entropy.item<double>(), failures.Entropy.item<double>(), 1e-12);
    }

    // scipy.stats.poisson(3): P(X ≥ 5) = 0.18474, P(X ≥ 6) = 0.08392; P(X ≥ 4) = 0.35277; P(X ≥ 30) = 2.2e-20, P(X ≥ 31) = 2.1e-21.
    [Theory, InlineData(-1, 0.1, -5), InlineData(-2, 0.3, -8), InlineData(-1, 1e-20, -30), InlineData(-1, 0, double.NegativeInfinity), InlineData(-1, 1, 0), InlineData(2, 0.3, 4)]
    public void The_quantile_is_a_point_of_the_support(double scale, double probability, double expected)
    {
        using var scope = NewDisposeScope();
        Assert.Equal(expected, Moved(Three(), 0, scale).Icdf(tensor(probability), TestContext.Current.CancellationToken).item<double>());
    }

    public static TheoryData<string, Func<TransformedDistribution>> Chains => new()
    {
        { "doubled", () => Moved(Three(), 0, 2) },
        { "reversed and doubled", () => Moved(Three(), 0, -2) },
        { "points that round", () => Moved(Three(), 0.1, 0.3) },
        { "points that round, of a transformed base", () => Moved(Moved(Three(), 0.1, 0.3), 7.3, -1.7) },
        { "points that round, in float32", () => Moved(Three(ScalarType.Float32), 0.1, -0.3) },
        { "powers of e", () => new TransformedDistribution(Three(), [new ExpTransform()]) },
        { "a batch of both directions", () => new TransformedDistribution(new Poisson(tensor(new[] { 3.0, 7 })), [new AffineTransform(tensor(new[] { 0.0, 1 }), tensor(new[] { -0.1, 0.7 }))]) },
        { "categories without weight", () => Moved(new Categorical(tensor(new[] { 1.0, 0, 2, 0 })), 0.5, -1) },
        { "whole numbers without an end", () => Moved(new Geometric(tensor(0.2)), 1, -1) },
    };

    [Theory, MemberData(nameof(Chains))]
    public void All_members_agree_with_the_draws(string name, Func<TransformedDistribution> make)
    {
        using var scope = NewDisposeScope();
        IReadOnlyList<DistributionCheckRow> rows = DistributionCheck.Run(make(), 5000, 0, 1e-6, TestContext.Current.CancellationToken);
        Assert.Contains(rows, row => row.Check == "Normalization");
        Assert.All(rows, row => Assert.True(row.Passed, $"{name} {row.Check}: {row.Reason}"));
    }

    // 2.2 = 0.1 + 7 · 0.3, but (2.2 − 0.1) / 0.3 is not 7 in double precision.
    [Fact]
    public void A_value_as_typed_is_the_point_that_it_rounds()
    {
        using var scope = NewDisposeScope();
        TransformedDistribution moved = Moved(Three(), 0.1, 0.3);
        Assert.Equal(Three().LogProb(tensor(7.0)).item<double>(), moved.LogProb(tensor(2.2)).item<double>(), 1e-12);
        Assert.Equal(Three().Cdf(tensor(7.0)).item<double>(), moved.Cdf(tensor(2.2)).item<double>(), 1e-12);
        Assert.Equal(double.NegativeInfinity, moved.LogProb(tensor(2.21)).item<double>());
    }

    [Fact]
    public void The_points_of_the_support_are_listed()
    {
        using var scope = NewDisposeScope();
        Assert.Equal([5.0, 3, 1], ManagedValues.ToDoubles(SupportPoints.Of(new EstimationProblem(Moved(new Binomial(tensor(2.0), tensor(0.3)), 5, -2), z => z), 1e-18)!.Values));
    }
}
