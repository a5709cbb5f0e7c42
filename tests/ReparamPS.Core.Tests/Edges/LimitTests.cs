using ReparamPS.Distributions;
using ReparamPS.Distributions.Parameters;
using ReparamPS.Divergences;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Edges;

/// <summary>Values, slopes and draws where a formula meets 0 · ∞, an overflow or a difference of near-equals. Expected values are limits in closed form or from mpmath at 60 digits.</summary>
public sealed class LimitTests
{
    public static TheoryData<string, double, double, double> ProbsSlopes() => new()
    {
        { "Bernoulli.logcdf", 1, 1, 0 }, { "Bernoulli.logcdf", 1, 0.5, 0 }, { "Bernoulli.logsurvival", 0, -1, 0 }, { "Bernoulli.logcdf", 0, 0, -1 },
        { "Bernoulli.entropy", 0, 0, double.PositiveInfinity }, { "Bernoulli.entropy", 1, 0, double.NegativeInfinity },
        { "Binomial.cdf", 0, 0, -5 }, { "Binomial.cdf", 0, 1, 0 }, { "Binomial.cdf", 1, 4, -5 }, { "Binomial.cdf", 1, 3, 0 }, { "Binomial.cdf", 1, 5, 0 },
        { "Binomial.survival", 0, 0, 5 }, { "Binomial.logcdf", 0, 0, -5 }, { "Binomial.logsurvival", 1, 4, 5 },
        { "Binomial.entropy", 0, 0, double.PositiveInfinity }, { "Binomial.entropy", 1, 0, double.NegativeInfinity },
        { "NegativeBinomial.cdf", 0, 0, -5 }, { "NegativeBinomial.cdf", 0, 2, 0 }, { "NegativeBinomial.logcdf", 0, 0, -5 }, { "NegativeBinomial.survival", 0, 0, 5 },
        { "NegativeBinomial.logprob", 0, 0, -5 }, { "NegativeBinomial.entropy", 0, 0, double.PositiveInfinity },
        { "Geometric.entropy", 1, 0, double.NegativeInfinity },
    };

    [Theory]
    [MemberData(nameof(ProbsSlopes))]
    public void Slopes_in_a_probability_of_0_or_1_are_their_one_sided_limits(string member, double probs, double value, double expected)
    {
        using var scope = NewDisposeScope();
        Tensor parameter = Leaf(probs);
        string[] parts = member.Split('.');
        var values = new Dictionary<string, object> { ["Probs"] = parameter };
        if (parts[0] is "Binomial" or "NegativeBinomial") values["TotalCount"] = Number(5);
        // The second element makes the log-density of a negative binomial take its form for large numbers.
        Tensor at = tensor([value, 5000.0]);
        Evaluate(DistributionCatalog.Get(parts[0]).Create(values), parts[1], at).reshape(-1).select(0, 0).backward();
        Assert.Equal(expected, parameter.grad!.item<double>());
    }

    [Fact]
    public void A_large_binomial_entropy_has_an_infinite_slope_at_a_probability_of_0()
    {
        using var scope = NewDisposeScope();
        Tensor probs = Leaf(0);
        new Binomial(Number(1e8), probs).Entropy.backward();
        Assert.Equal(double.PositiveInfinity, probs.grad!.item<double>());
    }

    [Fact]
    public void A_weight_of_0_leaves_the_entropy_slopes_of_the_other_weights()
    {
        using var scope = NewDisposeScope();
        Tensor probs = tensor([0.0, 1, 3], requires_grad: true);
        new Categorical(probs).Entropy.backward();
        // (−log p − H) / Σ w, H = log 4 − ¾ log 3.
        double entropy = Math.Log(4) - 0.75 * Math.Log(3);
        double[] slopes = probs.grad!.data<double>().ToArray();
        Assert.Equal(double.PositiveInfinity, slopes[0]);
        Assert.Equal((Math.Log(4) - entropy) / 4, slopes[1], 1e-14);
        Assert.Equal((-Math.Log(0.75) - entropy) / 4, slopes[2], 1e-14);
    }

    [Fact]
    public void Cauchy_log_tails_have_slopes_where_the_other_tail_is_1()
    {
        using var scope = NewDisposeScope();
        Tensor loc = Leaf(0), scale = Leaf(1e-8);
        new Cauchy(loc, scale).LogCdf(Number(-1e8)).backward();
        Assert.Equal(-1e-8, loc.grad!.item<double>(), 1e-20);
        Assert.Equal(1, scale.grad!.item<double>() / 1e8, 1e-12);
    }

