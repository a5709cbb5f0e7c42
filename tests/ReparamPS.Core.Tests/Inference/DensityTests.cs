using ReparamPS.Distributions;
using ReparamPS.Distributions.Transforms;
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

    // Far out, the value rounds to an end of the support. Densities and slopes by mpmath with 420 digits; the prior depends on another parameter, so that it has no kernel.
    [Theory]
    [InlineData("Kumaraswamy", 34, -4.545820815866381, -0.04999999999998106)]
    [InlineData("Kumaraswamy", 40, -4.845820815866362, -0.049999999999999954)]
    [InlineData("Kumaraswamy", 400, -22.84582081586636, -0.05)]
    [InlineData("Kumaraswamy", -30, -601.4975031198034, 20.04999999999803)]
    [InlineData("Kumaraswamy", 3, -3.569951014143799, 0.546133158237734)]
    [InlineData("Beta", 34, -4.520161118072589, -0.04999999999996555)]
    [InlineData("Beta", 400, -22.820161118072555, -0.05)]
    [InlineData("Beta", -30, -604.3201611180745, 20.049999999998118)]
    [InlineData("RelaxedBernoulli", 34, -4.392010012317175, -0.004983399731247791)]
    [InlineData("RelaxedBernoulli", 400, -21.49573229202889, -0.04999999907625504)]
    [InlineData("RelaxedBernoulli", -30, -6.092906976701475, 0.04525741268224332)]
    [InlineData("TanhNormal", 34, -3.279630074884509, 0.09375)]
    [InlineData("TanhNormal", 400, -1015.4983800748845, -5.625)]
    [InlineData("TanhNormal", -30, -41.27963007488451, 1.09375)]
    [InlineData("Tanh", 400, -1015.4983800748845, -5.625)]
    [InlineData("Tanh", -30, -41.27963007488451, 1.09375)]
    [InlineData("Sigmoid", 40, -2.998380074884509, 0.0)]
    [InlineData("Sigmoid", 400, -1015.4983800748845, -5.625)]
    [InlineData("Sigmoid", -30, -41.27963007488451, 1.09375)]
    [InlineData("GeneralizedPareto", 34, -4.695732273553992, -0.0499999999999982)]
    [InlineData("GeneralizedPareto", 400, -22.99573227355399, -0.05)]
    [InlineData("GeneralizedPareto", -30, -32.99573227355409, 0.9999999999999017)]
    [InlineData("Affine", -400, -22.820161118072555, 0.05)]
    [InlineData("Affine", 30, -604.3201611180745, -20.049999999998118)]
    [InlineData("ContinuousBernoulli", 30, -1.0021560879615231556, -0.064237703115970517264)]
    [InlineData("ContinuousBernoulli", 36, -6.0687133139076501405, -0.99768047716975596778)]
    [InlineData("MixtureSameFamily", 34, -4.5379987463965602142, -0.049999999999974007827)]
    [InlineData("MixtureSameFamily", 400, -22.837998746396534222, -0.05)]
    public void A_prior_far_out_has_its_density_and_slope(string name, double at, double density, double slope)
    {
        Tensor small = tensor(0.05), large = tensor(20.05);
        Distribution Prior(Tensor draws) => name switch
        {
            "Beta" => new Beta(large * draws, small),
            "Kumaraswamy" => new Kumaraswamy(large * draws, small),
            "RelaxedBernoulli" => new RelaxedBernoulli(small * draws, logits: tensor(1.5)),
            "ContinuousBernoulli" => new ContinuousBernoulli(logits: tensor(1e13) * draws),
            "MixtureSameFamily" => new MixtureSameFamily(new Categorical(probs: tensor(new[] { 0.5, 0.5 }).expand(draws.shape[0], 2)), new Beta(tensor(new[] { 20.05, 10 }) * draws.unsqueeze(-1), small)),
            "GeneralizedPareto" => new GeneralizedPareto(tensor(0.3), tensor(1.5) * draws, tensor(-20.0)),
            "TanhNormal" => new TanhNormal(tensor(20.0) * draws, tensor(4.0), tensor(-3.0), tensor(5.0)),
            "Tanh" => new TransformedDistribution(new Normal(tensor(20.0) * draws, tensor(4.0)), [new TanhTransform()]),
            "Sigmoid" => new TransformedDistribution(new Normal(tensor(8.0) * draws, tensor(1.6)), [new AffineTransform(tensor(0.0), tensor(5.0)), new SigmoidTransform()]),
            // The mirror image of the beta distribution, between 2 and 7: there, rounding affects both ends.
            _ => new TransformedDistribution(new Beta(small * draws, large), [new AffineTransform(tensor(2.0), tensor(5.0))]),
        };
        var model = new BayesianModel([Models.NormalPrior("A", 0, 1), new ParameterDefinition("P", null, given => Prior(ones_like(given["A"])))]);
        double[] values = new double[1], slopes = new double[2];
        model.Density().Evaluate([0, at], values, slopes);
        Assert.Equal(density, values[0] + 0.5 * Math.Log(2 * Math.PI), 1e-11 * (1 + Math.Abs(density)));
        Assert.Equal(slope, slopes[1], 1e-12 * (1 + Math.Abs(slope)));
    }

    // By mpmath, as above. A Dirichlet of two elements is a beta distribution.
    [Fact]
    public void A_simplex_far_out_has_its_density_and_slopes()
    {
        void Check(double[] concentrations, double[] points, double density, double[] slopes)
        {
            var model = new BayesianModel([new ParameterDefinition("P", new Dirichlet(tensor(concentrations)))]);
            double[] values = new double[1], gradients = new double[points.Length];
            model.Density().Evaluate(points, values, gradients);
            Assert.Equal(density, values[0], 1e-11 * (1 + Math.Abs(density)));
            for (int i = 0; i < slopes.Length; i++) Assert.Equal(slopes[i], gradients[i], 1e-12);
        }
        Check([20.05, 0.05, 0.1], [40, 2], -10.890122482224114386, [-0.149999999999999828, -0.0821195616966823666]);
        Check([20.05, 0.05, 0.1], [300, 50], -54.67108328056766834, [-0.15, -0.1]);
        Check([20.05, 0.05], [400], -22.82016111807255476, [-0.05]);
        var normal = new BayesianModel([new ParameterDefinition("P", new LogisticNormal(tensor(new[] { 40.0, -1 }), tensor(8.0)))]);
        double[] value = new double[1], slope = new double[2];
        normal.Density().Evaluate([48, 7], value, slope);
        Assert.Equal(-1 - 2 * Math.Log(8) - Math.Log(2 * Math.PI), value[0], 1e-12);
        Assert.Equal([-0.125, -0.125], slope);
    }

    // b (log(1 − x) − ψ(b) + ψ(a + b)) and a (log x − ψ(a) + ψ(a + b)) at a log-odds of 40, by mpmath.
    [Fact]
    public void A_beta_prior_far_out_has_its_slopes_in_its_parameters()
    {
        var model = new BayesianModel([Models.NormalPrior("A", 0, 1), Models.NormalPrior("B", 0, 1), new ParameterDefinition("P", null, given => new Beta(20.05 * given["A"].exp(), 0.05 * given["B"].exp()))]);
        double[] values = new double[1], slopes = new double[3];
        model.Density().Evaluate([0, 0, 40], values, slopes);
        Assert.Equal(0.05120218244916067340, slopes[0], 1e-12);
        Assert.Equal(-0.826325851502629458816, slopes[1], 1e-12);
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
