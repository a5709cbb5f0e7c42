using ReparamPS.Distributions;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Edges;

/// <summary>Parameters beyond the table: counts of 1e12, infinite odds, scales of 1e-300. Expected values are closed forms, limits, or from mpmath at 40 digits.</summary>
public sealed class ExtremeParameterTests
{
    public static TheoryData<string, string, double, double[]> Entropies() => new()
    {
        // 1 / 2λ + 1 / 12λ².
        { "Poisson", "Rate=1e12", 15.234449091168, [5.0000000000008333e-13] },
        { "Poisson", "Rate=1e14", 17.537034184162, [5.0000000000000083e-15] },
        // ½ (1 − 2p) and ½ (1 + p) in the log-odds, 1 / 2r in the count.
        { "Binomial", "TotalCount=1e12;Logits=0.3", 14.530093846482, [-0.074442516811659138] },
        { "NegativeBinomial", "TotalCount=1e12;Logits=0.3", 15.811626712806, [5e-13, 0.78722125840582957] },
        { "NegativeBinomial", "TotalCount=2000;Logits=3", 8.2435166527795238, [0.0002500834034589047, 0.9762872557040971] },
        { "NegativeBinomial", "TotalCount=50;Logits=4", 7.3773243404097706, [0.010134683807038995, 0.99100802859088318] },
        { "NegativeBinomial", "TotalCount=5;Logits=-4", 0.31385102323056668, [0.045031950316249807, 0.22556393437810245] },
        // The entropy of a gamma, and the log-odds.
        { "NegativeBinomial", "TotalCount=3.5;Logits=700", 701.94308200073398, [0.17410560974941419, 1] },
        { "NegativeBinomial", "TotalCount=3.5;Logits=1e30", 1e30, [0.17410560974941419, 1] },
        { "Kumaraswamy", "Concentration1=1e12;Concentration0=1e12", -26.053805451055723, [-9.999999999717918e-13, -4.9999999999933333e-25] },
        { "Gamma", "Concentration=1e-300;Rate=1", -1e300, [double.PositiveInfinity, -1] },
        { "Beta", "Concentration1=1e-300;Concentration0=1", -1e300, [double.PositiveInfinity, -1.6449340668482264] },
    };

    [Theory]
    [MemberData(nameof(Entropies))]
    public void Entropies_have_their_values_and_slopes(string kind, string parameters, double expected, double[] slopes)
    {
        using var scope = NewDisposeScope();
        (Distribution distribution, Tensor[] leaves) = Make(kind, parameters);
        Tensor entropy = distribution.Entropy;
        entropy.backward();
        Assert.Equal(1, entropy.item<double>() / expected, 1e-12);
        Assert.Equal(slopes.Length, leaves.Length);
        foreach ((Tensor leaf, double slope) in leaves.Zip(slopes))
        {
            if (double.IsInfinity(slope)) Assert.True(leaf.grad!.item<double>() > 1e300);
            else Assert.Equal(1, leaf.grad!.item<double>() / slope, 1e-9);
        }
    }

    [Fact]
    public void A_multinomial_of_1e12_draws_has_the_entropy_slopes_of_its_normal_limit()
    {
        using var scope = NewDisposeScope();
        Tensor probs = tensor([0.2, 0.3, 0.5], requires_grad: true);
        new Multinomial(Number(1e12), probs).Entropy.backward();
        // ½ (1 / p − 3).
        double[] slopes = probs.grad!.data<double>().ToArray();
        Assert.Equal(1, slopes[0], 1e-10);
        Assert.Equal(1 / 6.0, slopes[1], 1e-10);
        Assert.Equal(-0.5, slopes[2], 1e-10);
    }

    [Fact]
    public void A_weight_of_0_has_an_infinite_slope_in_the_entropy_of_a_multinomial()
    {
        using var scope = NewDisposeScope();
        Tensor probs = tensor([0.0, 0.3, 0.7], requires_grad: true);
        new Multinomial(Number(20), probs).Entropy.backward();
        double[] slopes = probs.grad!.data<double>().ToArray();
        Assert.True(slopes[0] > 1e300);
        // Those of the binomial of the other two, by symmetric differences at 40 digits.
        Assert.All(slopes[1..], slope => Assert.InRange(slope, -1, 1));
    }

