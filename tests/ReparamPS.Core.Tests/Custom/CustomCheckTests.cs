using ReparamPS.Distributions;
using ReparamPS.Distributions.Checks;
using ReparamPS.Gradients;
using ReparamPS.Gradients.Estimators;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Custom;

/// <summary>Checks of custom distributions whose score vanishes at draws, whose density is infinite at an end, or whose density over vectors is slightly wrong.</summary>
public sealed class CustomCheckTests
{
    private static DistributionCheckRow Row(CustomDistribution distribution, string check, int draws = 20_000) =>
        Assert.Single(DistributionCheck.Run(distribution, draws, new RandomSeed(0), 1e-6, TestContext.Current.CancellationToken), row => row.Check == check);

    private static CustomDistribution Counts(double rate, Func<Tensor, Tensor> seen, Func<Tensor, Tensor> seenInPower) => Customs.Make(new()
    {
        Name = "Counts", Support = "NonNegativeInteger", IsReparameterized = false, Sample = (p, noise, shape) => noise.From(new Poisson(p["Rate"]), shape),
        LogProbability = (p, x) => x * seenInPower(p["Rate"]).log() - seen(p["Rate"]) - (x + 1).lgamma(),
    }, ScalarType.Float64, ("Rate", rate));

    // At x = Rate, where a fifth of the draws are, the slope is 0, and a difference is its truncation.
    [Theory, InlineData(0.5), InlineData(1), InlineData(3), InlineData(10)]
    public void A_mass_at_whose_mode_the_slope_is_0_passes(double rate) => Assert.True(Row(Counts(rate, value => value, value => value), "Gradient").Passed);

    [Theory, InlineData(1), InlineData(3), InlineData(10)]
    public void A_mass_that_is_detached_fails(double rate)
    {
        Assert.Contains("has no gradient with respect to Rate: LogProbability leaves the autograd graph", Row(Counts(rate, value => value.detach(), value => value.detach()), "Gradient").Reason, StringComparison.Ordinal);
        Assert.False(Row(Counts(rate, value => value, value => value.detach()), "Gradient").Passed);
        Assert.False(Row(Counts(rate, value => value.detach(), value => value), "Gradient").Passed);
    }

    private static CustomDistribution Discrete(string support, long[] shape, Func<Tensor, CustomSampler> sampler, CustomFunction mass, params double[] probabilities) => Customs.Make(new()
    {
        Name = "Discrete", Support = support, EventShape = shape, IsReparameterized = false, Sample = (p, noise, given) => sampler(p["P"])(p, noise, given), LogProbability = mass,
    }, ScalarType.Float64, ("P", probabilities));

    private static CustomDistribution Coin(double constant) => Discrete(
        "Boolean", [], q => (_, noise, shape) => noise.Uniform(shape).lt(q).to(ScalarType.Float64), (p, x) => x * p["P"].log() + (1 - x) * (1 - p["P"]).log() + constant, 0.3, 0.6);

    private static CustomDistribution Coins(double constant) => Discrete(
        "Boolean", [3], q => (_, noise, shape) => noise.Uniform(shape).lt(q).to(ScalarType.Float64), (p, x) => (x * p["P"].log() + (1 - x) * (1 - p["P"]).log()).sum(-1) + constant, 0.3, 0.6, 0.5);

    private static CustomDistribution Waiting(double constant) => Discrete(
        "NonNegativeInteger", [], q => (_, noise, shape) => noise.From(new Geometric(q), shape), (p, x) => x * (1 - p["P"]).log() + p["P"].log() + constant, 0.3, 0.001);

    private static CustomDistribution Choice(double constant) => Customs.Make(new()
    {
        Name = "Choice", Support = "OneHot", EventShape = [3], IsReparameterized = false, ParameterConstraints = new Dictionary<string, string> { ["P"] = "Simplex" },
        Sample = (p, noise, shape) => nn.functional.one_hot((p["P"].log() - (-noise.Uniform(shape).log()).log()).argmax(-1), 3).to(ScalarType.Float64), LogProbability = (p, x) => (x * p["P"].log()).sum(-1) + constant,
    }, ScalarType.Float64, ("P", new[] { 0.2, 0.3, 0.5 }));

    public static TheoryData<string, Func<double, CustomDistribution>> Masses => new() { { "coin", Coin }, { "coins", Coins }, { "waiting time", Waiting }, { "choice", Choice } };

    [Theory, MemberData(nameof(Masses))]
    public void A_mass_is_summed_over_its_support(string name, Func<double, CustomDistribution> make)
    {
        Assert.All(DistributionCheck.Run(make(0), 20_000, new RandomSeed(0), 1e-6, TestContext.Current.CancellationToken), row => Assert.True(row.Passed, $"{name}: {row}"));
        Assert.True(Row(make(0), "Normalization").Passed);
        DistributionCheckRow wrong = Row(make(0.01), "Normalization");
        Assert.False(wrong.Passed, name);
        Assert.Equal(Math.Exp(0.01), wrong.Actual, 8);
        // In six digits, this would be 1.
        Assert.StartsWith("the mass sums to 1.000003", Row(make(3e-6), "Normalization").Reason, StringComparison.Ordinal);
    }

