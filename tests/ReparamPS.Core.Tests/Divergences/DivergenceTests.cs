using System.Text.Json;
using ReparamPS.Core.Tests.Catalogue;
using ReparamPS.Distributions;
using ReparamPS.Distributions.Transforms;
using ReparamPS.Divergences;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Divergences;

public sealed class DivergenceTests
{
    private static readonly Lazy<JsonElement[]> References = new(() =>
        [.. JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Data", "divergences.json"))).RootElement.EnumerateArray()]);

    public static TheoryData<string, string> Pairs() =>
        [.. References.Value.Select(row => (row.GetProperty("p").GetString()!, row.GetProperty("q").GetString()!)).Distinct()];

    [Theory, MemberData(nameof(Pairs))]
    public void Closed_forms_agree_with_PyTorch(string p, string q)
    {
        using var scope = NewDisposeScope();
        foreach (JsonElement row in References.Value.Where(row => row.GetProperty("p").GetString() == p && row.GetProperty("q").GetString() == q))
        {
            double expected = JsonNumbers.Doubles(row.GetProperty("value"))[0];
            double actual = KullbackLeibler.Divergence(Make(p, row.GetProperty("pParameters")), Make(q, row.GetProperty("qParameters"))).item<double>();
            Assert.True(actual == expected || Math.Abs(actual - expected) <= 1e-10 * Math.Max(1, Math.Abs(expected)), $"KL is {actual:R}, not {expected:R}: {row}");
        }
    }

    // An independent way to each closed form: the expectation itself, within six standard errors.
    [Theory, MemberData(nameof(Pairs))]
    public void Closed_forms_agree_with_the_estimate(string p, string q)
    {
        using var scope = NewDisposeScope();
        JsonElement row = References.Value.First(row => row.GetProperty("p").GetString() == p && row.GetProperty("q").GetString() == q);
        Distribution first = Make(p, row.GetProperty("pParameters")), second = Make(q, row.GetProperty("qParameters"));
        using var random = new RandomSource(5);
        MonteCarloEstimate estimate = MonteCarloEstimate.Divergence(first, second, 20_000, random);
        double exact = KullbackLeibler.Divergence(first, second).item<double>(), value = estimate.Value.item<double>(), error = estimate.StandardError.item<double>();
        if (double.IsPositiveInfinity(exact)) Assert.Equal(exact, value);
        else Assert.InRange(value, exact - (6 * error) - 1e-9, exact + (6 * error) + 1e-9);
    }

    [Fact]
    public void Every_registered_pair_of_equal_distributions_has_divergence_0()
    {
        using var scope = NewDisposeScope();
        foreach ((string p, string q) in KullbackLeibler.Pairs.Where(pair => pair.P == pair.Q))
        {
            Distribution example = DistributionCatalog.Get(p).CreateExample();
            Assert.Equal(0, KullbackLeibler.Divergence(example, DistributionCatalog.Get(q).CreateExample()).item<double>(), 1e-12);
        }
    }

    [Fact]
    public void Gradients_reach_the_parameters_of_both()
    {
        using var scope = NewDisposeScope();
        Tensor loc = tensor(0.5, requires_grad: true), scale = tensor(1.5, requires_grad: true), otherLoc = tensor(-1.0, requires_grad: true), otherScale = tensor(0.8, requires_grad: true);
        KullbackLeibler.Divergence(new Normal(loc, scale), new Normal(otherLoc, otherScale)).backward();
        Assert.Equal(1.5 / 0.64, loc.grad!.item<double>(), 1e-12);
        Assert.Equal((1.5 / 0.64) - (1 / 1.5), scale.grad!.item<double>(), 1e-12);
        Assert.Equal(-1.5 / 0.64, otherLoc.grad!.item<double>(), 1e-12);
        Assert.Equal((1 / 0.8) - (((1.5 * 1.5) + (1.5 * 1.5)) / Math.Pow(0.8, 3)), otherScale.grad!.item<double>(), 1e-12);
    }

    [Fact]
    public void Independent_parts_add_up_and_batches_broadcast()
    {
        using var scope = NewDisposeScope();
        var p = new Normal(tensor([0.0, 1, 2]), tensor([1.0, 2, 3]));
        var q = new Normal(zeros([2, 1], ScalarType.Float64), ones([], ScalarType.Float64));
        Tensor each = KullbackLeibler.Divergence(p, q);
        Tensor sum = KullbackLeibler.Divergence(new Independent(p, 1), new Independent(q.Expand(2, 3), 1));
        Assert.Equal([2, 3], each.shape);
        Assert.Equal([2], sum.shape);
        Assert.Equal(ManagedValues.ToDoubles(each.sum(-1)), ManagedValues.ToDoubles(sum));
    }

    [Fact]
    public void Equal_transforms_leave_the_divergence_and_different_ones_have_none()
    {
        using var scope = NewDisposeScope();
        Normal p = new(tensor(0.5), tensor(1.5)), q = new(tensor(-1.0), tensor(0.4));
        TransformedDistribution Through(Distribution source, double scale) =>
            new(source, [new AffineTransform(tensor(1.0), tensor(scale)), new ExpTransform()]);
        Assert.Equal(KullbackLeibler.Divergence(p, q).item<double>(), KullbackLeibler.Divergence(Through(p, 2), Through(q, 2)).item<double>());
        var refused = Assert.Throws<NotSupportedException>(() => KullbackLeibler.Divergence(Through(p, 2), Through(q, 3)));
        Assert.Contains("-MonteCarlo", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Binomials_of_different_counts_are_summed_over_their_values()
    {
        using var scope = NewDisposeScope();
        Binomial few = new(tensor(2.0), tensor(0.5)), many = new(tensor(3.0), tensor(0.5));
        double expected = (0.25 * Math.Log(0.25 / 0.125)) + (0.5 * Math.Log(0.5 / 0.375)) + (0.25 * Math.Log(0.25 / 0.375));
        Assert.Equal(expected, KullbackLeibler.Divergence(few, many).item<double>(), 1e-14);
        Assert.Equal(double.PositiveInfinity, KullbackLeibler.Divergence(many, few).item<double>());
    }

    // mpmath: sums at 40 digits.
    [Theory]
    [InlineData(300_000, 0.3, 300_007, 0.31, 70.65156703326770601)]
    [InlineData(1_000_000, 0.3, 2_000_000, 0.2, 16757.24419512504647)]
    [InlineData(100_000_000, 0.3, 200_000_000, 0.2, 1675723.544083208589)]
    public void Large_binomials_of_different_counts_take_bounded_memory(double n, double p, double m, double q, double expected)
    {
        using var scope = NewDisposeScope();
        Assert.Equal(1, KullbackLeibler.Divergence(new Binomial(tensor(n), tensor(p)), new Binomial(tensor(m), tensor(q))).item<double>() / expected, 1e-11);
    }

    [Fact]
    public void The_divergence_of_large_binomials_has_the_slopes_of_its_sum()
    {
        using var scope = NewDisposeScope();
        Tensor p = tensor(0.3).requires_grad_(), q = tensor(0.31).requires_grad_();
        KullbackLeibler.Divergence(new Binomial(tensor(300_000.0), p), new Binomial(tensor(300_007.0), q)).backward();
        // mpmath; and (m q − n p) / (q (1 − q)).
        Assert.Equal(1, p.grad!.item<double>() / -14163.567915863942, 1e-9);
        Assert.Equal(1, q.grad!.item<double>() * 0.31 * 0.69 / (300_007 * 0.31 - 90_000), 1e-11);
    }

    [Theory]
    [InlineData(20)]
    [InlineData(100_000)]
    [InlineData(1_000_000)]
    public void A_binomial_that_can_exceed_the_other_count_is_infinitely_far(double n)
    {
        using var scope = NewDisposeScope();
        Binomial other = new(tensor(0.9 * n), tensor(0.3));
        Assert.Equal(double.PositiveInfinity, KullbackLeibler.Divergence(new Binomial(tensor(n), tensor(0.3)), other).item<double>());
        Assert.Equal(1, KullbackLeibler.Divergence(new Binomial(tensor(n), tensor(0.0)), other).item<double>() / (-0.9 * n * Math.Log(0.7)), 1e-12);
    }

    [Fact]
    public void Different_event_shapes_are_refused() =>
        Assert.Throws<ShapeMismatchException>(() => KullbackLeibler.Divergence(new Dirichlet(tensor([1.0, 2])), new Dirichlet(tensor([1.0, 2, 3]))));

    [Fact]
    public void The_cross_entropy_is_the_entropy_plus_the_divergence()
    {
        using var scope = NewDisposeScope();
        Categorical p = new(tensor([0.2, 0.8])), q = new(tensor([0.5, 0.5]));
        Assert.Equal(Math.Log(2), KullbackLeibler.CrossEntropy(p, q).item<double>(), 1e-14);
    }

    [Fact]
    public void The_Jensen_Shannon_divergence_is_symmetric_and_log_2_of_disjoint_distributions()
    {
        using var scope = NewDisposeScope();
        using RandomSource one = new(1), two = new(2), three = new(3);
        Uniform low = new(tensor(0.0), tensor(1.0)), high = new(tensor(2.0), tensor(3.0));
        Assert.Equal(Math.Log(2), MonteCarloEstimate.JensenShannon(low, high, 100, one).Value.item<double>(), 1e-12);
        Normal p = new(tensor(0.0), tensor(1.0)), q = new(tensor(1.0), tensor(2.0));
        MonteCarloEstimate forth = MonteCarloEstimate.JensenShannon(p, q, 50_000, two), back = MonteCarloEstimate.JensenShannon(q, p, 50_000, three);
        double error = Math.Sqrt(Math.Pow(forth.StandardError.item<double>(), 2) + Math.Pow(back.StandardError.item<double>(), 2));
        Assert.InRange(forth.Value.item<double>() - back.Value.item<double>(), -6 * error, 6 * error);
    }

    [Fact]
    public void An_entropy_is_estimated_with_the_error_that_it_tells()
    {
        using var scope = NewDisposeScope();
        using var random = new RandomSource(4);
        var gamma = new Gamma(tensor(2.5), tensor(1.5));
        MonteCarloEstimate estimate = MonteCarloEstimate.Entropy(gamma, 50_000, random);
        double off = (estimate.Value.item<double>() - gamma.Entropy.item<double>()) / estimate.StandardError.item<double>();
        Assert.InRange(off, -6, 6);
        Assert.InRange(estimate.StandardError.item<double>(), 1e-4, 1e-2);
    }

    private static Distribution Make(string name, JsonElement parameters) => DistributionCatalog.Get(name).Create(parameters.EnumerateObject().ToDictionary(
        property => property.Name, property => (object)ReferenceDistribution.Values(JsonNumbers.Doubles(property.Value), JsonNumbers.Shape(property.Value))));
}
