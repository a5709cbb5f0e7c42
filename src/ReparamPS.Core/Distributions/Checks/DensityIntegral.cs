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

    /// <summary>The integral for each element of the batch, with the mass beyond the extreme quantiles added; null if all mass rounds to the ends of the support.</summary>
    public static double[]? Totals(Distribution distribution)
    {
        if (Cells(distribution) is not var (edges, beyond)) return null;
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
        return ManagedValues.ToDoubles(total + beyond);
    }

    // The edges of the cells, and the mass beyond them.
    private static (Tensor Edges, Tensor Beyond)? Cells(Distribution distribution)
    {
        double extreme = Extreme(distribution.DType);
        Tensor edges = distribution.Icdf(Column(Levels(extreme, 1.5), distribution));
        Tensor isLow = edges[0] == edges[1], isHigh = edges[-1] == edges[-2];
        if (!TensorQuestions.Any(isLow | isHigh)) return (edges, full_like(isLow, 2 * extreme, edges.dtype));
        // Different levels round to one number. Cells end where a distance from that is told to the digits needed, and are narrow, because there the density is steep.
        Tensor levels = Column(Levels(extreme, 1.005), distribution);
        edges = distribution.Icdf(levels);
        Tensor isUsable = edges.isfinite() & (~isLow | (edges > edges[0] + Reach(edges[0]))) & (~isHigh | (edges < edges[-1] - Reach(edges[-1])));
        if (!TensorQuestions.Any(isUsable)) return null;
        Tensor Lowest(Tensor values) => values.masked_fill(~isUsable, double.PositiveInfinity).amin([0]);
        Tensor Highest(Tensor values) => values.masked_fill(~isUsable, double.NegativeInfinity).amax([0]);
        Tensor isNone = ~isUsable.any(0), beyond = (Lowest(levels) + (1 - Highest(levels))).masked_fill(isNone, 1);
        return (edges.maximum(Lowest(edges)).minimum(Highest(edges)).masked_fill(isNone, 0), beyond);
    }

    private static Tensor Reach(Tensor end) => end.abs().nan_to_num(0, 0, 0) * (10 * TorchTypes.Epsilon(end.dtype) / (end.dtype == ScalarType.Float32 ? 1e-3 : 1e-6)) + 2 * TorchTypes.Tiny(end.dtype);

    private static double[] Levels(double extreme, double factor)
    {
        List<double> lower = [];
        for (double level = extreme; level < 0.05; level *= factor) lower.Add(level);
        IEnumerable<double> middle = Enumerable.Range(0, 91).Select(i => 0.05 + (i * 0.01));
        return [.. lower, .. middle, .. Enumerable.Reverse(lower).Select(level => 1 - level)];
    }

    private static Tensor Column(double[] values, Distribution distribution) =>
        tensor(values, dtype: distribution.DType, device: distribution.Device).reshape([-1, .. distribution.BatchShape.Select(_ => 1L)]).expand([-1, .. distribution.BatchShape]);
}
