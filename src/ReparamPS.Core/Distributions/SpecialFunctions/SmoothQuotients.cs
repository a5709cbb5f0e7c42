using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.SpecialFunctions;

/// <summary>Quotients that are 0/0 at zero but smooth in value and derivatives, in tensor operations.</summary>
internal static class SmoothQuotients
{
    private const double NearZero = 0.5, NearZeroOfLog = 0.05;

    // Beyond it, the slope of the quotient in s keeps nearly all digits of the type, and the second derivative 9 of a double's.
    private const double NearZeroOfExp = 2e-3, NearZeroOfSingleExp = 0.3, SmallestFactor = 1e-8;

    private const int TermsOfExp = 6;

    // The terms of the series of log(sinh t / t) that single precision sees, in the second derivative too.
    private const int SingleTerms = 6;

    // The series of log(sinh t / t) in t²: 2²ⁿ⁻¹ B₂ₙ / (n (2n)!) from n = 1.
    private static readonly double[] LogSinhc =
    [
        0.16666666666666666, -0.005555555555555556, 0.0003527336860670194, -2.6455026455026456e-05, 2.1377799155576935e-06, -1.803670234005331e-07,
        1.5661391322766983e-08, -1.3884130493737299e-09, 1.2504359176004997e-10, -1.1402575602296091e-11, 1.0502923908637557e-12, -9.754877841593701e-14,
    ];

    private static readonly double[] LangevinTerms = [.. LogSinhc.Select((c, n) => c * (2 * n + 2))];

    private static readonly double[] LangevinSlopeTerms = [.. LogSinhc.Select((c, n) => c * (2 * n + 2) * (2 * n + 1))];

    private static readonly double[] InverseFactorials = [.. Enumerable.Range(1, 8).Select(n => 1 / Enumerable.Range(1, n).Aggregate(1.0, (product, k) => product * k))];

    private static readonly double[] AlternatingInverses = [.. Enumerable.Range(1, 14).Select(n => (n % 2 == 1 ? 1.0 : -1.0) / n)];

    /// <summary>(eˢˣ − 1) / s, which is x at s = 0, for x up to 1e6.</summary>
    public static Tensor Expm1Scaled(Tensor x, Tensor s)
    {
        (double limit, double[] terms) = x.dtype == ScalarType.Float32 ? (NearZeroOfSingleExp, InverseFactorials) : (NearZeroOfExp, InverseFactorials[..TermsOfExp]);
        Tensor t = x * s, near = x * Polynomial(terms, t.clamp(-limit, limit));
        return TensorChoice.Where(TensorChoice.Abs(t) < limit, near, t.expm1() / s.masked_fill(TensorChoice.Abs(s) < SmallestFactor, 1));
    }

    /// <summary>log(1 + s x) / s, which is x at s = 0; s x below −1 counts as −1.</summary>
    public static Tensor Log1pScaled(Tensor x, Tensor s)
    {
        Tensor t = (x * s).clamp_min(-1), isNear = TensorChoice.Abs(t) < NearZeroOfLog;
        Tensor near = TensorChoice.Where(isNear, x, 0) * Polynomial(AlternatingInverses, TensorChoice.Where(isNear, t, 0));
        return TensorChoice.Where(isNear, near, TensorChoice.Where(isNear, 1, t).log1p() / TensorChoice.Where(isNear, 1, s));
    }

    /// <summary>log(sinh t / t).</summary>
    public static Tensor LogSinhcOf(Tensor t)
    {
        Tensor size = TensorChoice.Abs(t), isNear = size < NearZero;
        Tensor far = size.masked_fill(isNear, 1), square = t.masked_fill(~isNear, 0).square();
        return TensorChoice.Where(isNear, square * Polynomial(Terms(LogSinhc, t), square), far + (-(-2 * far).exp()).log1p() - (2 * far).log());
    }

    /// <summary>coth t − 1/t, the derivative of log(sinh t / t).</summary>
    public static Tensor Langevin(Tensor t) => Smooth(
        t, NearZero, far => far.tanh().reciprocal() - far.reciprocal(), near => near * Polynomial(Terms(LangevinTerms, near), near.square()));

    /// <summary>1/t² − 1/sinh² t, the derivative of coth t − 1/t.</summary>
    public static Tensor LangevinSlope(Tensor t) => Smooth(
        t,
        NearZero,
        far =>
        {
            Tensor decay = (-TensorChoice.Abs(far)).exp();
            return far.square().reciprocal() - (2 * decay / -(-2 * TensorChoice.Abs(far)).expm1()).square();
        },
        near => Polynomial(Terms(LangevinSlopeTerms, near), near.square()));

    /// <summary>log(1 + (x / scale)²), even if the quotient or its square overflows.</summary>
    public static Tensor Log1pSquare(Tensor x, Tensor scale)
    {
        Tensor square = SteepQuotient.Of(x, scale).square();
        if (!TensorQuestions.MayExceed(square, 1e20)) return square.log1p();
        Tensor isFar = square > 1e20, far = 2 * (TensorChoice.Where(isFar, TensorChoice.Abs(x), 1).log() - scale.log());
        return TensorChoice.Where(isFar, far, SteepQuotient.Of(x.masked_fill(isFar, 0), scale).square().log1p());
    }

    /// <summary>The angle opposite of a leg of a right triangle, in [0, π/2], from the legs' lengths. The slopes are those of a quotient of at most 1.</summary>
    public static Tensor Angle(Tensor opposite, Tensor adjacent)
    {
        Tensor isSteep = opposite > adjacent;
        Tensor small = (TensorChoice.Where(isSteep, adjacent, opposite) / TensorChoice.Where(isSteep, opposite, adjacent)).atan();
        return TensorChoice.Where(isSteep, Math.PI / 2 - small, small);
    }

    private static Tensor Smooth(Tensor t, double radius, Func<Tensor, Tensor> far, Func<Tensor, Tensor> near)
    {
        Tensor isNear = TensorChoice.Abs(t) < radius;
        return TensorChoice.Where(isNear, near(TensorChoice.Where(isNear, t, 0)), far(TensorChoice.Where(isNear, 1, t)));
    }

    private static double[] Terms(double[] series, Tensor t) => t.dtype == ScalarType.Float32 ? series[..SingleTerms] : series;

    private static Tensor Polynomial(double[] coefficients, Tensor x)
    {
        Tensor sum = x * coefficients[^1] + coefficients[^2];
        for (int i = coefficients.Length - 3; i >= 0; i--) sum = sum * x + coefficients[i];
        return sum;
    }
}
