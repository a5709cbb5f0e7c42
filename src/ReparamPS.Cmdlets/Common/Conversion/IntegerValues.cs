using System.Globalization;
using System.Numerics;
using ReparamPS.Messages;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Cmdlets.Common.Conversion;

/// <summary>Numbers as elements of an integer tensor. Integers of any kind keep all digits, fractions are cut off as in PyTorch, and a number beyond the type's range is an error: a cast would return another number.</summary>
internal static class IntegerValues
{
    /// <summary>Whether the elements of a type are integers.</summary>
    public static bool IsInteger(ScalarType type) => type is ScalarType.Byte or ScalarType.Int8 or ScalarType.Int16 or ScalarType.Int32 or ScalarType.Int64;

    /// <summary>Whether the elements of a type are integers or Booleans.</summary>
    public static bool IsWhole(ScalarType type) => type == ScalarType.Bool || IsInteger(type);

    /// <summary>One number.</summary>
    /// <exception cref="ArgumentException">It is not a number, or does not fit the type.</exception>
    public static long Number(object? value, string parameter, ScalarType type)
    {
        object? bare = TensorInput.Unwrap(value);
        return bare switch
        {
            long or int or short or sbyte or uint or ushort or byte => OfInteger(((IConvertible)bare).ToInt64(CultureInfo.InvariantCulture), parameter, type),
            ulong or BigInteger or decimal => InRange(Whole(bare), bare, parameter, type),
            string text => OfText(text, parameter, type),
            TorchSharp.Scalar { Type: ScalarType.Int64 } scalar => OfInteger(TorchSharp.ScalarExtensionMethods.ToInt64(scalar), parameter, type),
            Tensor { IsInvalid: false } one when one.numel() == 1 && IsInteger(one.dtype) => OfInteger(OneOf(one), parameter, type),
            _ => OfReal(NestedNumbers.Number(bare, parameter), parameter, type),
        };
    }

    /// <summary>A real number without its fraction.</summary>
    /// <exception cref="ArgumentException">It does not fit the type.</exception>
    public static long OfReal(double number, string parameter, ScalarType type)
    {
        (long min, double end) = Bounds(type);
        double whole = Math.Truncate(number);
        return whole >= min && whole < end ? (long)whole : throw Outside(number, parameter, type);
    }

    /// <summary>Real numbers without their fractions, without a graph.</summary>
    /// <exception cref="ArgumentException">One does not fit the type.</exception>
    public static Tensor OfReals(Tensor numbers, string parameter, ScalarType type)
    {
        using var scope = NewDisposeScope();
        (long min, double end) = Bounds(type);
        Tensor whole = numbers.detach().to(ScalarType.Float64).trunc(), outside = ((whole >= min) & (whole < end)).logical_not();
        if (outside.any().item<bool>()) throw Outside(ManagedValues.ToDoubles(numbers.detach().masked_select(outside))[0], parameter, type);
        return whole.to(type).MoveToOuterDisposeScope();
    }

    private static long OfInteger(long number, string parameter, ScalarType type) => InRange(number, number, parameter, type);

    private static long OneOf(Tensor tensor)
    {
        using Tensor single = tensor.reshape([]);
        return (long)ManagedValues.ToNested(single);
    }

    private static long OfText(string text, string parameter, ScalarType type)
    {
        if (BigInteger.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out BigInteger integer)) return InRange(integer, text, parameter, type);
        return decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number)
            ? InRange(Whole(number), text, parameter, type)
            : OfReal(NestedNumbers.Number(text, parameter), parameter, type);
    }

    private static BigInteger Whole(object number) => number switch
    {
        decimal real => new BigInteger(decimal.Truncate(real)),
        ulong large => large,
        _ => (BigInteger)number,
    };

    private static long InRange(BigInteger number, object given, string parameter, ScalarType type)
    {
        (long min, long max) = Range(type);
        return number >= min && number <= max ? (long)number : throw Outside(given, parameter, type);
    }

    private static ArgumentException Outside(object given, string parameter, ScalarType type)
    {
        (long min, long max) = Range(type);
        return new ArgumentException(FormattableString.Invariant($"{parameter} must be from {min} to {max} for {TorchTypes.NameOf(type)}; got {ShortText.Of(Convert.ToString(given, CultureInfo.InvariantCulture))}."), parameter);
    }

    // The largest long rounds to 2⁶³, which does not fit: the upper bound is exclusive.
    private static (long Min, double End) Bounds(ScalarType type) => (Range(type).Min, Range(type).Max + 1.0);

    private static (long Min, long Max) Range(ScalarType type) => type switch
    {
        ScalarType.Byte => (byte.MinValue, byte.MaxValue),
        ScalarType.Int8 => (sbyte.MinValue, sbyte.MaxValue),
        ScalarType.Int16 => (short.MinValue, short.MaxValue),
        ScalarType.Int32 => (int.MinValue, int.MaxValue),
        _ => (long.MinValue, long.MaxValue),
    };
}
