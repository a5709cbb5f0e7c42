using ReparamPS.Distributions;
using ReparamPS.Distributions.Checks;
using ReparamPS.Distributions.Transforms;
using ReparamPS.Divergences;
using ReparamPS.Gradients;
using ReparamPS.Gradients.Estimators;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using TorchSharp;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Custom;

public sealed class CustomDistributionTests
{
    public static TheoryData<string> Five => [.. Customs.Five];

    public static TheoryData<string> Correct => [.. Customs.Correct.Keys];

    public static TheoryData<string> Faulty => [.. Customs.Faulty.Keys];

    // Statistical parts allow a false alarm in 1e-9 to 1e-6 of all runs, and the seeds are fixed.
    [Theory, MemberData(nameof(Five))]
    public void A_correct_distribution_raises_no_alarm_in_50_seeds(string name)
    {
        CustomDistribution distribution = Customs.Correct[name](ScalarType.Float64);
        for (long seed = 0; seed < 50; seed++)
        {
            Assert.All(Check(distribution, seed), row => Assert.True(row.Passed, $"seed {seed}: {row}"));
            Assert.All(DistributionCheck.Run(distribution, 1_000, seed, 1e-6, CancellationToken.None), row => Assert.True(row.Passed, $"seed {seed}: {row}"));
        }
    }

    [Theory, MemberData(nameof(Correct))]
    public void Every_correct_distribution_passes_in_both_types(string name)
    {
        foreach (ScalarType dtype in new[] { ScalarType.Float64, ScalarType.Float32 })
        {
            CustomDistribution distribution = Customs.Correct[name](dtype);
            IReadOnlyList<ReparameterizationCheckRow> rows = Check(distribution, 3);
            Assert.NotEmpty(rows);
            Assert.All(rows, row => Assert.True(row.Passed, row.ToString()));
            Assert.All(DistributionCheck.Run(distribution, 20_000, 3, 1e-6, CancellationToken.None), row => Assert.True(row.Passed, row.ToString()));
        }
    }

    [Fact]
    public void A_transform_can_contain_one()
    {
        using var scope = NewDisposeScope();
        var cumulative = new CumulativeDistributionTransform(Customs.Correct["bimodal by CDF and density"](ScalarType.Float64));
        var normal = new Normal(tensor(0.0), tensor(1.0));
        Assert.True(CustomDistribution.IsPartOf(new TransformedDistribution(normal, [cumulative])));
        Assert.True(CustomDistribution.IsPartOf(new Independent(new TransformedDistribution(new Beta(ones(2, ScalarType.Float64), tensor(1.0)), [new ComposeTransform([cumulative.Inv])]), 1)));
        Assert.False(CustomDistribution.IsPartOf(new TransformedDistribution(normal, [new CumulativeDistributionTransform(normal)])));
    }

    [Fact]
    public void An_empty_value_has_an_empty_log_density_in_a_batch()
    {
        using var scope = NewDisposeScope();
        CustomDistribution batch = Customs.Correct["a batch of half-normals"](ScalarType.Float64);
        Assert.Equal([0L, 2], batch.LogProb(zeros([0, 2], ScalarType.Float64)).shape);
        // What was learned from it does not spoil the next call: log of √(2 / π) / Scale.
        Assert.Equal(0.5 * Math.Log(2 / Math.PI) - Math.Log(2), batch.LogProb(zeros([3, 2], ScalarType.Float64))[2, 1].item<double>(), 1e-14);
    }

    [Theory, MemberData(nameof(Faulty))]
    public void A_planted_fault_is_named(string name)
    {
        (Func<CustomDistribution> make, string says) = Customs.Faulty[name];
        for (long seed = 0; seed < 2; seed++)
        {
            IReadOnlyList<ReparameterizationCheckRow> rows = Check(make(), seed);
            Assert.Contains(rows, row => !row.Passed && row.Reason.Contains(says, StringComparison.Ordinal));
        }
    }

    public static TheoryData<string> FaultyFunctions => ["density without gradient", "density of a fixed scale", "CDF without gradient", "quantile without gradient", "density without gradient in one of two", "density with half of a gradient"];

