namespace ReparamPS.Numerics.Lattices;

/// <summary>
/// The entropy −Σ p(k) log p(k) of a whole-number distribution with one mode, and its slopes −Σ p(k) sᵢ(k) log p(k), sᵢ the slopes of log p. Few values are summed one by one. Of
/// many, the ends are, and the smooth middle is an integral by Gauss and Legendre with the corrections of Euler and Maclaurin: the cost is bounded and the error about 1e-13.
/// </summary>
internal static class LatticeEntropy
{
    private const int Direct = 4096, End = 1024;

    // e^-75 · 75 times any range is nothing.
    private const double Fall = 75;

    /// <summary>log p(k), and, where there is room, its slopes.</summary>
    public delegate double Mass(double k, Span<double> slopes);

    /// <summary>Writes the entropy and its slopes, or −Σ p(k) g(k) and −Σ p(k) sᵢ(k) g(k) of another logarithm g.</summary>
    /// <param name="mass">The logarithm of the mass at a whole number or between two.</param>
    /// <param name="mode">About where the mass is largest.</param>
    /// <param name="deviation">The standard deviation.</param>
    /// <param name="last">The largest value; ∞ where there is none.</param>
    /// <param name="results">The entropy, then the slopes.</param>
    /// <param name="other">g; null for log p.</param>
    public static void Fill(Mass mass, double mode, double deviation, double last, Span<double> results, Func<double, double>? other = null)
    {
        results.Clear();
        // The slopes of all masses sum to 0, so that a constant may be taken off their factors: less is left to cancel.
        var score = new Score(other, other is null ? mass(mode, []) : other(mode));
        double first = Math.Floor(Edge(mass, mode, -Math.Max(1, deviation), 0)), final = Math.Ceiling(Edge(mass, mode, Math.Max(1, deviation), last));
        if (final - first <= Direct)
        {
            for (double k = first; k <= final; k++) Add(mass, k, 1, results, score);
            return;
        }
        double from = first, to = final;
        // Beside an end of the support the mass is not smooth on the scale of many values.
        if (first < End)
        {
            for (; from < End; from++) Add(mass, from, 1, results, score);
        }
        if (last - final < End)
        {
            for (; to > last - End; to--) Add(mass, to, 1, results, score);
        }
        Correct(mass, from, 1, results, score);
        Correct(mass, to, -1, results, score);
        for (double at = from; at < to;)
        {
            double width = Math.Min(Math.Min(Math.Max(1, deviation), 0.25 * (at + 1)), to - at);
            if (last < double.PositiveInfinity) width = Math.Min(width, Math.Max(0.2 * (last - at), 1));
            for (int i = 0; i < GaussLegendre.Short.Count; i++)
            {
                (double k, double weight) = GaussLegendre.Short.Node(i, at, width);
                Add(mass, k, weight, results, score);
            }
            at += width;
        }
    }

    /// <summary>Σ p(k) g(k); of log p if no g is given.</summary>
    public static double Mean(Mass mass, double mode, double deviation, double last, Func<double, double>? function)
    {
        Span<double> result = stackalloc double[1];
        Fill(mass, mode, deviation, last, result, function);
        return -result[0];
    }

    // Half of f at the end of the integral, and its slope over 12.
    private static void Correct(Mass mass, double end, int inward, Span<double> results, Score score)
    {
        Add(mass, end, 0.5, results, score);
        Add(mass, end + 1, -inward / 24.0, results, score);
        Add(mass, end - 1, inward / 24.0, results, score);
    }

    private static void Add(Mass mass, double k, double weight, Span<double> results, Score score)
    {
        Span<double> slopes = stackalloc double[results.Length - 1];
        double log = mass(k, slopes), part = -weight * Math.Exp(log), value = score.Other is null ? log : score.Other(k);
        if (part == 0) return;
        results[0] += part * value;
        for (int i = 0; i < slopes.Length; i++) results[i + 1] += part * (value - score.Center) * slopes[i];
    }

    private readonly record struct Score(Func<double, double>? Other, double Center);

    // Where the mass has become negligible on one side of the mode, or the end of the support.
    private static double Edge(Mass mass, double mode, double step, double end)
    {
        double near = mode, far = mode, top = mass(mode, []);
        while (true)
        {
            far = step < 0 ? Math.Max(end, far + step) : Math.Min(end, far + step);
            if (far == end || mass(far, []) < top - Fall) break;
            near = far;
            step *= 2;
        }
        for (int i = 0; i < 60 && Math.Abs(far - near) > Math.Max(1, 0.01 * Math.Abs(far - mode)); i++)
        {
            double middle = near + (far - near) / 2;
            if (mass(middle, []) < top - Fall) far = middle;
            else near = middle;
        }
        return far;
    }
}