    // P(k) = 6 / (π (k + 1))²: a millionth of the mass lies beyond the first 600,000 values.
    [Fact]
    public void A_mass_whose_tail_cannot_be_summed_has_no_verdict() => Assert.DoesNotContain(
        DistributionCheck.Run(Discrete("NonNegativeInteger", [], _ => (_, noise, shape) => noise.Uniform(shape).reciprocal().floor() - 1, (p, x) => Math.Log(6) - 2 * Math.Log(Math.PI) - 2 * x.log1p() + 0 * p["P"], 0.5), 200, new RandomSeed(0), 1e-6, TestContext.Current.CancellationToken),
        row => row.Check == "Normalization");

    // Σ p c with c = (1, 2, 5) on the simplex: the derivative in p is c − 3.3, as for OneHotCategorical.
    [Theory, InlineData(ScoreBaseline.None), InlineData(ScoreBaseline.LeaveOneOut), InlineData(ScoreBaseline.ControlVariate)]
    public void The_score_of_a_parameter_on_the_simplex_stays_on_it(ScoreBaseline baseline)
    {
        Tensor values = tensor(new[] { 1.0, 2, 5 });
        var options = new GradientEstimatorOptions { Estimator = GradientEstimatorKind.ScoreFunction, Baseline = baseline, Draws = 20_000 };
        IReadOnlyList<GradientMeasurement> rows = GradientEstimation.Measure(Choice(0), z => (z * values).sum(-1), options, TestContext.Current.CancellationToken);
        double[] expected = [-2.3, -1.3, 1.7];
        Assert.All(rows.Zip(expected), pair => Assert.True(Math.Abs(pair.First.Estimate - pair.Second) < 6 * pair.First.StandardError, pair.First.ToString()));
    }

    [Fact]
    public void Parameters_on_the_simplex_keep_their_numbers_and_can_be_differentiated_twice()
    {
        Tensor p = tensor(new[] { 0.2, 0.3, 0.5 }).requires_grad_();
        CustomDistribution choice = CustomDistribution.Create(new()
        {
            Name = "Choice", Support = "OneHot", EventShape = [3], IsReparameterized = false, ParameterConstraints = new Dictionary<string, string> { ["P"] = "Simplex" },
            Sample = (_, _, shape) => zeros(shape), LogProbability = (given, x) => (x * given["P"].log()).sum(-1),
        }, [("P", p)]);
        for (int i = 0; i < 2; i++) choice.LogProb(tensor(new[] { 0.0, 0, 1 })).backward();
        // log(p₃ / Σ p): −1, −1 and 1 / p₃ − 1; twice.
        Assert.Equal([-2, -2, 2], p.grad!.data<double>().ToArray(), (left, right) => Math.Abs(left - right) < 1e-12);
        Assert.Equal(Math.Log(0.5), choice.LogProb(tensor(new[] { 0.0, 0, 1 })).item<double>(), 15);
    }

    [Fact]
    public void One_triangle_of_an_undeclared_symmetric_matrix_is_named_as_a_possible_cause()
    {
        CustomDistribution Plane(bool declared) => CustomDistribution.Create(new()
        {
            Name = "Plane", EventShape = [2], ParameterConstraints = declared ? new Dictionary<string, string> { ["S"] = "PositiveDefinite" } : [],
            Sample = (p, noise, shape) => linalg.cholesky(p["S"]).matmul(noise.Normal(shape).unsqueeze(-1)).squeeze(-1),
            LogProbability = (p, x) =>
            {
                Tensor factor = linalg.cholesky(p["S"]);
                return -Math.Log(2 * Math.PI) - factor.diagonal(dim1: -2, dim2: -1).log().sum(-1) - linalg.solve_triangular(factor, x.unsqueeze(-1), upper: false).squeeze(-1).square().sum(-1) / 2;
            },
        }, [("S", tensor(new[,] { { 2.0, 0.6 }, { 0.6, 1.0 } }))]);
        Assert.Contains("or LogProbability reads only one triangle of S; in the second case, give -ParameterConstraint @{ S = 'PositiveDefinite' }", Row(Plane(false), "Gradient").Reason, StringComparison.Ordinal);
        Assert.True(Row(Plane(true), "Gradient").Passed);
    }

