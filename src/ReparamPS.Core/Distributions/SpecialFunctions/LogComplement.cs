using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.SpecialFunctions;

/// <summary>From the logarithm of a probability to that of its complement.</summary>
internal static class LogComplement
{
    /// <summary>log(1 − eˣ) for x ≤ 0, accurate at both ends.</summary>
    public static Tensor OfExp(Tensor x)
    {
        Tensor isNear = x > -Math.Log(2);
        return TensorChoice.Where(isNear, (-TensorChoice.Where(isNear, x, -1).expm1()).log(), (-TensorChoice.Where(isNear, -1, x).exp()).log1p());
    }
}
