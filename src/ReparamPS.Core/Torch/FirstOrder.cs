using static TorchSharp.torch;

namespace ReparamPS.Torch;

/// <summary>
/// Gradients that are attached to a value as (x − x.detach()) times a slope are right once only: the slope is a constant to autograd, so that second
/// derivatives would be wrong without a word.
/// </summary>
internal static class FirstOrder
{
    /// <summary>Zeros x to the power of 1.5: added to x they change neither value nor gradient, and make second derivatives infinite or NaN.</summary>
    public static Tensor Guard(Tensor zeros) => zeros.pow(1.5);
}
