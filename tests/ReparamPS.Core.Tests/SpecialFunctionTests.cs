using System.Globalization;
using ReparamPS.Numerics;

namespace ReparamPS.Core.Tests;

/// <summary>Incomplete gamma and beta functions against mpmath at 120 digits; the data are made by tests/reference/make_special.py.</summary>
public sealed class SpecialFunctionTests
{
    [Fact]
    public void Incomplete_gamma_functions_and_their_slopes_agree_in_both_tails()
    {
        foreach (double[] row in Rows("incomplete-gamma.csv"))
        {
            IncompleteGamma gamma = IncompleteGamma.Evaluate(row[0], row[1]);
            Agree(row[2], gamma.LogP, 1e-11, $"log P({row[0]}, {row[1]})");
            Agree(row[3], gamma.LogQ, 1e-11, $"log Q({row[0]}, {row[1]})");
            Agree(row[4], gamma.Slope, 1e-10, $"dP({row[0]}, {row[1]})/da");
        }
    }

    // The exact quantiles are of the size p¹⁰⁰⁰⁰.
    [Theory]
    [InlineData(0.3, 0)]
    [InlineData(0.5, 0)]
    [InlineData(0.9, 0)]
    [InlineData(0.92, 0)]
    [InlineData(0.95, 9.66956702085091e-224)]
    public void A_gamma_quantile_below_all_numbers_is_0(double probability, double expected)
    {
        double[] quantile = [double.NaN];
        GammaPoints.Quantile([1e-4, probability], quantile, ofLower: true);
        Assert.Equal(expected, quantile[0], expected * 1e-9);
        GammaPoints.Quantile([1e-4, 1 - probability], quantile, ofLower: false);
        Assert.Equal(expected, quantile[0], expected * 1e-9);
    }

    [Fact]
    public void Incomplete_beta_functions_and_their_slopes_agree_in_both_tails()
    {
        foreach (double[] row in Rows("incomplete-beta.csv"))
        {
            IncompleteBeta beta = IncompleteBeta.Evaluate(row[0], row[1], UnitPoint.OfX(row[2]));
            string at = $"({row[2]}; {row[0]}, {row[1]})";
            (double slopeA, double slopeB) = beta.Slopes(0);
            Agree(row[3], beta.LogLower, 1e-11, "log I" + at);
            Agree(row[4], beta.LogUpper, 1e-11, "log(1 - I)" + at);
            Agree(row[5], slopeA, 1e-10, "dI/da" + at);
            Agree(row[6], slopeB, 1e-10, "dI/db" + at);
        }
    }

    [Theory]
    [InlineData(-1e5)]
    [InlineData(-37)]
    [InlineData(-3)]
    [InlineData(-0.25)]
    [InlineData(0.5)]
    [InlineData(4)]
    public void The_normal_quantile_inverts_the_logarithm_of_the_CDF(double x) =>
        Assert.Equal(1, NormalTail.QuantileOfLog(NormalTail.LogCdf(x)) / x, 1e-12);

    private static void Agree(double expected, double actual, double tolerance, string what) =>
        Assert.True(Math.Abs(actual - expected) <= tolerance * Math.Abs(expected), string.Create(CultureInfo.InvariantCulture, $"{what} is {actual:R}, not {expected:R}"));

    private static IEnumerable<double[]> Rows(string file) =>
        File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Data", "special", file)).Skip(1)
            .Select(line => line.Split(',').Select(cell => double.Parse(cell, CultureInfo.InvariantCulture)).ToArray());
}
