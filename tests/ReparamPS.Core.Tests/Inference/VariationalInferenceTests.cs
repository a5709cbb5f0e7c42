using System.Text.Json;
using ReparamPS.Distributions;
using ReparamPS.Inference;
using ReparamPS.Inference.Gaussians;
using ReparamPS.Inference.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Inference;

public sealed class VariationalInferenceTests
{
    private const double Largest = 2e-3;

    [Fact]
    public void A_full_rank_fit_of_a_linear_Gaussian_model_is_its_posterior()
    {
        JsonElement row = InferenceFile.Of("linear");
        VariationalFit fit = VariationalInference.Fit(InferenceFile.Linear(), new VariationalOptions { Family = VariationalFamily.FullRank }, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(row.Number("logEvidence"), fit.Bound, 1e-9);
        double[] mean = row.Numbers("mean");
        double[][] covariance = [.. row.GetProperty("covariance").EnumerateArray().Select(line => line.EnumerateArray().Select(value => value.GetDouble()).ToArray())];
        using MultivariateNormalView posterior = new(fit);
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(mean[i], posterior.Mean[i], 1e-5);
            for (int j = 0; j < 3; j++) Assert.Equal(covariance[i][j], posterior.Covariance[i, j], 1e-5);
        }
        Assert.InRange(fit.Evaluations, 1, 60);
        Assert.InRange(fit.TotalEvaluations, 1, 300);
    }

    [Theory]
    [InlineData(VariationalFamily.FullRank)]
    [InlineData(VariationalFamily.MeanField)]
    public void A_fit_of_a_Gaussian_posterior_is_exact_with_one_draw_more_than_dimensions(VariationalFamily family)
    {
        JsonElement row = InferenceFile.Of("linear");
        for (int seed = 0; seed < 5; seed++)
        {
            VariationalFit fit = VariationalInference.Fit(InferenceFile.Linear(), new VariationalOptions { Family = family, Draws = 4, Seed = seed }, cancellation: TestContext.Current.CancellationToken);
            FrozenBound exact = FrozenBound.Create(fit.Model.Density(), NoiseScheme.Sobol, 256, 1, 99);
            Assert.Equal(row.Number("logEvidence") - (family == VariationalFamily.MeanField ? row.Number("meanFieldGap") : 0), exact.Value(fit.State), 1e-6);
        }
    }

    // Fewer draws, or groups of draws, lie in a plane of the noise.
    [Theory]
    [InlineData(VariationalFamily.MeanField, 1, VariationalObjective.Elbo)]
    [InlineData(VariationalFamily.FullRank, 3, VariationalObjective.Elbo)]
    [InlineData(VariationalFamily.MeanField, 1, VariationalObjective.Iwae)]
    [InlineData(VariationalFamily.FullRank, 3, VariationalObjective.Iwae)]
    public void Frozen_draws_too_few_for_a_maximum_are_refused_and_fresh_ones_are_not(VariationalFamily family, int draws, VariationalObjective objective)
    {
        var options = new VariationalOptions { Family = family, Draws = draws, Objective = objective, ImportanceSamples = 2, Steps = 20 };
        VariationalFit Fit(VariationalOptions each) => VariationalInference.Fit(InferenceFile.Linear(), each, cancellation: TestContext.Current.CancellationToken);
        Assert.StartsWith($"Draws must be at least {draws + 1} for {family} with Lbfgs", Assert.Throws<ArgumentException>(() => Fit(options)).Message, StringComparison.Ordinal);
        Assert.True(double.IsFinite(Fit(options with { Optimizer = VariationalOptimizer.Adam }).Bound));
    }

