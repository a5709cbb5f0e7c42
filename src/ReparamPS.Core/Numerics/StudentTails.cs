namespace ReparamPS.Numerics;

/// <summary>
/// The standard Student t distribution's functions of (t, ν), by t² / (ν + t²) ~ Beta(½, ν/2), whose tails both keep their digits.
/// </summary>
internal static class StudentTails
{
    private const double LogHalf = -0.6931471805599453;

    /// <summary>F(t; ν) at t = distance / scale, of (distance, scale, ν).</summary>
    public static void Cdf(ReadOnlySpan<double> at, Span<double> to) => Cdf(at[0], at[1], at[2], to);

    /// <summary>1 − F(t; ν).</summary>
    public static void Survival(ReadOnlySpan<double> at, Span<double> to)
    {
        Cdf(-at[0], at[1], at[2], to);
        if (to.Length > 1) to[1] = -to[1];
    }

    /// <summary>log F(t; ν).</summary>
    public static void LogCdf(ReadOnlySpan<double> at, Span<double> to) => LogCdf(at[0], at[1], at[2], to);

    /// <summary>log(1 − F(t; ν)).</summary>
    public static void LogSurvival(ReadOnlySpan<double> at, Span<double> to)
    {
        LogCdf(-at[0], at[1], at[2], to);
        if (to.Length > 1) to[1] = -to[1];
    }

    private static void Cdf(double distance, double scale, double df, Span<double> to)
    {
        IncompleteBeta beta = Evaluate(distance, scale, df, out UnitPoint point);
        double tail = 0.5 * beta.Upper;
        to[0] = distance < 0 ? tail : 1 - tail;
        if (to.Length == 1) return;
        WriteSlopes(distance, scale, df, Math.Exp(IncompleteBeta.LogLogitDensity(0.5, 0.5 * df, point)), 0, to);
        to[3] = (distance < 0 ? 1 : -1) * TailSlope(beta, df, point, 0);
    }

    private static void LogCdf(double distance, double scale, double df, Span<double> to)
    {
        IncompleteBeta beta = Evaluate(distance, scale, df, out UnitPoint point);
        double logTail = LogHalf + beta.LogUpper;
        double log = to[0] = distance < 0 ? logTail : GammaFunctions.Log1p(-Math.Exp(logTail));
        if (to.Length == 1) return;
        double rise = distance < 0 ? 2 * beta.LogitDensity(beta.LogUpper) : Math.Exp(IncompleteBeta.LogLogitDensity(0.5, 0.5 * df, point) - log);
        WriteSlopes(distance, scale, df, rise, log, to);
        to[3] = (distance < 0 ? 1 : -1) * TailSlope(beta, df, point, log);
    }

    // From the slope in log |t|, which is 0 at a distance of 0: there, the density gives the slope.
    private static void WriteSlopes(double distance, double scale, double df, double rise, double log, Span<double> to) => (to[1], to[2]) = distance == 0
        ? (Math.Exp(LogDensityAt0(df) - log) / scale, 0)
        : (rise / Math.Abs(distance), -Math.CopySign(rise, distance) / scale);

    /// <summary>t at a probability.</summary>
    public static void Quantile(ReadOnlySpan<double> at, Span<double> to)
    {
        (double p, double df) = (at[0], at[1]);
        double smaller = Math.Min(p, 1 - p), size;
        if (smaller < 0.25) size = Size(BetaOdds.Quantile(0.5, 0.5 * df, Math.Log(2 * smaller), isLower: false), df);
        else size = smaller == 0.5 ? 0 : Size(BetaOdds.Quantile(0.5, 0.5 * df, Math.Log(2 * Math.Abs(p - 0.5)), isLower: true), df);
        double t = to[0] = p < 0.5 ? -size : size;
        if (to.Length == 1 || !double.IsFinite(t)) return;
        (to[1], to[2]) = (1 / Density(t, df), Slope(t, df));
    }

    /// <summary>The derivative of a draw t in ν.</summary>
    public static void DrawSlope(ReadOnlySpan<double> at, Span<double> to) => to[0] = Slope(at[0], at[1]);

    private static double Slope(double t, double df) =>
        t == 0 ? 0 : 0.25 * t * BetaOdds.RatioSlopes(LogOdds(t, df), 0.5, 0.5 * df).B;

    private static double LogOdds(double t, double df) => 2 * Math.Log(Math.Abs(t)) - Math.Log(df);

    private static double Size(double logOdds, double df) => Math.Exp(0.5 * (logOdds + Math.Log(df)));

    private static IncompleteBeta Evaluate(double distance, double scale, double df, out UnitPoint point)
    {
        double t = distance / scale;
        double logOdds = double.IsNormal(t) || !double.IsNormal(distance) ? LogOdds(t, df) : 2 * (Math.Log(Math.Abs(distance)) - Math.Log(scale)) - Math.Log(df);
        point = double.IsNaN(t) ? new(t, t, t, t) : UnitPoint.OfLogit(logOdds);
        return IncompleteBeta.Evaluate(0.5, 0.5 * df, point);
    }

    // Above 1 by the step between the two log-gammas, which cancel at large ν.
    private static double LogDensityAt0(double df) =>
        (df > 1 ? GammaFunctions.LogGammaStep(0.5 * df, 0.5) : GammaFunctions.LogGamma(0.5 * (df + 1)) - GammaFunctions.LogGamma(0.5 * df)) - 0.5 * (Math.Log(Math.PI) + Math.Log(df));

    // |t| f(t) is the density of the log-odds.
    private static double Density(double t, double df) => Math.Exp(t == 0
        ? LogDensityAt0(df)
        : IncompleteBeta.LogLogitDensity(0.5, 0.5 * df, UnitPoint.OfLogit(LogOdds(t, df))) - Math.Log(Math.Abs(t)));

    // The derivative of ½ (1 − I) in ν at a fixed t, times exp(−logScale).
    private static double TailSlope(IncompleteBeta beta, double df, UnitPoint point, double logScale)
    {
        if (double.IsInfinity(point.LogX) || double.IsInfinity(point.LogY)) return 0;
        // A logarithm of 1e14 has no digits left for a difference.
        double logTail = beta.LogUpper, factor = logScale == LogHalf + logTail ? 2 : Math.Exp(logTail - logScale);
        return -0.25 * beta.RatioSlopes(logTail, 0.5, 0.5 * df, point).B * factor;
    }
}
