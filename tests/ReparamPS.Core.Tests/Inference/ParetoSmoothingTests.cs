using System.Text.Json;
using ReparamPS.Inference.Evaluation;

namespace ReparamPS.Core.Tests.Inference;

public sealed class ParetoSmoothingTests
{
    [Theory]
    [InlineData(1000, 0.5, 0.497085961)]
    [InlineData(1000, 0.7, 0.670657768)]
    [InlineData(4000, 0.9, 0.870320834)]
    public void The_shape_of_exact_Pareto_quantiles_is_the_published_one(int count, double shape, double expected)
    {
        double[] ratios = [.. Enumerable.Range(0, count).Select(i => -shape * Math.Log(1 - (i + 0.5) / count))];
        Assert.Equal(expected, ParetoSmoothing.Of(ratios).Shape, 1e-9);
    }

    [Fact]
    public void The_shape_of_random_ratios_is_that_of_NumPy()
    {
        foreach (JsonElement row in InferenceFile.Of("pareto").EnumerateArray())
            Assert.Equal(row.Number("kHat"), ParetoSmoothing.Of(row.Numbers("ratios")).Shape, 1e-9);
    }

    [Fact]
    public void Weights_sum_to_1_keep_their_order_and_the_small_ones_their_ratios()
    {
        double[] ratios = [.. Enumerable.Range(0, 1000).Select(i => 3 * Math.Sin(i * 12.9898))];
        ParetoSmoothing smoothing = ParetoSmoothing.Of(ratios);
        Assert.Equal(1, smoothing.LogWeights.Sum(Math.Exp), 1e-12);
        int[] order = [.. Enumerable.Range(0, 1000).OrderBy(i => ratios[i])];
        for (int i = 1; i < order.Length; i++) Assert.True(smoothing.LogWeights[order[i]] >= smoothing.LogWeights[order[i - 1]] - 1e-12);
        Assert.Equal(ratios[order[1]] - ratios[order[0]], smoothing.LogWeights[order[1]] - smoothing.LogWeights[order[0]], 1e-12);
    }

    [Fact]
    public void Equal_ratios_have_equal_weights_and_no_tail()
    {
        ParetoSmoothing smoothing = ParetoSmoothing.Of(new double[200]);
        Assert.Equal(0, smoothing.Shape);
        Assert.All(smoothing.LogWeights, weight => Assert.Equal(-Math.Log(200), weight, 1e-12));
    }

    // Multiples of one rounding error, with ties in the tail.
    [Theory]
    [InlineData(0)]
    [InlineData(-700)]
    [InlineData(1e6)]
    public void Ratios_that_differ_by_rounding_have_equal_weights_and_no_tail(double level)
    {
        double rounding = Math.BitIncrement(Math.Max(1, Math.Abs(level))) - Math.Max(1, Math.Abs(level));
        double[] ratios = [.. Enumerable.Range(0, 10_000).Select(i => level + rounding * (i * 7919L % 101))];
        ParetoSmoothing smoothing = ParetoSmoothing.Of(ratios);
        Assert.Equal(0, smoothing.Shape);
        Assert.All(smoothing.LogWeights, weight => Assert.Equal(-Math.Log(10_000), weight, 1e-7));
    }

    // To first order, weights of small ratios are 1 plus the ratios, and k̂ does not depend on the unit. Most of the tail is equal in the second case.
    [Theory]
    [InlineData(1e-8, 0)]
    [InlineData(1e-9, 9_900)]
    public void The_shape_of_nearly_equal_weights_does_not_depend_on_how_near_they_are(double size, int equal)
    {
        double[] steps = [.. Enumerable.Range(0, 10_000).Select(i => Math.Pow(1 - (Math.Max(i, equal) + 0.5) / 10_000, -0.3))];
        double Shape(double unit) => ParetoSmoothing.Of([.. steps.Select(step => unit * step)]).Shape;
        Assert.True(double.IsFinite(Shape(size)));
        Assert.Equal(Shape(1e-5), Shape(size), 1e-3 * Math.Abs(Shape(1e-5)));
    }

    [Fact]
    public void Undefined_ratios_weigh_nothing_and_few_ratios_have_no_shape()
    {
        Assert.Equal(double.NegativeInfinity, ParetoSmoothing.Of([0, double.NaN, 1, 2]).LogWeights[1]);
        Assert.Equal(double.PositiveInfinity, ParetoSmoothing.Of([0, double.NaN, 1, 2]).Shape);
    }
}
