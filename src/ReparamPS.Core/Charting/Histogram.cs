using ReparamPS.Numerics.Statistics;

namespace ReparamPS.Charting;

/// <summary>Counts of values in bins of one width.</summary>
internal static class Histogram
{
    private const int MaxSingles = 60;
    private const double MaxWhole = 1e15;

    // Far above the rounding of a place among bins, and far below what a chart shows.
    private const double Rounding = 1e-9;

    /// <summary>The edges of the bins, one more than there are bins.</summary>
    /// <param name="values">Finite values.</param>
    /// <param name="bins">The number of bins; null takes the larger of Sturges's and of Freedman and Diaconis's.</param>
    /// <param name="wholeNumbers">Whether all values are whole numbers. Unless the number of bins is given, each bin then holds the same number of them, and its middle is theirs.</param>
    /// <param name="maxBins">The largest number of bins that is chosen.</param>
    /// <param name="dates">Whether the values are dates, in days; a single one is drawn as a day.</param>
    public static double[] Edges(double[] values, int? bins, bool wholeNumbers = false, int maxBins = int.MaxValue, bool dates = false)
    {
        double low = values.Min(), high = values.Max();
        if (bins is null && wholeNumbers && CanCentre(values)) return WholeEdges(low, high, Math.Min(maxBins, Math.Max(MaxSingles, Choose(values, high - low))));
        if (low == high)
        {
            double margin = low == 0 ? 0.5 : Math.Abs(low) * 0.05;
            (low, high) = dates ? (low, low + 1) : (low - margin, high + margin);
        }
        int count = bins ?? Math.Min(maxBins, Choose(values, high - low));
        double[] edges = new double[count + 1];
        for (int i = 0; i <= count; i++) edges[i] = low + (high - low) * i / count;
        return edges;
    }

    /// <summary>Whether bins can have whole numbers as their middles: all values are whole, and half a number more is another number.</summary>
    public static bool CanCentre(double[] values) => Array.TrueForAll(values, value => value == Math.Floor(value) && Math.Abs(value) < MaxWhole);

    /// <summary>How many values each bin holds: a bin holds its lower edge, and the last one its upper edge too.</summary>
    public static double[] Counts(double[] values, double[] edges)
    {
        double[] counts = new double[edges.Length - 1];
        double low = edges[0], width = (edges[^1] - low) / counts.Length;
        // 0.3 / 0.1 is 2.9999999999999996: what lies below an edge by rounding only is at the edge.
        foreach (double value in values) counts[Math.Clamp((int)((value - low) / width + Rounding), 0, counts.Length - 1)]++;
        return counts;
    }

    /// <summary>A Gaussian kernel estimate of the density, with Silverman's bandwidth.</summary>
    public static double[] Density(double[] values, double[] at)
    {
        double[] sorted = [.. values.Order()];
        double unit = Unit(values);
        double deviation = sorted.Length < 2 ? 0 : Moments.Of(Array.ConvertAll(sorted, value => value / unit)).StandardDeviation * unit;
        double quartiles = (Quantile(sorted, 0.75) - Quantile(sorted, 0.25)) / 1.349;
        double spread = quartiles > 0 ? Math.Min(deviation, quartiles) : deviation;
        double width = 0.9 * (spread > 0 ? spread : 1) * Math.Pow(sorted.Length, -0.2);
        return Array.ConvertAll(at, x =>
        {
            double sum = 0;
            // Beyond eight widths a kernel is nothing.
            for (int i = LowerBound(sorted, x - 8 * width); i < sorted.Length && sorted[i] <= x + 8 * width; i++)
            {
                double distance = (x - sorted[i]) / width;
                sum += Math.Exp(-0.5 * distance * distance);
            }
            return sum / (sorted.Length * width * Math.Sqrt(2 * Math.PI));
        });
    }

    /// <summary>What values are divided by before they are squared: 1, or the largest if its square would overflow or vanish.</summary>
    public static double Unit(double[] values) => values.Select(Math.Abs).DefaultIfEmpty().Max() is (> 1e100 or (> 0 and < 1e-100)) and var largest ? largest : 1;

    private static double[] WholeEdges(double low, double high, int maxBins)
    {
        double width = Math.Ceiling((high - low + 1) / maxBins);
        int count = (int)Math.Ceiling((high - low + 1) / width);
        return [.. Enumerable.Range(0, count + 1).Select(i => low - 0.5 + i * width)];
    }

    private static int Choose(double[] values, double range)
    {
        double[] sorted = [.. values.Order()];
        int sturges = (int)Math.Ceiling(Math.Log2(values.Length)) + 1;
        double width = 2 * (Quantile(sorted, 0.75) - Quantile(sorted, 0.25)) / Math.Cbrt(values.Length);
        int freedman = width > 0 ? (int)Math.Min(200, Math.Ceiling(range / width)) : 0;
        return Math.Max(sturges, freedman);
    }

    private static double Quantile(double[] sorted, double probability)
    {
        double place = probability * (sorted.Length - 1);
        int below = (int)place;
        return below + 1 < sorted.Length ? sorted[below] + (place - below) * (sorted[below + 1] - sorted[below]) : sorted[below];
    }

    private static int LowerBound(double[] sorted, double value)
    {
        int at = Array.BinarySearch(sorted, value);
        if (at < 0) return ~at;
        while (at > 0 && sorted[at - 1] == value) at--;
        return at;
    }
}
