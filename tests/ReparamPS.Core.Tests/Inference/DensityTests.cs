using ReparamPS.Distributions;
using ReparamPS.Inference.Gaussians;
using ReparamPS.Inference.Models;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Inference;

public sealed class DensityTests
{
    private static readonly double[] X = [-1.5, -0.3, 0.2, 0.8, 1.9, 2.4, -0.7], W = [0.4, -1.1, 0.9, 0.3, -0.2, 1.5, 0.6], Counts = [0, 1, 0, 2, 1, 5, 1], Flags = [0, 1, 0, 1, 1, 1, 0], Reals = [-0.4, 0.3, 0.1, 1.2, 0.8, 2.9, 0];

    [Theory]
    [InlineData(RegressionLikelihood.Normal, null, true)]
    [InlineData(RegressionLikelihood.Normal, 0.7, false)]
    [InlineData(RegressionLikelihood.BernoulliLogit, null, true)]
    [InlineData(RegressionLikelihood.PoissonLog, null, true)]
    public void A_regression_by_hand_is_the_same_density_as_one_by_tensors(RegressionLikelihood likelihood, double? noise, bool hasIntercept)
    {
        double[] response = likelihood switch { RegressionLikelihood.Normal => Reals, RegressionLikelihood.PoissonLog => Counts, _ => Flags };
        BayesianModel regression = new RegressionData(response, ["X", "W"], [X, W], likelihood, 1.7, hasIntercept, noise).ToModel();
        List<ParameterDefinition> definitions = [.. regression.Parameters.Where(parameter => parameter.Name != "Sigma").Select(parameter => Models.NormalPrior(parameter.Name, 0, 1.7))];
        if (likelihood == RegressionLikelihood.Normal && noise is null) definitions.Add(new ParameterDefinition("Sigma", new HalfNormal(tensor(1.7))));
        Assert.Equal(definitions.Select(definition => definition.Name), regression.Parameters.Select(parameter => parameter.Name));
        Tensor y = tensor(response), x = tensor(X), w = tensor(W);
        var model = new BayesianModel(definitions, given =>
        {
            Tensor eta = given["X"].unsqueeze(-1) * x + given["W"].unsqueeze(-1) * w;
            if (hasIntercept) eta = eta + given["Intercept"].unsqueeze(-1);
            return likelihood switch
            {
                RegressionLikelihood.Normal => new Normal(eta, noise is { } known ? tensor(known) : given["Sigma"].unsqueeze(-1)).LogProb(y),
                RegressionLikelihood.PoissonLog => new Poisson(eta.exp()).LogProb(y),
                _ => new Bernoulli(logits: eta).LogProb(y),
            };
        });
        AssertSame(model.Density(), regression.Density(), 1e-10);
    }

    [Fact]
    public void Priors_by_hand_are_the_same_densities_as_by_tensors()
    {
        using var scope = NewDisposeScope();
        var model = new BayesianModel(
        [
            new ParameterDefinition("A", new Normal(tensor(new[] { 1.0, -2 }), tensor(new[] { 0.5, 3 }))), new ParameterDefinition("B", new LogNormal(tensor(0.3), tensor(0.8))),
            new ParameterDefinition("C", new Gamma(tensor(2.5), tensor(1.5))), new ParameterDefinition("D", new HalfNormal(tensor(2.0))), new ParameterDefinition("E", new HalfCauchy(tensor(5.0))),
            new ParameterDefinition("F", new Independent(new Normal(zeros(3, ScalarType.Float64), tensor(2.0)), 1)), new ParameterDefinition("G", new Beta(tensor(new[] { 2.5, 0.3 }), tensor(0.7))),
        ]);
        AssertSame(new TensorDensity(model, usesKernels: false), new TensorDensity(model), 1e-12);
    }

    // At 400, the probability rounds to 1. log B(20.05, 0.05) by mpmath with 30 digits.
    [Fact]
    public void A_beta_prior_far_out_has_its_density_and_slope()
    {
        const double LogBeta = 2.8201611180725545;
        var model = new BayesianModel([new ParameterDefinition("P", new Beta(tensor(20.05), tensor(0.05)))]);
        double[] points = [400, -400], values = new double[2], slopes = new double[2];
        new TensorDensity(model).Evaluate(points, values, slopes);
        Assert.Equal(-0.05 * 400 - LogBeta, values[0], 1e-11);
        Assert.Equal(-20.05 * 400 - LogBeta, values[1], 1e-9);
        Assert.Equal([-0.05, 20.05], slopes);
    }