    [Theory, MemberData(nameof(FaultyFunctions))]
    public void A_function_without_its_gradient_fails_and_gives_no_true_derivative(string name)
    {
        (Func<CustomDistribution> make, string says) = Customs.Faulty[name];
        DistributionCheckRow row = Assert.Single(DistributionCheck.Run(make(), 20_000, 0, 1e-6, TestContext.Current.CancellationToken), row => !row.Passed && row.Check == "Gradient");
        Assert.Contains(says, row.Reason, StringComparison.Ordinal);
        List<string> skipped = [], warned = [];
        foreach (Distribution distribution in new Distribution[] { make(), new Independent(Expanded(make()), 1) })
        {
            IReadOnlyList<GradientComparison> rows = GradientComparison.Run(
                distribution, z => z.square(), [new() { Estimator = GradientEstimatorKind.Pathwise, Draws = 1000 }, new() { Estimator = GradientEstimatorKind.ScoreFunction, Draws = 1000 }], skipped.Add, warned.Add, TestContext.Current.CancellationToken);
            Assert.All(rows, each => Assert.Equal((double.NaN, "none"), (each.Truth, each.TruthSource)));
            Assert.DoesNotContain(rows, each => each.Estimator.StartsWith("Score", StringComparison.Ordinal));
            Assert.Contains(skipped, message => message.StartsWith("ScoreFunction does not apply", StringComparison.Ordinal) && message.Contains(says, StringComparison.Ordinal));
            if (rows.Count > 0) Assert.Contains(warned, message => message.Contains(says, StringComparison.Ordinal));
        }
    }

    // E[z²] of a Rayleigh is 2σ², with the slope 4σ.
    [Fact]
    public void The_true_derivative_of_a_right_custom_density_is_known()
    {
        CustomDistribution rayleigh = Customs.Correct["Rayleigh"](ScalarType.Float64);
        GradientComparison row = Assert.Single(GradientComparison.Run(rayleigh, z => z.square(), [new() { Estimator = GradientEstimatorKind.Pathwise, Draws = 1000 }], cancellation: TestContext.Current.CancellationToken));
        Assert.Equal(8, row.Truth, 6);
    }

