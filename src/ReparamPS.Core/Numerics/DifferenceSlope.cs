namespace ReparamPS.Numerics;

/// <summary>A derivative by central differences at two steps, extrapolated, with what tells how good it is.</summary>
/// <param name="Value">The derivative.</param>
/// <param name="Gap">The distance between the differences at the two steps: large at kinks and jumps.</param>
/// <param name="Roughness">The fourth difference: of a smooth function it vanishes; what remains is rounding, also that of terms that cancel.</param>
internal readonly record struct DifferenceSlope(double Value, double Gap, double Roughness)
{
    private const double MinStep = 1e-3, MaxStep = 0.1;

    // The rounding at which the smallest step is still accurate.
    private const double FineRounding = 1e-13;

    /// <summary>Where the function is evaluated around the point, in steps.</summary>
    public static IReadOnlyList<double> Shifts { get; } = [1, -1, 0.5, -0.5];

    /// <summary>The derivative of a function from its values.</summary>
    /// <param name="at">Its value at a shift, by the index of the shift.</param>
    /// <param name="centre">Its value at the point.</param>
    /// <param name="step">The step.</param>
    public static DifferenceSlope Of(Func<int, double> at, double centre, double step)
    {
        double up = at(0), down = at(1), halfUp = at(2), halfDown = at(3), wide = (up - down) / (2 * step), narrow = (halfUp - halfDown) / step;
        return new DifferenceSlope((4 * narrow - wide) / 3, Math.Abs(wide - narrow), Math.Abs(up + down - 4 * (halfUp + halfDown) + 6 * centre));
    }

    /// <summary>The step for values with a given rounding error: the error of a difference is about rounding / step + step⁴, so the best step grows with the fifth root of the rounding.</summary>
    public static double Step(double rounding) => Math.Clamp(MinStep * Math.Pow(rounding / FineRounding, 0.2), MinStep, MaxStep);

    /// <summary>The error that the derivative may have.</summary>
    /// <param name="rounding">The rounding error of the values.</param>
    /// <param name="roughness">The largest roughness of comparable derivatives.</param>
    /// <param name="step">The step.</param>
    public double Error(double rounding, double roughness, double step) => 10 * Gap + (10 * rounding + roughness) / step;
}