    [Fact]
    public void A_mean_field_fit_of_a_linear_Gaussian_model_has_the_known_variances_and_the_known_gap()
    {
        JsonElement row = InferenceFile.Of("linear");
        VariationalFit fit = VariationalInference.Fit(InferenceFile.Linear(), cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(row.Number("logEvidence") - row.Number("meanFieldGap"), fit.Bound, 1e-3);
        FrozenBound exact = FrozenBound.Create(fit.Model.Density(), NoiseScheme.Sobol, 256, 1, 99);
        Assert.Equal(row.Number("logEvidence") - row.Number("meanFieldGap"), exact.Value(fit.State), 1e-9);
        double[] variances = row.Numbers("meanFieldVariance");
        for (int i = 0; i < 3; i++) Assert.Equal(variances[i], fit.State.Factor[i] * fit.State.Factor[i], 1e-5);
    }

    [Fact]
    public void A_mean_field_fit_of_a_correlated_normal_is_too_narrow_by_the_known_amount()
    {
        VariationalFit fit = VariationalInference.Fit(Models.Correlated(0.9), cancellation: TestContext.Current.CancellationToken);
        Assert.All(fit.State.Factor, scale => Assert.Equal(0.435890, scale, 1e-6));
        FrozenBound exact = FrozenBound.Create(fit.Model.Density(), NoiseScheme.Sobol, 256, 1, 99);
        Assert.Equal(-0.830366, exact.Value(fit.State), 1e-6);
    }

    [Theory]
    [InlineData(false, VariationalFamily.MeanField, -31.597301)]
    [InlineData(false, VariationalFamily.FullRank, -31.534008)]
    [InlineData(true, VariationalFamily.MeanField, -33.404050)]
    public void Eight_schools_loses_almost_nothing_against_the_best_bound(bool isCentred, VariationalFamily family, double best)
    {
        BayesianModel model = Models.EightSchools(isCentred);
        VariationalFit fit = VariationalInference.Fit(model, new VariationalOptions { Family = family, Seed = 3 }, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(best, FrozenBound.Create(model.Density(), NoiseScheme.Sobol, 1 << 15, 1, 99).Value(fit.State), Largest);
        Assert.True(fit.Agrees);
        Assert.InRange(fit.GradientNorm, 0, 1e-4);
        Assert.InRange(fit.Evaluations, 1, 60);
        Assert.InRange(fit.TotalEvaluations, 1, 300);
        Assert.Equal(fit.TotalEvaluations, fit.Trace.Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void The_funnel_loses_almost_nothing_against_the_best_bound_in_closed_form(int seed)
    {
        VariationalFit fit = VariationalInference.Fit(Models.Funnel(), new VariationalOptions { Seed = seed }, cancellation: TestContext.Current.CancellationToken);
        (double m, double s, double t, double y) = (fit.State.Location[0], fit.State.Factor[0], fit.State.Factor[1], fit.State.Location[1]);
        double bound = -0.5 * (m * m + s * s) / 9 - Math.Log(3) - 0.5 * (t * t + y * y) * Math.Exp(-m + 0.5 * s * s) - 0.5 * m + 1 + Math.Log(s) + Math.Log(t);
        Assert.Equal(-0.5 * Math.Log(1 + 9 / 2.0), bound, Largest);
        Assert.Equal(1.279204, s, 0.05);
    }

    // In the logarithm of the rate, the bound is 5 m − 2 exp(m + s²/2) + log s up to a constant, which is largest at s² = 1/5 and m = log(5/2) − 1/10.
    [Theory]
    [InlineData(1e-6, 0)]
    [InlineData(1e-6, 1)]
    [InlineData(1e-8, 0)]
    [InlineData(1e-8, 1)]
    [InlineData(1e-12, 0)]
    [InlineData(1e-12, 1)]
    public void Fits_that_agree_lose_no_more_than_the_tolerance(double tolerance, int seed)
    {
        VariationalFit fit = VariationalInference.Fit(Models.Rate(), new VariationalOptions { Tolerance = tolerance, Seed = seed }, cancellation: TestContext.Current.CancellationToken);
        double Bound(double m, double s) => 5 * m - 2 * Math.Exp(m + 0.5 * s * s) + Math.Log(s);
        double loss = Bound(Math.Log(2.5) - 0.1, Math.Sqrt(0.2)) - Bound(fit.State.Location[0], fit.State.Factor[0]);
        Assert.InRange(loss, 0, 1e-6);
        Assert.True(fit.Disagreement > 0);
        if (fit.Agrees) Assert.InRange(loss, 0, tolerance);
        Assert.Equal(tolerance >= 1e-6, fit.Agrees);
    }

    [Fact]
    public void Exact_fits_agree_as_far_as_rounding_allows()
    {
        VariationalFit Fit(double tolerance) => VariationalInference.Fit(new BayesianModel([Models.NormalPrior("X", 1, 2)]), new VariationalOptions { Tolerance = tolerance }, cancellation: TestContext.Current.CancellationToken);
        Assert.True(Fit(1e-12).Agrees);
        Assert.False(Fit(1e-17).Agrees);
    }

    // The evaluations are used up before a second fit can move away from the first one.
    [Fact]
    public void A_second_fit_that_could_not_be_made_does_not_agree() => Assert.False(VariationalInference.Fit(Models.EightSchools(isCentred: true), new VariationalOptions { MaxEvaluations = 20 }, cancellation: TestContext.Current.CancellationToken).Agrees);

    [Fact]
    public void The_non_centred_funnel_is_exact()
    {
        VariationalFit fit = VariationalInference.Fit(Models.Funnel(isCentred: false), cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(0, fit.Bound, 1e-9);
    }

    [Fact]
    public void The_same_seed_gives_the_same_fit()
    {
        var options = new VariationalOptions { Seed = 5, Draws = 128 };
        VariationalFit one = VariationalInference.Fit(Models.Banana(), options, cancellation: TestContext.Current.CancellationToken), other = VariationalInference.Fit(Models.Banana(), options, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(one.State.Location, other.State.Location);
        Assert.Equal(one.State.Factor, other.State.Factor);
        Assert.NotEqual(one.State.Location, VariationalInference.Fit(Models.Banana(), options with { Seed = 6 }, cancellation: TestContext.Current.CancellationToken).State.Location);
        Assert.Equal(128, one.FitDraws);
    }

    [Fact]
    public void Path_derivatives_vanish_draw_by_draw_at_the_full_rank_optimum()
    {
        BayesianModel model = InferenceFile.Linear();
        VariationalFit fit = VariationalInference.Fit(model, new VariationalOptions { Family = VariationalFamily.FullRank }, cancellation: TestContext.Current.CancellationToken);
        for (int seed = 0; seed < 5; seed++)
        {
            FrozenBound one = FrozenBound.Create(model.Density(), NoiseScheme.Independent, 1, 1, seed);
            double Norm(bool isPathOnly) => Math.Sqrt(one.NaturalGradient(fit.State, out _, isPathOnly).Sum(slope => slope * slope));
            Assert.InRange(Norm(isPathOnly: true), 0, 1e-4);
            Assert.InRange(Norm(isPathOnly: false), 0.05, 100);
        }
    }

    [Theory]
    [InlineData(VariationalObjective.Elbo, VariationalFamily.MeanField)]
    [InlineData(VariationalObjective.StickingTheLanding, VariationalFamily.FullRank)]
    public void Adam_comes_close_to_the_best_bound(VariationalObjective objective, VariationalFamily family)
    {
        JsonElement row = InferenceFile.Of("linear");
        var options = new VariationalOptions { Objective = objective, Family = family, Optimizer = VariationalOptimizer.Adam, Steps = 800 };
        VariationalFit fit = VariationalInference.Fit(InferenceFile.Linear(), options, cancellation: TestContext.Current.CancellationToken);
        double best = row.Number("logEvidence") - (family == VariationalFamily.MeanField ? row.Number("meanFieldGap") : 0);
        Assert.Equal(best, FrozenBound.Create(fit.Model.Density(), NoiseScheme.Sobol, 256, 1, 99).Value(fit.State), objective == VariationalObjective.Elbo ? 0.01 : 1e-4);
        Assert.Equal(800, fit.Evaluations);
    }

    // The first has too many coordinates for Sobol noise. Path derivatives find the posterior exactly, so that a gradient norm would be that of the noise.
    [Theory]
    [InlineData(600, VariationalFamily.MeanField, NoiseScheme.Independent)]
    [InlineData(20, VariationalFamily.FullRank, NoiseScheme.Independent)]
    [InlineData(20, VariationalFamily.FullRank, NoiseScheme.Sobol)]
    public void An_exact_fit_by_Adam_has_converged(int size, VariationalFamily family, NoiseScheme scheme)
    {
        var model = new BayesianModel([new ParameterDefinition("X", new Normal(zeros(size, ScalarType.Float64), tensor(1.0)))]);
        var options = new VariationalOptions { Optimizer = VariationalOptimizer.Adam, Scheme = scheme, Family = family, Objective = VariationalObjective.StickingTheLanding };
        VariationalFit fit = VariationalInference.Fit(model, options, cancellation: TestContext.Current.CancellationToken);
        Assert.InRange(fit.GradientNorm, 0, 1e-6);
        Assert.True(fit.Converged);
    }

    // In the logarithm u of a rate with the prior Gamma(a, 1), E[a u − exp(u)] + log s is a m − exp(m + s²/2) + log s.
    [Theory]
    [InlineData(100)]
    [InlineData(1000)]
    public void The_gradient_norm_of_Adam_has_no_share_of_the_noise(int steps)
    {
        const int size = 600;
        double[] shapes = [.. Enumerable.Range(0, size).Select(i => 0.5 + 3.0 * i / size)];
        var options = new VariationalOptions { Optimizer = VariationalOptimizer.Adam, Scheme = NoiseScheme.Independent, Steps = steps };
        VariationalFit fit = VariationalInference.Fit(new BayesianModel([new ParameterDefinition("A", new Gamma(tensor(shapes), tensor(1.0)))]), options, cancellation: TestContext.Current.CancellationToken);
        double square = 0;
        for (int i = 0; i < size; i++)
        {
            double s = fit.State.Factor[i], rate = Math.Exp(fit.State.Location[i] + 0.5 * s * s), location = s * (shapes[i] - rate), scale = 1 - s * s * rate;
            square += location * location + 0.5 * scale * scale;
        }
        Assert.Equal(square, fit.GradientNorm * fit.GradientNorm, 0.02 + 0.05 * square);
    }

    [Fact]
    public void Batches_of_rows_lead_to_the_same_posterior()
    {
        JsonElement row = InferenceFile.Of("beetles");
        VariationalFit fit = VariationalInference.Fit(Models.Beetles(), new VariationalOptions { Optimizer = VariationalOptimizer.Adam, BatchSize = 100, Steps = 1500, Family = VariationalFamily.FullRank }, cancellation: TestContext.Current.CancellationToken);
        double[] mean = row.Numbers("mean"), spread = row.Numbers("standardDeviation");
        for (int i = 0; i < 2; i++) Assert.Equal(mean[i], fit.State.Location[i], 0.25 * spread[i]);
    }

    [Fact]
    public void The_importance_weighted_bound_is_tighter_and_its_gradient_is_that_of_the_function()
    {
        BayesianModel model = Models.Banana();
        double elbo = VariationalInference.Fit(model, new VariationalOptions { Draws = 256 }, cancellation: TestContext.Current.CancellationToken).Bound;
        double iwae = VariationalInference.Fit(model, new VariationalOptions { Draws = 256, Objective = VariationalObjective.Iwae }, cancellation: TestContext.Current.CancellationToken).Bound;
        Assert.InRange(iwae, elbo + 0.1, 0);
        FrozenBound bound = FrozenBound.Create(model.Density(), NoiseScheme.Sobol, 32, 4, 3);
        GaussianState start = GaussianState.Isotropic(VariationalFamily.FullRank, 2, 0.7);
        double[] step = [0.2, -0.1, 0.1, 0.3, -0.2], gradient = new double[5], location = new double[2], factor = new double[4];
        GaussianState at = start.Moved(step);
        bound.Evaluate(at, location, factor);
        start.PullBack(at, location, factor, gradient);
        for (int i = 0; i < 5; i++)
        {
            double Shifted(double h) => bound.Value(start.Moved([.. step.Select((value, j) => j == i ? value + h : value)]));
            Assert.Equal((Shifted(1e-5) - Shifted(-1e-5)) / 2e-5, gradient[i], 1e-7);
        }
    }

    [Theory]
    [InlineData(VariationalFamily.MeanField)]
    [InlineData(VariationalFamily.FullRank)]
    public void A_posterior_far_from_the_start_takes_no_more_than_the_allowed_evaluations(VariationalFamily family)
    {
        double[] x = [.. Enumerable.Range(0, 300).Select(i => Math.Sin(i * 0.7))], y = [.. x.Select((value, i) => 100 + 2 * value + 0.4 * Math.Cos(i * 1.3))];
        VariationalFit fit = VariationalInference.Fit(new RegressionData(y, ["X"], [x], RegressionLikelihood.Normal, PriorScale: 50).ToModel(), new VariationalOptions { Family = family }, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(100, fit.State.Location[0], 0.1);
        Assert.Equal(2, fit.State.Location[1], 0.1);
        Assert.InRange(fit.Evaluations, 1, 60);
        Assert.InRange(fit.TotalEvaluations, 1, 300);
    }

    // The scale of Y's prior is not positive where V is below −5, which the search may try.
    [Fact]
    public void An_invalid_scale_within_the_search_is_a_failed_step()
    {
        var model = new BayesianModel([Models.NormalPrior("V", 30, 0.01), new ParameterDefinition("Y", null, given => new Normal(zeros_like(given["V"]), given["V"] + 5))]);
        VariationalFit fit = VariationalInference.Fit(model, new VariationalOptions { Draws = 64 }, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(30, fit.State.Location[0], 0.01);
    }

    // The start lies in the range of the logarithm, but not all later draws do.
    [Theory]
    [InlineData(VariationalOptimizer.Lbfgs)]
    [InlineData(VariationalOptimizer.Adam)]
    public void A_density_that_is_not_finite_at_later_draws_says_what_it_must_be(VariationalOptimizer optimizer)
    {
        var model = new BayesianModel([Models.NormalPrior("V", 0, 1)], given => (2.3 - given["V"]).log());
        var options = new VariationalOptions { Optimizer = optimizer, Steps = 40 };
        Assert.Contains(
            "finite for all values that the priors allow",
            Assert.Throws<NonFiniteDensityException>(() => VariationalInference.Fit(model, options, cancellation: TestContext.Current.CancellationToken)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_density_that_is_nowhere_finite_says_why()
    {
        var model = new BayesianModel([Models.NormalPrior("V", 0, 1)], given => new Normal(tensor(0.0), given["V"].square() + 0.5).LogProb(tensor(double.PositiveInfinity)).expand(given["V"].shape));
        Assert.Contains("not finite", Assert.Throws<NonFiniteDensityException>(() => VariationalInference.Fit(model, cancellation: TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_fit_can_be_cancelled()
    {
        using var source = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => VariationalInference.Fit(
            Models.Banana(), onRow: row =>
            {
                if (row.Evaluation == 3) source.Cancel();
            }, cancellation: source.Token));
    }

    [Fact]
    public void Combinations_that_make_no_sense_are_refused_by_name()
    {
        (VariationalOptions Options, string Parameter)[] cases =
        [
            (new() { Objective = VariationalObjective.StickingTheLanding }, "Objective"), (new() { BatchSize = 10 }, "BatchSize"), (new() { BatchSize = 10, Optimizer = VariationalOptimizer.Adam }, "BatchSize"),
            (new() { Family = VariationalFamily.FullRank, Draws = 1 }, "Draws"), (new() { Draws = 0 }, "Draws"), (new() { Tolerance = 0 }, "Tolerance"), (new() { LearningRate = -1 }, "LearningRate"),
        ];
        foreach ((VariationalOptions options, string parameter) in cases)
            Assert.Equal(parameter, Assert.Throws<ArgumentException>(() => VariationalInference.Fit(Models.Correlated(0.5), options, cancellation: TestContext.Current.CancellationToken)).ParamName);
    }

    private sealed class MultivariateNormalView : IDisposable
    {
        private readonly DisposeScope scope = NewDisposeScope();

        public MultivariateNormalView(VariationalFit fit)
        {
            MultivariateNormal posterior = fit.GetPosterior();
            Mean = ReparamPS.Torch.ManagedValues.ToDoubles(posterior.Mean);
            double[] flat = ReparamPS.Torch.ManagedValues.ToDoubles(posterior.CovarianceMatrix);
            Covariance = new double[Mean.Length, Mean.Length];
            for (int i = 0; i < flat.Length; i++) Covariance[i / Mean.Length, i % Mean.Length] = flat[i];
        }

        public double[] Mean { get; }

        public double[,] Covariance { get; }

        public void Dispose() => scope.Dispose();
    }
}
