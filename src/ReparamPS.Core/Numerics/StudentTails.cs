namespace ReparamPS.Numerics;

/// <summary>
/// The standard Student t distribution's functions of (t, ν), by t² / (ν + t²) ~ Beta(½, ν/2), whose tails both keep their digits.
/// </summary>
internal static class StudentTails
{
    private const double LogHalf = -0.6931471805599453;

    /// <summary>F(t; ν).</summary>
    public static void Cdf(ReadOnlySpan<double> at, Span<double> to)
    {
        (double t, double df) = (at[0], at[1]);
        IncompleteBeta beta = Evaluate(t, df, out UnitPoint point);
        double tail = 0.5 * beta.Upper;
        to[0] = t < 0 ? tail : 1 - tail;
        if (to.Length == 1) return;
        double sign = t < 0 ? 1 : -1;
        (to[1], to[2]) = (Density(t, df, point), sign * TailSlope(beta, df, point, 0));
    }

    /// <summary>log F(t; ν).</summary>
    public static void LogCdf(ReadOnlySpan<double> at, Span<double> to)
    {
        (double t, double df) = (at[0], at[1]);
        IncompleteBeta beta = Evaluate(t, df, out UnitPoint point);
        double logTail = LogHalf + beta.LogUpper;
        double log = to[0] = t < 0 ? logTail : GammaFunctions.Log1p(-Math.Exp(logTail));
        if (to.Length == 1) return;
        double sign = t < 0 ? 1 : -1;
        (to[1], to[2]) = (t < 0 ? 2 * beta.LogitDensity(beta.LogUpper) / -t : Math.Exp(LogDensity(t, df, point) - log), sign * TailSlope(beta, df, point, log));
    }

    /// <summary>t at a probability.</summary>
    public static void Quantile(ReadOnlySpan<double> at, Span<double> to)
    {
        (double p, double df) = (at[0], at[1]);
        double smaller = Math.Min(p, 1 - p), size;
        if (smaller < 0.25) size = Size(BetaOdds.Quantile(0.5, 0.5 * df, Math.Log(2 * smaller), isLower: false), df);
        else size = smaller == 0.5 ? 0 : Size(BetaOdds.Quantile(0.5, 0.5 * df, Math.Log(2 * Math.Abs(p - 0.5)), isLower: true), df);
        double t = to[0] = p < 0.5 ? -size : size;
        if (to.Length == 1 || !double.IsFinite(t)) return;
        Evaluate(t, df, out UnitPoint point);
        (to[1], to[2]) = (1 / Density(t, df, point), Slope(t, df));
    }

    /// <summary>The derivative of a draw t in ν.</summary>
    public static void DrawSlope(ReadOnlySpan<double> at, Span<double> to) => to[0] = Slope(at[0], at[1]);

    private static double Slope(double t, double df) =>
        t == 0 ? 0 : 0.25 * t * BetaOdds.RatioSlopes(LogOdds(t, df), 0.5, 0.5 * df).B;

    private static double LogOdds(double t, double df) => 2 * Math.Log(Math.Abs(t)) - Math.Log(df);

    private static double Size(double logOdds, double df) => Math.Exp(0.5 * (logOdds + Math.Log(df)));

    private static IncompleteBeta Evaluate(double t, double df, out UnitPoint point)
    {
        point = double.IsNaN(t) ? new(t, t, t, t) : UnitPoint.OfLogit(LogOdds(t, df));
        return IncompleteBeta.Evaluate(0.5, 0.5 * df, point);
    }

    // |t| f(t) is the density of the log-odds.
    private static double LogDensity(double t, double df, UnitPoint point) => t == 0
        ? GammaFunctions.LogGamma(0.5 * (df + 1)) - GammaFunctions.LogGamma(0.5 * df) - 0.5 * Math.Log(Math.PI * df)
        : IncompleteBeta.LogLogitDensity(0.5, 0.5 * df, point) - Math.Log(Math.Abs(t));

    private static double Density(double t, double df, UnitPoint point) => Math.Exp(LogDensity(t, df, point));

    // The derivative of ½ (1 − I) in ν at a fixed t, times exp(−logScale).
    private static double TailSlope(IncompleteBeta beta, double df, UnitPoint point, double logScale)
    {
        if (double.IsInfinity(point.LogX) || double.IsInfinity(point.LogY)) return 0;
        // A logarithm of 1e14 has no digits left for a difference.
        double logTail = beta.LogUpper, factor = logScale == LogHalf + logTail ? 2 : Math.Exp(logTail - logScale);
        return -0.25 * beta.RatioSlopes(logTail, 0.5, 0.5 * df, point).B * factor;
    }
}