    [Theory]
    [InlineData("LogNormal")]
    [InlineData("Kumaraswamy")]
    [InlineData("RelaxedBernoulli")]
    [InlineData("TanhNormal")]
    [InlineData("Geometric")]
    public void Quantiles_of_0_and_1_have_no_NaN_slopes(string kind)
    {
        using var scope = NewDisposeScope();
        Distribution distribution = DistributionCatalog.Get(kind).CreateExample();
        foreach (DistributionParameter parameter in distribution.Parameters) parameter.Value.requires_grad_(true);
        Tensor ends = distribution.Icdf(tensor([0.0, 1.0]), cancellation: TestContext.Current.CancellationToken);
        if (ends.requires_grad) ends.masked_fill(ends.isinf(), 0).sum().backward();
        Assert.All(distribution.Parameters, parameter => Assert.False(parameter.Value.grad is { } grad && grad.isnan().any().item<bool>(), $"{kind} {parameter}"));
    }

    [Fact]
    public void A_mode_that_leaves_its_end_has_a_slope()
    {
        using var scope = NewDisposeScope();
        Tensor a = Leaf(1), b = Leaf(3);
        Tensor mode = new Kumaraswamy(a, b).Mode;
        mode.backward();
        Assert.Equal(0, mode.item<double>());
        // ((a − 1) / (a b − 1))^(1/a) near a = 1.
        Assert.Equal(0.5, a.grad!.item<double>(), 1e-15);
        Assert.Equal(0, b.grad!.item<double>());
    }

    [Theory]
    [InlineData(1e4, 1e-2, -1, 1, 0.999999999, 18.320590741780937603, -0.099989997172194678807, -2.3522635762502451349)]
    [InlineData(1e8, 1e-3, -5, 2, 1.999999999999997, 31.925328841238844454, -0.31086244067779488048, -1.3198127580874988908)]
    [InlineData(1e6, 1, 0, 10, 9.9999995, 13.315505557401175737, -0.49999500051459805856, -0.93275983629331287331)]
    public void A_truncated_normal_far_in_a_tail_keeps_the_digits_of_the_distance_from_its_bound(
        double loc, double scale, double low, double high, double x, double logDensity, double logCdf, double logSurvival)
    {
        using var scope = NewDisposeScope();
        var upper = new TruncatedNormal(Number(loc), Number(scale), Number(low), Number(high));
        var lower = new TruncatedNormal(Number(-loc), Number(scale), Number(-high), Number(-low));
        Assert.Equal(1, upper.LogProb(Number(x)).item<double>() / logDensity, 1e-9);
        Assert.Equal(1, lower.LogProb(Number(-x)).item<double>() / logDensity, 1e-9);
        Assert.Equal(1, upper.LogCdf(Number(x)).item<double>() / logCdf, 1e-9);
        Assert.Equal(1, lower.LogSurvival(Number(-x)).item<double>() / logCdf, 1e-9);
        Assert.Equal(1, upper.LogSurvival(Number(x)).item<double>() / logSurvival, 1e-9);
        Assert.Equal(1, lower.LogCdf(Number(-x)).item<double>() / logSurvival, 1e-9);
    }

    [Fact]
    public void Tails_of_betas_with_a_huge_parameter_are_those_of_gammas()
    {
        using var scope = NewDisposeScope();
        Assert.Equal(0.36143007689620492341, new Beta(Number(2.5), Number(1e300)).Cdf(Number(1.7e-300)).item<double>(), 1e-14);
        Assert.Equal(0.63856992310379507659, new Beta(Number(2.5), Number(1e300)).Survival(Number(1.7e-300)).item<double>(), 1e-14);
        Assert.Equal(1, new Beta(Number(2.5), Number(1e300)).Icdf(Number(0.25), cancellation: TestContext.Current.CancellationToken).item<double>() / 1.3373014047160815577e-300, 1e-12);
        Assert.Equal(0.84134474606854294859, new StudentT(Number(1e300), Number(0), Number(1)).Cdf(Number(1)).item<double>(), 1e-14);
        Assert.Equal(0.31731050786291410283, new FisherSnedecor(Number(1e300), Number(1)).Cdf(Number(1)).item<double>(), 1e-14);
        Assert.Equal(0.40600584970983807568, new Binomial(Number(1e300), Number(2e-300)).Cdf(Number(1)).item<double>(), 1e-12);
        Assert.Equal(1, new NegativeBinomial(Number(1), Number(0.5)).Cdf(Number(1e300)).item<double>());
        Assert.Equal(1, new Beta(Number(1e300), Number(1)).LogCdf(Number(0.5)).item<double>() / (1e300 * Math.Log(0.5)), 1e-12);
    }

