using ReparamPS.Distributions.SpecialFunctions;
using ReparamPS.Numerics;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Devices;

/// <summary>Slopes of draws in tensor operations are those of the managed code, whose values are compared with 50 digits elsewhere.</summary>
public sealed class ImplicitSlopeTests
{
    private const double Close = 2e-9;

    [Theory, InlineData(1e-3), InlineData(0.1), InlineData(0.5), InlineData(0.9), InlineData(1), InlineData(1.5), InlineData(3), InlineData(50), InlineData(2000)]
    public void Slopes_of_gamma_draws(double a)
    {
        using var scope = NewDisposeScope();
        double[] draws = [.. new[] { 1e-6, 0.01, 0.3, 0.5, 0.8, 0.99, 1 - 1e-7 }.Select(p => Quantile(a, p)).Where(x => x > 1e-280)], expected = new double[draws.Length];
        GammaDrawSlopes.Fill(draws, [.. draws.Select(_ => a)], expected);
        AssertClose(expected, ImplicitSlopes.Gamma(full([draws.Length], a, ScalarType.Float64), tensor(draws)));
    }

    [Fact]
    public void The_slope_of_an_underflowing_gamma_draw_is_finite()
    {
        using var scope = NewDisposeScope();
        Assert.True(ImplicitSlopes.Gamma(full([1], 1e-3, ScalarType.Float64), zeros([1], ScalarType.Float64)).isfinite().all().item<bool>());
    }

    [Theory, InlineData(1e-3, 0.4), InlineData(0.1, 100), InlineData(0.7, 1), InlineData(1, 1), InlineData(3, 0.4), InlineData(20, 5), InlineData(200, 100)]
    public void Slopes_of_the_log_odds_of_beta_draws(double a, double b)
    {
        using var scope = NewDisposeScope();
        double[] draws = [.. new[] { 1e-5, 0.2, 0.5, 0.9, 1 - 1e-5 }.Select(p => BetaOdds.Quantile(a, b, p)).Where(x => Math.Abs(x) < 600)];
        (Tensor ofA, Tensor ofB) = ImplicitSlopes.Beta(tensor(draws), full([draws.Length], a, ScalarType.Float64), full([draws.Length], b, ScalarType.Float64));
        AssertClose([.. draws.Select(at => BetaOdds.Slopes(at, a, b).A)], ofA);
        AssertClose([.. draws.Select(at => BetaOdds.Slopes(at, a, b).B)], ofB);
    }

    // log ∫ e^(κ (w − 1)) (1 − w²)^((d − 3) / 2) dw and 1 − I_(d/2)(κ) / I_(d/2−1)(κ), by mpmath at 30 digits.
    [Theory]
    [InlineData(2, 0.5, 0.70627960503488148, 0.75750038741919805)]
    [InlineData(2, 1.5, 0.14351725356501639, 0.40386676116870929)]
    [InlineData(2, 30, -1.470568680978664, 0.016810444634663907)]
    [InlineData(2, 1000, -3.2279612242811352, 0.0005001251251957198)]
    [InlineData(2, 100000, -5.5306701298341367, 5.000012500125002e-6)]
    [InlineData(3, 0.5, 0.23447203517286342, 0.83604658626134715)]
    [InlineData(3, 1.5, -0.45653428905086597, 0.56187527368415476)]
    [InlineData(3, 30, -3.4011973816621554, 0.033333333333333333)]
    [InlineData(3, 1000, -6.9077552789821371, 0.001)]
    [InlineData(3, 100000, -11.512925464970228, 1.0e-5)]
    [InlineData(4, 0.5, -0.017328380615988981, 0.87628207172167927)]
    [InlineData(4, 1.5, -0.77923893635859174, 0.65585599293123906)]
    [InlineData(4, 30, -4.8887194065303477, 0.049568799278910051)]
    [InlineData(4, 1000, -10.136216753492752, 0.0014996246245069669)]
    [InlineData(4, 100000, -17.043600594829365, 1.4999962499624995e-5)]
    [InlineData(10, 0.5, -0.6394653065056911, 0.95010379613821853)]
    [InlineData(10, 1.5, -1.540485001316992, 0.85272526248244024)]
    [InlineData(10, 30, -10.692242619418966, 0.14098631170760536)]
    [InlineData(10, 1000, -26.213025983693801, 0.0044921171442958491)]
    [InlineData(10, 100000, -46.928491639957521, 4.4999212492125192e-5)]
    [InlineData(50, 0.5, -1.5193700491958253, 0.9900009613604389)]
    [InlineData(50, 1.5, -2.4993796537943638, 0.97002591835663064)]
    [InlineData(50, 30, -23.137737419986505, 0.52947241030451409)]
    [InlineData(50, 1000, -100.04855629623427, 0.024211878282635737)]
    [InlineData(50, 100000, -212.5900993868227, 0.00024497121221253506)]
    [InlineData(300, 0.5, -2.4300304685562596, 0.99833333793227795)]
    [InlineData(300, 1.5, -3.4266971812110951, 0.99500012416605889)]
    [InlineData(300, 30, -30.437801200956282, 0.90097423973340083)]
    [InlineData(300, 1000, -343.3558683322347, 0.13844968448143552)]
    [InlineData(300, 100000, -1020.8543465066299, 0.0014938899520155741)]
    public void Normalizers_of_heights_on_the_sphere_are_those_of_Bessel_functions(int dimension, double concentration, double logNormalizer, double mean)
    {
        using var scope = NewDisposeScope();
        (Tensor log, Tensor height) = new SphereHeights(dimension, tensor(concentration)).Normalizer();
        Assert.Equal(logNormalizer, log.item<double>(), 1e-11 * (1 + Math.Abs(logNormalizer)));
        Assert.Equal(mean, height.item<double>(), 1e-11 * mean);
    }

    [Theory, InlineData(2), InlineData(3), InlineData(4), InlineData(10), InlineData(50), InlineData(300)]
    public void Slopes_of_heights_on_the_sphere(int dimension)
    {
        using var scope = NewDisposeScope();
        foreach (double concentration in new[] { 1.01, 3, 30, 1000, 1e5 })
        {
            PolarAngle angle = PolarAngle.Of(dimension, concentration);
            double[] draws = [.. new[] { 0.05, 0.4, 1, 1.7, 3 }.Select(part => part * angle.MeanHeight).Where(height => height < 1.95)];
            var heights = new SphereHeights(dimension, tensor(concentration));
            AssertClose([.. draws.Select(angle.HeightSlope)], heights.Slope(tensor(draws), heights.Normalizer().Mean));
        }
    }

    private static double Quantile(double a, double p)
    {
        using Tensor level = tensor(p), concentration = tensor(a), found = GammaMath.Icdf(concentration, level);
        return found.item<double>();
    }

    private static void AssertClose(double[] expected, Tensor actual)
    {
        double[] found = ManagedValues.ToDoubles(actual);
        Assert.Equal(expected.Length, found.Length);
        for (int i = 0; i < expected.Length; i++) Assert.True(Math.Abs(found[i] - expected[i]) <= Close * Math.Abs(expected[i]), $"{found[i]:R} for {expected[i]:R} at {i}");
    }
}
