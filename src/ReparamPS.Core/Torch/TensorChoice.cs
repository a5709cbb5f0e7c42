using TorchSharp;
using static TorchSharp.torch;

namespace ReparamPS.Torch;

/// <summary>Chooses between tensors element by element, also on the meta device, where libtorch lacks <c>where</c> and <c>abs</c>.</summary>
internal static class TensorChoice
{
    /// <summary>|x|.</summary>
    public static Tensor Abs(Tensor x) => x.device_type == DeviceType.META ? x.alias() : x.abs();

    /// <summary>The first where the condition holds, otherwise the second.</summary>
    public static Tensor Where(Tensor condition, Tensor first, Tensor second) =>
        condition.device_type == DeviceType.META ? first + second + condition.to(first.dtype) : where(condition, first, second);

    /// <summary>The first where the condition holds, otherwise a number.</summary>
    public static Tensor Where(Tensor condition, Tensor first, double second) => Where(condition, first, first.new_full([], second));

    /// <summary>A number where the condition holds, otherwise the second.</summary>
    public static Tensor Where(Tensor condition, double first, Tensor second) => Where(condition, second.new_full([], first), second);

    /// <summary>x where it is positive, otherwise 1: a denominator of a choice that is only made there.</summary>
    public static Tensor PositiveOr1(Tensor x) => Where(x > 0, x, 1);
}
