using ReparamPS.Distributions;
using ReparamPS.Distributions.Transforms;
using ReparamPS.Gradients.Estimators;
using TorchSharp;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Gradients;

/// <summary>
/// Statistical assertions allow six standard errors: 2e-9 for each of the about 200 numbers, 4e-7 for a run, were the seeds not fixed.
/// </summary>
public sealed class GradientEstimatorTests
{
    private const double Far = 6;
    private const double Loc = 0.5;
    private const double Scale = 1.3;

    // E[f] of z ~ N(μ, σ²) in closed form, differentiated in μ and σ.
    public static TheoryData<string, double, double, double> ClosedForms() => new()
    {
        { "Identity", 2, 2, 0 },
        { "Quadratic", 3, 2 * (Loc - 3), 2 * Scale },
        { "Exponential", 0.7, 0.7 * Math.Exp(0.7 * Loc + 0.245 * Scale * Scale), 0.49 * Scale * Math.Exp(0.7 * Loc + 0.245 * Scale * Scale) },
        { "Cosine", 2, -2 * Math.Sin(2 * Loc) * Math.Exp(-2 * Scale * Scale), -4 * Scale * Math.Cos(2 * Loc) * Math.Exp(-2 * Scale * Scale) },
        { "GaussianBump", 0.5, -Loc / (1 + Scale * Scale) * Bump, (Loc * Loc / Math.Pow(1 + Scale * Scale, 2) - 1 / (1 + Scale * Scale)) * Scale * Bump },
    };

    private static double Bump => Math.Exp(-0.5 * Loc * Loc / (1 + Scale * Scale)) / Math.Sqrt(1 + Scale * Scale);

    [Theory, MemberData(nameof(ClosedForms))]
    public void Truth_is_the_closed_form_and_every_estimator_is_near_it(string objective, double k, double inLoc, double inScale)
    {
        IReadOnlyList<GradientComparison> rows = Compare(
            NormalAt(Loc, Scale), NamedObjective.Get(objective, k), 20_000,
            [Each(GradientEstimatorKind.Pathwise), Each(GradientEstimatorKind.MeasureValued), .. Enum.GetValues<ScoreBaseline>().Select(baseline => Each(GradientEstimatorKind.ScoreFunction, baseline))]);
        Assert.Equal(12, rows.Count);
        foreach (GradientComparison row in rows)
        {
            double expected = row.Parameter == "Loc" ? inLoc : inScale;
            Assert.Equal("quadrature", row.TruthSource);
            Assert.True(Math.Abs(row.Truth - expected) <= 1e-9 * Math.Max(1, Math.Abs(expected)), row.ToString());
            Assert.True(Math.Abs(row.ZScore) < Far, row.ToString());
        }
    }

    [Fact]
    public void Baselines_lower_the_variance_of_the_score_function()
    {
        double Variance(ScoreBaseline baseline) =>
            Measure(NormalAt(Loc, 1), NamedObjective.Get("Quadratic", 3), Each(GradientEstimatorKind.ScoreFunction, baseline), 20_000)[0].VariancePerDraw;
        double none = Variance(ScoreBaseline.None), control = Variance(ScoreBaseline.ControlVariate);
        Assert.True(Variance(ScoreBaseline.LeaveOneOut) < 0.6 * none);
        Assert.True(Variance(ScoreBaseline.MovingAverage) < 0.6 * none);
        Assert.True(control < Variance(ScoreBaseline.LeaveOneOut));
    }

    public static TheoryData<string> DiscreteKinds() => ["Bernoulli", "Categorical", "OneHotCategorical"];

