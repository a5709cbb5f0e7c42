using static ReparamPS.Numerics.GammaFunctions;

namespace ReparamPS.Numerics;

/// <summary>Constants of the incomplete beta functions of one pair (a, b). The last pair is cached, because most calls repeat their parameters.</summary>
internal sealed class BetaConstants
{
    [ThreadStatic]
    private static BetaConstants? last;

    /// <summary>What is shared, for a pair that does not come again.</summary>
    public BetaConstants(double a, double b)
    {
        (A, B) = (a, b);
        SlopeA = DigammaStep(a + 1, b - 1, a + b);
        SlopeB = DigammaStep(b + 1, a - 1, a + b);
        IsLarge = Math.Max(a, b) > 12;
        Constant = IsLarge
            ? 0.5 * (Math.Log(Math.Min(a, b)) - Log1p(Math.Min(a, b) / Math.Max(a, b))) - HalfLogTwoPi + StirlingRemainder(a + b) - StirlingRemainder(a) - StirlingRemainder(b)
            : GammaFunctions.LogGamma(a + b) - LogGamma1p(a) - LogGamma1p(b) + Math.Log(a) + Math.Log(b);
    }

    public double A { get; }

    public double B { get; }

    /// <summary>ψ(a + b) − ψ(a + 1).</summary>
    public double SlopeA { get; }

    /// <summary>ψ(a + b) − ψ(b + 1).</summary>
    public double SlopeB { get; }

    private bool IsLarge { get; }

    private double Constant { get; }

    public static BetaConstants Of(double a, double b) => last is { } kept && kept.A == a && kept.B == b ? kept : last = new BetaConstants(a, b);

    /// <summary>log(xᵃ yᵇ / B(a, b)), y = 1 − x: by Stirling's formula at large parameters, where the terms would cancel.</summary>
    public double LogPrefactor(UnitPoint at)
    {
        if (!IsLarge) return A * at.LogX + B * at.LogY + Constant;
        double excess = B * at.X - A * at.Y, up = excess / A, down = -excess / B;
        bool nearX = Math.Abs(up) <= 0.5, nearY = Math.Abs(down) <= 0.5;
        if (nearX && nearY) return A * Log1pMinusX(up) + B * Log1pMinusX(down) + Constant;
        double first = nearX ? Log1p(up) : at.LogX + LogSumOver(A, B), second = nearY ? Log1p(down) : at.LogY + LogSumOver(B, A);
        return A * first + B * second + Constant;
    }

    // log((a + b) / a), also if the quotient overflows.
    private static double LogSumOver(double a, double b) => double.IsInfinity(b / a) ? Math.Log(b) - Math.Log(a) : Log1p(b / a);
}

/// <summary>A point of [0, 1] as x and y = 1 − x with their logarithms, so that points near 0 and 1 keep their digits.</summary>
internal readonly record struct UnitPoint(double X, double Y, double LogX, double LogY)
{
    /// <summary>Creates the point from x.</summary>
    public static UnitPoint OfX(double x) => new(x, 1 - x, x > 0.5 ? Log1p(-(1 - x)) : Math.Log(x), x < 0.5 ? Log1p(-x) : Math.Log(1 - x));

    /// <summary>Creates the point from log(x / y).</summary>
    public static UnitPoint OfLogit(double logit)
    {
        double small = Math.Exp(-Math.Abs(logit)), logLarge = -Log1p(small), logSmall = logLarge - Math.Abs(logit);
        double large = 1 / (1 + small);
        return logit > 0 ? new(large, small * large, logLarge, logSmall) : new(small * large, large, logSmall, logLarge);
    }

    /// <summary>The point with x and y exchanged.</summary>
    public UnitPoint Mirrored => new(Y, X, LogY, LogX);
}