    [Theory]
    [InlineData(0, 0, double.PositiveInfinity, 0)]
    [InlineData(1, double.MaxValue, double.PositiveInfinity, double.MaxValue)]
    public void A_negative_binomial_with_huge_log_odds_has_no_NaN_moments(double count, double mean, double slopeInCount, double slopeInLogits)
    {
        using var scope = NewDisposeScope();
        Tensor total = Leaf(count), logits = Leaf(1e30);
        var distribution = new NegativeBinomial(total, logits: logits);
        Assert.Equal(mean, distribution.Mean.item<double>());
        distribution.Mean.backward();
        Assert.Equal(slopeInLogits, logits.grad!.item<double>());
        Tensor variance = distribution.Variance;
        Assert.Equal(count == 0 ? 0 : double.PositiveInfinity, variance.item<double>());
        total.grad!.zero_();
        variance.backward();
        Assert.Equal(slopeInCount, total.grad!.item<double>());
    }

    [Fact]
    public void All_of_a_binomial_without_successes_is_at_0()
    {
        using var scope = NewDisposeScope();
        Tensor quantiles = new Binomial(Number(10), tensor([0.0, 1, 0.5])).Icdf(Number(1), cancellation: TestContext.Current.CancellationToken);
        Assert.Equal([0, 10, 10], quantiles.data<double>().ToArray());
    }

    [Fact]
    public void A_binomial_of_1e300_rare_outcomes_is_a_Poisson()
    {
        using var scope = NewDisposeScope();
        var rare = new Binomial(Number(1e300), Number(2e-300));
        double[] quantiles = rare.Icdf(tensor([0.1, 0.3, 0.9]), cancellation: TestContext.Current.CancellationToken).data<double>().ToArray();
        Assert.Equal([0, 1, 4], quantiles);
        double[] tails = rare.Survival(tensor([10.0, 100, 1e250])).data<double>().ToArray();
        Assert.Equal(1, tails[0] / 8.3082243684799886e-06, 1e-11);
        Assert.Equal(1, tails[1] / 3.7129068716755671e-131, 1e-9);
        Assert.Equal(0, tails[2]);
        Assert.Equal(1, new Binomial(Number(1e300), Number(0.3)).Icdf(Number(0.5), cancellation: TestContext.Current.CancellationToken).item<double>() / 3e299, 1e-14);
    }

    [Theory]
    [InlineData(ScalarType.Float32, 0)]
    [InlineData(ScalarType.Float64, 1)]
    public void A_continuous_Bernoulli_with_a_probability_of_0_or_1_is_a_point(ScalarType dtype, double end)
    {
        using var scope = NewDisposeScope();
        using var random = new RandomSource(9);
        var point = new ContinuousBernoulli(tensor(end, dtype));
        Assert.Equal(end, point.Mean.to(ScalarType.Float64).item<double>(), 1e-29);
        Assert.Equal(double.NegativeInfinity, point.Entropy.to(ScalarType.Float64).item<double>());
        Assert.Equal(double.NegativeInfinity, point.LogProb(tensor(0.5, dtype)).to(ScalarType.Float64).item<double>());
        Assert.True((point.LogProb(point.Sample([20], random)) == double.PositiveInfinity).all().item<bool>());
    }

    [Fact]
    public void A_Kumaraswamy_that_starts_at_a_finite_density_has_a_slope_there()
    {
        using var scope = NewDisposeScope();
        Tensor b = Leaf(3), value = Leaf(0);
        new Kumaraswamy(Number(1), b).LogProb(value).backward();
        // log b + (b − 1) log(1 − x).
        Assert.Equal(-2, value.grad!.item<double>());
        Assert.Equal(1 / 3.0, b.grad!.item<double>(), 1e-15);
    }

    [Theory]
    [InlineData("Normal")]
    [InlineData("Laplace")]
    [InlineData("Logistic")]
    [InlineData("Gumbel")]
    [InlineData("HalfNormal")]
    [InlineData("LogNormal")]
    public void A_tail_that_has_fallen_to_0_has_a_slope_of_0_in_a_tiny_scale(string kind)
    {
        using var scope = NewDisposeScope();
        Tensor scale = Leaf(1e-300);
        Dictionary<string, object> given = new() { ["Scale"] = scale };
        if (kind != "HalfNormal") given["Loc"] = Number(0);
        Distribution distribution = DistributionCatalog.Get(kind).Create(given);
        Tensor at = Number(3);
        foreach (Tensor tail in (Tensor[])[distribution.Cdf(at), distribution.Survival(at), distribution.LogCdf(at)])
        {
            scale.grad?.zero_();
            tail.backward();
            Assert.Equal(0, scale.grad!.item<double>());
        }
    }

