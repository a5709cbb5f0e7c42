using ReparamPS.Distributions;
using ReparamPS.Distributions.SpecialFunctions;
using ReparamPS.Gradients.Estimators;
using ReparamPS.Numerics;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Gradients;

/// <summary>Measure-valued gradients. Statistical assertions allow six standard errors: 2e-9 for each of about 80 numbers, were the seeds not fixed.</summary>
public sealed class MeasureValuedTests
{
    private const double Far = 6;

    public static TheoryData<double, double> Gammas() => new() { { 0.05, 1 }, { 0.5, 2 }, { 1, 1.5 }, { 2.5, 0.5 }, { 30, 3 }, { 1000, 10 } };

    // E[z] = α/β, E[z²] = α(α + 1)/β², E[log z] = ψ(α) − log β.
    [Theory, MemberData(nameof(Gammas))]
    public void Gradients_in_both_parameters_of_a_gamma_are_the_closed_forms(double a, double b)
    {
        double trigamma = special.polygamma(1, tensor(a)).item<double>();
        (Func<Tensor, Tensor> Function, double InConcentration, double InRate)[] cases =
        [
            (z => z, 1 / b, -a / (b * b)), (z => z.square(), (2 * a + 1) / (b * b), -2 * a * (a + 1) / Math.Pow(b, 3)), (z => z.log(), trigamma, -1 / b),
        ];
        foreach ((Func<Tensor, Tensor> function, double inConcentration, double inRate) in cases)
        {
            IReadOnlyList<GradientMeasurement> rows = Measure(new Gamma(tensor(a), tensor(b)), function, 20_000);
            Assert.Equal(["Concentration", "Rate"], rows.Select(row => row.Parameter));
            Near(inConcentration, rows[0]);
            Near(inRate, rows[1]);
        }
    }

    [Fact]
    public void All_parameters_of_the_other_kinds_agree_with_the_truth()
    {
        Distribution[] distributions =
        [
            new Normal(tensor(0.5), tensor(1.3)), new LogNormal(tensor(0.2), tensor(0.4)), new Laplace(tensor(0.5), tensor(1.3)), new Exponential(tensor(1.5)), new Poisson(tensor(2.5)),
            new Bernoulli(tensor(new[] { 0.3, 0.6 })), new Gamma(tensor(new[] { 0.7, 3 }), tensor(1.5)),
        ];
        foreach (Distribution distribution in distributions)
        {
            IReadOnlyList<GradientComparison> rows = GradientComparison.Run(
                distribution, z => z.sin(), [new GradientEstimatorOptions { Estimator = GradientEstimatorKind.MeasureValued, Draws = 20_000, Seed = 11 }], cancellation: TestContext.Current.CancellationToken);
            Assert.Equal(distribution.Parameters.Sum(parameter => parameter.Value.numel()), rows.Count);
            Assert.All(rows, row => Assert.True(Math.Abs(row.ZScore) < Far, row.ToString()));
        }
    }

    [Fact]
    public void Shared_noise_makes_a_gradient_in_the_concentration_far_less_noisy_than_the_score_function()
    {
        var gamma = new Gamma(tensor(2.5), tensor(1.5));
        double measured = Measure(gamma, z => z, 5000)[0].VariancePerDraw;
        double score = GradientEstimation.Measure(
            gamma, z => z, new GradientEstimatorOptions { Estimator = GradientEstimatorKind.ScoreFunction, Draws = 5000 }, TestContext.Current.CancellationToken)[0].VariancePerDraw;
        Assert.True(measured < score / 5, $"{measured} against {score}");
    }

    [Theory]
    [InlineData(DrawScheme.Antithetic)]
    [InlineData(DrawScheme.Sobol)]
    public void Structured_draws_of_a_gamma_and_a_Poisson_come_from_their_quantiles(DrawScheme scheme)
    {
        foreach (Distribution distribution in new Distribution[] { new Gamma(tensor(2.5), tensor(1.5)), new Poisson(tensor(2.5)) })
        {
            IReadOnlyList<GradientComparison> rows = GradientComparison.Run(
                distribution, z => z.sin(), [new GradientEstimatorOptions { Estimator = GradientEstimatorKind.MeasureValued, Draws = 256, Scheme = scheme }], cancellation: TestContext.Current.CancellationToken);
            Assert.All(rows, row => Assert.True(Math.Abs(row.ZScore) < Far, row.ToString()));
        }
    }

    [Fact]
    public void Both_sides_of_the_derivative_hold_the_same_and_their_quantiles_invert_what_they_hold()
    {
        foreach (double a in new[] { 1e-3, 0.05, 0.5, 1, 3, 40, 1e4 })
        {
            double centre = Math.Exp(GammaFunctions.Digamma(a));
            foreach (double level in new[] { 1e-9, 0.01, 0.3, 0.9, 0.999999 })
            {
                (Tensor above, Tensor below) = GammaWeakDerivative.Quantiles(tensor(a), tensor(level));
                double mass = GammaWeakDerivative.Mass(tensor(a)).item<double>();
                double high = above.item<double>(), low = below.item<double>();
                Assert.True(low <= Math.Max(centre, double.Epsilon) && centre <= high, $"a {a}, level {level}: {low}, {high}");
                // Below the smallest double there is no more to tell.
                if (high > 1e-300) Assert.Equal(1 - level, -IncompleteGamma.Evaluate(a, high).Slope / mass, 9);
                if (low > 1e-300) Assert.Equal(level, -IncompleteGamma.Evaluate(a, low).Slope / mass, 9);
            }
        }
    }

    private static IReadOnlyList<GradientMeasurement> Measure(Distribution distribution, Func<Tensor, Tensor> function, long draws) => GradientEstimation.Measure(
        distribution, function, new GradientEstimatorOptions { Estimator = GradientEstimatorKind.MeasureValued, Draws = draws, Seed = 5 }, TestContext.Current.CancellationToken);

    private static void Near(double expected, GradientMeasurement row) =>
        Assert.True(Math.Abs(row.Estimate - expected) < Far * row.StandardError + 1e-12 * Math.Abs(expected), $"{expected} expected: {row}");
}
