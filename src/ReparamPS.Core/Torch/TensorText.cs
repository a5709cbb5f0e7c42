using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace ReparamPS.Torch;

/// <summary>Tensors as short text, for tables and errors.</summary>
public static class TensorText
{
    private const int MaxValues = 6;

    /// <summary>A number; a nested list of few numbers; or the first of many, with type and shape.</summary>
    public static string Brief(Tensor tensor) => Text(tensor, Number);

    /// <summary>As <see cref="Brief"/>, but with as many digits as tell each number from all others of its type: a refused 1.0000001 must not look like an allowed 1.</summary>
    public static string Exact(Tensor tensor) => Text(tensor, number => Exact(number, tensor.dtype));

    /// <summary>A number with as many digits as tell it from all others of a type.</summary>
    public static string Exact(double value, ScalarType dtype) => dtype == ScalarType.Float32 ? ((float)value).ToString(CultureInfo.InvariantCulture) : value.ToString(CultureInfo.InvariantCulture);

    private static string Text(Tensor tensor, Func<double, string> format)
    {
        if (tensor.IsInvalid) return "a disposed tensor";
        if (tensor.device_type == DeviceType.META || tensor.numel() == 0 || tensor.is_complex()) return Kind(tensor);
        using var scope = NewDisposeScope();
        if (tensor.numel() > MaxValues || tensor.dim() > 2)
        {
            Tensor part = tensor.detach();
            while (part.dim() > 1) part = part.shape[0] > MaxValues ? part.narrow(0, 0, MaxValues).flatten(0, 1) : part.flatten(0, 1);
            string first = string.Join(", ", ManagedValues.ToDoubles(part.narrow(0, 0, Math.Min(MaxValues, part.shape[0]))).Select(format));
            return tensor.numel() > MaxValues ? $"[{first}, …] {Kind(tensor)}" : $"[{first}] {Kind(tensor)}";
        }
        double[] values = ManagedValues.ToDoubles(tensor);
        return tensor.dim() switch
        {
            0 => format(values[0]),
            1 => $"[{string.Join(", ", values.Select(format))}]",
            _ => $"[{string.Join(", ", values.Chunk((int)Math.Max(1, tensor.shape[1])).Select(row => $"[{string.Join(", ", row.Select(format))}]"))}]",
        };
    }

    /// <summary>Type, shape and values for display; long tensors are abbreviated.</summary>
    public static string Full(Tensor tensor)
    {
        string head = $"tensor {TorchTypes.NameOf(tensor.dtype)} {TensorShapes.Format(tensor.shape)}"
            + (tensor.device_type == DeviceType.CPU ? "" : $" on {tensor.device}") + (tensor.requires_grad ? " requires_grad" : "");
        if (tensor.device_type == DeviceType.META) return head;
        return $"{head}{Environment.NewLine}{tensor.detach().cpu().ToString(TorchSharp.TensorStringStyle.Numpy, cultureInfo: CultureInfo.InvariantCulture)}";
    }

    /// <summary>A number in the invariant culture, six significant digits.</summary>
    public static string Number(double value) => value.ToString("G6", CultureInfo.InvariantCulture);

    // Type, shape and, if it is not the CPU, device.
    private static string Kind(Tensor tensor) =>
        $"{TorchTypes.NameOf(tensor.dtype)} {TensorShapes.Format(tensor.shape)}{(tensor.device_type == DeviceType.CPU ? "" : $" on {tensor.device}")}";
}
