using MathNet.Numerics.Integration;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.Checks;

/// <summary>
/// The integral of a density between extreme quantiles, by Gauss–Legendre rules on the cells between many quantiles. Cells are small where the mass is, and
/// shrink towards both ends, where a density can have poles.
/// </summary>
internal static class DensityIntegral
{
    private static readonly GaussLegendreRule Rule = new(0, 1, 24);

    /// <summary>The distance of the extreme levels from 0 and 1: small, but large enough that the type can represent 1 minus it.</summary>
    public static double Extreme(ScalarType type, double min = 1e-9) => Math.Max(min, 2 * TorchTypes.Epsilon(type));

    /// <summary>The integral for each element of the batch, with the mass beyond the extreme quantiles added.</summary>
    public static double[] Totals(Distribution distribution)
    {
        double extreme = Extreme(distribution.DType);
        Tensor edges = distribution.Icdf(Column(Levels(extreme), distribution));
        if (distribution is MixtureSameFamily mixture)
        {
            Tensor breaks = mixture.DensityBreaks().movedim([-1], [0]);
            // No rule integrates a jump of the density inside a cell correctly.
            edges = cat([edges, breaks.maximum(edges.amin([0])).minimum(edges.amax([0]))]).sort(0).Values;
        }
        Tensor widths = edges.diff(1, 0), starts = edges.narrow(0, 0, edges.shape[0] - 1), ends = edges.narrow(0, 1, edges.shape[0] - 1);
        Tensor total = zeros_like(starts.select(0, 0));
        for (int i = 0; i < Rule.Order; i++)
        {
            // A point must not round to the end of its cell, where a density can be infinite.
            Tensor at = starts + (widths * Rule.Abscissas[i]);
            at = where(at < ends, at, starts);
            total += (distribution.LogProb(at).exp() * widths).masked_fill(widths == 0, 0).sum([0]) * Rule.Weights[i];
        }
        return [.. ManagedValues.ToDoubles(total).Select(value => value + (2 * extreme))];
    }

    private static double[] Levels(double extreme)
    {
        List<double> lower = [];
        for (double level = extreme; level < 0.05; level *= 1.5) lower.Add(level);
        IEnumerable<double> middle = Enumerable.Range(0, 91).Select(i => 0.05 + (i * 0.01));
        return [.. lower, .. middle, .. Enumerable.Reverse(lower).Select(level => 1 - level)];
    }

    private static Tensor Column(double[] values, Distribution distribution) =>
        tensor(values, dtype: distribution.DType, device: distribution.Device).reshape([-1, .. distribution.BatchShape.Select(_ => 1L)]).expand([-1, .. distribution.BatchShape]);
}
