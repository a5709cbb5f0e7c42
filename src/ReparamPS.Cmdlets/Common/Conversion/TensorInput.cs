using System.Globalization;
using System.Management.Automation;
using ReparamPS.Distributions;
using ReparamPS.Native;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Cmdlets.Common.Conversion;

/// <summary>Converts PowerShell's values (numbers, numeric strings, nested arrays, tensors) to tensors. The only place for such conversions.</summary>
public static class TensorInput
{
    /// <summary>Whether a value is already a tensor, wrapped or not.</summary>
    public static bool IsTensor(object? value) => Unwrap(value) is Tensor;

    /// <summary>Converts a value to a tensor.</summary>
    /// <param name="value">A number, a numeric string (invariant culture), a Boolean, an array of them nested to any depth, or a tensor.</param>
    /// <param name="parameter">The parameter's name, for errors.</param>
    /// <param name="dtype">The element type; null keeps the type of a tensor and converts numbers to float64.</param>
    /// <param name="device">The device; null keeps the device of a tensor and puts numbers on the CPU.</param>
    /// <param name="requiresGrad">Whether a tensor made from numbers is a leaf that requires gradients; an existing tensor, also one in a list, keeps its graph instead.</param>
    /// <exception cref="ArgumentException">The value holds something that is not a number, or a number that does not fit an integer type.</exception>
    /// <exception cref="ShapeMismatchException">The nested arrays are ragged.</exception>
    public static Tensor ToTensor(object? value, string parameter, ScalarType? dtype = null, Device? device = null, bool requiresGrad = false)
    {
        NativeLibraries.LoadTorch();
        object? bare = Unwrap(value);
        ScalarType type = dtype ?? ScalarType.Float64;
        if (bare is Tensor { IsInvalid: true }) throw new ArgumentException($"{parameter} must hold numbers; got a disposed tensor. Create the tensor again.", parameter);
        if (bare is Tensor tensor) return Moved(IntegerValues.IsInteger(type) && tensor.is_floating_point() ? IntegerValues.OfReals(tensor, parameter, type) : tensor, parameter, dtype, device);
        if (IntegerValues.IsInteger(type)) return FromIntegers(bare, parameter, type, device);
        if (bare is SampleBatch batch) return FromNumbers(batch.Values, batch.Shape, parameter, dtype, device, requiresGrad);
        if (bare is double[] vector) return FromNumbers(vector, [vector.Length], parameter, dtype, device, requiresGrad);

        List<(long At, Tensor Element)> attached = [];
        long count = 0;
        (double[] numbers, long[] shape) = NestedNumbers.Read(bare, parameter, (item, name) =>
        {
            if (Unwrap(item) is Tensor { IsInvalid: false, requires_grad: true } element) attached.Add((count, element));
            count++;
            return NestedNumbers.Number(item, name);
        });
        return attached.Count > 0 && is_grad_enabled() ? Joined(numbers, shape, parameter, attached, dtype ?? ScalarType.Float64, device ?? CPU) : FromNumbers(numbers, shape, parameter, dtype, device, requiresGrad);
    }

    /// <summary>
    /// Converts a value for a calculation with a tensor: to the tensor's type or, beside integers, to a floating type if the value has fractions. As in PyTorch, a tensor keeps its type.
    /// </summary>
    /// <param name="beside">The tensor.</param>
    /// <param name="value">A number, numeric text, an array of them, or a tensor.</param>
    /// <param name="parameter">The parameter's name, for errors.</param>
    internal static Tensor ToOperand(Tensor beside, object? value, string parameter)
    {
        if (IsTensor(value)) return ToTensor(value, parameter, device: beside.device);
        if (!IntegerValues.IsWhole(beside.dtype)) return ToTensor(value, parameter, beside.dtype, beside.device);
        using var scope = NewDisposeScope();
        Tensor reals = ToTensor(value, parameter, device: beside.device);
        double[] numbers = ManagedValues.ToDoubles(reals);
        // A single number has PyTorch's default type, and a list that of New-Tensor.
        if (!Array.TrueForAll(numbers, number => number == Math.Truncate(number) && number is >= long.MinValue and <= long.MaxValue))
            return (reals.dim() == 0 ? reals.to(get_default_dtype()) : reals).MoveToOuterDisposeScope();
        ScalarType type = beside.dtype == ScalarType.Bool && !Array.TrueForAll(numbers, number => number is 0 or 1) ? ScalarType.Int64 : beside.dtype;
        return ToTensor(value, parameter, type, beside.device).MoveToOuterDisposeScope();
    }

