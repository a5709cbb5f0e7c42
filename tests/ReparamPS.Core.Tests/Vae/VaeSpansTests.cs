using ReparamPS.Vae.Steps;

namespace ReparamPS.Core.Tests.Vae;

public sealed class VaeSpansTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(64)]
    [InlineData(4001)]
    public void The_Bernoulli_term_and_its_slope_are_their_formulas(int width)
    {
        var random = new Random(width);
        double[] logits = [.. Enumerable.Range(0, width).Select(i => i % 7 == 0 ? 0 : 60 * (random.NextDouble() - 0.5))], bias = [.. logits.Select(_ => random.NextDouble() - 0.5)];
        double[] image = [.. logits.Select(_ => random.NextDouble())], slope = [.. logits], scratch = new double[width];
        double term = VaeSpans.Bernoulli<double>(slope, bias, image, 0.25, scratch), expected = 0;
        float[] slope32 = Array.ConvertAll(logits, value => (float)value);
        double term32 = VaeSpans.Bernoulli<float>(slope32, Array.ConvertAll(bias, value => (float)value), Array.ConvertAll(image, value => (float)value), 0.25f, new float[width]);
        for (int i = 0; i < width; i++)
        {
            double l = logits[i] + bias[i], p = 1 / (1 + Math.Exp(-l));
            expected += image[i] * l - Math.Max(l, 0) - MathNet.Numerics.SpecialFunctions.Log1p(Math.Exp(-Math.Abs(l)));
            Assert.Equal(0.25 * (p - image[i]), slope[i], 1e-14);
            Assert.Equal(0.25 * (p - image[i]), slope32[i], 1e-6);
        }
        Assert.Equal(expected, term, 1e-12 * Math.Abs(expected));
        Assert.Equal(expected, term32, 3e-6 * Math.Abs(expected));
    }

    [Fact]
    public void Large_logits_stay_finite_and_what_is_no_number_shows()
    {
        float[] slope = [2000, -2000, 0], none = new float[3];
        Assert.Equal(-1000 - 2000 - Math.Log(2), VaeSpans.Bernoulli<float>(slope, none, [0.5f, 1, 0], 1, new float[3]), 1e-3);
        Assert.Equal([0.5f, -1, 0.5f], slope);
        Assert.True(double.IsNaN(VaeSpans.Bernoulli<float>([1, float.NaN, 0], none, none, 1, new float[3])));
    }
}
