using ReparamPS.Distributions;
using ReparamPS.Inference;
using ReparamPS.Inference.Evaluation;
using ReparamPS.Inference.Gaussians;
using ReparamPS.Inference.Models;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Inference;

/// <summary>Models whose scale, support or kinks make a fit hard or impossible.</summary>
public sealed class DifficultFitTests
{
    // By quadrature on a grid of 801 × 801 points around the mode (NumPy): the logarithm of the evidence, then mean and standard deviation of the slope.
    [Theory]
    [InlineData(1, -37.251459, -0.00446297, 0.03173651)]
    [InlineData(8, -39.330820, -0.00055796, 0.00396738)]
    [InlineData(10, -39.553963, -0.00044637, 0.00317391)]
    [InlineData(100, -41.856547, -4.46371672e-05, 3.17391164e-04)]
    [InlineData(1000, -44.159132, -4.46371680e-06, 3.17391167e-05)]
    public void A_Poisson_regression_fits_predictors_of_any_scale(int unit, double logEvidence, double mean, double spread)
    {
        double[] x = [.. Enumerable.Range(1, 20).Select(i => (double)i * unit)];
        CheckPoisson(x, logEvidence, mean, spread, VariationalOptimizer.Lbfgs);
        CheckPoisson(x, logEvidence, mean, spread, VariationalOptimizer.Adam);
    }

    // By the same quadrature.
    [Theory]
    [InlineData(VariationalOptimizer.Lbfgs)]
    [InlineData(VariationalOptimizer.Adam)]
    public void A_Poisson_regression_fits_years(VariationalOptimizer optimizer) => CheckPoisson([.. Enumerable.Range(2000, 21).Select(year => (double)year)], -41.943395, 0.00018431, 0.00124608, optimizer);

    // The best normal distribution of the log-odds by SciPy (Nelder-Mead on a Gauss-Hermite rule of 200 nodes).
    [Theory]
    [InlineData("Kumaraswamy", 19.18034803, 6.66314270, -0.59187778)]
    [InlineData("RelaxedBernoulli", 20.00000019, 8.74400382, -0.00951162)]
    public void A_prior_with_mass_close_to_1_is_fitted(string name, double mean, double spread, double bound)
    {
        Distribution prior = name == "Kumaraswamy" ? new Kumaraswamy(tensor(20.05), tensor(0.05)) : new RelaxedBernoulli(tensor(0.2), logits: tensor(4.0));
        VariationalFit fit = VariationalInference.Fit(new BayesianModel([new ParameterDefinition("P", prior)]), cancellation: TestContext.Current.CancellationToken);
        Assert.True(fit.Converged);
        Assert.Equal(bound, fit.Bound, 0.02);
        Assert.Equal(mean, fit.State.Location[0], 0.15 * spread);
        Assert.Equal(spread, fit.State.Factor[0], 0.1 * spread);
    }

    [Fact]
    public void A_beta_prior_that_depends_on_a_parameter_is_fitted_as_its_mirror_image()
    {
        VariationalFit Fit(Func<Tensor, Distribution> prior) => VariationalInference.Fit(
            new BayesianModel([new ParameterDefinition("B", new LogNormal(tensor(Math.Log(0.05)), tensor(0.1))), new ParameterDefinition("P", null, given => prior(given["B"]))]), cancellation: TestContext.Current.CancellationToken);
        VariationalFit low = Fit(b => new Beta(b, tensor(20.05))), high = Fit(b => new Beta(tensor(20.05), b));
        Assert.True(low.Converged && high.Converged);
        Assert.Equal(low.Bound, high.Bound, 0.02);
        Assert.Equal(-low.State.Location[1], high.State.Location[1], 0.15 * low.State.Factor[1]);
        Assert.Equal(low.State.Factor[1], high.State.Factor[1], 0.1 * low.State.Factor[1]);
    }

