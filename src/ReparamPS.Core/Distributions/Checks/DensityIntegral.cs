using MathNet.Numerics.Integration;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.Checks;

/// <summary>
/// The integral of a density between extreme quantiles, by Gauss–Legendre rules on the cells between many quantiles. Cells are small where the mass is, and
/// shrink towards both ends, where a density can have poles. A cell over which the distance from an end, or from the median, grows by a factor is integrated over the logarithm of that distance:
/// with heavy tails and steep poles, it grows by many orders of magnitude.
/// </summary>
internal static class DensityIntegral
{
    private const double Wide = 2;

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
        (Tensor low, Tensor high) = Origins(distribution, starts, ends);
        Tensor fromLow = starts - low, fromHigh = high - ends, byLow = (ends - low) / fromLow, byHigh = (high - starts) / fromHigh, isByLow = ~((byHigh > byLow) | byLow.isnan());
        Tensor ratio = where(isByLow, byLow, byHigh), isLinear = ~((ratio > Wide) & ratio.isfinite());
        Tensor growth = where(isLinear, ones_like(ratio), ratio).log(), first = where(isByLow, fromLow, fromHigh);
        Tensor total = zeros_like(starts.select(0, 0));
        for (int i = 0; i < Rule.Order; i++)
        {
            Tensor distance = first * (growth * Rule.Abscissas[i]).exp(), slope = where(isLinear, widths, distance * growth);
            Tensor at = where(isLinear, starts + widths * Rule.Abscissas[i], where(isByLow, low + distance, high - distance)).maximum(starts);
            // A point must not round to the end of its cell, where a density can be infinite.
            at = where(at < ends, at, starts);
            total += (distribution.LogProb(at).exp() * slope).masked_fill(widths == 0, 0).sum([0]) * Rule.Weights[i];
        }
        return ManagedValues.ToDoubles(total + beyond);
    }

    // For each cell, the points below and above it from which distances are measured: finite ends of the distribution, or otherwise the median; NaN if there is none.
    private static (Tensor Low, Tensor High) Origins(Distribution distribution, Tensor starts, Tensor ends)
    {
        Tensor At(double level) => distribution.Icdf(full([], level, distribution.DType, distribution.Device)).expand_as(starts);
        Tensor low = At(0), high = At(1), median = At(0.5), none = full_like(starts, double.NaN), isUnbounded = ~(low.isfinite() | high.isfinite());
        return (where(isUnbounded, where(starts >= median, median, none), where(low.isfinite(), low, none)), where(isUnbounded, where(ends <= median, median, none), where(high.isfinite(), high, none)));
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

    /// <summary>Levels between the extreme ones, which are closer together towards both ends by a factor.</summary>
    public static double[] Levels(double extreme, double factor)
    {
        List<double> lower = [];
        for (double level = extreme; level < 0.05; level *= factor) lower.Add(level);
        IEnumerable<double> middle = Enumerable.Range(0, 91).Select(i => 0.05 + (i * 0.01));
        return [.. lower, .. middle, .. Enumerable.Reverse(lower).Select(level => 1 - level)];
    }

    /// <summary>Numbers along a first dimension, for each member of the batch.</summary>
    public static Tensor Column(double[] values, Distribution distribution) =>
        tensor(values, dtype: distribution.DType, device: distribution.Device).reshape([-1, .. distribution.BatchShape.Select(_ => 1L)]).expand([-1, .. distribution.BatchShape]);
}