    /// <summary>Refuses finite numbers that float32 makes infinite, which would be a silent error.</summary>
    /// <exception cref="ArgumentException">There is one.</exception>
    internal static void RequireSingles(double[] numbers, string parameter)
    {
        foreach (double number in numbers)
        {
            if (double.IsFinite(number) && float.IsInfinity((float)number))
                throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"{parameter} must be between -{float.MaxValue} and {float.MaxValue}, the range of float32; got {number}."), parameter);
        }
    }

    /// <summary>A value without PowerShell's wrapper.</summary>
    public static object? Unwrap(object? value) => value is PSObject wrapped && wrapped.BaseObject is not PSCustomObject ? wrapped.BaseObject : value;

    private static Tensor Moved(Tensor tensor, string parameter, ScalarType? dtype, Device? device)
    {
        if (dtype == ScalarType.Float32 && tensor.dtype == ScalarType.Float64 && tensor.device_type != TorchSharp.DeviceType.META) RequireSingles(ManagedValues.ToDoubles(tensor), parameter);
        bool sameType = dtype is null || dtype == tensor.dtype, sameDevice = device is null || device.ToString() == tensor.device.ToString();
        return sameType && sameDevice ? tensor : tensor.to(dtype ?? tensor.dtype, device ?? tensor.device);
    }

    private static Tensor FromIntegers(object? bare, string parameter, ScalarType type, Device? device)
    {
        using var scope = NewDisposeScope();
        (long[] numbers, long[] shape) = bare switch
        {
            SampleBatch batch => (OfReals(batch.Values), batch.Shape),
            double[] vector => (OfReals(vector), [vector.Length]),
            _ => NestedNumbers.Read(bare, parameter, (value, name) => IntegerValues.Number(value, name, type)),
        };
        return tensor(numbers, shape, ScalarType.Int64, CPU).to(type, device ?? CPU).MoveToOuterDisposeScope();

        long[] OfReals(double[] reals) => Array.ConvertAll(reals, real => IntegerValues.OfReal(real, parameter, type));
    }

    // Numbers alone would lose the graph without a word: the gradient would never reach the tensors of a list.
    private static Tensor Joined(double[] numbers, long[] shape, string parameter, List<(long At, Tensor Element)> attached, ScalarType type, Device device)
    {
        using var scope = NewDisposeScope();
        Tensor elements = stack(attached.Select(each => each.Element.reshape([]).to(type, device)).ToArray());
        Tensor positions = tensor(attached.Select(each => each.At).ToArray(), device: device);
        return FromNumbers(numbers, [numbers.Length], parameter, type, device, requiresGrad: false).index_copy(0, positions, elements).reshape(shape).MoveToOuterDisposeScope();
    }

    private static Tensor FromNumbers(double[] numbers, long[] shape, string parameter, ScalarType? dtype, Device? device, bool requiresGrad)
    {
        using var scope = NewDisposeScope();
        if (dtype == ScalarType.Float32) RequireSingles(numbers, parameter);
        Tensor made = tensor(numbers, shape, ScalarType.Float64, CPU).to(dtype ?? ScalarType.Float64, device ?? CPU);
        return made.requires_grad_(requiresGrad).MoveToOuterDisposeScope();
    }
}