    [Fact]
    public void A_regression_that_no_start_fits_names_the_predictor_to_scale()
    {
        var data = new RegressionData([1, 2, 0], ["Small", "Large"], [[1, 2, 3], [1, 2, -1e12]], RegressionLikelihood.PoissonLog);
        string message = Assert.Throws<NonFiniteDensityException>(() => VariationalInference.Fit(data.ToModel(), cancellation: TestContext.Current.CancellationToken)).Message;
        Assert.EndsWith("Center and scale the predictors; the values of Large are as large as 1E+12.", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_batch_is_refused_for_the_importance_weighted_bound()
    {
        var options = new VariationalOptions { Optimizer = VariationalOptimizer.Adam, Objective = VariationalObjective.Iwae, BatchSize = 5 };
        ArgumentException error = Assert.Throws<ArgumentException>(() => VariationalInference.Fit(Models.Beetles(), options, cancellation: TestContext.Current.CancellationToken));
        Assert.Equal("BatchSize", error.ParamName);
        Assert.Contains("Iwae", error.Message, StringComparison.Ordinal);
    }

    // The density 1 / a² of (0, 1), and others whose integrals are infinite at an edge.
    [Theory]
    [InlineData("lower", VariationalFamily.MeanField, VariationalOptimizer.Lbfgs)]
    [InlineData("lower", VariationalFamily.FullRank, VariationalOptimizer.Adam)]
    [InlineData("upper", VariationalFamily.MeanField, VariationalOptimizer.Lbfgs)]
    [InlineData("Beta", VariationalFamily.FullRank, VariationalOptimizer.Lbfgs)]
    [InlineData("simplex", VariationalFamily.MeanField, VariationalOptimizer.Lbfgs)]
    [InlineData("positive", VariationalFamily.MeanField, VariationalOptimizer.Lbfgs)]
    public void An_improper_posterior_at_the_edge_of_a_support_is_said_to_diverge(string name, VariationalFamily family, VariationalOptimizer optimizer)
    {
        BayesianModel model = name switch
        {
            "lower" => new([new ParameterDefinition("A", new Uniform(tensor(0.0), tensor(1.0)))], given => -2 * given["A"].log()),
            "upper" => new([new ParameterDefinition("A", new Uniform(tensor(0.0), tensor(1.0)))], given => -2 * (1 - given["A"]).log()),
            "Beta" => new([new ParameterDefinition("A", new Beta(tensor(2.0), tensor(1.0)))], given => -3 * given["A"].log()),
            "simplex" => new([new ParameterDefinition("A", new Dirichlet(tensor(new double[] { 1, 1, 1 })))], given => -4 * given["A"].log().select(-1, 0)),
            _ => new([new ParameterDefinition("A", new HalfNormal(tensor(1.0)))], given => -4 * given["A"].log()),
        };
        string message = Assert.Throws<NonFiniteDensityException>(
            () => VariationalInference.Fit(model, new VariationalOptions { Family = family, Optimizer = optimizer }, cancellation: TestContext.Current.CancellationToken)).Message;
        Assert.StartsWith("The fit has diverged: A is", message, StringComparison.Ordinal);
        Assert.Contains("the posterior is improper", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Elements_that_are_equal_by_construction_are_no_edge()
    {
        var model = new BayesianModel([new ParameterDefinition("L", new LKJCholesky(3, tensor(1.0)))]);
        Assert.True(double.IsFinite(VariationalInference.Fit(model, cancellation: TestContext.Current.CancellationToken).Bound));
    }

    // Quadrature (SciPy): mean 1.959, standard deviation 0.712.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Kinks_end_an_optimization_early_and_the_advice_is_to_smooth_them(int seed)
    {
        VariationalFit fit = VariationalInference.Fit(Kinked(), new VariationalOptions { Seed = seed, Draws = 64 }, cancellation: TestContext.Current.CancellationToken);
        FitMeasurement row = FitCertificate.Measure(fit, cancellation: TestContext.Current.CancellationToken);
        Assert.InRange(fit.TotalEvaluations, 1, 500);
        Assert.Equal(1.959, fit.State.Location[0], 0.1);
        Assert.Equal(0.712, fit.State.Factor[0], 0.1);
        Assert.Equal(FitVerdict.NotConverged, row.Verdict);
        Assert.Contains("kinks", row.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("-MaxEvaluations", row.Reason, StringComparison.Ordinal);
        Assert.True(VariationalInference.Fit(Kinked(), new VariationalOptions { Seed = seed }, cancellation: TestContext.Current.CancellationToken).TotalEvaluations < 1000);
    }

    [Theory]
    [InlineData("mixed prior", "The log-density of the prior of B mixes draws: for one draw, it is ")]
    [InlineData("random prior", "The log-density of the prior of B is random: for the same values of the parameters it was ")]
    [InlineData("mixed likelihood", "LogLikelihood mixes draws")]
    [InlineData("random likelihood", "LogLikelihood is random")]
    public void The_function_that_mixes_draws_or_is_random_is_named(string name, string expected)
    {
        var random = new Random(1);
        ParameterDefinition a = Models.NormalPrior("A", 0, 1);
        BayesianModel model = name switch
        {
            "mixed prior" => new([a, new ParameterDefinition("B", null, given => new Normal(given["A"].mean(), tensor(1.0)))]),
            "random prior" => new([a, new ParameterDefinition("B", null, given => new Normal(given["A"] + random.NextDouble(), tensor(1.0)))]),
            "mixed likelihood" => new([a], given => given["A"] - given["A"].mean()),
            _ => new([a], given => given["A"] * random.NextDouble()),
        };
        Assert.StartsWith(expected, Assert.Throws<ArgumentException>(() => VariationalInference.Fit(model, cancellation: TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_likelihood_of_impossible_data_is_named()
    {
        var model = new BayesianModel([new ParameterDefinition("A", new Beta(tensor(1.0), tensor(1.0)))], given => new Binomial(tensor(5.0), given["A"]).LogProb(tensor(7.0)));
        Assert.Contains(": LogLikelihood is -Infinity there.", Assert.Throws<NonFiniteDensityException>(() => VariationalInference.Fit(model, cancellation: TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_prior_that_is_nowhere_finite_is_named()
    {
        var model = new BayesianModel([Models.NormalPrior("A", 0, 1), new ParameterDefinition("B", null, given => new Normal(given["A"] * 1e200, tensor(1.0)))], given => given["B"]);
        Assert.Contains(": the log-density of the prior of B is -Infinity there.", Assert.Throws<NonFiniteDensityException>(() => VariationalInference.Fit(model, cancellation: TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_of_a_trace_hold_the_settings_of_the_fit()
    {
        var options = new VariationalOptions { Family = VariationalFamily.FullRank, Optimizer = VariationalOptimizer.Adam, Scheme = NoiseScheme.Independent, Draws = 8, Tolerance = 0.1, ImportanceSamples = 3, Steps = 4, LearningRate = 0.2, MaxEvaluations = 7, Seed = 9 };
        FitTraceRow row = VariationalInference.Fit(Models.Rate(), options, cancellation: TestContext.Current.CancellationToken).GetTrace()[0];
        foreach (System.Reflection.PropertyInfo setting in typeof(VariationalOptions).GetProperties())
            Assert.Equal(setting.GetValue(options), typeof(FitTraceRow).GetProperty(setting.Name)?.GetValue(row));
    }

    // The asymptotic standard error (1 + k) / √M holds for k > −1/2 (Zhang, Stephens 2009).
    [Fact]
    public void A_tail_of_weights_that_ends_has_no_standard_error()
    {
        var mixture = new MixtureSameFamily(new Categorical(probs: tensor(new[] { 0.3, 0.7 })), new Normal(tensor(new[] { -2.0, 2.0 }), tensor(new[] { 1.0, 1.0 })));
        VariationalFit fit = VariationalInference.Fit(new BayesianModel([new ParameterDefinition("X", mixture)]), new VariationalOptions { Seed = 1 }, cancellation: TestContext.Current.CancellationToken);
        FitMeasurement row = FitCertificate.Measure(fit, cancellation: TestContext.Current.CancellationToken);
        Assert.InRange(row.KHat, -3, -0.5);
        Assert.True(double.IsNaN(row.KHatStandardError));
        Assert.DoesNotContain("±", row.Reason, StringComparison.Ordinal);
        Assert.Contains("increase the standard deviation of X by ", row.Reason, StringComparison.Ordinal);
    }

    private static BayesianModel Kinked() => new([Models.NormalPrior("T", 0, 5)], given => new Laplace(given["T"].unsqueeze(-1), tensor(1.0)).LogProb(tensor(new[] { 1.0, 3.0, 2.0 })));

    private static void CheckPoisson(double[] x, double logEvidence, double mean, double spread, VariationalOptimizer optimizer)
    {
        double[] counts = [.. x.Select(value => x[0] == 2000 ? value % 4 : Math.Round(value / x[0]) % 4)];
        var options = new VariationalOptions { Family = VariationalFamily.FullRank, Optimizer = optimizer, Seed = 1 };
        VariationalFit fit = VariationalInference.Fit(new RegressionData(counts, ["X"], [x], RegressionLikelihood.PoissonLog).ToModel(), options, cancellation: TestContext.Current.CancellationToken);
        FitMeasurement row = FitCertificate.Measure(fit, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(logEvidence, row.LogEvidence, 0.01);
        Assert.Equal(mean, fit.State.Location[1], 0.05 * spread);
        Assert.Equal(spread, fit.State.StdDevs[1], 0.05 * spread);
        Assert.Equal(FitVerdict.Trustworthy, row.Verdict);
    }
}
