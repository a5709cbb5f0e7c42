namespace ReparamPS.Numerics;

/// <summary>The gamma function and related functions, in full double precision.</summary>
internal static class GammaFunctions
{
    /// <summary>½ log 2π.</summary>
    public const double HalfLogTwoPi = 0.91893853320467274178;

    /// <summary>Euler's constant.</summary>
    public const double Euler = 0.57721566490153286061;

    private const double Large = 12;

    // B₂ₙ / (2n (2n − 1)) and B₂ₙ / 2n: the Stirling series of log Γ and of ψ.
    private static readonly double[] Stirling =
        [0.08333333333333333, -0.002777777777777778, 0.0007936507936507937, -0.0005952380952380953, 0.0008417508417508417, -0.0019175269175269176, 0.00641025641025641, -0.029550653594771242];

    private static readonly double[] StirlingSlope =
        [0.08333333333333333, -0.008333333333333333, 0.003968253968253968, -0.004166666666666667, 0.007575757575757576, -0.021092796092796094, 0.08333333333333333, -0.4432598039215686];

    // ζ(k) − 1 from k = 2.
    private static readonly double[] ZetaLessOne =
    [
        0.6449340668482264, 0.2020569031595943, 0.08232323371113819, 0.03692775514336993, 0.01734306198444914, 0.008349277381922827, 0.00407735619794434,
        0.0020083928260822143, 0.0009945751278180853, 0.0004941886041194645, 0.0002460865533080483, 0.00012271334757848915, 6.124813505870483e-05,
        3.058823630702049e-05, 1.528225940865187e-05, 7.637197637899763e-06, 3.81729326499984e-06, 1.908212716553939e-06, 9.539620338727962e-07,
        4.769329867878064e-07, 2.38450502727733e-07, 1.1921992596531106e-07, 5.960818905125948e-08, 2.980350351465228e-08, 1.4901554828365043e-08,
    ];

    /// <summary>log Γ(1 + x) for x > −1; keeps its relative precision at 0 and 1.</summary>
    public static double LogGamma1p(double x)
    {
        if (x is >= -0.5 and <= 0.5)
        {
            double sum = 0;
            for (int k = ZetaLessOne.Length - 1; k >= 0; k--) sum = ZetaLessOne[k] / (k + 2) - x * sum;
            return x * (1 - Euler) - Log1p(x) + x * x * sum;
        }
        if (x is > 0.5 and <= 1.5) return LogGamma1p(x - 1) + Math.Log(x);
        return LogGamma(1 + x);
    }

    /// <summary>log Γ(x) for x > 0.</summary>
    public static double LogGamma(double x)
    {
        if (x < 0.5) return LogGamma1p(x) - Math.Log(x);
        if (x < 2.5) return x < 1.5 ? LogGamma1p(x - 1) : LogGamma1p(x - 2) + Math.Log(x - 1);
        double product = 1;
        while (x < Large) product *= x++;
        return (x - 0.5) * Math.Log(x) - x + HalfLogTwoPi + StirlingSeries(x) - Math.Log(product);
    }

    /// <summary>δ(x) = log Γ(x) − ((x − ½) log x − x + ½ log 2π), which decreases as 1 / 12x.</summary>
    public static double StirlingRemainder(double x) => x >= Large ? StirlingSeries(x) : LogGamma(x) - ((x - 0.5) * Math.Log(x) - x + HalfLogTwoPi);

    /// <summary>ψ(x) for x > 0.</summary>
    public static double Digamma(double x)
    {
        double shift = 0;
        while (x < Large) shift -= 1 / x++;
        return shift + Math.Log(x) - 0.5 / x - Horner(StirlingSlope, 1 / (x * x)) / (x * x);
    }

    /// <summary>log Γ(x + step) − log Γ(x), with its relative precision where the step is small.</summary>
    public static double LogGammaStep(double x, double step)
    {
        double shift = 0;
        for (; x < Large; x++) shift += Log1p(step / x);
        return (x - 0.5) * Log1p(step / x) + step * (Math.Log(x + step) - 1) + StirlingSeries(x + step) - StirlingSeries(x) - shift;
    }

    /// <summary>ψ(x + step) − ψ(x), without the cancellation of the two at large x.</summary>
    public static double DigammaStep(double x, double step) => DigammaStep(x, step, x + step);

