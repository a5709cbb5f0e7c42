using System.Globalization;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Cmdlets.Common.Conversion;

/// <summary>Conversions of a property to a parameter's type that lose nothing. PowerShell's own turn 2.5 into 2 and '0,001' into 1.</summary>
internal static class ExactConversion
{
    /// <summary>Whether a value stands for nothing: null or blank text, as an empty cell of a CSV file.</summary>
    public static bool IsBlank(object? value) => value is null or DBNull || (value is string text && string.IsNullOrWhiteSpace(text));

    /// <summary>Whether a type is a number or a duration, which PowerShell converts with loss.</summary>
    public static bool IsNumber(Type type) => type == typeof(int) || type == typeof(long) || type == typeof(double) || type == typeof(float) || type == typeof(TimeSpan);

    /// <summary>Converts a value to a number or a duration.</summary>
    /// <param name="value">The value, unwrapped.</param>
    /// <param name="type">The parameter's type.</param>
    /// <param name="converted">The result.</param>
    /// <returns>What is expected in words, if the value does not convert exactly; null if it does, or if the type is another one.</returns>
    public static string? Convert(object? value, Type type, out object? converted)
    {
        converted = null;
        Type target = Nullable.GetUnderlyingType(type) ?? type;
        if (target == typeof(int)) return Integer(value, int.MinValue, int.MaxValue, number => (int)number, out converted);
        if (target == typeof(long)) return Integer(value, long.MinValue, long.MaxValue, number => (long)number, out converted);
        if (target == typeof(double)) return Number(value, out converted);
        return target == typeof(TimeSpan) ? Duration(value, out converted) : null;
    }

    private static string? Integer(object? value, long min, long max, Func<decimal, object> cast, out object? converted)
    {
        converted = null;
        // A tensor of one integer has a conversion of its own.
        if (HoldsOne(value) && !IsReal((Tensor)value!)) return null;
        decimal? whole = value switch
        {
            Tensor real when HoldsOne(real) => Whole(ManagedValues.ToDoubles(real)[0]),
            int or long or short or sbyte or byte or ushort or uint or ulong or decimal => System.Convert.ToDecimal(value, CultureInfo.InvariantCulture),
            double or float => Whole(((IConvertible)value).ToDouble(CultureInfo.InvariantCulture)),
            string text => decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out decimal parsed) ? parsed : null,
            _ => null,
        };
        if (whole is not { } number || number != decimal.Truncate(number)) return "an integer";
        if (number < min) return $"an integer of at least {min}";
        if (number > max) return $"an integer of at most {max}";
        converted = cast(number);
        return null;
    }

    private static bool HoldsOne(object? value) => value is Tensor { IsInvalid: false } tensor && tensor.numel() == 1;

    private static bool IsReal(Tensor tensor) => tensor.dtype is ScalarType.Float64 or ScalarType.Float32;

    // A conversion of a double to decimal keeps 15 digits; one to an integer keeps all.
    private static decimal? Whole(double number) => number switch
    {
        >= long.MaxValue => decimal.MaxValue,
        < long.MinValue => decimal.MinValue,
        _ => number == Math.Truncate(number) ? (long)number : null,
    };

    private static string? Number(object? value, out object? converted)
    {
        converted = value switch
        {
            double or float or decimal or int or long or short or sbyte or byte or ushort or uint or ulong => ((IConvertible)value).ToDouble(CultureInfo.InvariantCulture),
            string text => NumberOf(text),
            _ => null,
        };
        return converted is not null || HoldsOne(value) ? null : "a number";
    }

    /// <summary>A number from text, also as Python and the views of the module write infinities; null if it is none.</summary>
    public static double? NumberOf(string text) => text.Trim().ToUpperInvariant() switch
    {
        "INF" or "+INF" or "∞" => double.PositiveInfinity,
        "-INF" or "-∞" => double.NegativeInfinity,
        _ => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double parsed) ? parsed : null,
    };

    private static string? Duration(object? value, out object? converted)
    {
        // A number alone would be a number of days.
        converted = value is TimeSpan ? value : value is string text && text.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out TimeSpan parsed) ? parsed : null;
        return converted is null ? "a duration, such as 00:30:00 for 30 minutes" : null;
    }
}