    [Theory]
    [InlineData("RelaxedBernoulli", 1e-38, ScalarType.Float32)]
    [InlineData("RelaxedBernoulli", 1e-300, ScalarType.Float64)]
    [InlineData("RelaxedOneHotCategorical", 1e-38, ScalarType.Float32)]
    [InlineData("RelaxedOneHotCategorical", 1e-300, ScalarType.Float64)]
    public void Draws_at_the_lowest_temperatures_have_slopes_of_0(string kind, double temperature, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        using var random = new RandomSource(3);
        Tensor leaf = tensor(temperature).to(dtype).requires_grad_(), probs = (kind == "RelaxedBernoulli" ? tensor(0.3) : tensor([0.2, 0.3, 0.5])).to(dtype).requires_grad_();
        DistributionCatalog.Get(kind).Create(new Dictionary<string, object> { ["Temperature"] = leaf, ["Probs"] = probs }).RSample([20], random).sum().backward();
        Assert.Equal(0, leaf.grad!.to(ScalarType.Float64).item<double>());
        Assert.True((probs.grad!.abs() < 1e-30).all().item<bool>());
    }

    [Theory]
    [InlineData("Cauchy", "Loc=0;Scale=1e-300")]
    [InlineData("HalfCauchy", "Scale=1e-300")]
    [InlineData("StudentT", "Df=0.5;Loc=0;Scale=1e-300")]
    [InlineData("GeneralizedPareto", "Loc=0;Scale=1e-300;Concentration=0.2")]
    [InlineData("GeneralizedPareto", "Loc=0;Scale=1e-300;Concentration=-0.5")]
    public void Draws_of_a_tiny_scale_are_proportional_to_it(string kind, string parameters)
    {
        using var scope = NewDisposeScope();
        using var random = new RandomSource(3);
        (Distribution distribution, Tensor[] leaves) = Make(kind, parameters);
        Tensor draws = distribution.RSample([20], random);
        draws.sum().backward();
        Assert.True(draws.isfinite().all().item<bool>());
        Assert.All(leaves, leaf => Assert.False(double.IsNaN(leaf.grad!.item<double>())));
        Assert.Equal(1, leaves[distribution.Parameters.ToList().FindIndex(parameter => parameter.Name == "Scale")].grad!.item<double>() / (draws.sum().item<double>() / 1e-300), 1e-12);
    }

    [Fact]
    public void Inverse_gamma_draws_scale_with_a_rate_near_the_largest_number()
    {
        using var scope = NewDisposeScope();
        using RandomSource first = new(4), second = new(4);
        Tensor one = new InverseGamma(tensor(2f), tensor(1f)).Sample([100], first), large = new InverseGamma(tensor(2f), tensor(1e38f)).Sample([100], second);
        Assert.True((((large / 1e38).clamp_max(3.4) - one.clamp_max(3.4)).abs() < 1e-5).all().item<bool>());
        Assert.True(large.isfinite().all().item<bool>());
    }

    // Of a small gamma draw x, F(x) = xᵃ / Γ(a + 1), so z = 1.5 / x has the slope −z (ψ(a + 1) − log x) / a; ψ by SciPy.
    [Theory]
    [InlineData(ScalarType.Float32, 0.1, -0.4237549404110768)]
    [InlineData(ScalarType.Float32, 0.02, -0.5447893104561797)]
    [InlineData(ScalarType.Float64, 0.02, -0.5447893104561797)]
    public void Inverse_gamma_draws_have_slopes_where_the_square_of_a_gamma_draw_underflows(ScalarType dtype, double concentration, double digamma)
    {
        using var scope = NewDisposeScope();
        const int Draws = 10_000;
        Tensor each = full(Draws, concentration, dtype).requires_grad_(), shared = tensor(concentration, dtype).requires_grad_(), rate = tensor(1.5, dtype);
        using RandomSource first = new(1), second = new(1);
        Tensor draws = new InverseGamma(each, rate).RSample([], first);
        draws.sum().backward();
        double[] z = ManagedValues.ToDoubles(draws), slope = ManagedValues.ToDoubles(each.grad!);
        double largest = dtype == ScalarType.Float32 ? float.MaxValue : double.MaxValue;
        int small = 0;
        for (int i = 0; i < Draws; i++)
        {
            Assert.False(double.IsNaN(slope[i]), $"z = {z[i]:R}");
            double x = 1.5 / z[i], expected = -z[i] * ((digamma - Math.Log(x)) / concentration);
            if (x > 1e-10) continue;
            small++;
            if (expected < -largest) Assert.Equal(double.NegativeInfinity, slope[i]);
            else Assert.Equal(1, slope[i] / expected, 1e-4);
        }
        Assert.True(small > 500);
        // A gradient of 0 stays 0.
        new InverseGamma(shared, rate).RSample([Draws], second).clamp(0, 10).sum().backward();
        Assert.Equal(1, ManagedValues.ToDoubles(shared.grad!)[0] / z.Zip(slope).Where(pair => pair.First < 10).Sum(pair => pair.Second), 1e-4);
    }

