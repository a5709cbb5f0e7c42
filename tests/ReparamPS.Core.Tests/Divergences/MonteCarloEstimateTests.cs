using ReparamPS.Distributions;
using ReparamPS.Distributions.Transforms;
using ReparamPS.Divergences;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Divergences;

/// <summary>Estimates against closed forms and quadrature, at fixed seeds, within 4.5 standard errors.</summary>
public sealed class MonteCarloEstimateTests
{
    private const long Draws = 40_000;
    private const double Far = 4.5;

    // Where log P − log Q has a variance: not where P's tail is too heavy for Q.
    public static TheoryData<string, string> Finite()
    {
        var data = new TheoryData<string, string>();
        foreach ((string p, string q) in DivergenceFile.Names)
        {
            bool isTooHeavy = p == "Pareto" && (q is "Normal" or "Exponential" or "Gamma");
            if (!isTooHeavy && DivergenceFile.Of(p, q)[0].Values.All(double.IsFinite)) data.Add(p, q);
        }
        return data;
    }

    [Theory, MemberData(nameof(Finite))]
    public void Divergences_are_near_their_closed_forms(string p, string q)
    {
        using var scope = NewDisposeScope();
        DivergenceSetting setting = DivergenceFile.Of(p, q)[0];
        using var random = new RandomSource(20);
        AssertNear(MonteCarloEstimate.Divergence(setting.P().Value, setting.Q().Value, Draws, random), setting.Values, setting.ToString());
    }

    [Fact]
    public void A_discrete_and_a_continuous_distribution_are_refused_by_name()
    {
        using var scope = NewDisposeScope();
        using var random = new RandomSource(1);
        Distribution p = Poisson.Definition.CreateExample(), q = Gamma.Definition.CreateExample();
        foreach (Func<MonteCarloEstimate> estimate in new Func<MonteCarloEstimate>[]
            { () => MonteCarloEstimate.Divergence(p, q, 10, random), () => MonteCarloEstimate.CrossEntropy(q, p, 10, random), () => MonteCarloEstimate.JensenShannon(q, p, 10, random) })
        {
            string message = Assert.Throws<ArgumentException>(estimate).Message;
            Assert.Matches(@"discrete [PQ] \(Poisson\)", message);
            Assert.Matches(@"continuous [PQ] \(Gamma\)", message);
        }
    }

    [Fact]
    public void An_infinite_divergence_is_certain()
    {
        using var scope = NewDisposeScope();
        using var random = new RandomSource(1);
        MonteCarloEstimate estimate = MonteCarloEstimate.Divergence(new Normal(tensor(0.0), tensor(1.0)), new Exponential(tensor(1.0)), 100, random);
        Assert.Equal((double.PositiveInfinity, 0), (estimate.Value.item<double>(), estimate.StandardError.item<double>()));
    }

    [Theory, InlineData("Normal"), InlineData("Gamma"), InlineData("Beta"), InlineData("Categorical"), InlineData("Dirichlet"), InlineData("MultivariateNormal"), InlineData("Cauchy")]
    public void Entropies_are_near_their_closed_forms(string name)
    {
        using var scope = NewDisposeScope();
        Distribution example = DistributionCatalog.Get(name).CreateExample();
        using var random = new RandomSource(21);
        AssertNear(MonteCarloEstimate.Entropy(example, Draws, random), ManagedValues.ToDoubles(example.Entropy), name);
    }

    [Fact]
    public void Cross_entropies_are_near_their_closed_forms_in_every_element_of_a_batch()
    {
        using var scope = NewDisposeScope();
        DivergenceSetting setting = DivergenceFile.Of("Normal", "Laplace")[3];
        using var random = new RandomSource(22);
        Distribution p = setting.P().Value, q = setting.Q().Value;
        Assert.Equal([2L, 3], MonteCarloEstimate.CrossEntropy(p, q, 10, random).Value.shape);
        AssertNear(MonteCarloEstimate.CrossEntropy(p, q, Draws, random), ManagedValues.ToDoubles(KullbackLeibler.CrossEntropy(p, q)), setting.ToString());
    }

    // By quadrature in SciPy: integrate.quad of ½ p log(2p / (p + q)) + ½ q log(2q / (p + q)).
    [Theory, InlineData(0, 1, 1, 2, 0.128174973054398), InlineData(0, 1, 3, 1, 0.526777306521), InlineData(0, 1, 0, 1, 0)]
    public void Jensen_Shannon_divergences_are_near_quadrature_and_symmetric(double loc, double scale, double otherLoc, double otherScale, double expected)
    {
        using var scope = NewDisposeScope();
        Normal Make(double at, double width) => new(tensor(at, ScalarType.Float64), tensor(width, ScalarType.Float64));
        using RandomSource random = new(23), again = new(24);
        AssertNear(MonteCarloEstimate.JensenShannon(Make(loc, scale), Make(otherLoc, otherScale), Draws, random), [expected], "P, Q");
        AssertNear(MonteCarloEstimate.JensenShannon(Make(otherLoc, otherScale), Make(loc, scale), Draws, again), [expected], "Q, P");
    }