    // Without the term −log Scale, the mean score in Scale is −1 / Scale.
    [Fact]
    public void The_score_function_says_that_a_density_may_not_be_normalized()
    {
        CustomDistribution normal = Customs.Make(new()
        {
            Name = "Unnormalized", Sample = (p, noise, shape) => p["Loc"] + p["Scale"] * noise.Normal(shape), LogProbability = (p, x) => -((x - p["Loc"]) / p["Scale"]).square() / 2,
        }, ScalarType.Float64, ("Loc", 0.0), ("Scale", 2.0));
        List<string> warnings = [];
        var options = new GradientEstimatorOptions { Estimator = GradientEstimatorKind.ScoreFunction };
        Assert.Equal(["Loc"], GradientEstimation.Measure(normal, z => z.square(), options, warnings.Add, TestContext.Current.CancellationToken).Select(row => row.Parameter));
        Assert.Contains("has no rows for Scale of Unnormalized: the mean of the score is not 0", Assert.Single(warnings), StringComparison.Ordinal);
        CustomDistribution alone = Customs.Make(new()
        {
            Name = "Unnormalized", Sample = (p, noise, shape) => p["Scale"] * noise.Normal(shape), LogProbability = (p, x) => -(x / p["Scale"]).square() / 2,
        }, ScalarType.Float64, ("Scale", 2.0));
        Assert.Contains("the density does not integrate to 1", Assert.Throws<EstimatorNotApplicableException>(() => GradientEstimation.Measure(alone, z => z.square(), options, TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
    }

    // Width · (1 − uᵏ) has the density ((w − x) / w)^(1/k − 1) / (k w), with a pole at w.
    private static CustomDistribution Pole(double power, Func<Tensor, Tensor> seen, double constant = 0) => Customs.Make(new()
    {
        Name = "Pole", Support = "in [0, Width]", Sample = (p, noise, shape) => seen(p["Width"]) * (1 - noise.Uniform(shape).pow(power)),
        LogProbability = (p, x) => constant - Math.Log(power) + (1 / power - 1) * (p["Width"] - x).log() - p["Width"].log() / power,
    }, ScalarType.Float64, ("Width", 2.0));

    private static CustomDistribution Arcsine(double low, double high) => Customs.Make(new()
    {
        Name = "Arcsine", Support = "in [Low, High]", Sample = (p, noise, shape) => p["Low"] + (p["High"] - p["Low"]) * (0.5 - 0.5 * (Math.PI * noise.Uniform(shape)).cos()),
        LogProbability = (p, x) => -Math.Log(Math.PI) - 0.5 * (p["High"] - x).log() - 0.5 * (x - p["Low"]).log(),
    }, ScalarType.Float64, ("Low", low), ("High", high));

    public static TheoryData<string, Func<CustomDistribution>> Poles => new()
    {
        { "a pole at the upper end", () => Pole(2, value => value) },
        { "a steep pole at the upper end", () => Pole(5, value => value) },
        { "poles at both ends", () => Arcsine(2, 6) },
        { "poles at both ends, below 0", () => Arcsine(-6, -2) },
    };

    [Theory, MemberData(nameof(Poles))]
    public void A_density_that_is_infinite_at_an_end_passes(string name, Func<CustomDistribution> make)
    {
        Assert.All(DistributionCheck.Run(make(), 5000, new RandomSeed(1), 1e-6, TestContext.Current.CancellationToken), row => Assert.True(row.Passed, $"{name}: {row}"));
        for (long seed = 0; seed < 6; seed++) Assert.All(Gradients(make(), seed), row => Assert.True(row.Passed, $"{name}, seed {seed}: {row}"));
    }

    [Fact]
    public void Faults_beside_a_pole_are_found()
    {
        Assert.False(Row(Pole(2, value => value, 0.001), "Normalization").Passed);
        Assert.False(Row(Pole(5, value => value, 0.01), "Normalization").Passed);
        Assert.Contains(Gradients(Pole(2, value => value.detach() + 1.001 * (value - value.detach())), 0), row => !row.Passed);
    }

    private static IReadOnlyList<ReparameterizationCheckRow> Gradients(Distribution distribution, long seed) =>
        ReparameterizationCheck.Run(distribution, new ReparameterizationCheckOptions { Seed = seed }, TestContext.Current.CancellationToken);

    // The product of two densities that are 1 % too large.
    [Theory, InlineData(20_000, 0, true), InlineData(200_000, 0, true), InlineData(200_000, 0.01, false)]
    public void A_density_over_vectors_is_integrated_by_as_many_proposals_as_draws(int draws, double excess, bool passes)
    {
        CustomDistribution plane = Customs.Make(new()
        {
            Name = "Plane", EventShape = [2], Sample = (p, noise, shape) => p["Loc"] + noise.Normal(shape),
            LogProbability = (p, x) => (Math.Log(1 + excess) - Math.Log(2 * Math.PI) / 2 - (x - p["Loc"]).square() / 2).sum(-1),
        }, ScalarType.Float64, ("Loc", new[] { 1.0, 2 }));
        DistributionCheckRow row = Row(plane, "Normalization", draws);
        Assert.Equal((draws, passes), ((int)row.Count, row.Passed));
    }
}
