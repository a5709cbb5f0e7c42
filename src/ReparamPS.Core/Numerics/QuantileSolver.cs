namespace ReparamPS.Numerics;

/// <summary>Finds the zero of an increasing function.</summary>
internal static class QuantileSolver
{
    /// <summary>A function's value and derivative at a point.</summary>
    public delegate (double Value, double Slope) Increasing(double at);

    /// <summary>
    /// The root, to the last digits: Newton's method inside a shrinking bracket, with bisection if a step leaves it.
    /// </summary>
    /// <param name="function">The increasing function; can be infinite far from the root.</param>
    /// <param name="start">The first estimate.</param>
    /// <param name="low">A bound below the root; −∞ if there is none.</param>
    /// <param name="high">A bound above the root; ∞ if there is none.</param>
    public static double Solve(Increasing function, double start, double low = double.NegativeInfinity, double high = double.PositiveInfinity)
    {
        double x = Math.Clamp(start, low, high), reach = Math.Max(1, Math.Abs(x) * 0.1);
        for (int i = 0; i < 300; i++)
        {
            (double value, double slope) = function(x);
            if (value == 0 || double.IsNaN(value)) return value == 0 ? x : double.NaN;
            if (value < 0) low = x;
            else high = x;
            double next = x - value / slope;
            if (!(next > low && next < high) || !double.IsFinite(next) || (i > 30 && i % 3 == 0))
            {
                next = double.IsInfinity(low) ? Math.Max(-double.MaxValue, high - reach)
                    : double.IsInfinity(high) ? Math.Min(double.MaxValue, low + reach)
                    : low + (high - low) / 2;
                reach *= 4;
            }
            if (Math.Abs(next - x) <= 2e-16 * Math.Abs(next) || next == low || next == high) return next;
            x = next;
        }
        return x;
    }
}