    [Fact]
    public void Disjoint_distributions_are_log_2_apart()
    {
        using var scope = NewDisposeScope();
        Uniform Make(double low) => new(tensor(low, ScalarType.Float64), tensor(low + 1, ScalarType.Float64));
        using var random = new RandomSource(25);
        MonteCarloEstimate estimate = MonteCarloEstimate.JensenShannon(Make(0), Make(5), 100, random);
        Assert.Equal(Math.Log(2), ManagedValues.ToDoubles(estimate.Value)[0], 12);
        Assert.Equal(0, ManagedValues.ToDoubles(estimate.StandardError)[0], 12);
    }

    // Over 100 seeds the squared distances in standard errors average 1, give or take 0.14 · 4.5.
    [Fact]
    public void Standard_errors_are_the_spread_of_the_estimates()
    {
        using var scope = NewDisposeScope();
        DivergenceSetting setting = DivergenceFile.Of("Gamma", "Exponential")[0];
        Distribution p = setting.P().Value, q = setting.Q().Value;
        double sum = 0;
        for (int seed = 0; seed < 100; seed++)
        {
            using var random = new RandomSource(seed);
            MonteCarloEstimate estimate = MonteCarloEstimate.Divergence(p, q, 1000, random);
            sum += Math.Pow((ManagedValues.ToDoubles(estimate.Value)[0] - setting.Values[0]) / ManagedValues.ToDoubles(estimate.StandardError)[0], 2);
        }
        Assert.InRange(sum / 100, 1 - Far * 0.1414, 1 + Far * 0.1414);
    }

    [Fact]
    public void Estimates_in_pieces_are_those_of_all_draws()
    {
        using var scope = NewDisposeScope();
        // 2²² elements go at once: 3,000 elements of a batch need three pieces for 4,000 draws.
        var p = new Normal(zeros(3000, ScalarType.Float64), ones(3000, ScalarType.Float64));
        var q = new Normal(ones(3000, ScalarType.Float64), ones(3000, ScalarType.Float64));
        using var random = new RandomSource(26);
        MonteCarloEstimate estimate = MonteCarloEstimate.Divergence(p, q, 4000, random);
        double[] values = ManagedValues.ToDoubles(estimate.Value), errors = ManagedValues.ToDoubles(estimate.StandardError);
        // log p − log q = ½ − x: mean ½, variance 1.
        Assert.Equal(0.5, values.Average(), 2e-3);
        Assert.All(errors, error => Assert.InRange(error, 0.9 / Math.Sqrt(4000), 1.1 / Math.Sqrt(4000)));
        double spread = Math.Sqrt(values.Average(value => Math.Pow(value - 0.5, 2)));
        Assert.InRange(spread, 0.94 / Math.Sqrt(4000), 1.06 / Math.Sqrt(4000));
    }

    // d/dp of the entropy of Bernoulli(p) is log((1 − p) / p); d/dλ of KL(Poisson(λ) ‖ Poisson(μ)) is log(λ / μ).
    [Fact]
    public void Estimates_carry_gradients_of_distributions_that_are_not_reparameterized()
    {
        using var scope = NewDisposeScope();
        Tensor probability = tensor(0.2, ScalarType.Float64, requires_grad: true), rate = tensor(2.0, ScalarType.Float64, requires_grad: true);
        using RandomSource random = new(28), again = new(28), other = new(29), third = new(30), fourth = new(31), fifth = new(32);
        MonteCarloEstimate entropy = MonteCarloEstimate.Entropy(new Bernoulli(probability), Draws, random);
        Assert.Equal(MonteCarloEstimate.Entropy(new Bernoulli(probability.detach()), Draws, again).Value.item<double>(), entropy.Value.item<double>());
        entropy.Value.backward();
        Assert.Equal(Math.Log(4), probability.grad!.item<double>(), 0.03);
        MonteCarloEstimate.Divergence(new Poisson(rate), new Poisson(tensor(3.0, ScalarType.Float64)), Draws, other).Value.backward();
        Assert.Equal(Math.Log(2.0 / 3), rate.grad!.item<double>(), 0.03);
        // Straight-through draws pass a gradient, but a biased one.
        Tensor weights = tensor(new[] { 0.2, 0.3, 0.5 }, requires_grad: true);
        MonteCarloEstimate.Entropy(new OneHotCategoricalStraightThrough(weights, null), Draws, fourth).Value.backward();
        // With p = w / Σ w: −(log p_k + H) / Σ w.
        double exact = -(0.2 * Math.Log(0.2) + 0.3 * Math.Log(0.3) + 0.5 * Math.Log(0.5));
        Assert.Equal(new[] { 0.2, 0.3, 0.5 }.Select(w => -Math.Log(w) - exact), weights.grad!.data<double>().ToArray(), (left, right) => Math.Abs(left - right) < 0.03);
        // Draws from two intervals with a gap are not reparameterized, and the intervals move.
        Tensor low = tensor(new[] { 0.0, 2.0 }, requires_grad: true);
        var gap = new MixtureSameFamily(new Categorical(tensor(new[] { 0.5, 0.5 }), null), new Uniform(low, tensor(new[] { 1.0, 3.0 })));
        Assert.False(MonteCarloEstimate.Entropy(gap, 100, fifth).Value.requires_grad);
        // Outside the support of Q the divergence is infinite, whatever the gradient.
        Assert.Equal(double.PositiveInfinity, MonteCarloEstimate.Divergence(new Poisson(rate), new Bernoulli(tensor(0.5, ScalarType.Float64)), 100, third).Value.item<double>());
    }

