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

    /// <summary>Whether any element may be above a limit, or NaN: the answer if it costs little, and true if it had to wait for a device. On the meta device none is.</summary>
    public static bool MayExceed(Tensor tensor, double limit)
    {
        if (!HasValues(tensor) || tensor.numel() == 0) return false;
        if (!HostMemory.Holds(tensor)) return true;
        using var scope = NewDisposeScope();
        return !(Number(tensor.detach().max()) <= limit);
    }

    /// <summary>Whether all elements are in a closed interval, if that costs little; false if it had to wait for a device. On the meta device all are.</summary>
    public static bool AreSurelyBetween(Tensor tensor, double low, double high)
    {
        if (!HasValues(tensor) || tensor.numel() == 0) return true;
        if (!HostMemory.Holds(tensor)) return false;
        (double min, double max) = Range(tensor);
        return min >= low && max <= high;
    }

    /// <summary>The smallest and the largest element of a tensor that has values; NaN if any element is.</summary>
    public static (double Min, double Max) Range(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        (Tensor min, Tensor max) = tensor.detach().aminmax();
        return (Number(min), Number(max));
    }

    private static double Number(Tensor single) => single.dtype == ScalarType.Float64 ? single.item<double>() : ManagedValues.ToDoubles(single)[0];

    /// <summary>The largest element; 0 if there is none.</summary>
    public static double Max(Tensor tensor) => tensor.numel() == 0 ? 0 : HasValues(tensor) ? ManagedValues.ToDoubles(tensor.max())[0] : 1;

    /// <summary>The smallest element; ∞ if there is none.</summary>
    public static double Min(Tensor tensor) => tensor.numel() > 0 && HasValues(tensor) ? ManagedValues.ToDoubles(tensor.min())[0] : double.PositiveInfinity;
}
