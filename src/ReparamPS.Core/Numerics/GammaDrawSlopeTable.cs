namespace ReparamPS.Numerics;

/// <summary>
/// The slopes of <see cref="GammaDrawSlope"/> for many draws of one concentration: polynomials of degree 9 over equal steps of log x, which agree with it to 2e-10. Outside the range
/// of most draws it is asked itself.
/// </summary>
internal sealed class GammaDrawSlopeTable
{
    private const int Degree = 9, FewestPieces = 32, MostPieces = 1024;
    private const double Precision = 2e-10;

    // Chebyshev nodes on [−1, 1].
    private static readonly double[] Nodes = [.. Enumerable.Range(0, Degree + 1).Select(i => Math.Cos(Math.PI * (i + 0.5) / (Degree + 1)))];

    private readonly double a, low, high, scale;
    private readonly double[] coefficients;

    private GammaDrawSlopeTable(double a, double low, double high, int pieces)
    {
        (this.a, this.low, this.high, scale) = (a, low, high, pieces / (high - low));
        coefficients = new double[pieces * (Degree + 1)];
        Span<double> values = stackalloc double[Degree + 1];
        for (int piece = 0; piece < pieces; piece++)
        {
            for (int i = 0; i <= Degree; i++) values[i] = GammaDrawSlope.OfLog(a, Math.Exp(low + (piece + 0.5 * (1 + Nodes[i])) / scale));
            Interpolate(values, coefficients.AsSpan(piece * (Degree + 1), Degree + 1));
        }
    }

    /// <summary>The table of a concentration; null where no number of pieces is precise enough.</summary>
    public static GammaDrawSlopeTable? Of(double a)
    {
        if (!(a > 1e-3 && a < 1e15)) return null;
        double low = Math.Log(Math.Max(1e-5, a - 7 * Math.Sqrt(a))), high = Math.Log(a + 3.5 * Math.Sqrt(a) + 2.5);
        for (int pieces = FewestPieces; pieces <= MostPieces; pieces *= 2)
        {
            var table = new GammaDrawSlopeTable(a, low, high, pieces);
            if (table.IsPrecise(pieces)) return table;
        }
        return null;
    }

    /// <summary>d log x / da.</summary>
    public double OfLog(double x)
    {
        double t = Math.Log(x);
        if (!(t > low && t < high)) return GammaDrawSlope.OfLog(a, x);
        double at = (t - low) * scale;
        int piece = Math.Min((int)at, coefficients.Length / (Degree + 1) - 1);
        double s = 2 * (at - piece) - 1;
        ReadOnlySpan<double> c = coefficients.AsSpan(piece * (Degree + 1), Degree + 1);
        double sum = c[Degree];
        for (int i = Degree - 1; i >= 0; i--) sum = sum * s + c[i];
        return sum;
    }

    private bool IsPrecise(int pieces)
    {
        for (int piece = 0; piece < pieces; piece++)
        {
            double x = Math.Exp(low + (piece + 0.11) / scale), exact = GammaDrawSlope.OfLog(a, x);
            if (Math.Abs(OfLog(x) - exact) > Precision * Math.Abs(exact)) return false;
        }
        return true;
    }

    // Newton's divided differences, expanded to powers.
    private static void Interpolate(Span<double> values, Span<double> powers)
    {
        for (int order = 1; order <= Degree; order++)
        {
            for (int i = Degree; i >= order; i--) values[i] = (values[i] - values[i - 1]) / (Nodes[i] - Nodes[i - order]);
        }
        powers.Clear();
        powers[0] = values[Degree];
        for (int i = Degree - 1; i >= 0; i--)
        {
            for (int k = Degree; k > 0; k--) powers[k] = powers[k - 1] - Nodes[i] * powers[k];
            powers[0] = values[i] - Nodes[i] * powers[0];
        }
    }
}
