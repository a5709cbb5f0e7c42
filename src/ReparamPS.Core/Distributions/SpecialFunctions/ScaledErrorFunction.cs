using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.SpecialFunctions;

/// <summary>
/// The scaled complementary error function erfcx(x) = exp(x²) erfc(x) for x ≥ 0.46875, in tensor operations, so that it is differentiable to any order.
/// Rational Chebyshev approximations of W. J. Cody, "Rational Chebyshev approximations for the error function", Math. Comp. 23 (1969), 631–637.
/// </summary>
internal static class ScaledErrorFunction
{
    /// <summary>The smallest x of the approximation.</summary>
    public const double Min = 0.46875;

    private const double Split = 4;

    private static readonly double[] MiddleNumerator =
    [
        2.15311535474403846e-8, 5.64188496988670089e-1, 8.88314979438837594, 6.61191906371416295e1, 2.98635138197400131e2,
        8.81952221241769090e2, 1.71204761263407058e3, 2.05107837782607147e3, 1.23033935479799725e3,
    ];

    private static readonly double[] MiddleDenominator =
    [
        1, 1.57449261107098347e1, 1.17693950891312499e2, 5.37181101862009858e2, 1.62138957456669019e3,
        3.29079923573345963e3, 4.36261909014324716e3, 3.43936767414372164e3, 1.23033935480374942e3,
    ];

    private static readonly double[] TailNumerator =
        [1.63153871373020978e-2, 3.05326634961232344e-1, 3.60344899949804439e-1, 1.25781726111229246e-1, 1.60837851487422766e-2, 6.58749161529837803e-4];

    private static readonly double[] TailDenominator =
        [1, 2.56852019228982242, 1.87295284992346725, 5.27905102951428412e-1, 6.05183413124413191e-2, 2.33520497626869185e-3];

    /// <summary>erfcx(x).</summary>
    /// <param name="x">At least <see cref="Min"/>.</param>
    public static Tensor Erfcx(Tensor x)
    {
        Tensor inTail = x > Split;
        Tensor middle = TensorChoice.Where(inTail, 1, x), tail = TensorChoice.Where(inTail, x, Split);
        Tensor inverseSquare = tail.square().reciprocal();
        Tensor correction = inverseSquare * Polynomial(TailNumerator, inverseSquare) / Polynomial(TailDenominator, inverseSquare);
        return TensorChoice.Where(
            inTail,
            (1 / Math.Sqrt(Math.PI) - correction) / tail,
            Polynomial(MiddleNumerator, middle) / Polynomial(MiddleDenominator, middle));
    }

    private static Tensor Polynomial(double[] coefficients, Tensor x)
    {
        Tensor result = x * coefficients[0] + coefficients[1];
        foreach (double coefficient in coefficients.AsSpan(2)) result = result * x + coefficient;
        return result;
    }
}
