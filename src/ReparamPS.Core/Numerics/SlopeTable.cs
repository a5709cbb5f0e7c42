namespace ReparamPS.Numerics;

/// <summary>
/// The slopes of many draws of the same parameters, as a function of a number: polynomials of degree 9 over equal steps, which agree with it to 2e-10. Outside the range of most draws
/// the function itself is evaluated.
/// </summary>
internal sealed class SlopeTable
{
    private const int Degree = 9, FewestPieces = 32, MaxPieces = 1024;
    private const double Precision = 2e-10;

    // Chebyshev nodes on [−1, 1].
    private static readonly double[] Nodes = [.. Enumerable.Range(0, Degree + 1).Select(i => Math.Cos(Math.PI * (i + 0.5) / (Degree + 1)))];

    private readonly Func<double, double> function;
    private readonly double low, high, scale;
    private readonly double[] coefficients;

    private SlopeTable(Func<double, double> function, double low, double high, int pieces)
    {
        (this.function, this.low, this.high, scale) = (function, low, high, pieces / (high - low));
        coefficients = new double[pieces * (Degree + 1)];
    }

    /// <summary>The table of a function without zeros; null where no number of pieces is precise enough.</summary>
    public static SlopeTable? Of(Func<double, double> function, double low, double high)
    {
        if (!double.IsFinite(high - low) || high <= low) return null;
        for (int pieces = FewestPieces; pieces <= MaxPieces; pieces *= 2)
        {
            var table = new SlopeTable(function, low, high, pieces);
            if (table.Fill(pieces)) return table;
        }
        return null;
    }

    /// <summary>The slope at a number.</summary>
    public double At(double t)
    {
        if (!(t > low && t < high)) return function(t);
        double at = (t - low) * scale;
        int piece = Math.Min((int)at, coefficients.Length / (Degree + 1) - 1);
        double s = 2 * (at - piece) - 1;
        ReadOnlySpan<double> c = coefficients.AsSpan(piece * (Degree + 1), Degree + 1);
        double sum = c[Degree];
        for (int i = Degree - 1; i >= 0; i--) sum = sum * s + c[i];
        return sum;
    }

    // Whether all pieces are precise; ends at the first one that is not.
    private bool Fill(int pieces)
    {
        Span<double> values = stackalloc double[Degree + 1];
        for (int piece = 0; piece < pieces; piece++)
        {
            for (int i = 0; i <= Degree; i++) values[i] = function(low + (piece + 0.5 * (1 + Nodes[i])) / scale);
            Interpolate(values, coefficients.AsSpan(piece * (Degree + 1), Degree + 1));
            double t = low + (piece + 0.11) / scale, exact = function(t);
            // NaN counts as imprecise.
            if (!(Math.Abs(At(t) - exact) <= Precision * Math.Abs(exact))) return false;
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