    [Fact]
    public void The_slope_of_a_tail_in_a_huge_parameter_is_that_of_its_product_with_the_distance()
    {
        using var scope = NewDisposeScope();
        // F = 1 − (1 − x)^b.
        Tensor b = Leaf(1e200);
        new Beta(Number(1), b).Survival(Number(2e-200)).backward();
        Assert.Equal(1, b.grad!.item<double>() / (-2e-200 * Math.Exp(-2)), 1e-12);
    }

    [Fact]
    public void Betas_of_a_tiny_and_a_large_parameter_are_finite()
    {
        using var scope = NewDisposeScope();
        var beta = new Beta(Number(1e-300), Number(1e12));
        Assert.Equal(1, beta.LogProb(Number(0.5)).item<double>() / -693147181249.33454295, 1e-12);
        Assert.Equal(1, beta.LogSurvival(Number(1e-12)).item<double>() / -692.29245985721575076, 1e-12);
    }

    [Fact]
    public void The_slope_in_Low_of_a_log_uniform_whose_ratio_overflows_is_finite()
    {
        using var scope = NewDisposeScope();
        Tensor low = Leaf(1e-8);
        new LogUniform(low, Number(1e300)).Cdf(Number(1)).backward();
        Assert.Equal(1, low.grad!.item<double>() / -137342.24212659759821, 1e-12);
    }

    [Fact]
    public void Pareto_tails_whose_ratio_overflows_are_finite()
    {
        using var scope = NewDisposeScope();
        Tensor scale = Leaf(1e-300), alpha = Leaf(1e-3);
        Tensor log = new Pareto(scale, alpha).LogSurvival(Number(1e300));
        log.backward();
        // −α log(x / Scale).
        Assert.Equal(1, log.item<double>() / -1.3815510557964275, 1e-14);
        Assert.Equal(1, scale.grad!.item<double>() / 1e297, 1e-14);
        Assert.Equal(1, alpha.grad!.item<double>() / -1381.5510557964275, 1e-14);
        Assert.Equal(1, new Pareto(Number(1e-300), Number(1e-3)).LogProb(Number(1e300)).item<double>() / (Math.Log(1e-3) - 1.3815510557964275 - Math.Log(1e300)), 1e-14);
    }

    [Theory]
    [InlineData(ScalarType.Float32, double.PositiveInfinity)]
    [InlineData(ScalarType.Float64, double.PositiveInfinity)]
    [InlineData(ScalarType.Float64, double.NegativeInfinity)]
    public void A_continuous_Bernoulli_with_infinite_logits_is_a_point(ScalarType dtype, double logits)
    {
        using var scope = NewDisposeScope();
        using var random = new RandomSource(9);
        double end = logits > 0 ? 1 : 0;
        var point = new ContinuousBernoulli(logits: tensor(logits, dtype));
        Tensor values = tensor([0, 0.5, 1], dtype), draws = point.Sample([50], random);
        Assert.Equal(end, point.Mean.to(ScalarType.Float64).item<double>(), 1e-30);
        Assert.Equal(0, point.Variance.to(ScalarType.Float64).item<double>(), 1e-60);
        Assert.Equal(double.NegativeInfinity, point.Entropy.to(ScalarType.Float64).item<double>());
        Assert.True(((draws - end).abs() < 1e-25).all().item<bool>());
        Assert.True((point.LogProb(draws) == double.PositiveInfinity).all().item<bool>());
        double inf = double.PositiveInfinity;
        Assert.Equal(end > 0 ? [-inf, -inf, inf] : [inf, -inf, -inf], point.LogProb(values).to(ScalarType.Float64).data<double>().ToArray());
        Assert.Equal(end > 0 ? [0, 1] : [1.0, 1], point.Cdf(values.narrow(0, 1, 2)).to(ScalarType.Float64).data<double>().ToArray());
        Assert.All(point.Icdf(tensor([0.25, 0.75], dtype), cancellation: TestContext.Current.CancellationToken).to(ScalarType.Float64).data<double>().ToArray(), quantile => Assert.Equal(end, quantile, 1e-30));
    }

