using System.Collections;
using System.Globalization;
using System.Management.Automation;
using ReparamPS.Distributions;
using ReparamPS.Native;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Cmdlets.Common;

/// <summary>Converts PowerShell's values (numbers, numeric strings, nested arrays, tensors) to tensors. The only place that does.</summary>
public static class TensorInput
{
    /// <summary>Whether a value is a tensor already, wrapped or not.</summary>
    public static bool IsTensor(object? value) => Unwrap(value) is Tensor;

    /// <summary>A tensor of a value.</summary>
    /// <param name="value">A number, a numeric string (invariant culture), a Boolean, an array of them nested to any depth, or a tensor.</param>
    /// <param name="parameter">The parameter's name, for errors.</param>
    /// <param name="dtype">The element type; null keeps a tensor's own and makes numbers float64.</param>
    /// <param name="device">The device; null keeps a tensor's own and puts numbers on the CPU.</param>
    /// <param name="requiresGrad">Whether a tensor made from numbers is a leaf that requires gradients; a tensor that came in stays as it is.</param>
    /// <exception cref="ArgumentException">The value holds something that is not a number.</exception>
    /// <exception cref="ShapeMismatchException">The nested arrays are ragged.</exception>
    public static Tensor ToTensor(object? value, string parameter, ScalarType? dtype = null, Device? device = null, bool requiresGrad = false)
    {
        NativeLibraries.LoadTorch();
        object? bare = Unwrap(value);
        if (bare is Tensor tensor) return Moved(tensor, dtype, device);
        if (bare is SampleBatch batch) return FromNumbers(batch.Values, batch.Shape, dtype, device, requiresGrad);
        if (bare is double[] vector) return FromNumbers(vector, [vector.Length], dtype, device, requiresGrad);

        long[] shape = [.. ShapeOf(bare, parameter)];
        double[] numbers = new double[TensorShapes.Count(shape)];
        int next = 0;
        Fill(bare, shape, 0, numbers, ref next, parameter);
        return FromNumbers(numbers, shape, dtype, device, requiresGrad);
    }

    /// <summary>A value without PowerShell's wrapper.</summary>
    public static object? Unwrap(object? value) => value is PSObject wrapped && wrapped.BaseObject is not PSCustomObject ? wrapped.BaseObject : value;

    private static Tensor Moved(Tensor tensor, ScalarType? dtype, Device? device)
    {
        bool sameType = dtype is null || dtype == tensor.dtype, sameDevice = device is null || device.ToString() == tensor.device.ToString();
        return sameType && sameDevice ? tensor : tensor.to(dtype ?? tensor.dtype, device ?? tensor.device);
    }

    private static Tensor FromNumbers(double[] numbers, long[] shape, ScalarType? dtype, Device? device, bool requiresGrad)
    {
        using var scope = NewDisposeScope();
        Tensor made = tensor(numbers, shape, ScalarType.Float64).to(dtype ?? ScalarType.Float64, device ?? CPU);
        return made.requires_grad_(requiresGrad).MoveToOuterDisposeScope();
    }

    private static IEnumerable<long> ShapeOf(object? value, string parameter)
    {
        object? bare = Unwrap(value);
        if (bare is Array { Rank: > 1 } grid)
        {
            for (int i = 0; i < grid.Rank; i++) yield return grid.GetLength(i);
        }
        else if (IsList(bare))
        {
            ICollection items = Items(bare!);
            yield return items.Count;
            object? first = items.Cast<object?>().FirstOrDefault();
            if (first is null) yield break;
            foreach (long size in ShapeOf(first, parameter)) yield return size;
        }
    }

    private static void Fill(object? value, long[] shape, int depth, double[] numbers, ref int next, string parameter)
    {
        object? bare = Unwrap(value);
        if (bare is Array { Rank: > 1 } grid)
        {
            foreach (object? item in grid) numbers[next++] = Number(item, parameter);
            return;
        }
        if (depth == shape.Length)
        {
            if (IsList(bare)) throw Ragged(parameter);
            numbers[next++] = Number(bare, parameter);
            return;
        }
        if (!IsList(bare) || Items(bare!) is not { } items || items.Count != shape[depth]) throw Ragged(parameter);
        foreach (object? item in items) Fill(item, shape, depth + 1, numbers, ref next, parameter);
    }

    private static bool IsList(object? value) => value is IEnumerable and not string and not IDictionary;

    private static ICollection Items(object list) => list as ICollection ?? ((IEnumerable)list).Cast<object?>().ToArray();

    private static ShapeMismatchException Ragged(string parameter) =>
        new($"{parameter} must be rectangular: all rows at one depth have the same length.", parameter);

    private static double Number(object? value, string parameter)
    {
        object? bare = Unwrap(value);
        switch (bare)
        {
            case Tensor scalar when scalar.numel() == 1: return ManagedValues.ToDoubles(scalar)[0];
            case string text when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double parsed): return parsed;
            case bool flag: return flag ? 1 : 0;
            case IConvertible number and not string and not DateTime: return number.ToDouble(CultureInfo.InvariantCulture);
            default: throw new ArgumentException($"{parameter} must hold numbers; got {(bare is null ? "null" : $"'{bare}'")}.", parameter);
        }
    }
}
