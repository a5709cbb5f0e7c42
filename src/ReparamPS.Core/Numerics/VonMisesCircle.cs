namespace ReparamPS.Numerics;

/// <summary>
/// The von Mises distribution's functions of an angle x in [−π, π] from its mode and of κ. Everything is a quadrature of exp(−2κ sin²(t/2)), whose terms are
/// all positive: no series cancels and no approximation ends, for any κ.
/// </summary>
internal sealed class VonMisesCircle
{
    // The difference of π and Math.PI. Near ±π, the distance from ±π needs it.
    private const double PiRemainder = 1.2246467991473532e-16;

    private const double NarrowTail = 1e-10;

    [ThreadStatic]
    private static VonMisesCircle? last;

    private readonly double kappa, logTotal;

    private VonMisesCircle(double kappa)
    {
        this.kappa = kappa;
        (double total, double decline) = Integrate(0);
        logTotal = Math.Log(2 * total);
        Decline = decline / total;
    }

    /// <summary>1 − I₁(κ)/I₀(κ), the mean of 1 − cos x.</summary>
    public double Decline { get; }

    /// <summary>The circle of a κ. The last one is cached, because most calls repeat their parameters.</summary>
    public static VonMisesCircle Of(double kappa) => last is { } kept && kept.kappa == kappa ? kept : last = new VonMisesCircle(kappa);

    /// <summary>log p(x).</summary>
    public double LogDensity(double x) => -2 * kappa * Square(Math.Sin(0.5 * x)) - logTotal;

    /// <summary>The logarithm of the smaller tail beyond |x|, its derivative in κ as a multiple of p(x), and itself as one.</summary>
    public (double LogTail, double SlopePerDensity, double Mass) Tail(double x)
    {
        double edge = Math.Max(-Math.Abs(x), -Math.PI);
        (double mass, double decline) = Integrate(edge);
        return (Math.Log(mass) + LogDensity(x), Decline * mass - decline, mass);
    }

    /// <summary>The angle whose lower tail has a logarithm of at most log ½.</summary>
    public double LowerQuantile(double logProbability)
    {
        double start = Math.Max(-3, Math.Max(NormalTail.QuantileOfLog(logProbability) / Math.Sqrt(kappa), 2 * Math.PI * (Math.Exp(logProbability) - 0.5)));
        return QuantileSolver.Solve(
            x =>
            {
                double log = Tail(x).LogTail;
                return (log - logProbability, Math.Exp(LogDensity(x) - log));
            },
            start, -Math.PI, 0);
    }

    // ∫ exp(−2κ (sin²(t/2) − sin²(edge/2))) and the same times 1 − cos t, starting where the integrand is negligible.
    private (double Mass, double Decline) Integrate(double edge)
    {
        double scale = 2 * Math.Sqrt(kappa), inner = Math.Sin(0.5 * edge), s = -scale * inner;
        double reach = s + 84 / (s + Math.Sqrt(s * s + 84));
        double from = reach < scale ? -2 * Math.Asin(reach / scale) : -Math.PI;
        double width = reach < scale ? edge - from : edge + Math.PI + PiRemainder;
        if (reach < scale && width < -NarrowTail * edge)
        {
            // Exponential, on an interval that the angle's digits hardly resolve.
            double narrow = -1 / (kappa * Math.Sin(edge));
            return (narrow, 2 * narrow * inner * inner);
        }
        double mass = 0, decline = 0;
        GaussLegendre rule = GaussLegendre.Long;
        for (int i = 0; i < rule.Count; i++)
        {
            // By the distance from the edge, which has more digits than the angle.
            (double distance, double weight) = rule.Node(i, 0, width);
            double term = weight * Math.Exp(2 * kappa * Math.Sin(0.5 * distance) * Math.Sin(edge - 0.5 * distance));
            mass += term;
            decline += 2 * term * Square(Math.Sin(0.5 * (edge - distance)));
        }
        return (mass, decline);
    }

    private static double Square(double x) => x * x;
}