    // Slopes by mpmath: diff of quad([-inf, 0, inf]) of the two halves of the divergence, with 30 digits.
    [Fact]
    public void Jensen_Shannon_gradients_count_a_jump_of_the_other_density()
    {
        using var scope = NewDisposeScope();
        Tensor loc = tensor(0.5, ScalarType.Float64, requires_grad: true), rate = tensor(1.0, ScalarType.Float64, requires_grad: true);
        using RandomSource random = new(33), other = new(34), third = new(35);
        MonteCarloEstimate.JensenShannon(new Normal(loc, tensor(1.0, ScalarType.Float64)), new Exponential(rate), Draws, random).Value.backward();
        Assert.Equal(-0.131546701123, loc.grad!.item<double>(), 0.01);
        Assert.Equal(-0.004149546111, rate.grad!.item<double>(), 0.01);
        // Where the jump moves, there is no gradient.
        Tensor low = tensor(0.0, ScalarType.Float64, requires_grad: true), high = tensor(1.0, ScalarType.Float64);
        Assert.False(MonteCarloEstimate.JensenShannon(new Uniform(low, high), new Uniform(0.5 * high, 1.5 * high), 100, other).Value.requires_grad);
        var touching = new MixtureSameFamily(new Categorical(tensor(new[] { 0.5, 0.5 }), null), new Uniform(tensor(new[] { 0.0, 1.0 }, requires_grad: true), tensor(new[] { 1.0, 3.0 })));
        Assert.True(touching.HasRSample);
        Assert.False(MonteCarloEstimate.Entropy(touching, 100, third).Value.requires_grad);
        Assert.False(MonteCarloEstimate.Entropy(new TransformedDistribution(touching, [new ExpTransform()]), 100, third).Value.requires_grad);
    }

    [Fact]
    public void Estimates_carry_gradients_of_the_closed_form()
    {
        using var scope = NewDisposeScope();
        Tensor loc = tensor(0.5, ScalarType.Float64, requires_grad: true), other = tensor(-0.5, ScalarType.Float64, requires_grad: true);
        Tensor one = tensor(1.0, ScalarType.Float64);
        using var random = new RandomSource(27);
        MonteCarloEstimate.Divergence(new Normal(loc, one), new Normal(other, one), Draws, random).Value.backward();
        // ½ (loc − other)² has the derivatives ±1; draw by draw they are ±(1 + ε).
        double inLoc = ManagedValues.ToDoubles(loc.grad!)[0], inOther = ManagedValues.ToDoubles(other.grad!)[0];
        Assert.Equal(1, inLoc, Far / Math.Sqrt(Draws));
        Assert.Equal(-inLoc, inOther, 1e-12);
    }

    [Fact]
    public void The_same_seed_gives_the_same_estimate_and_one_draw_is_too_few()
    {
        using var scope = NewDisposeScope();
        DivergenceSetting setting = DivergenceFile.Of("Laplace", "Normal")[0];
        double Estimate(long seed)
        {
            using var random = new RandomSource(seed);
            return ManagedValues.ToDoubles(MonteCarloEstimate.Divergence(setting.P().Value, setting.Q().Value, 50, random).Value)[0];
        }
        Assert.Equal(Estimate(1), Estimate(1));
        Assert.NotEqual(Estimate(1), Estimate(2));
        using var other = new RandomSource(1);
        Assert.Contains("Draws must be at least 2", Assert.Throws<ArgumentException>(() => MonteCarloEstimate.Divergence(setting.P().Value, setting.Q().Value, 1, other)).Message, StringComparison.Ordinal);
    }

    private static void AssertNear(MonteCarloEstimate estimate, double[] expected, string what)
    {
        double[] values = ManagedValues.ToDoubles(estimate.Value), errors = ManagedValues.ToDoubles(estimate.StandardError);
        Assert.Equal(expected.Length, values.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(values[i] - expected[i]) <= Far * errors[i] + 1e-12, $"{what}[{i}]: {values[i]:R} ± {errors[i]:R}, not {expected[i]:R}");
    }
}