    // With V = I: log|X| (n − 3) / 2 − tr(X) / 2 − n log 2 − log Γ₂(n / 2), the last one by scipy.special.multigammaln.
    [Fact]
    public void Nearly_singular_Wishart_draws_in_float32_have_their_density_or_none()
    {
        using var scope = NewDisposeScope();
        const double LogGamma = 2.7257309070594373;
        var wishart = new Wishart(tensor(1.3f), covarianceMatrix: eye(2));
        using var random = new RandomSource(1);
        Tensor draws = wishart.Sample([2000], random);
        double[] x = ManagedValues.ToDoubles(draws), logs = ManagedValues.ToDoubles(wishart.LogProb(draws));
        for (int i = 0; i < logs.Length; i++)
        {
            double determinant = x[4 * i] * x[4 * i + 3] - x[4 * i + 1] * x[4 * i + 2];
            if (!(determinant > 0)) Assert.Equal(double.NegativeInfinity, logs[i]);
            else if (determinant > 1e-8 * x[4 * i] * x[4 * i + 3]) Assert.Equal((1.3f - 3.0) / 2 * Math.Log(determinant) - (x[4 * i] + x[4 * i + 3]) / 2 - 1.3f * Math.Log(2) - LogGamma, logs[i], 1e-4);
        }
        Assert.Contains(double.NegativeInfinity, logs);
    }

    [Fact]
    public void Draws_of_a_log_uniform_over_the_whole_range_have_slopes()
    {
        using var scope = NewDisposeScope();
        Tensor low = Leaf(1e-20), high = Leaf(1e300);
        new LogUniform(low, high).Icdf(Number(0.25), cancellation: TestContext.Current.CancellationToken).backward();
        // x = Low^¾ High^¼.
        Assert.Equal(1, low.grad!.item<double>() / (0.75 * 1e60 / 1e-20), 1e-12);
        Assert.Equal(1, high.grad!.item<double>() / (0.25 * 1e60 / 1e300), 1e-12);
    }

    [Fact]
    public void Truncated_normals_keep_their_moments_where_powers_overflow()
    {
        using var scope = NewDisposeScope();
        Assert.Equal(1 / 3.0, new TruncatedNormal(Number(0), Number(1e300), Number(-1), Number(1)).Variance.item<double>(), 1e-15);
        Assert.Equal(1, new TruncatedNormal(Number(1e300), Number(1), Number(0), Number(1)).Mean.item<double>());
        Assert.Equal(1e300, new TruncatedNormal(Number(0), Number(1), Number(1e300), Number(double.PositiveInfinity)).Mean.item<double>());
        Assert.Equal(1, new TruncatedNormal(Number(0), Number(1), Number(1e100), Number(double.PositiveInfinity)).Variance.item<double>() / 1e-200, 1e-12);
    }

    public static TheoryData<string, double> TruncatedFar() => new MatrixTheoryData<string, double>(["LogProb", "LogCdf", "Mean", "Icdf", "Entropy"], [1e20, 1e100, 1e300]);

    [Theory]
    [MemberData(nameof(TruncatedFar))]
    public void A_normal_truncated_far_from_its_mean_has_the_slopes_of_an_exponential(string member, double loc)
    {
        using var scope = NewDisposeScope();
        Tensor[] leaves = [Leaf(loc), Leaf(1), Leaf(0), Leaf(1)];
        var distribution = new TruncatedNormal(leaves[0], leaves[1], leaves[2], leaves[3]);
        Tensor half = Number(0.5);
        // Its rate is Loc / Scale².
        (Tensor result, double expected, double[] slopes) = member switch
        {
            "LogProb" => (distribution.LogProb(half), -0.5 * loc, (double[])[-0.5, loc, 0, -loc]),
            "LogCdf" => (distribution.LogCdf(half), -0.5 * loc, (double[])[-0.5, loc, 0, -loc]),
            "Mean" => (distribution.Mean, 1, (double[])[0, -2 / loc, 0, 1]),
            "Icdf" => (distribution.Icdf(half, cancellation: TestContext.Current.CancellationToken), 1, (double[])[0, -2 * Math.Log(2) / loc, 0, 1]),
            _ => (distribution.Entropy, 1 - Math.Log(loc), (double[])[-1 / loc, 2, 0, 1 / loc]),
        };
        result.backward();
        Assert.Equal(1, result.item<double>() / expected, 1e-14);
        // Squares of 1 / Loc may underflow, and 1 / Loc² is left out.
        foreach ((Tensor leaf, double slope) in leaves.Zip(slopes)) Assert.Equal(slope, leaf.grad!.item<double>(), 1e-9 * Math.Abs(slope) + 2 / loc / loc + 1e-290);
    }

