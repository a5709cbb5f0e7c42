using TorchSharp;
using static TorchSharp.torch;

namespace ReparamPS.Torch;

/// <summary>
/// Questions about the values of tensors. Tests use the meta device, which has shapes without values, to find stray CPU tensors. On it, each question has one
/// fixed answer: checks pass and loops end.
/// </summary>
internal static class TensorQuestions
{
    /// <summary>Whether the tensor has values.</summary>
    public static bool HasValues(Tensor tensor) => tensor.device_type != DeviceType.META;

    /// <summary>Whether all elements are true; copies one Boolean to the host.</summary>
    public static bool All(Tensor condition) => !HasValues(condition) || condition.all().item<bool>();

    /// <summary>Whether any element is true; copies one Boolean to the host.</summary>
    public static bool Any(Tensor condition) => HasValues(condition) && condition.any().item<bool>();

    /// <summary>Whether any element may be true: the answer if it costs nothing, and true if it had to wait for a device. On the meta device none is.</summary>
    public static bool MayAny(Tensor condition) => HasValues(condition) && (!HostMemory.Holds(condition) || condition.any().item<bool>());

    /// <summary>Whether the size of any element may exceed a bound: the answer if it costs nothing, and true if it had to wait for a device. On the meta device none does.</summary>
    public static bool MayExceed(Tensor tensor, double bound) => HasValues(tensor) && (!HostMemory.Holds(tensor) || Max(tensor.detach().abs()) > bound);

    /// <summary>The largest element; 0 if there is none.</summary>
    public static double Max(Tensor tensor) => tensor.numel() == 0 ? 0 : HasValues(tensor) ? ManagedValues.ToDoubles(tensor.max())[0] : 1;

    /// <summary>The smallest element; ∞ if there is none.</summary>
    public static double Min(Tensor tensor) => tensor.numel() > 0 && HasValues(tensor) ? ManagedValues.ToDoubles(tensor.min())[0] : double.PositiveInfinity;
}