    [Theory, MemberData(nameof(DiscreteKinds))]
    public void Discrete_estimators_are_unbiased_but_for_those_that_say_so(string kind)
    {
        Tensor weights = kind == "Bernoulli" ? tensor(new[] { 0.3, 0.6 }) : tensor(new[] { 0.2, 0.5, 0.3 });
        Distribution distribution = DistributionCatalog.Get(kind).Create(new Dictionary<string, object> { ["Probs"] = weights });
        // The weights keep symmetry from hiding a bias.
        Tensor Objective(Tensor z) => (z - 0.45).square().reshape(z.shape[0], -1).matmul(tensor(new[] { 1.0, 2.0, 4.0 })[..(int)(z.numel() / z.shape[0])]);
        IReadOnlyList<GradientComparison> rows = Compare(
            distribution, Objective, 20_000, [.. Enum.GetValues<GradientEstimatorKind>().Where(each => each is not (GradientEstimatorKind.Pathwise or GradientEstimatorKind.MeasureValued)).Select(each => Each(each))]);
        Assert.All(rows, row => Assert.Equal("enumeration", row.TruthSource));
        foreach (IGrouping<string, GradientComparison> estimator in rows.GroupBy(row => row.Estimator))
        {
            bool biased = estimator.Key is nameof(GradientEstimatorKind.StraightThrough) or nameof(GradientEstimatorKind.GumbelSoftmax);
            double worst = estimator.Max(row => Math.Abs(row.ZScore));
            Assert.True(biased ? worst > Far : worst < Far, $"{estimator.Key}: {worst}");
        }
        double Total(string name) => rows.Where(row => row.Estimator == name).Sum(row => row.VariancePerDraw);
        Assert.True(Total("Relax") < Total("Rebar"), $"Relax {Total("Relax")}, Rebar {Total("Rebar")}");
        Assert.Equal(0, Total("Enumerated"));
    }

    public static TheoryData<string> Jumps() => ["step", "step and slope", "rounded", "detached part", "table"];

