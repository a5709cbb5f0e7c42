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
        double[] image = [.. logits.Select(_ => random.NextDouble())], slope = [.. logits];
        double term = Bernoulli<double>(slope, bias, image, 0.25), expected = 0;
        float[] slope32 = Array.ConvertAll(logits, value => (float)value);
        double term32 = Bernoulli<float>(slope32, Array.ConvertAll(bias, value => (float)value), Array.ConvertAll(image, value => (float)value), 0.25f);
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
        Assert.Equal(-1000 - 2000 - Math.Log(2), Bernoulli<float>(slope, none, [0.5f, 1, 0], 1), 1e-3);
        Assert.Equal([0.5f, -1, 0.5f], slope);
        Assert.True(double.IsNaN(Bernoulli<float>([1, float.NaN, 0], none, none, 1)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(13)]
    [InlineData(17)]
    [InlineData(64)]
    [InlineData(785)]
    [InlineData(2100)]
    public void Many_images_at_once_have_the_bits_of_one_at_a_time(int width)
    {
        const int Rows = 70;
        var random = new Random(width);
        float[] logits = [.. Enumerable.Range(0, Rows * width).Select(i => i % 11 == 0 ? 0 : (float)(i % 5 == 0 ? 300 : 12) * (random.NextSingle() - 0.5f))], images = [.. logits.Select(_ => random.NextSingle())];
        float[] bias = [.. Enumerable.Range(0, width).Select(_ => random.NextSingle() - 0.5f)], together = [.. logits];
        double[] terms = new double[Rows];
        VaeSpans.Bernoulli<float>(together, bias, images, 0.01f, new float[Rows * width], terms);
        for (int row = 0; row < Rows; row++)
        {
            Range part = (row * width)..((row + 1) * width);
            Assert.Equal(Bernoulli<float>(logits.AsSpan(part), bias, images.AsSpan(part), 0.01f), terms[row]);
            Assert.Equal(logits[part], together[part]);
        }
    }

    private static double Bernoulli<T>(Span<T> logits, ReadOnlySpan<T> bias, ReadOnlySpan<T> image, T scale) where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
    {
        double[] term = new double[1];
        VaeSpans.Bernoulli(logits, bias, image, scale, new T[logits.Length], term);
        return term[0];
    }
}
