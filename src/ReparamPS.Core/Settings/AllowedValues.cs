namespace ReparamPS.Settings;

/// <summary>The values that a setting allows.</summary>
/// <param name="Text">The values in words, as they follow "must be"; empty for any.</param>
/// <param name="Holds">Whether a value is allowed.</param>
/// <param name="Names">The allowed names, for completion; empty if it is not a choice.</param>
public sealed record AllowedValues(string Text, Func<object?, bool> Holds, IReadOnlyList<string> Names)
{
    /// <summary>A name in the table's own spelling; another value as it is.</summary>
    public object Spelled(object value) => Names.FirstOrDefault(name => name.Equals(value as string, StringComparison.OrdinalIgnoreCase)) ?? value;

    /// <summary>Any value.</summary>
    public static AllowedValues Any { get; } = new("", _ => true, []);

    /// <summary>A number above 0.</summary>
    public static AllowedValues Positive { get; } = Number("a positive number", value => value > 0 && double.IsFinite(value));

    /// <summary>A number from 0.</summary>
    public static AllowedValues NotNegative { get; } = Number("a number of at least 0", value => value >= 0 && double.IsFinite(value));

    /// <summary>A fraction below 1.</summary>
    public static AllowedValues Fraction { get; } = Number("at least 0 and less than 1", value => value is >= 0 and < 1);

    /// <summary>A fraction above 0.</summary>
    public static AllowedValues PositiveFraction { get; } = Number("more than 0 and at most 1", value => value is > 0 and <= 1);

    /// <summary>An integer above 0.</summary>
    public static AllowedValues PositiveInteger { get; } = Number("a positive integer", value => value >= 1);

    /// <summary>An integer from 0.</summary>
    public static AllowedValues Integer { get; } = Number("an integer of at least 0", value => value >= 0);

    /// <summary>A list of integers above 0.</summary>
    public static AllowedValues PositiveIntegers { get; } = new("positive integers", value => value is IEnumerable<int> list && list.All(item => item >= 1), []);

    /// <summary>One of some names, ignoring case.</summary>
    public static AllowedValues OneOf(IReadOnlyList<string> names) =>
        new("one of " + string.Join(", ", names), value => value is string name && names.Contains(name, StringComparer.OrdinalIgnoreCase), names);

    private static AllowedValues Number(string text, Func<double, bool> holds) =>
        new(text, value => value is IConvertible number && holds(number.ToDouble(System.Globalization.CultureInfo.InvariantCulture)), []);
}
