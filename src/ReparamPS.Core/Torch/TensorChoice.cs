using TorchSharp;
using static TorchSharp.torch;

namespace ReparamPS.Torch;

/// <summary>Choosing between tensors element by element, on the meta device too, for which libtorch has neither <c>where</c> nor <c>abs</c>.</summary>
internal static class TensorChoice
{
    /// <summary>|x|.</summary>
    public static Tensor Abs(Tensor x) => x.device_type == DeviceType.META ? x.alias() : x.abs();

    /// <summary>The first where the condition holds, else the second.</summary>
    public static Tensor Where(Tensor condition, Tensor first, Tensor second) =>
        condition.device_type == DeviceType.META ? first + second + condition.to(first.dtype) : where(condition, first, second);

    /// <summary>The first where the condition holds, else a number.</summary>
    public static Tensor Where(Tensor condition, Tensor first, double second) => Where(condition, first, first.new_full([], second));

    /// <summary>A number where the condition holds, else the second.</summary>
    public static Tensor Where(Tensor condition, double first, Tensor second) => Where(condition, second.new_full([], first), second);
}
