using ReparamPS.Core.Tests.Custom;
using ReparamPS.Distributions;
using ReparamPS.Distributions.Checks;
using ReparamPS.Distributions.Transforms;
using ReparamPS.Gradients;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Gradients;

/// <summary>Gradient checks of distributions that draw gammas, angles or mixtures inside, and of what a check needs to be able to judge.</summary>
public sealed class ImplicitDrawCheckTests
{
    // Concentrated, so that in many seeds no proposal is rejected.
    private static readonly Dictionary<string, (Func<Distribution> Make, string Parameter)> Nested = new()
    {
        ["LKJ 2 50"] = (() => new LKJCholesky(2, tensor(50.0)), "Concentration"),
        ["LKJ 2 200"] = (() => new LKJCholesky(2, tensor(200.0)), "Concentration"),
        ["LKJ 3 40"] = (() => new LKJCholesky(3, tensor(40.0)), "Concentration"),
        ["LKJ 3 100"] = (() => new LKJCholesky(3, tensor(100.0)), "Concentration"),
        ["Wishart 500"] = (() => new Wishart(tensor(500.0), covarianceMatrix: eye(2, dtype: ScalarType.Float64)), "Df"),
        ["Dirichlet"] = (() => new Dirichlet(tensor(new[] { 300.0, 400.0 })), "Concentration"),
        ["scaled von Mises"] = (() => Scaled(new VonMises(tensor(0.0), tensor(10.0))), "BaseDistribution.Concentration"),
        ["scaled gamma"] = (() => Scaled(new Gamma(tensor(500.0), tensor(1.0))), "BaseDistribution.Concentration"),
        ["scaled beta"] = (() => Scaled(new Beta(tensor(500.0), tensor(400.0))), "BaseDistribution.Concentration1"),
        ["scaled t"] = (() => Scaled(new StudentT(tensor(500.0), tensor(0.0), tensor(1.0))), "BaseDistribution.Df"),
        ["custom gamma"] = (() => CustomGamma((p, noise, shape) => noise.Gamma(p["A"], shape)), "A"),
        ["custom with a gamma inside"] = (() => CustomGamma((p, noise, shape) => noise.From(new Gamma(p["A"], ones_like(p["A"])), shape)), "A"),
    };

    public static TheoryData<string> Names => [.. Nested.Keys];

