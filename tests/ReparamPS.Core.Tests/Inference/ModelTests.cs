using ReparamPS.Distributions;
using ReparamPS.Inference;
using ReparamPS.Inference.Models;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Inference;

public sealed class ModelTests
{
    [Fact]
    public void Shapes_of_dependent_priors_are_found_by_probing()
    {
        BayesianModel model = Models.EightSchools(isCentred: true);
        Assert.Equal(["Mu", "Tau", "Theta"], model.Parameters.Select(parameter => parameter.Name));
        Assert.Equal([8L], model.Parameters[2].Shape);
        Assert.Equal([0, 1, 2], model.Parameters.Select(parameter => parameter.Offset));
        Assert.Equal(10, model.Dimension);
        Assert.True(model.Parameters[2].IsDependent);
    }

    [Fact]
    public void A_simplex_has_one_coordinate_less_than_elements()
    {
        var model = new BayesianModel([new ParameterDefinition("P", new Dirichlet(ones(4, ScalarType.Float64)))], given => given["P"].log());
        Assert.Equal(3, model.Dimension);
        Assert.Equal([4L], model.Parameters[0].Shape);
    }

    // As many draws as the parameter has elements must not hide that they are missing in front.
    [Fact]
    public void A_dependent_prior_without_the_draws_in_front_is_refused()
    {
        string message = Assert.Throws<ShapeMismatchException>(() => new BayesianModel(
            [Models.NormalPrior("Mu", 0, 1), new ParameterDefinition("Theta", null, given => new Normal(given["Mu"].unsqueeze(0).expand(8, given["Mu"].shape[0]), tensor(1.0)))])).Message;
        Assert.Contains("Theta", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_log_likelihood_that_sums_over_draws_is_refused() =>
        Assert.Throws<ShapeMismatchException>(() => new BayesianModel([Models.NormalPrior("Mu", 0, 1)], given => given["Mu"].sum()));

    [Fact]
    public void A_log_likelihood_that_mixes_draws_is_refused()
    {
        var model = new BayesianModel([Models.NormalPrior("Mu", 0, 1)], given => given["Mu"] - given["Mu"].mean());
        Assert.Contains("mixes draws", Assert.Throws<ArgumentException>(() => VariationalInference.Fit(model, cancellation: TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_detached_gradient_is_refused_by_name()
    {
        var model = new BayesianModel([Models.NormalPrior("Mu", 0, 1), Models.NormalPrior("Nu", 0, 1)], given => -given["Mu"].square() - given["Nu"].detach().square());
        ArgumentException error = Assert.Throws<ArgumentException>(() => VariationalInference.Fit(model, cancellation: TestContext.Current.CancellationToken));
        Assert.Equal("Nu", error.ParamName);
    }

    [Fact]
    public void A_parameter_that_nothing_but_a_detached_copy_reads_is_refused_as_unreached()
    {
        var model = new BayesianModel([new ParameterDefinition("X", new Uniform(tensor(0.0), tensor(1.0)))], given => -5 * given["X"].detach());
        Assert.Contains("X", Assert.Throws<ArgumentException>(() => VariationalInference.Fit(model, cancellation: TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
    }

    // Differences of a density of -5e10, or of one in float32, hold few digits: how many is chance, hence many densities.
    [Theory]
    [InlineData(1.0, ScalarType.Float64)]
    [InlineData(1e4, ScalarType.Float64)]
    [InlineData(1.0, ScalarType.Float32)]
    public void A_right_gradient_of_a_large_density_is_accepted(double spread, ScalarType type)
    {
        Tensor waves = arange(1000, ScalarType.Float64).sin();
        for (int n = 1; n <= 40; n++)
        {
            Tensor y = 10 * n * spread + waves;
            var model = new BayesianModel([Models.NormalPrior("Mu", 0, spread), Models.NormalPrior("Nu", 0, 1)], given => (given["Nu"].cos() - 0.5 * (given["Mu"].unsqueeze(-1) - y).square().sum(-1)).to(type));
            ModelGradientCheck.Run(model, new TensorDensity(model));
        }
    }

    [Fact]
    public void Priors_are_checked_only_if_they_may_hold_a_function_of_the_user()
    {
        Assert.False(new BayesianModel([Models.NormalPrior("Mu", 0, 1)]).HasFunctions);
        Distribution own = CustomDistribution.Create(
            new CustomFunctions { Name = "Detached", LogProbability = (given, x) => -0.5 * (x.detach() - given["Loc"]).square(), Sample = (given, noise, shape) => given["Loc"] + noise.Normal(shape) }, [("Loc", tensor(1.0))]);
        foreach (Distribution prior in new[] { own, new Independent(own.Expand(2), 1) })
        {
            var model = new BayesianModel([new ParameterDefinition("X", prior)]);
            Assert.Equal("X", Assert.Throws<ArgumentException>(() => VariationalInference.Fit(model, cancellation: TestContext.Current.CancellationToken)).ParamName);
        }
    }

    [Theory]
    [InlineData(0.0, 1.0, 10_000.0)]
    [InlineData(1000.0, 1e-3, 0.0)]
    public void A_detached_gradient_is_found_beside_a_large_density(double loc, double scale, double data)
    {
        Tensor y = data + arange(1000, ScalarType.Float64).sin();
        var model = new BayesianModel([Models.NormalPrior("Mu", loc, scale), Models.NormalPrior("Nu", 0, 1)], given =>
            -0.5 * (given["Mu"].unsqueeze(-1) - y).square().sum(-1) - given["Nu"].detach().square());
        Assert.Equal("Nu", Assert.Throws<ArgumentException>(() => VariationalInference.Fit(model, cancellation: TestContext.Current.CancellationToken)).ParamName);
    }

    [Theory]
    [InlineData("X", "X_0")]
    [InlineData("X_0", "x")]
    public void Parameters_whose_columns_of_draws_have_one_name_are_refused(string vector, string scalar)
    {
        ParameterDefinition many = new(vector, new Normal(zeros(2, ScalarType.Float64), tensor(1.0))), matrix = new(scalar, new Normal(zeros([2, 2], ScalarType.Float64), tensor(1.0)));
        ArgumentException error = Assert.Throws<ArgumentException>(() => new BayesianModel(scalar == "x" ? [many, matrix] : [many, Models.NormalPrior(scalar, 0, 1)]));
        Assert.Contains(scalar == "x" ? "x_0_0" : "X_0", error.Message, StringComparison.Ordinal);
        Assert.Equal(5, new BayesianModel([Models.NormalPrior("X_4", 0, 1), new ParameterDefinition("X", new Normal(zeros(4, ScalarType.Float64), tensor(1.0)))]).Dimension);
    }

    [Fact]
    public void A_parameter_without_elements_is_refused_by_name()
    {
        var empty = new ParameterDefinition("Nothing", new Normal(zeros(0, ScalarType.Float64), tensor(1.0)));
        var dependent = new ParameterDefinition("Less", null, given => new Normal(given["Mu"].unsqueeze(-1).expand(-1, 0), tensor(1.0)));
        Assert.Contains("Nothing", Assert.Throws<ArgumentException>(() => new BayesianModel([empty])).Message, StringComparison.Ordinal);
        Assert.Contains("Less", Assert.Throws<ArgumentException>(() => new BayesianModel([Models.NormalPrior("Mu", 0, 1), dependent])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Discrete_priors_angles_other_types_and_names_given_twice_are_refused()
    {
        Assert.Contains("discrete", Assert.Throws<NotSupportedException>(() => new BayesianModel([new ParameterDefinition("K", new Poisson(tensor(2.0)))])).Message, StringComparison.Ordinal);
        Assert.Contains("angles", Assert.Throws<NotSupportedException>(() => new BayesianModel([new ParameterDefinition("A", new VonMises(tensor(0.0), tensor(2.0)))])).Message, StringComparison.Ordinal);
        Assert.Contains("float64", Assert.Throws<NotSupportedException>(() => new BayesianModel([new ParameterDefinition("A", new Normal(tensor(0f), tensor(1f)))])).Message, StringComparison.Ordinal);
        Assert.Contains("twice", Assert.Throws<ArgumentException>(() => new BayesianModel([Models.NormalPrior("A", 0, 1), Models.NormalPrior("a", 0, 1)])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new BayesianModel([]));
    }

    [Theory]
    [InlineData(RegressionLikelihood.BernoulliLogit, 0.5, null, 2.5)]
    [InlineData(RegressionLikelihood.PoissonLog, -1.0, null, 2.5)]
    [InlineData(RegressionLikelihood.PoissonLog, 1.0, 2.0, 2.5)]
    [InlineData(RegressionLikelihood.Normal, double.NaN, null, 2.5)]
    [InlineData(RegressionLikelihood.Normal, 1.0, -1.0, 2.5)]
    [InlineData(RegressionLikelihood.Normal, 1.0, null, 0.0)]
    public void Data_that_do_not_fit_a_regression_are_refused(RegressionLikelihood likelihood, double response, double? noise, double priorScale) =>
        Assert.Throws<ArgumentException>(() => new RegressionData([response], ["X"], [[1.0]], likelihood, priorScale, NoiseScale: noise).ToModel());

    [Fact]
    public void No_tensor_stays_behind_an_evaluation()
    {
        ILogDensity density = Models.EightSchools(isCentred: true).Density();
        double[] points = new double[10 * 64], values = new double[64], slopes = new double[10 * 64];
        density.Evaluate(points, values, slopes);
        long before = TorchSharp.DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        for (int i = 0; i < 5; i++) density.Evaluate(points, values, slopes);
        Assert.Equal(before, TorchSharp.DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }
}