    // E[z²] of a normal with location 1 has the slope 2. The density is right, so the score function says so; the sampler's gradient is not.
    [Theory, InlineData(0), InlineData(0.5)]
    public void The_true_derivative_does_not_come_from_a_sampler_with_a_wrong_gradient(double part)
    {
        CustomDistribution pair = Customs.Make(new()
        {
            Name = "Pair", EventShape = [2],
            Sample = (p, noise, shape) => part * p["Loc"] + (1 - part) * p["Loc"].detach() + noise.Normal(shape),
            LogProbability = (p, z) => (-0.5 * (z - p["Loc"]).square() - 0.5 * Math.Log(2 * Math.PI)).sum(-1),
        }, ScalarType.Float64, ("Loc", new[] { 1.0, 1.0 }));
        IReadOnlyList<GradientComparison> rows = GradientComparison.Run(
            pair, z => z.square().sum(-1), [new() { Estimator = GradientEstimatorKind.ScoreFunction, Draws = 1000 }], cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(2, rows.Count);
        Assert.All(rows, row => Assert.Equal(("1000000 draws of ScoreFunction", 2), (row.TruthSource, Math.Round(row.Truth, 1))));
    }

    [Fact]
    public void Method_Expectation_works_with_a_density_that_does_not_depend_on_a_parameter()
    {
        IReadOnlyList<ReparameterizationCheckRow> rows = ReparameterizationCheck.Run(
            Customs.Correct["turned round normal"](ScalarType.Float64), new ReparameterizationCheckOptions { Method = ReparameterizationCheckMethod.Expectation }, TestContext.Current.CancellationToken);
        Assert.All(rows, row => Assert.True(row.Passed, row.ToString()));
    }

    // The scale of the draws is 1.05 times that of the CDF, which 10,000 draws do not show at this level.
    [Theory]
    [InlineData(10_000, true)]
    [InlineData(100_000, false)]
    public void The_CDF_is_compared_with_all_draws(int count, bool passes)
    {
        CustomDistribution distribution = Customs.Make(new()
        {
            Name = "N", Sample = (p, noise, shape) => p["Loc"] + 1.05 * p["Scale"] * (0.6 * noise.Normal(shape) + 0.8 * noise.Normal(shape)), Cdf = (p, x) => special.ndtr((x - p["Loc"]) / p["Scale"]),
        }, ScalarType.Float64, ("Loc", 0.5), ("Scale", 2.0));
        DistributionCheckRow row = Assert.Single(DistributionCheck.Run(distribution, count, 0, 1e-6, TestContext.Current.CancellationToken), row => row.Check == "GoodnessOfFit");
        Assert.Equal((count, passes), ((int)row.Count, row.Passed));
    }

    private static Distribution Expanded(Distribution distribution) => distribution.Expand([2]);

    [Theory]
    [InlineData(1000, 0.01)]
    [InlineData(1000, 1e-3)]
    [InlineData(100, 1e-3)]
    [InlineData(10, 1e-5)]
    [InlineData(0, 1e-6)]
    [InlineData(1e6, 1)]
    [InlineData(1e6, 1e-4)]
    public void A_narrow_density_far_from_zero_is_judged_by_steps_of_its_width(double loc, double scale)
    {
        CustomDistribution Normal(Func<Tensor, Tensor> seen) => Customs.Make(new()
        {
            Name = "N", Sample = (p, noise, shape) => seen(p["Loc"]) + p["Scale"] * noise.Normal(shape),
            LogProbability = (p, x) => -((x - p["Loc"]) / p["Scale"]).square() / 2 - p["Scale"].log() - Math.Log(2 * Math.PI) / 2,
        }, ScalarType.Float64, ("Loc", loc), ("Scale", scale));
        Assert.All(Check(Normal(value => value), 0), row => Assert.True(row.Passed, row.ToString()));
        Assert.Contains(Check(Normal(value => value.detach()), 0), row => !row.Passed && row.Parameter == "Loc");
        Assert.Contains(Check(Normal(value => value.detach() + 0.99 * (value - value.detach())), 0), row => !row.Passed && row.Parameter == "Loc");
    }

    [Theory]
    [InlineData(1000, 0.5)]
    [InlineData(1e6, 0.5)]
    [InlineData(1000, 0.99)]
    [InlineData(1000, 0.005)]
    public void The_integral_of_a_density_finds_far_modes(double distance, double lower)
    {
        CustomDistribution Bimodal(double constant) => Customs.Make(new()
        {
            Name = "Bimodal", Sample = (p, noise, shape) => p["L"] * (noise.Uniform(shape) - lower).sign() + noise.Normal(shape),
            LogProbability = (p, x) => logaddexp(Math.Log(lower) - (x + p["L"]).square() / 2, Math.Log(1 - lower) - (x - p["L"]).square() / 2) - Math.Log(2 * Math.PI) / 2 + constant,
        }, ScalarType.Float64, ("L", distance));
        Assert.All(DistributionCheck.Run(Bimodal(0), 20_000, 0, 1e-6, CancellationToken.None), row => Assert.True(row.Passed, row.ToString()));
        Assert.All(Check(Bimodal(0), 0), row => Assert.True(row.Passed, row.ToString()));
        Assert.Contains(DistributionCheck.Run(Bimodal(1e-3), 20_000, 0, 1e-6, CancellationToken.None), row => !row.Passed && row.Check == "Normalization");
    }

    [Fact]
    public void An_integral_that_cannot_be_computed_does_not_accuse_the_draws()
    {
        CustomDistribution tooSteep = Customs.Make(new()
        {
            Name = "N", Sample = (p, noise, shape) => p["Loc"] + 1e-6 * noise.Normal(shape), LogProbability = (p, x) => -((x - p["Loc"]) / 1e-6).square() / 2 - Math.Log(1e-6) - Math.Log(2 * Math.PI) / 2,
        }, ScalarType.Float64, ("Loc", 1e6));
        DistributionCheckRow row = Assert.Single(DistributionCheck.Run(tooSteep, 20_000, 0, 1e-6, CancellationToken.None), row => !row.Passed);
        Assert.StartsWith("the integral of the density cannot be computed", row.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Values_agree_with_closed_forms()
    {
        using var scope = NewDisposeScope();
        CustomDistribution rayleigh = Customs.Correct["Rayleigh"](ScalarType.Float64), bimodal = Customs.Correct["bimodal by CDF and density"](ScalarType.Float64);
        Assert.Equal(Math.Log(3) - 2 * Math.Log(2) - 9.0 / 8, rayleigh.LogProb(tensor(3.0)).item<double>(), 14);
        Assert.Equal(double.NegativeInfinity, rayleigh.LogProb(tensor(-1.0)).item<double>());
        // The quantile is found by a search in the CDF.
        Tensor levels = tensor(new[] { 1e-9, 0.1, 0.3, 0.9, 1 - 1e-9 });
        Assert.True(bimodal.Cdf(bimodal.Icdf(levels, cancellation: TestContext.Current.CancellationToken)).allclose(levels, 1e-12, 1e-15));
        Assert.Equal([double.NegativeInfinity, double.PositiveInfinity], ManagedValues.ToDoubles(bimodal.Icdf(tensor(new[] { 0.0, 1 }), cancellation: TestContext.Current.CancellationToken)));
        Assert.Equal(0, Customs.Correct["Pareto, at least Scale"](ScalarType.Float64).Support.Check(tensor(1.4)).to(ScalarType.Int32).item<int>());
    }

    [Fact]
    public void A_mixture_of_custom_components_is_reparameterized()
    {
        using var scope = NewDisposeScope();
        var parts = Customs.Make(new()
        {
            Name = "Exponentials", Support = "non-negative", Cdf = (p, x) => -(-p["Rate"] * x).expm1(), LogProbability = (p, x) => p["Rate"].log() - p["Rate"] * x,
        }, ScalarType.Float64, ("Rate", new[] { 0.5, 3.0 }));
        var mixture = new MixtureSameFamily(new Categorical(tensor(new[] { 0.3, 0.7 })), parts);
        Assert.True(mixture.HasRSample);
        Assert.All(ReparameterizationCheck.Run(mixture, cancellation: TestContext.Current.CancellationToken), row => Assert.True(row.Passed, row.ToString()));
        var stock = new MixtureSameFamily(new Categorical(tensor(new[] { 0.3, 0.7 })), new Exponential(tensor(new[] { 0.5, 3.0 })));
        Assert.Equal(stock.Icdf(tensor(0.6), cancellation: TestContext.Current.CancellationToken).item<double>(), mixture.Icdf(tensor(0.6), cancellation: TestContext.Current.CancellationToken).item<double>(), 10);
    }

    [Fact]
    public void A_function_written_for_one_distribution_is_called_for_each_member_of_a_batch()
    {
        using var scope = NewDisposeScope();
        int calls = 0;
        var distribution = Customs.Make(new()
        {
            Name = "Scaled", EventShape = [3],
            // A scale without a dimension for the event: right for one, ambiguous for a batch.
            Sample = (p, noise, shape) => { calls++; return p["Scale"] * noise.Normal(shape); },
            LogProbability = (p, x) => -(x / p["Scale"]).square().sum(-1) / 2 - 3 * p["Scale"].log() - 1.5 * Math.Log(2 * Math.PI),
        }, ScalarType.Float64, ("Scale", 1.0));
        Assert.All(ReparameterizationCheck.Run(distribution, cancellation: TestContext.Current.CancellationToken), row => Assert.True(row.Passed, row.ToString()));
        Assert.True(calls > 0);
        Distribution batch = distribution.Type.Create(new Dictionary<string, object> { ["Scale"] = tensor(new[] { 1.0, 2.0 }) });
        Tensor at = tensor(new[] { 1.0, -2, 3 });
        Tensor expected = new Independent(new Normal(zeros([2, 3], ScalarType.Float64), tensor(new[,] { { 1.0, 1, 1 }, { 2, 2, 2 } })), 1).LogProb(at);
        Assert.True(batch.LogProb(at).allclose(expected, 1e-14));
    }

    [Theory]
    [InlineData("Sample", "must return a tensor of shape [4]; got []")]
    [InlineData("LogProbability", "must return a tensor of shape [4]; got []. Return one number per draw: each draw is a single number, so do not sum the result.")]
    public void A_wrong_shape_names_function_and_shapes(string function, string says)
    {
        using var scope = NewDisposeScope();
        var distribution = Customs.Make(new()
        {
            Name = "Wrong", Sample = (p, noise, shape) => function == "Sample" ? p["Scale"].alias() : p["Scale"] * noise.Normal(shape), LogProbability = (p, x) => (x / p["Scale"]).sum(),
        }, ScalarType.Float64, ("Scale", 2.0));
        var error = Assert.Throws<CustomFunctionException>(() => function == "Sample" ? distribution.Sample([4]) : distribution.LogProb(zeros(4, ScalarType.Float64)));
        Assert.StartsWith($"{function} of Wrong {says}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_draw_or_has_an_unknown_support_is_refused()
    {
        static void Fails(CustomFunctions functions, string says) =>
            Assert.Contains(says, Assert.ThrowsAny<ArgumentException>(() => Customs.Make(functions, ScalarType.Float64, ("Scale", 1.0))).Message, StringComparison.Ordinal);
        CustomSampler sampler = (p, noise, shape) => p["Scale"] * noise.Normal(shape);
        Fails(new() { Name = "X", LogProbability = (_, x) => x }, "X cannot draw");
        Fails(new() { Name = "X", Cdf = (_, x) => x, LogProbability = (_, x) => x, Support = "non-negative integer", IsReparameterized = false }, "is discrete, so Cdf and LogProbability do not suffice. Give Sample or Quantile.");
        Fails(new() { Name = "X", Sample = sampler, Support = "blue" }, "got 'blue'");
        Fails(new() { Name = "X", Sample = sampler, Support = "in [0, Width]" }, "got 'in [0, Width]'");
        Fails(new() { Name = "X", Sample = sampler, Support = "Simplex" }, "needs an EventShape");
        Fails(new() { Name = "X", Sample = sampler, Support = "non-negative integer" }, "is discrete");
        Fails(new() { Name = "X", Sample = sampler, ParameterConstraints = new Dictionary<string, string> { ["Scal"] = "Positive" } }, "names 'Scal'");
        Fails(new() { Name = "X", Sample = sampler, ParameterConstraints = new Dictionary<string, string> { ["Scale"] = "in [2, 3)" } }, "Scale must be in [2, 3); got 1");
    }

    [Fact]
    public void No_member_leaves_tensors_behind()
    {
        CustomDistribution distribution = Customs.Correct["bimodal by CDF and density"](ScalarType.Float64);
        using Tensor value = tensor(new[] { 0.5, 1 });
        using var random = new RandomSource(1);
        void All()
        {
            distribution.RSample([3], random).Dispose();
            distribution.LogProb(value).Dispose();
            distribution.Cdf(value).Dispose();
            distribution.Icdf(value).Dispose();
        }
        All();
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        All();
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void A_divergence_by_draws_agrees_with_the_closed_form()
    {
        using var scope = NewDisposeScope();
        CustomDistribution rayleigh = Customs.Correct["Rayleigh"](ScalarType.Float64);
        using var random = new RandomSource(5);
        // Weibull(2√2, 2) is the same distribution.
        MonteCarloEstimate estimate = MonteCarloEstimate.Divergence(rayleigh, new Weibull(tensor(2 * Math.Sqrt(2)), tensor(2.0)), 1000, random);
        Assert.Equal(0, estimate.Value.item<double>(), 12);
    }

    private static IReadOnlyList<ReparameterizationCheckRow> Check(Distribution distribution, long seed) =>
        ReparameterizationCheck.Run(distribution, new ReparameterizationCheckOptions { Seed = seed }, TestContext.Current.CancellationToken);
}