    [Theory, MemberData(nameof(Names))]
    public void Differences_at_the_same_noise_are_refused_whether_or_not_the_seed_rejects(string name)
    {
        for (long seed = 0; seed < 10; seed++)
        {
            string message = Assert.Throws<NotSupportedException>(() => Run(Nested[name].Make(), ReparameterizationCheckMethod.FrozenNoise, seed)).Message;
            Assert.Contains("no fixed noise to hold", message, StringComparison.Ordinal);
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void Auto_passes_right_gradients(string name)
    {
        long seeds = name.StartsWith("custom", StringComparison.Ordinal) ? 10 : 1;
        for (long seed = 0; seed < seeds; seed++)
        {
            IReadOnlyList<ReparameterizationCheckRow> rows = Run(Nested[name].Make(), ReparameterizationCheckMethod.Auto, seed);
            Assert.Contains(rows, row => row.Parameter == Nested[name].Parameter && row.Method != ReparameterizationCheckMethod.FrozenNoise);
            Assert.All(rows, row => Assert.True(row.Passed, $"seed {seed}: {row}"));
        }
    }

    // Draws follow the chosen component, and their gradient is that of the mixture's CDF.
    [Fact]
    public void A_transformed_mixture_has_an_implicit_gradient() => Assert.Throws<NotSupportedException>(() => Run(
        Scaled(new MixtureSameFamily(new Categorical(tensor(new[] { 0.3, 0.7 })), new Normal(tensor(new[] { -1.0, 2.0 }), tensor(1.0)))), ReparameterizationCheckMethod.FrozenNoise));

    [Fact]
    public void A_parameter_that_reaches_no_implicit_draw_is_checked_at_the_same_noise()
    {
        IReadOnlyList<ReparameterizationCheckRow> rows = Run(Scaled(new Gamma(tensor(500.0), tensor(2.0))), ReparameterizationCheckMethod.Auto);
        Assert.Equal(ReparameterizationCheckMethod.FrozenNoise, rows.Single(row => row.Parameter.EndsWith("Rate", StringComparison.Ordinal)).Method);
    }

    [Theory]
    [InlineData("the implicit gradient is lost")]
    [InlineData("the rate is detached")]
    [InlineData("the same, called a composition")]
    public void A_fault_inside_a_transform_is_found(string fault) =>
        Assert.Contains(Run(Scaled(PlantedFaults.Faulty.Single(each => each.Name == fault).Make()), ReparameterizationCheckMethod.Auto), row => !row.Passed);

    [Fact]
    public void A_wrong_factor_on_a_custom_gamma_is_found()
    {
        Distribution wrong = CustomGamma((p, noise, shape) =>
        {
            Tensor draw = noise.Gamma(p["A"], shape);
            return draw.detach() + 1.001 * (draw - draw.detach());
        });
        ReparameterizationCheckRow row = Assert.Single(Run(wrong, ReparameterizationCheckMethod.Auto));
        Assert.False(row.Passed);
        Assert.Contains("by the factor 1.001", row.Reason, StringComparison.Ordinal);
    }

    // Sampling and density are needed together: a gamma's draws have no other reference.
    [Theory]
    [InlineData(ReparameterizationCheckMethod.Auto, false)]
    [InlineData(ReparameterizationCheckMethod.Auto, true)]
    [InlineData(ReparameterizationCheckMethod.FrozenNoise, false)]
    [InlineData(ReparameterizationCheckMethod.Implicit, false)]
    [InlineData(ReparameterizationCheckMethod.Expectation, true)]
    public void Without_a_density_an_implicit_draw_cannot_be_checked(ReparameterizationCheckMethod method, bool isVector)
    {
        Distribution custom = Customs.Make(
            new() { Name = "G", EventShape = isVector ? [2] : [], Sample = (p, noise, shape) => noise.Gamma(isVector ? p["A"].unsqueeze(-1) : p["A"], shape) }, ScalarType.Float64, ("A", 3.0));
        string message = Assert.Throws<NotSupportedException>(() => Run(custom, method)).Message;
        Assert.Contains("No other method applies.", message, StringComparison.Ordinal);
        Assert.DoesNotContain("Use Method", message, StringComparison.Ordinal);
    }

    // A parameter that only shifts draws still has a method, and only this one is recommended.
    [Fact]
    public void Advice_names_only_methods_that_apply()
    {
        Distribution custom = Customs.Make(new() { Name = "G", Sample = (p, noise, shape) => p["M"] + noise.Gamma(2, shape) }, ScalarType.Float64, ("M", 3.0));
        Assert.True(Assert.Single(Run(custom, ReparameterizationCheckMethod.Auto)).Passed);
        string message = Assert.Throws<NotSupportedException>(() => Run(custom, ReparameterizationCheckMethod.Expectation)).Message;
        Assert.EndsWith("Use Method FrozenNoise or Auto.", message, StringComparison.Ordinal);
    }

    // ∂z/∂ν is about z (z² + 1) / (4 ν²): the CDF's rounding is then as large as 1e-6 of it, and more.
    [Theory]
    [InlineData(1e6)]
    [InlineData(1e7)]
    [InlineData(1e9)]
    public void A_gradient_as_small_as_the_rounding_of_its_reference_is_no_false_alarm(double df)
    {
        for (long seed = 0; seed < 10; seed++)
            Assert.All(Run(new StudentT(tensor(df), tensor(0.0), tensor(1.0)), ReparameterizationCheckMethod.Auto, seed), row => Assert.True(row.Passed, $"seed {seed}: {row}"));
    }

    [Theory]
    [InlineData(1e6, 1.0001)]
    [InlineData(1e7, 1.001)]
    [InlineData(1e9, 1.1)]
    public void A_wrong_factor_on_a_small_gradient_is_found(double df, double factor)
    {
        var plan = new PlantedDistribution.Plan(StudentT.Definition, Reparameterization.Implicit, (given, shape, random) =>
        {
            Tensor draw = new StudentT(given[0], given[1], given[2]).Expand(shape).RSample([], random);
            return draw.detach() + factor * (draw - draw.detach());
        });
        ReparameterizationCheckRow row = Run(PlantedDistribution.Of(plan, tensor(df), tensor(0.0), tensor(1.0)), ReparameterizationCheckMethod.Auto).Single(each => each.Parameter == "Df");
        Assert.False(row.Passed);
    }

    [Fact]
    public void A_factor_that_rounds_to_1_is_not_named()
    {
        Assert.Null(PathComparison.Factor(1.0000014));
        Assert.Equal(" by the factor 2", PathComparison.Factor(2));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(999)]
    public void An_expectation_from_few_draws_is_refused(long draws)
    {
        var options = new ReparameterizationCheckOptions { Method = ReparameterizationCheckMethod.Expectation, Draws = draws };
        string message = Assert.Throws<ArgumentException>(() => ReparameterizationCheck.Run(new Normal(tensor(0.0), tensor(1.0)), options, TestContext.Current.CancellationToken)).Message;
        Assert.Contains($"Draws must be at least 1000 for Method Expectation; got {draws}", message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_mean_over_draws_uses_many_draws_in_method_Implicit_too()
    {
        Distribution custom = Customs.Make(new()
        {
            Name = "Normal", Sample = (p, noise, shape) => noise.Normal(shape) + p["M"] * noise.Normal(shape),
            LogProbability = (p, x) => -0.5 * (x.square() / (1 + p["M"].square()) + (1 + p["M"].square()).log() + Math.Log(2 * Math.PI)),
        }, ScalarType.Float64, ("M", 1.5));
        var options = new ReparameterizationCheckOptions { Method = ReparameterizationCheckMethod.Implicit, Draws = 5 };
        ReparameterizationCheckRow row = Assert.Single(ReparameterizationCheck.Run(custom, options, TestContext.Current.CancellationToken));
        Assert.True(row.Passed, row.ToString());
        Assert.Equal(ReparameterizationCheckOptions.DefaultExpectationDraws, row.Draws);
    }

    [Fact]
    public void An_empty_batch_is_refused_by_both_checks()
    {
        var empty = new Normal(empty_like(tensor(Array.Empty<double>())), tensor(1.0));
        foreach (Action check in new Action[]
        {
            () => Run(empty, ReparameterizationCheckMethod.Auto),
            () => DistributionCheck.Run(empty, 1000, new RandomSeed(0), 1e-6, TestContext.Current.CancellationToken),
        })
            Assert.Contains("must not have an empty batch; Normal has batch shape [0]", Assert.Throws<ArgumentException>(check).Message, StringComparison.Ordinal);
    }

    private static Distribution Scaled(Distribution distribution) => new TransformedDistribution(distribution, [new AffineTransform(tensor(0.0), tensor(2.0))]);

    private static CustomDistribution CustomGamma(CustomSampler sampler) => Customs.Make(new()
    {
        Name = "G", Support = "positive", Sample = sampler, LogProbability = (p, x) => (p["A"] - 1) * x.log() - x - p["A"].lgamma(),
        ParameterConstraints = new Dictionary<string, string> { ["A"] = "positive" },
    }, ScalarType.Float64, ("A", 300.0));

    private static IReadOnlyList<ReparameterizationCheckRow> Run(Distribution distribution, ReparameterizationCheckMethod method, long seed = 0) => ReparameterizationCheck.Run(
        distribution, new ReparameterizationCheckOptions { Method = method, Seed = seed }, TestContext.Current.CancellationToken);
}