    [Theory]
    [InlineData(1e12)]
    [InlineData(1e30)]
    [InlineData(1e200)]
    public void Draws_of_a_narrow_von_Mises_are_normal(double concentration)
    {
        using var scope = NewDisposeScope();
        using var random = new RandomSource(10);
        const int Draws = 10_000;
        Tensor z = new VonMises(Number(0), Number(concentration)).Sample([Draws], random) * Math.Sqrt(concentration);
        Assert.Equal(0, z.mean().item<double>(), 5 / Math.Sqrt(Draws));
        Assert.Equal(1, z.square().mean().item<double>(), 5 * Math.Sqrt(2.0 / Draws));
        Assert.Equal(3, z.pow(4).mean().item<double>(), 5 * Math.Sqrt(96.0 / Draws));
    }

    [Fact]
    public void Tails_of_a_narrow_von_Mises_far_from_its_mode_are_exponential()
    {
        using var scope = NewDisposeScope();
        var narrow = new VonMises(Number(0), Number(1e20));
        // log p(x) − log(κ sin x), p(x) = √(κ / 2π) exp(−2κ sin²(x / 2)).
        Assert.Equal(1, narrow.LogSurvival(Number(0.5)).item<double>() / -12241743810962728412.0, 1e-12);
        Assert.Equal(0, narrow.Survival(Number(0.5)).item<double>());
        Assert.Equal(1, narrow.Cdf(Number(0.5)).item<double>());
    }

    [Fact]
    public void The_log_density_of_an_exponential_Weibull_at_0_has_the_slope_of_its_scale()
    {
        using var scope = NewDisposeScope();
        Tensor scale = Leaf(4);
        new Weibull(scale, Number(1)).LogProb(Number(0)).backward();
        Assert.Equal(-0.25, scale.grad!.item<double>());
    }

    [Fact]
    public void A_geometric_whose_probability_underflows_has_limits()
    {
        using var scope = NewDisposeScope();
        var geometric = new Geometric(logits: Number(-1e30));
        Assert.Equal(1e30, geometric.Entropy.item<double>());
        Assert.Equal(0, geometric.Icdf(Number(0), cancellation: TestContext.Current.CancellationToken).item<double>());
        Assert.Equal(double.NegativeInfinity, geometric.LogSurvival(Number(double.PositiveInfinity)).item<double>());
    }

    public static TheoryData<string, ScalarType, string> ExtremeDraws() => new()
    {
        { "NegativeBinomial", ScalarType.Float32, "TotalCount=1;Logits=100" }, { "NegativeBinomial", ScalarType.Float64, "TotalCount=1e8;Logits=700" },
        { "Geometric", ScalarType.Float32, "Logits=-700" }, { "Geometric", ScalarType.Float64, "Logits=-1e30" },
        { "Beta", ScalarType.Float64, "Concentration1=1e-300;Concentration0=1" }, { "Beta", ScalarType.Float64, "Concentration1=1e-300;Concentration0=1e-300" },
        { "FisherSnedecor", ScalarType.Float32, "Df1=1e-30;Df2=1e12" }, { "Binomial", ScalarType.Float64, "TotalCount=1e30;Probs=0.7" },
        { "Binomial", ScalarType.Float32, "TotalCount=1e30;Probs=0.7" },
    };

    [Theory]
    [MemberData(nameof(ExtremeDraws))]
    public void Draws_of_extreme_parameters_lie_in_the_support(string kind, ScalarType dtype, string parameters)
    {
        using var scope = NewDisposeScope();
        using var random = new RandomSource(5);
        Distribution distribution = DistributionCatalog.Get(kind).Create(parameters.Split(';').Select(part => part.Split('='))
            .ToDictionary(part => part[0], part => (object)tensor(double.Parse(part[1], System.Globalization.CultureInfo.InvariantCulture), dtype)));
        Tensor draws = distribution.Sample([500], random);
        Assert.True(distribution.Support.Check(draws).all().item<bool>());
        Assert.True(draws.isfinite().all().item<bool>());
    }

