using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.SpecialFunctions;

/// <summary>Quotients by a denominator that may be tiny. The slope in it can overflow, and times a gradient of 0, as of a tail that has fallen to 0, it would be NaN.</summary>
internal static class SteepQuotient
{
    private const double Steep = 1e-15;

    // Beyond it, the difference of two numbers of the type can overflow.
    private const double Near = 1e-20;

    /// <summary>(x − loc) / scale, also where the difference overflows.</summary>
    public static Tensor OfDistance(Tensor x, Tensor loc, Tensor scale)
    {
        (Tensor distance, Tensor unit) = Distance(x, loc, scale);
        return Of(distance, unit);
    }

    /// <summary>x − loc and scale, or half of each where the difference could overflow.</summary>
    public static (Tensor Distance, Tensor Scale) Distance(Tensor x, Tensor loc, Tensor scale) =>
        TensorQuestions.AreSurelyBetween(loc, -Near * TorchTypes.Largest(loc.dtype), Near * TorchTypes.Largest(loc.dtype)) ? (x - loc, scale) : (0.5 * x - 0.5 * loc, 0.5 * scale);

    /// <summary>numerator / denominator.</summary>
    public static Tensor Of(Tensor numerator, Tensor denominator)
    {
        if (!denominator.requires_grad || !TensorQuestions.MayAny(denominator < Steep)) return numerator / denominator;
        // The incoming gradient meets the finite quotient first, and 1 / denominator after that. An infinite denominator over itself would be NaN.
        Tensor constant = denominator.detach(), quotient = numerator / constant, isInfinite = quotient.isinf() | constant.isinf();
        Tensor finite = quotient.masked_fill(isInfinite, 0) / (denominator.masked_fill(isInfinite, 1) / constant.masked_fill(isInfinite, 1));
        return TensorChoice.Where(isInfinite, quotient.detach(), finite);
    }
}
