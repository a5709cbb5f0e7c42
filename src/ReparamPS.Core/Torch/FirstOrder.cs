using static TorchSharp.torch;

namespace ReparamPS.Torch;

/// <summary>
/// Gradients that are attached to a value as (x − x.detach()) times a slope are correct only once. The slope is a constant for autograd, so second
/// derivatives would be silently wrong.
/// </summary>
internal static class FirstOrder
{
    /// <summary>Zeros of the form x to the power of 1.5. Added to x, they change neither value nor gradient, but make second derivatives infinite or NaN.</summary>
    public static Tensor Guard(Tensor zeros) => zeros.pow(1.5);
}