    [Fact]
    public void A_half_Cauchy_far_out_has_its_slope()
    {
        var model = new BayesianModel([new ParameterDefinition("Tau", new HalfCauchy(tensor(5.0)))]);
        double[] points = [400, -400], values = new double[2], slopes = new double[2];
        new TensorDensity(model).Evaluate(points, values, slopes);
        Assert.Equal(Math.Log(2 / Math.PI) + Math.Log(5) - 400, values[0], 1e-9);
        Assert.Equal(Math.Log(2 / Math.PI) - Math.Log(5) - 400, values[1], 1e-9);
        Assert.Equal([-1, 1], slopes);
    }

    // The unconstrained density of a prior integrates to 1, so its mean over a wide grid does.
    [Theory]
    [InlineData("Beta")]
    [InlineData("Uniform")]
    [InlineData("Pareto")]
    [InlineData("TruncatedNormal")]
    [InlineData("Exponential")]
    [InlineData("StudentT")]
    [InlineData("Kumaraswamy")]
    public void The_density_of_a_constrained_prior_integrates_to_1_in_unconstrained_space(string name)
    {
        const int count = 40_001;
        const double width = 60;
        var model = new BayesianModel([new ParameterDefinition("X", DistributionCatalog.Get(name).CreateExample())]);
        double[] points = [.. Enumerable.Range(0, count).Select(i => width * (2.0 * i / (count - 1) - 1))], values = new double[count];
        model.Density().Evaluate(points, values, []);
        Assert.Equal(1, values.Sum(Math.Exp) * 2 * width / (count - 1), name == "StudentT" ? 2e-3 : 1e-6);
    }

    [Fact]
    public void A_draw_where_a_prior_does_not_exist_spoils_no_other_draw()
    {
        var model = new BayesianModel([Models.NormalPrior("X", 0, 1), new ParameterDefinition("Y", null, given => new Normal(zeros_like(given["X"]), given["X"] + 1))]);
        double[] values = new double[3];
        model.Density().Evaluate([0, -5, 1, 0, 0, 0], values, []);
        Assert.True(double.IsFinite(values[0]) && double.IsNaN(values[1]) && double.IsFinite(values[2]));
    }

    // One evaluation has tensors of draws × rows.
    [Theory]
    [InlineData(1 << 14, 1024)]
    [InlineData(1, 4096)]
    public void A_log_likelihood_sees_fewer_draws_at_a_time_the_more_rows_it_has(int rows, int most)
    {
        var seen = new HashSet<long>();
        var model = new BayesianModel([Models.NormalPrior("X", 0, 1)], given =>
        {
            seen.Add(given["X"].shape[0]);
            return -given["X"].unsqueeze(-1).expand(-1, rows).square() / rows;
        });
        seen.Clear();
        double[] points = NormalNoise.Fresh(NoiseScheme.Independent, 1, most + 1, 5), values = new double[points.Length], slopes = new double[points.Length];
        model.Density().Evaluate(points, values, slopes);
        Assert.Equal([1, most], seen.Order());
        for (int s = 0; s < points.Length; s++)
        {
            Assert.Equal(-1.5 * points[s] * points[s] - 0.5 * Math.Log(2 * Math.PI), values[s], 1e-9);
            Assert.Equal(-3 * points[s], slopes[s], 1e-9);
        }
    }

    private static void AssertSame(ILogDensity expected, ILogDensity actual, double tolerance)
    {
        const int count = 4;
        double[] points = NormalNoise.Fresh(NoiseScheme.Independent, expected.Dimension, count, 5), one = new double[count], other = new double[count], oneSlope = new double[points.Length], otherSlope = new double[points.Length];
        expected.Evaluate(points, one, oneSlope);
        actual.Evaluate(points, other, otherSlope);
        for (int s = 0; s < count; s++) Assert.Equal(one[s], other[s], tolerance * (1 + Math.Abs(one[s])));
        for (int i = 0; i < points.Length; i++) Assert.Equal(oneSlope[i], otherSlope[i], tolerance * (1 + Math.Abs(oneSlope[i])));
    }
}
