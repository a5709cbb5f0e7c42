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

    [Fact]
    public void Undefined_ratios_weigh_nothing_and_few_ratios_have_no_shape()
    {
        Assert.Equal(double.NegativeInfinity, ParetoSmoothing.Of([0, double.NaN, 1, 2]).LogWeights[1]);
        Assert.Equal(double.PositiveInfinity, ParetoSmoothing.Of([0, double.NaN, 1, 2]).Shape);
    }
}
