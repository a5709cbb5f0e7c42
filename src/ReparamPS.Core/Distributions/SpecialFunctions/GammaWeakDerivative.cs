using ReparamPS.Numerics;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.SpecialFunctions;

/// <summary>
/// The derivative of the Gamma(a, 1) density in a, p(z) (log z − ψ(a)), as a difference of two densities: it is positive above z* = exp ψ(a), negative below, and
/// each part has the mass −∂P(a, z*)/∂a.
/// </summary>
internal static class GammaWeakDerivative
{
    /// <summary>The mass of each part.</summary>
    public static Tensor Mass(Tensor a) => Elementwise.Map((at, to) => to[0] = Mass(at[0]), 1, 1, a)[0];

    /// <summary>The quantiles of both parts at one level: above and below z*.</summary>
    /// <param name="a">The concentration.</param>
    /// <param name="level">In (0, 1).</param>
    public static (Tensor Above, Tensor Below) Quantiles(Tensor a, Tensor level)
    {
        Tensor[] found = Elementwise.Map(
            (at, to) =>
            {
                double mass = Mass(at[0]);
                to[0] = Math.Exp(LogQuantile(at[0], mass, at[1], above: true));
                to[1] = Math.Max(double.Epsilon, Math.Exp(LogQuantile(at[0], mass, at[1], above: false)));
            },
            2, 2, a, level);
        return (found[0], found[1]);
    }

    private static double Mass(double a) => Math.Exp(LogOuter(a, GammaFunctions.Digamma(a)));

    // In t = log z, where −∂P/∂a is the mass of the part beyond z: from z to ∞, or from 0 to z.
    private static double LogQuantile(double a, double mass, double level, bool above)
    {
        double centre = GammaFunctions.Digamma(a), outer = above ? 1 - level : level, target = Math.Log(mass) + Math.Log(outer);
        double distance = Math.Sqrt(2 * mass * (1 - outer) / Math.Exp(LogDensity(a, centre)));
        return QuantileSolver.Solve(
            t =>
            {
                double log = LogOuter(a, t), slope = (centre - t) * Math.Exp(LogDensity(a, t) - log);
                return above ? (target - log, -slope) : (log - target, slope);
            },
            above ? centre + distance : centre - distance,
            above ? centre : double.NegativeInfinity,
            above ? double.PositiveInfinity : centre);
    }

    // log(−∂P/∂a); if z is below the smallest double, P is zᵃ / Γ(a + 1).
    private static double LogOuter(double a, double t)
    {
        double z = Math.Exp(t);
        return z > 0 ? Math.Log(-IncompleteGamma.Evaluate(a, z).Slope) : a * t - GammaFunctions.LogGamma1p(a) + Math.Log(GammaFunctions.Digamma(a + 1) - t);
    }

    // Of t = log z.
    private static double LogDensity(double a, double t)
    {
        double z = Math.Exp(t);
        return z > 0 ? IncompleteGamma.LogDensity(a, z) + t : a * t - GammaFunctions.LogGamma1p(a) + Math.Log(a);
    }
}
