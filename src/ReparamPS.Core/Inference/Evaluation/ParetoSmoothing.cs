using ReparamPS.Numerics;

namespace ReparamPS.Inference.Evaluation;

/// <summary>
/// Pareto-smoothed importance weights (Vehtari, Simpson, Gelman, Yao, Gabry 2024, JMLR 25, arXiv:1507.02646): the largest weights become quantiles of a generalized Pareto distribution fitted to them
/// (Zhang, Stephens 2009), whose shape k̂ tells how far the weights can be trusted.
/// </summary>
internal sealed class ParetoSmoothing
{
    private const int MinTail = 5, MinGridPoints = 30;
    private const double RelativeRounding = 1e-12, PriorDraws = 10, PriorShape = 0.5, PriorQuartileShare = 3;

    private ParetoSmoothing(double shape, int tail, double[] logWeights) => (Shape, TailCount, LogWeights) = (shape, tail, logWeights);

    /// <summary>k̂: 0 if the largest ratios differ by no more than rounding, infinite if there are too few to tell.</summary>
    public double Shape { get; }

    /// <summary>The number of weights that were smoothed, or would be.</summary>
    public int TailCount { get; }

    /// <summary>The logarithms of the smoothed weights, which sum to 1.</summary>
    public double[] LogWeights { get; }

    /// <summary>Smooths the weights of log-ratios; NaN counts as −∞.</summary>
    public static ParetoSmoothing Of(ReadOnlySpan<double> logRatios)
    {
        int count = logRatios.Length, tail = (int)Math.Ceiling(Math.Min(count / 5.0, 3 * Math.Sqrt(count)));
        double[] ratios = logRatios.ToArray();
        for (int i = 0; i < count; i++) ratios[i] = double.IsNaN(ratios[i]) ? double.NegativeInfinity : ratios[i];
        double largest = ratios.Max();
        for (int i = 0; i < count; i++) ratios[i] -= largest;
        double shape = double.PositiveInfinity;
        if (tail >= MinTail && double.IsFinite(largest)) shape = SmoothTail(ratios, tail, RelativeRounding * Math.Max(1, Math.Abs(largest)));
        Normalize(ratios);
        return new ParetoSmoothing(shape, tail, ratios);
    }

    private static double SmoothTail(double[] ratios, int tail, double rounding)
    {
        int[] order = [.. Enumerable.Range(0, ratios.Length).OrderBy(i => ratios[i])];
        double logCut = ratios[order[^(tail + 1)]], cut = Math.Exp(logCut), spread = -GammaFunctions.Expm1(logCut);
        if (!(-logCut > rounding)) return 0;
        (double shape, double scale) = FitPareto([.. order[^tail..].Select(i => (Math.Exp(ratios[i]) - cut) / spread)]);
        for (int i = 0; i < tail; i++)
        {
            double logSurvival = GammaFunctions.Log1p(-(i + 0.5) / tail);
            double quantile = Math.Abs(shape) < 1e-12 ? -scale * logSurvival : scale * GammaFunctions.Expm1(-shape * logSurvival) / shape;
            ratios[order[ratios.Length - tail + i]] = Math.Min(0, Math.Log(quantile * spread + cut));
        }
        return shape;
    }

    // Profile likelihood over a grid of θ = −k/σ, weighted by its prior and likelihood; then k̂ is drawn towards 1/2 as by ten more draws.
    // The largest number is 1: k̂ does not depend on the unit, and tiny numbers would overflow below.
    private static (double Shape, double Scale) FitPareto(double[] sorted)
    {
        int count = sorted.Length, points = MinGridPoints + (int)Math.Sqrt(count);
        double quartile = Math.Max(sorted[(int)(count / 4.0 + 0.5) - 1], 1e-300);
        double[] thetas = new double[points], logs = new double[points];
        for (int j = 0; j < points; j++)
        {
            thetas[j] = 1 + (1 - Math.Sqrt(points / (j + 0.5))) / (PriorQuartileShare * quartile);
            double k = MeanLog(sorted, thetas[j]);
            logs[j] = count * (Math.Log(-thetas[j] / k) - k - 1);
        }
        double theta = 0, mass = 0;
        double top = logs.Where(double.IsFinite).DefaultIfEmpty(0).Max();
        for (int j = 0; j < points; j++)
        {
            double weight = double.IsFinite(logs[j]) ? Math.Exp(logs[j] - top) : 0;
            (theta, mass) = (theta + weight * thetas[j], mass + weight);
        }
        theta /= mass;
        double shape = MeanLog(sorted, theta), scale = -shape / theta;
        return ((count * shape + PriorDraws * PriorShape) / (count + PriorDraws), scale);
    }

    private static double MeanLog(double[] sorted, double theta)
    {
        double sum = 0;
        foreach (double value in sorted) sum += GammaFunctions.Log1p(-theta * value);
        return sum / sorted.Length;
    }

    private static void Normalize(double[] logs)
    {
        double largest = logs.Max(), sum = 0;
        foreach (double log in logs) sum += Math.Exp(log - largest);
        double total = largest + Math.Log(sum);
        for (int i = 0; i < logs.Length; i++) logs[i] -= total;
    }
}
