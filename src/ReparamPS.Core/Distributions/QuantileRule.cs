using static TorchSharp.torch;

namespace ReparamPS.Distributions;

/// <summary>Integrals over the quantiles of a distribution, by the double exponential rule, which tolerates singular ends.</summary>
internal static class QuantileRule
{
    private const double NodeSpacing = 0.05;
    private const int NodesASide = 62;

    /// <summary>Values along a first dimension, with weights that broadcast to them: the weighted sum of a smooth function of the values is its expectation.</summary>
    /// <param name="distribution">A distribution of single numbers with a quantile function.</param>
    public static (Tensor Values, Tensor Weights) Of(Distribution distribution)
    {
        var nodes = new double[2 * NodesASide + 1];
        var weights = new double[nodes.Length];
        for (int i = 0; i < nodes.Length; i++)
        {
            double t = (i - NodesASide) * NodeSpacing, s = Math.PI / 2 * Math.Sinh(t);
            nodes[i] = 1 / (1 + Math.Exp(-2 * s));
            weights[i] = NodeSpacing * Math.PI / 4 * Math.Cosh(t) / Math.Pow(Math.Cosh(s), 2);
        }
        long[] shape = [nodes.Length, .. distribution.BatchShape.Select(_ => 1L)];
        Tensor Column(double[] values) => tensor(values, shape, distribution.DType, distribution.Device);
        return (distribution.Icdf(Column(nodes)), Column(weights));
    }
}
