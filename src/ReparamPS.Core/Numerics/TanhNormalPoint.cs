namespace ReparamPS.Numerics;

/// <summary>Expectations of a normal number x = loc + scale · ε after tanh, by quadrature.</summary>
internal static class TanhNormalPoint
{
    private const double Reach = 9.5, LargestSpacing = 0.3, Widest = 4, Bend = 20;
    private const int Cells = 40;

    /// <summary>E[log(1 − tanh² x)] at (loc, scale), and its derivatives in both.</summary>
    public static void MeanLogSlope(ReadOnlySpan<double> at, Span<double> to)
    {
        to.Clear();
        (double loc, double scale) = (at[0], at[1]);
        if (scale <= Widest) ByNoise(loc, scale, to);
        else ByParts(loc, scale, to);
    }

    // The trapezoidal rule over ε: the error falls with exp(−2π d / spacing), d = π / (2 scale) the distance of the nearest pole of tanh.
    private static void ByNoise(double loc, double scale, Span<double> to)
    {
        double spacing = Math.Min(LargestSpacing, 0.2 / scale);
        int side = (int)Math.Ceiling(Reach / spacing);
        Add(loc, 0, spacing * Density(0), to);
        // In pairs, whose slopes in loc cancel exactly at 0.
        for (int i = 1; i <= side; i++)
        {
            double noise = i * spacing, weight = spacing * Density(noise);
            Add(loc + scale * noise, noise, weight, to);
            Add(loc - scale * noise, -noise, weight, to);
        }
    }

    private static void Add(double x, double noise, double weight, Span<double> to)
    {
        double slope = -2 * Math.Tanh(x);
        to[0] += weight * LogSlope(x);
        if (to.Length == 1) return;
        to[1] += weight * slope;
        to[2] += weight * slope * noise;
    }

    // log(1 − tanh² x) = log 4 − 2|x| − 2 log(1 + exp(−2|x|)): the first two terms in closed form, the last one only matters near 0, where a wide normal is flat.
    private static void ByParts(double loc, double scale, Span<double> to)
    {
        double z = loc / scale, sign = MathNet.Numerics.SpecialFunctions.Erf(z / Math.Sqrt(2));
        to[0] = Math.Log(4) - 2 * (2 * scale * Density(z) + loc * sign);
        if (to.Length > 1) (to[1], to[2]) = (-2 * sign, -4 * Density(z));
        for (int side = -1; side <= 1; side += 2)
        {
            for (int cell = 0; cell < Cells; cell++)
            {
                for (int i = 0; i < GaussLegendre.Short.Count; i++)
                {
                    (double x, double weight) = GaussLegendre.Short.Node(i, cell * (Bend / Cells), Bend / Cells);
                    double tail = Math.Exp(-2 * x), noise = (side * x - loc) / scale, mass = weight * Density(noise) / scale;
                    to[0] -= 2 * mass * Math.Log(1 + tail);
                    if (to.Length == 1) continue;
                    // tanh x − sign x, times −2.
                    double slope = 4 * side * tail / (1 + tail);
                    to[1] += mass * slope;
                    to[2] += mass * slope * noise;
                }
            }
        }
    }

    private static double LogSlope(double x)
    {
        double far = Math.Abs(x);
        return Math.Log(4) - 2 * far - 2 * Math.Log(1 + Math.Exp(-2 * far));
    }

    private static double Density(double z) => Math.Exp(-0.5 * z * z) / Math.Sqrt(2 * Math.PI);
}
