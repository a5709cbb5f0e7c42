namespace ReparamPS.Numerics;

/// <summary>Quantiles and draws of Beta(a, b) as log-odds log(x / (1 − x)), which keep their digits near 0 and 1.</summary>
internal static class BetaOdds
{
    // Draws of a smaller probability in either tail lie outside a table.
    private const double RarestInTable = 1e-6;

    /// <summary>The derivatives of drawn log-odds in a and b: −(∂F/∂θ) / p, p the density of the log-odds.</summary>
    public static (double A, double B) Slopes(double logOdds, double a, double b)
    {
        UnitPoint at = UnitPoint.OfLogit(logOdds);
        (double slopeA, double slopeB) = IncompleteBeta.Evaluate(a, b, at).Slopes(IncompleteBeta.LogLogitDensity(a, b, at));
        return (-slopeA, -slopeB);
    }

    /// <summary>The derivatives of drawn log-odds in a and in b for many draws of one pair; null where tables are not precise enough.</summary>
    public static (SlopeTable A, SlopeTable B)? SlopeTables(double a, double b)
    {
        double low = Quantile(a, b, RarestInTable), high = Quantile(a, b, 1 - RarestInTable);
        return SlopeTable.Of(logOdds => Slopes(logOdds, a, b).A, low, high) is { } first && SlopeTable.Of(logOdds => Slopes(logOdds, a, b).B, low, high) is { } second ? (first, second) : null;
    }

    /// <summary>The derivatives in a and b of the logarithm of a drawn F ratio, b x / (a y), with 2a and 2b degrees of freedom.</summary>
    public static (double A, double B) RatioSlopes(double logOdds, double a, double b)
    {
        UnitPoint at = UnitPoint.OfLogit(logOdds);
        (double slopeA, double slopeB) = IncompleteBeta.Evaluate(a, b, at).RatioSlopes(IncompleteBeta.LogLogitDensity(a, b, at), a, b, at);
        return (-slopeA, -slopeB);
    }

    /// <summary>The log-odds at which log I(x; a, b), or the logarithm of the complement, has a given value.</summary>
    public static double Quantile(double a, double b, double logProbability, bool isLower)
    {
        if (double.IsNaN(logProbability)) return double.NaN;
        if (logProbability == 0 || double.IsNegativeInfinity(logProbability)) return isLower == (logProbability == 0) ? double.PositiveInfinity : double.NegativeInfinity;
        double centre = Math.Log(a) - Math.Log(b);
        return QuantileSolver.Solve(
            logit =>
            {
                UnitPoint at = UnitPoint.OfLogit(logit);
                IncompleteBeta beta = IncompleteBeta.Evaluate(a, b, at);
                double log = isLower ? beta.LogLower : beta.LogUpper;
                double slope = Math.Exp(IncompleteBeta.LogLogitDensity(a, b, at) - log);
                return (isLower ? log - logProbability : logProbability - log, slope);
            },
            centre);
    }

    /// <summary>The log-odds at a probability, from the smaller tail.</summary>
    public static double Quantile(double a, double b, double probability) => probability < 0.5
        ? Quantile(a, b, Math.Log(probability), isLower: true)
        : Quantile(a, b, GammaFunctions.Log1p(-probability), isLower: false);
}