    [Theory]
    [InlineData("Bernoulli", "Probs=0.5", 1)]
    [InlineData("Binomial", "TotalCount=1;Probs=0.5", 1)]
    [InlineData("Binomial", "TotalCount=3;Probs=0.5", 2)]
    [InlineData("Poisson", "Rate=3", 3)]
    [InlineData("NegativeBinomial", "TotalCount=2;Probs=0.5", 1)]
    [InlineData("Categorical", "Probs=1", 0)]
    public void Of_two_counts_that_tie_the_larger_is_the_mode(string kind, string parameters, double expected)
    {
        using var scope = NewDisposeScope();
        Distribution distribution = kind == "Categorical" ? new Categorical(tensor([1.0, 1])) : Make(kind, parameters).Distribution;
        Assert.Equal(expected, distribution.Mode.item<double>());
    }

    public static TheoryData<string, string, string> Boundaries() => new()
    {
        { "StudentT", "Df=2;Loc=0;Scale=1", "variance" }, { "Pareto", "Scale=1;Alpha=1", "mean" }, { "Pareto", "Scale=1;Alpha=2", "variance" },
        { "FisherSnedecor", "Df1=3;Df2=2", "mean" }, { "FisherSnedecor", "Df1=3;Df2=4", "variance" }, { "InverseGamma", "Concentration=1;Rate=2", "mean" },
        { "InverseGamma", "Concentration=2;Rate=2", "variance" }, { "GeneralizedPareto", "Loc=0;Scale=1;Concentration=1", "mean" }, { "GeneralizedPareto", "Loc=0;Scale=1;Concentration=0.5", "variance" },
    };

    [Theory]
    [MemberData(nameof(Boundaries))]
    public void A_moment_that_just_became_infinite_has_slopes_of_0(string kind, string parameters, string moment)
    {
        using var scope = NewDisposeScope();
        (Distribution distribution, Tensor[] leaves) = Make(kind, parameters);
        Tensor value = moment == "mean" ? distribution.Mean : distribution.Variance;
        Assert.Equal(double.PositiveInfinity, value.item<double>());
        value.backward();
        Assert.All(leaves, leaf => Assert.True(leaf.grad is not { } grad || grad.item<double>() == 0));
    }

    [Theory]
    [InlineData(1, 1, 0, 0)]
    [InlineData(1, 3, 0, -2)]
    [InlineData(2, 1, 1, 1)]
    public void A_beta_density_that_is_finite_at_an_end_has_a_slope_there(double a, double b, double end, double expected)
    {
        using var scope = NewDisposeScope();
        Tensor value = Leaf(end);
        new Beta(Number(a), Number(b)).LogProb(value).backward();
        Assert.Equal(expected, value.grad!.item<double>());
    }

    [Fact]
    public void A_flat_Dirichlet_has_slopes_of_0_at_a_corner()
    {
        using var scope = NewDisposeScope();
        Tensor value = tensor([1.0, 0, 0], requires_grad: true);
        new Dirichlet(tensor([1.0, 1, 1])).LogProb(value).backward();
        Assert.Equal([0, 0, 0], value.grad!.data<double>().ToArray());
    }

    [Fact]
    public void The_lower_tail_of_an_inverse_gamma_is_flat_near_0()
    {
        using var scope = NewDisposeScope();
        Tensor value = Leaf(1e-300);
        new InverseGamma(Number(0.01), Number(1)).Cdf(value).backward();
        Assert.Equal(0, value.grad!.item<double>());
    }

    // The distribution, and its parameters that may have slopes.
    private static (Distribution Distribution, Tensor[] Leaves) Make(string kind, string parameters)
    {
        var given = parameters.Split(';').Select(part => part.Split('=')).ToDictionary(part => part[0], part => Leaf(double.Parse(part[1], System.Globalization.CultureInfo.InvariantCulture)));
        bool isFixed = kind == "Binomial";
        if (isFixed) given["TotalCount"].requires_grad_(false);
        return (DistributionCatalog.Get(kind).Create(given.ToDictionary(pair => pair.Key, pair => (object)pair.Value)), [.. given.Values.Where(leaf => leaf.requires_grad)]);
    }

    private static Tensor Number(double value) => tensor(value);

    private static Tensor Leaf(double value) => tensor(value, requires_grad: true);
}