    [Theory, MemberData(nameof(Jumps))]
    public void Objectives_that_jump_between_the_values_are_right_by_Relax_and_refused_by_Rebar(string jump)
    {
        Tensor table = tensor(new[] { 1.0, -2.0, 5.0 });
        Tensor Objective(Tensor z) => jump switch
        {
            "step" => z.gt(0.5).to(ScalarType.Float64),
            "step and slope" => z.gt(0.5).to(ScalarType.Float64) * 2 + z,
            "rounded" => z.round() * 3,
            "detached part" => z + z.detach().square(),
            _ => table.index_select(0, z.to(ScalarType.Int64)),
        };
        foreach (Distribution distribution in new Distribution[] { new Bernoulli(tensor(0.3)), new Categorical(tensor(new[] { 0.2, 0.5, 0.3 })) })
        {
            foreach (GradientComparison row in Compare(distribution, Objective, 20_000, Each(GradientEstimatorKind.Relax)))
                Assert.True(Math.Abs(row.ZScore) < Far, row.ToString());
            Assert.Contains("Use Relax", Assert.Throws<EstimatorNotApplicableException>(() => Measure(distribution, Objective, Each(GradientEstimatorKind.Rebar))).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Kinks_and_members_that_are_mixed_are_no_obstacle_to_Rebar_and_Relax()
    {
        var bernoulli = new Bernoulli(tensor(new[] { 0.3, 0.6, 0.9 }));
        Tensor Objective(Tensor z) => (z.sum(-1) - 1.3).abs() + z.prod(-1) + (z.select(1, 0) - 0.5).relu();
        IReadOnlyList<GradientComparison> rows = Compare(bernoulli, Objective, 20_000, Each(GradientEstimatorKind.Rebar), Each(GradientEstimatorKind.Relax));
        Assert.Equal(6, rows.Count);
        Assert.All(rows, row => Assert.True(Math.Abs(row.ZScore) < Far, row.ToString()));
    }

    [Fact]
    public void Enumeration_gives_the_closed_forms_of_Bernoulli_and_Poisson()
    {
        GradientMeasurement bernoulli = Measure(new Bernoulli(tensor(0.3)), z => (z - 0.45).square(), Each(GradientEstimatorKind.Enumerated))[0];
        Assert.Equal(0.55 * 0.55 - 0.45 * 0.45, bernoulli.Estimate, 14);
        GradientMeasurement poisson = Measure(new Poisson(tensor(2.5)), z => z.square(), Each(GradientEstimatorKind.Enumerated))[0];
        Assert.Equal(2 * 2.5 + 1, poisson.Estimate, 11);
        Assert.Equal(0, poisson.StandardError);
    }

    [Fact]
    public void Parameters_shared_by_a_batch_gather_the_gradients_of_its_members()
    {
        var normal = new Normal(tensor(new[] { 0.5, -1.0 }), tensor(1.3));
        Tensor Product(Tensor z) => z.select(1, 0) * z.select(1, 1).square();
        IReadOnlyList<GradientComparison> rows = Compare(normal, Product, 20_000, Each(GradientEstimatorKind.Pathwise), Each(GradientEstimatorKind.ScoreFunction), Each(GradientEstimatorKind.MeasureValued));
        // E = μ₁ (μ₂² + σ²): derivatives μ₂² + σ², 2 μ₁ μ₂ and 2 μ₁ σ.
        double[] expected = [1 + 1.69, -1, 1.3];
        foreach (GradientComparison row in rows)
        {
            double truth = expected[row.Parameter == "Loc" ? row.Index : 2];
            Assert.True(Math.Abs(row.Estimate - truth) < Far * Math.Max(row.StandardError, 1e-12), $"{truth} expected: {row}");
        }
        Assert.Equal(9, rows.Count);
    }

    [Theory]
    [InlineData(DrawScheme.Antithetic)]
    [InlineData(DrawScheme.Sobol)]
    public void Structured_draws_are_unbiased_and_do_better(DrawScheme scheme)
    {
        foreach (GradientEstimatorOptions estimator in new[] { Each(GradientEstimatorKind.Pathwise), Each(GradientEstimatorKind.ScoreFunction, scheme == DrawScheme.Sobol ? ScoreBaseline.None : ScoreBaseline.LeaveOneOut), Each(GradientEstimatorKind.ScoreFunction, ScoreBaseline.ControlVariate), Each(GradientEstimatorKind.MeasureValued) })
        {
            GradientComparison row = Compare(NormalAt(Loc, 1), NamedObjective.Get("Exponential", 0.5), 1024, estimator with { Scheme = scheme, Repetitions = 64 })[0];
            double plain = Measure(NormalAt(Loc, 1), NamedObjective.Get("Exponential", 0.5), estimator, 20_000)[0].VariancePerDraw;
            Assert.True(Math.Abs(row.ZScore) < Far, row.ToString());
            if (scheme == DrawScheme.Sobol) Assert.True(row.VariancePerDraw < plain / 20, $"{plain} by independent draws: {row}");
        }
        double antithetic = Measure(NormalAt(Loc, 1), NamedObjective.Get("Quadratic", 3), Each(GradientEstimatorKind.Pathwise) with { Scheme = DrawScheme.Antithetic }, 64)[0].VariancePerDraw;
        Assert.InRange(antithetic, 0, 1e-20);
    }

    // Evenly spread draws of a discrete distribution often hold the same number of each value in every repetition.
    [Fact]
    public void Repetitions_that_coincide_do_not_pass_for_precision()
    {
        foreach (DrawScheme scheme in new[] { DrawScheme.Sobol, DrawScheme.Antithetic })
        {
            for (int seed = 0; seed < 20; seed++)
            {
                var options = new GradientEstimatorOptions { Estimator = GradientEstimatorKind.ScoreFunction, Scheme = scheme, Seed = seed, Draws = 64, Repetitions = seed % 2 == 0 ? null : 4 };
                foreach (double p in new[] { 0.3, 0.001 })
                {
                    GradientComparison row = GradientComparison.Run(new Bernoulli(tensor(p)), z => z * 3 + 1, [options], cancellation: TestContext.Current.CancellationToken)[0];
                    Assert.True(Math.Abs(row.ZScore) < Far, row.ToString());
                }
            }
        }
    }

    // 20 seeds: the mean of their squared z-scores is within 0.2 and 2.5 if the claimed error is right.
    [Theory]
    [InlineData(GradientEstimatorKind.ScoreFunction, DrawScheme.Sobol)]
    [InlineData(GradientEstimatorKind.ScoreFunction, DrawScheme.Antithetic)]
    public void The_standard_error_of_dependent_draws_is_their_spread(GradientEstimatorKind kind, DrawScheme scheme)
    {
        var bernoulli = new Bernoulli(tensor(0.3));
        // Σ f(z) ∂p(z)/∂p = 0.55² − 0.45².
        double truth = 0.55 * 0.55 - 0.45 * 0.45;
        double[] scores = [.. Enumerable.Range(0, 20).Select(seed =>
        {
            GradientMeasurement row = Measure(bernoulli, z => (z - 0.45).square(), Each(kind, ScoreBaseline.None) with { Scheme = scheme, Seed = 1000 * seed }, 1000)[0];
            return (row.Estimate - truth) / row.StandardError;
        })];
        Assert.InRange(scores.Average(z => z * z), 0.2, 2.5);
    }

    [Fact]
    public void A_baseline_that_depends_on_the_draw_is_refused()
    {
        foreach ((ScoreBaseline baseline, DrawScheme scheme) in new[] { (ScoreBaseline.LeaveOneOut, DrawScheme.Sobol), (ScoreBaseline.MovingAverage, DrawScheme.Sobol), (ScoreBaseline.MovingAverage, DrawScheme.Antithetic) })
            Assert.Contains("would be biased", Assert.Throws<ArgumentException>(() => Measure(NormalAt(Loc, Scale), z => z, Each(GradientEstimatorKind.ScoreFunction, baseline) with { Scheme = scheme })).Message, StringComparison.Ordinal);
    }

    // d/dμ E[(z − 3)²] = 2 (μ − 3). Few draws show a bias that decreases with their number.
    [Theory]
    [InlineData(DrawScheme.Sobol, ScoreBaseline.ControlVariate, 2)]
    [InlineData(DrawScheme.Antithetic, ScoreBaseline.ControlVariate, 2)]
    [InlineData(DrawScheme.Antithetic, ScoreBaseline.LeaveOneOut, 4)]
    public void Baselines_of_dependent_draws_are_unbiased_for_few_draws(DrawScheme scheme, ScoreBaseline baseline, long draws)
    {
        GradientMeasurement row = Measure(NormalAt(0.5, 1.5), z => (z - 3).square(), Each(GradientEstimatorKind.ScoreFunction, baseline) with { Scheme = scheme, Repetitions = 3000 }, draws)[0];
        Assert.True(Math.Abs(row.Estimate + 5) < 5 * row.StandardError, row.ToString());
    }

    [Fact]
    public void The_score_function_of_angles_leaves_out_Loc_unless_the_objective_is_equal_at_both_ends()
    {
        GradientEstimatorOptions options = Each(GradientEstimatorKind.ScoreFunction) with { Draws = 1000 };
        string[] Parameters(Distribution distribution, Func<Tensor, Tensor> objective, List<string>? warnings = null) =>
            [.. GradientEstimation.Measure(distribution, objective, options, message => warnings?.Add(message), TestContext.Current.CancellationToken).Select(row => row.Parameter).Distinct()];
        var angle = new VonMises(tensor(new[] { 0.3, 1.0 }), tensor(0.5));
        List<string> warnings = [];
        Assert.Equal(["Concentration"], Parameters(angle, z => z, warnings));
        Assert.Contains("has no rows for Loc of VonMises: the draws are angles within π of Loc", Assert.Single(warnings), StringComparison.Ordinal);
        Assert.EndsWith("Use -Estimator Pathwise for this parameter, or an objective with period 2π.", warnings[0], StringComparison.Ordinal);
        // Only the second angle matters.
        Assert.Equal(["Concentration"], Parameters(angle, z => z.select(1, 1)));
        Assert.Equal(["Loc", "Concentration"], Parameters(angle, z => z.cos()));
        // Hardly any draw is near the ends.
        Assert.Equal(["Loc", "Concentration"], Parameters(new VonMises(tensor(0.3), tensor(50.0)), z => z));
        Assert.Equal(["BaseDistribution.Concentration"], Parameters(new Independent(angle, 1), z => z.square().sum(-1)));
        Assert.Equal(["BaseDistribution.Concentration"], Parameters(new TransformedDistribution(angle, [new AffineTransform(tensor(1.0), tensor(2.0))]), z => z));
        Assert.Equal(["BaseDistribution.Loc", "BaseDistribution.Concentration"], Parameters(new TransformedDistribution(angle, [new AffineTransform(tensor(1.0), tensor(2.0))]), z => z.sin()));
    }

    [Theory]
    [InlineData(GradientEstimatorKind.Pathwise)]
    [InlineData(GradientEstimatorKind.ScoreFunction)]
    [InlineData(GradientEstimatorKind.MeasureValued)]
    public void A_complex_objective_is_refused(GradientEstimatorKind kind) => Assert.Contains(
        "must return real tensors; got a complex tensor",
        Assert.Throws<ArgumentException>(() => Measure(NormalAt(0, 1), z => complex(z, z), Each(kind, ScoreBaseline.None))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_number_for_all_draws_together_is_refused_with_advice()
    {
        var error = Assert.Throws<Torch.ShapeMismatchException>(() => Measure(NormalAt(0, 1), z => z.square().mean(), Each(GradientEstimatorKind.Pathwise)));
        Assert.Contains("Do not apply mean()", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Estimators_that_do_not_apply_say_so()
    {
        Assert.Throws<NotReparameterizableException>(() => Measure(new Poisson(tensor(2.0)), z => z, Each(GradientEstimatorKind.Pathwise)));
        foreach (GradientEstimatorKind kind in new[] { GradientEstimatorKind.Enumerated, GradientEstimatorKind.Rebar, GradientEstimatorKind.GumbelSoftmax })
            Assert.EndsWith("Use -Estimator Pathwise.", Assert.Throws<EstimatorNotApplicableException>(() => Measure(NormalAt(0, 1), z => z, Each(kind))).Message, StringComparison.Ordinal);
        Assert.EndsWith("Use -Estimator ScoreFunction.", Assert.Throws<EstimatorNotApplicableException>(() => Measure(new Poisson(tensor(2.0)), z => z, Each(GradientEstimatorKind.Relax))).Message, StringComparison.Ordinal);
        Assert.Throws<EstimatorNotApplicableException>(() => Measure(NormalAt(0, 1), z => z.detach(), Each(GradientEstimatorKind.Pathwise)));
        foreach (GradientEstimatorKind kind in new[] { GradientEstimatorKind.StraightThrough, GradientEstimatorKind.GumbelSoftmax })
            Assert.Throws<EstimatorNotApplicableException>(() => Measure(new Bernoulli(tensor(0.3)), z => z.gt(0.5).to(ScalarType.Float64), Each(kind)));
    }

    // Low and High of Uniform move the support, so that only Pathwise applies, which misses comparisons. The score function of angles needs a periodic objective.
    [Theory]
    [InlineData("normal", GradientEstimatorKind.Pathwise, "Use -Estimator ScoreFunction, which does not need this gradient.")]
    [InlineData("angle", GradientEstimatorKind.Pathwise, "Use an objective that carries a gradient, such as one with .sigmoid() instead of a comparison.")]
    [InlineData("uniform", GradientEstimatorKind.Pathwise, "Use an objective that carries a gradient, such as one with .sigmoid() instead of a comparison.")]
    [InlineData("uniform", GradientEstimatorKind.ScoreFunction, "Use -Estimator Pathwise and an objective that carries a gradient, such as one with .sigmoid() instead of a comparison.")]
    [InlineData("uniform", GradientEstimatorKind.MeasureValued, "Poisson (Rate) and Bernoulli (Probs).")]
    [InlineData("angle", GradientEstimatorKind.MeasureValued, "Poisson (Rate) and Bernoulli (Probs).")]
    public void Advice_names_an_estimator_only_if_it_applies(string name, GradientEstimatorKind kind, string end)
    {
        Distribution distribution = name switch { "normal" => NormalAt(0, 1), "angle" => new VonMises(tensor(0.3), tensor(0.5)), _ => new Uniform(tensor(0.0), tensor(1.0)) };
        Assert.EndsWith(end, Assert.Throws<EstimatorNotApplicableException>(() => Measure(distribution, z => z.gt(0.5), Each(kind))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, "Use -Estimator ScoreFunction, which accounts for them.")]
    [InlineData(false, "Use a smooth objective, such as one with .sigmoid() instead of jumps.")]
    public void The_advice_about_jumps_names_the_score_function_only_if_it_applies(bool isNormal, string end)
    {
        List<string> warnings = [];
        Distribution distribution = isNormal ? NormalAt(0, 1) : new Uniform(tensor(0.0), tensor(3.0));
        GradientEstimation.Measure(distribution, z => z.round(), Each(GradientEstimatorKind.Pathwise) with { Draws = 100 }, warnings.Add, TestContext.Current.CancellationToken);
        Assert.EndsWith(end, Assert.Single(warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Poisson", "Rate of Poisson is at an end", "Use Enumerated or MeasureValued.")]
    [InlineData("Categorical", "Probs of Categorical is at an end", "Use Enumerated.")]
    public void A_parameter_at_an_end_of_its_range_is_named_with_estimators_that_apply(string name, string start, string end)
    {
        List<string> warnings = [];
        Distribution distribution = name == "Poisson" ? new Poisson(tensor(0.0)) : new Categorical(tensor(new[] { 0, 0.5, 0.5 }));
        GradientEstimation.Measure(distribution, z => z.to(ScalarType.Float64), Each(GradientEstimatorKind.ScoreFunction) with { Draws = 100 }, warnings.Add, TestContext.Current.CancellationToken);
        Assert.StartsWith(start, warnings[0], StringComparison.Ordinal);
        Assert.EndsWith(end, warnings[0], StringComparison.Ordinal);
    }

    [Fact]
    public void The_score_function_is_refused_where_the_support_moves_with_the_parameter()
    {
        EstimatorNotApplicableException error = Assert.Throws<EstimatorNotApplicableException>(() => Measure(new Uniform(tensor(1.0), tensor(3.0)), z => z, Each(GradientEstimatorKind.ScoreFunction)));
        Assert.EndsWith("the estimate would be biased. Use -Estimator Pathwise.", error.Message, StringComparison.Ordinal);
        GradientMeasurement row = Assert.Single(Measure(new Pareto(tensor(1.0), tensor(3.0)), z => z, Each(GradientEstimatorKind.ScoreFunction)));
        Assert.Equal("Alpha", row.Parameter);
    }

    [Fact]
    public void Many_draws_in_parts_have_the_variance_of_one_draw()
    {
        GradientMeasurement row = Measure(NormalAt(Loc, Scale), z => z.square(), Each(GradientEstimatorKind.Pathwise), 1_000_000)[1];
        Assert.Equal(1_000_000, row.Draws);
        Assert.True(Math.Abs(row.Estimate - 2 * Scale) < Far * row.StandardError);
        // Var(2 (μ + σ ε) ε) = 4 μ² + 8 σ².
        Assert.True(Math.Abs(row.VariancePerDraw - (4 * Loc * Loc + 8 * Scale * Scale)) < Far * row.VarianceStandardError, row.ToString());
    }

    [Fact]
    public void Parameters_are_not_touched_and_no_tensor_stays_behind()
    {
        Distribution normal = Normal.Definition.CreateExample(requiresGrad: true);
        Measure(normal, z => z.square(), Each(GradientEstimatorKind.Pathwise));
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        foreach (GradientEstimatorKind kind in new[] { GradientEstimatorKind.Pathwise, GradientEstimatorKind.ScoreFunction, GradientEstimatorKind.MeasureValued }) Measure(normal, z => z.square(), Each(kind));
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        Assert.All(normal.Parameters, parameter => Assert.Null(parameter.Value.grad));
    }

    private static Normal NormalAt(double loc, double scale) => new(tensor(loc), tensor(scale));

    private static GradientEstimatorOptions Each(GradientEstimatorKind kind, ScoreBaseline baseline = ScoreBaseline.LeaveOneOut) => new() { Estimator = kind, Baseline = baseline, Seed = 11 };

    private static IReadOnlyList<GradientMeasurement> Measure(Distribution distribution, Func<Tensor, Tensor> objective, GradientEstimatorOptions options, long draws = 1000) =>
        GradientEstimation.Measure(distribution, objective, options with { Draws = draws }, TestContext.Current.CancellationToken);

    private static IReadOnlyList<GradientComparison> Compare(Distribution distribution, Func<Tensor, Tensor> objective, long draws, params GradientEstimatorOptions[] estimators) =>
        GradientComparison.Run(distribution, objective, estimators.Select(each => each with { Draws = draws }), cancellation: TestContext.Current.CancellationToken);
}