    /// <inheritdoc cref="DigammaStep(double, double)"/>
    /// <param name="x">Positive.</param>
    /// <param name="step">The difference.</param>
    /// <param name="end">x + step, which may have more digits than the sum.</param>
    public static double DigammaStep(double x, double step, double end)
    {
        double shift = 0;
        if (Math.Min(x, end) < Large)
        {
            if (Math.Abs(step) > 0.1 * Math.Min(x, end)) return Digamma(end) - Digamma(x);
            for (; Math.Min(x, end) < Large; x++, end++) shift += step / (x * end);
        }
        double tail = Horner(StirlingSlope, 1 / (x * x)) / (x * x) - Horner(StirlingSlope, 1 / (end * end)) / (end * end);
        return Log1p(step / x) + 0.5 * step / (x * end) + tail + shift;
    }

    /// <summary>ψ(x) − log x + 1 / 2x for x > 0.</summary>
    public static double DigammaRest(double x) => x < Large ? Digamma(x) - Math.Log(x) + 0.5 / x : -Horner(StirlingSlope, 1 / (x * x)) / (x * x);

    /// <summary>ψ(x + step) − ψ(x) − log((x + step) / x) for x ≥ 1000.</summary>
    public static double DigammaStepRest(double x, double step)
    {
        double end = x + step, inverse = 1 / x, other = 1 / end, squares = inverse * inverse + other * other;
        return step * inverse * other * (0.5 + (inverse + other) * (1.0 / 12 - squares / 120));
    }

    /// <summary>ψ′(x) − 1 / x − 1 / 2x² for x > 0.</summary>
    public static double TrigammaRest(double x)
    {
        double sum = 0;
        // That of x less that of x + 1 is 1 / (2 x² (x + 1)²).
        for (; x < Large; x++) sum += 0.5 / (x * x * (x + 1) * (x + 1));
        double square = 1 / (x * x);
        return sum + square / x * (1.0 / 6 - square * (1.0 / 30 - square * (1.0 / 42 - square * (1.0 / 30 - square * (5.0 / 66 - square * (691.0 / 2730))))));
    }

    /// <summary>log(1 + x), accurate near 0.</summary>
    public static double Log1p(double x)
    {
        double sum = 1 + x;
        return sum == 1 ? x : double.IsInfinity(sum) ? Math.Log(sum) : Math.Log(sum) * (x / (sum - 1));
    }

    /// <summary>eˣ − 1, accurate near 0.</summary>
    public static double Expm1(double x)
    {
        if (Math.Abs(x) > 0.5) return Math.Exp(x) - 1;
        double half = Math.Tanh(x / 2);
        return 2 * half / (1 - half);
    }

    /// <summary>eˣ − 1 − x, with its relative precision near 0.</summary>
    public static double Expm1MinusX(double x)
    {
        if (Math.Abs(x) > 0.5) return Math.Exp(x) - 1 - x;
        double term = 0.5 * x * x, sum = term;
        for (int n = 3; Math.Abs(term) > 1e-18 * sum; n++) sum += term *= x / n;
        return sum;
    }

    /// <summary>log(1 − eˣ) for x ≤ 0.</summary>
    public static double Log1mExp(double x) => x > -0.6931471805599453 ? Math.Log(-Expm1(x)) : Log1p(-Math.Exp(x));

    /// <summary>log(1 + x) − x, with its relative precision near 0.</summary>
    public static double Log1pMinusX(double x)
    {
        if (Math.Abs(x) > 0.5) return Log1p(x) - x;
        double r = x / (2 + x), square = r * r, power = 2 * r * square, sum = 0;
        for (int k = 3; Math.Abs(power) > 1e-19 * Math.Abs(sum) && k < 60; k += 2)
        {
            sum += power / k;
            power *= square;
        }
        return sum - r * x;
    }

    /// <summary>log x − (x − 1), with its relative precision near 1, for x = value / center.</summary>
    public static double LogRatioDeficit(double value, double center) => Log1pMinusX((value - center) / center);

    private static double StirlingSeries(double x) => Horner(Stirling, 1 / (x * x)) / x;

    private static double Horner(double[] coefficients, double x)
    {
        double sum = 0;
        for (int i = coefficients.Length - 1; i >= 0; i--) sum = sum * x + coefficients[i];
        return sum;
    }
}