    [Theory]
    [InlineData(1e18, 0.3)]
    [InlineData(1e30, 0.9)]
    [InlineData(1e20, 3e-20)]
    [InlineData(1e20, 4e-15)]
    public void Draws_of_binomials_with_huge_counts_have_their_mean_and_variance(double count, double probs)
    {
        using var scope = NewDisposeScope();
        using var random = new RandomSource(6);
        const int Draws = 20_000;
        double mean = count * probs, deviation = Math.Sqrt(mean * (1 - probs));
        Tensor z = (new Binomial(Number(count), Number(probs)).Sample([Draws], random) - mean) / deviation;
        // Five standard errors; the fourth moment of a rare outcome adds 1 / mean.
        Assert.Equal(0, z.mean().item<double>(), 5 / Math.Sqrt(Draws));
        Assert.Equal(1, z.square().mean().item<double>(), 5 * Math.Sqrt((2 + 1 / mean) / Draws));
    }

    [Fact]
    public void A_multinomial_of_many_draws_counts_by_category()
    {
        using var scope = NewDisposeScope();
        using var random = new RandomSource(7);
        Tensor weights = tensor([1.0, 2, 0, 7]);
        Tensor draws = new Multinomial(Number(1e12), weights).Sample([4000], random);
        Assert.True((draws.sum(-1) == 1e12).all().item<bool>());
        Assert.True((draws.select(-1, 2) == 0).all().item<bool>());
        Tensor probs = weights / 10, z = (draws - 1e12 * probs) / (1e12 * probs * (1 - probs)).clamp_min(1).sqrt();
        Assert.True((z.mean([0]).abs() < 5 / Math.Sqrt(4000)).all().item<bool>());
        Assert.Equal(1, z.select(-1, 3).square().mean().item<double>(), 5 * Math.Sqrt(2.0 / 4000));
        // Cov / (σ₁ σ₃) = −√(p₁ p₃ / (q₁ q₃)).
        Assert.Equal(-Math.Sqrt(0.2 * 0.7 / (0.8 * 0.3)), (z.select(-1, 1) * z.select(-1, 3)).mean().item<double>(), 0.1);
    }

    [Fact]
    public void Squashed_draws_at_an_end_have_a_log_density_that_is_not_NaN()
    {
        using var scope = NewDisposeScope();
        using var random = new RandomSource(8);
        var wide = new LogisticNormal(tensor([0.0, 0]), tensor([1e8, 1e8]));
        Assert.False(wide.LogProb(wide.Sample([200], random)).isnan().any().item<bool>());
        var squashed = new TanhNormal(Number(1), Number(1), Number(0), Number(1));
        Assert.False(squashed.LogProb(Number(0)).isnan().item<bool>());
    }

    [Theory]
    [InlineData(1.0000001, 1, 0, 4.4444440545726853258e-15, 1e-7)]
    [InlineData(1, 1, 1e-8, 6.6666666666666669456e-17, 1e-12)]
    [InlineData(1e-40, 1e-40, 0, 90.959562683535936968, 1e-12)]
    public void Divergences_of_multivariate_normals_keep_their_digits_near_and_far(double first, double second, double shift, double expected, double tolerance)
    {
        using var scope = NewDisposeScope();
        double between = first < 0.5 ? 0 : 0.5;
        var p = new MultivariateNormal(tensor([shift, 0.0]), covarianceMatrix: tensor(new[,] { { first, between }, { between, second } }));
        var q = new MultivariateNormal(tensor([0.0, 0]), covarianceMatrix: tensor(new[,] { { 1, 0.5 }, { 0.5, 1 } }));
        Assert.Equal(1, KullbackLeibler.Divergence(p, q).item<double>() / expected, tolerance);
    }

    private static Tensor Number(double value) => tensor(value);

    private static Tensor Leaf(double value) => tensor(value, requires_grad: true);

    private static Tensor Evaluate(Distribution distribution, string member, Tensor at) => member switch
    {
        "cdf" => distribution.Cdf(at),
        "logcdf" => distribution.LogCdf(at),
        "survival" => distribution.Survival(at),
        "logsurvival" => distribution.LogSurvival(at),
        "logprob" => distribution.LogProb(at),
        _ => distribution.Entropy,
    };
}
