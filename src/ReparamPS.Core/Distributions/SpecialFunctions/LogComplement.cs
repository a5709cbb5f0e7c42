using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.SpecialFunctions;

/// <summary>Converts the logarithm of a probability to that of its complement.</summary>
internal static class LogComplement
{
    // Above this h, exp(−h) is 0 in double precision.
    private const double LargestLogHazard = 6.65;

    /// <summary>log(1 − eˣ) for x ≤ 0, accurate near 0 and −∞.</summary>
    public static Tensor OfExp(Tensor x)
    {
        Tensor isNear = x > -Math.Log(2);
        return TensorChoice.Where(isNear, (-TensorChoice.Where(isNear, x, -1).expm1()).log(), (-TensorChoice.Where(isNear, -1, x).exp()).log1p());
    }

    /// <summary>1 − eˣ for x ≤ 0, whose derivative −eˣ keeps its digits for very negative x, unlike that of expm1.</summary>
    public static Tensor Of(Tensor x)
    {
        Tensor isNear = x > -Math.Log(2);
        return TensorChoice.Where(isNear, -x.masked_fill(~isNear, 0).expm1(), 1 - x.masked_fill(isNear, 0).exp());
    }

    /// <summary>log(1 − exp(−h)) from log h: log h itself if h underflows, with matching derivatives.</summary>
    public static Tensor OfHazard(Tensor logHazard)
    {
        Tensor isSmall = logHazard < -1, low = logHazard.masked_fill(~isSmall, -1), half = 0.5 * low.exp();
        Tensor high = logHazard.masked_fill(isSmall, 0).clamp_max(LargestLogHazard).exp();
        return TensorChoice.Where(isSmall, low - half + SmoothQuotients.LogSinhcOf(half), (-(-high).exp()).log1p());
    }
}
