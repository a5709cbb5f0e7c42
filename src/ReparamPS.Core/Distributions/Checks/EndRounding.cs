using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.Checks;

/// <summary>
/// The mass that the rounding of values hides from an integral of a density, at each end of the support. Where a density is infinite at an end other than 0, the numbers beside that end are too far apart
/// to tell how far they are from it, and a square root of the rounding is lost.
/// </summary>
internal static class EndRounding
{
    private const double Near = 4, Far = 64, SmallestPower = 0.02;

    /// <summary>The mass at the lower and at the upper end, for each member of the batch.</summary>
    public static (double[] Low, double[] High) Of(CustomDistribution distribution, double[] low, double[] high)
    {
        double[] none = new double[low.Length];
        bool isLow = low.Any(IsCoarse), isHigh = high.Any(IsCoarse);
        return (isLow ? At(distribution, low, 1) : none, isHigh ? At(distribution, high, -1) : none);
    }

    private static bool IsCoarse(double end) => double.IsFinite(end) && end != 0;

    // By a power law through two points beside the end.
    private static double[] At(CustomDistribution distribution, double[] ends, int direction)
    {
        using var scope = NewDisposeScope();
        double[] size = [.. ends.Select(end => IsCoarse(end) ? Math.Abs(end) * TorchTypes.Epsilon(ScalarType.Float64) : 0)];
        double[] points = [.. ends.Select((end, i) => end + direction * Near * size[i]), .. ends.Select((end, i) => end + direction * Far * size[i])];
        Tensor values = tensor(points, [2, .. distribution.BatchShape], ScalarType.Float64, distribution.Device);
        double[] logs = ManagedValues.ToDoubles(distribution.LogProb(values));
        return [.. ends.Select((_, i) =>
        {
            double near = logs[i], far = logs[ends.Length + i], power = Math.Clamp(1 + (far - near) / Math.Log(Far / Near), SmallestPower, 1);
            double mass = Math.Exp(near) * Near * size[i] / power;
            return size[i] > 0 && double.IsFinite(mass) ? Math.Min(mass, 1) : 0;
        })];
    }
}
