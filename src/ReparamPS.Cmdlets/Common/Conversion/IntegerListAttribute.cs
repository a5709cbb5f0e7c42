using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Reflection;
using System.Text.RegularExpressions;

namespace ReparamPS.Cmdlets.Common.Conversion;

/// <summary>
/// Accepts a list of integers as such or as text, as in a CSV file: '500,300', '500 300' or '500x300'. Without it PowerShell would read
/// '500,300' as half a million, round 2.5, and quote the framework about a date.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed partial class IntegerListAttribute : ArgumentTransformationAttribute
{
    private const int MaxDepth = 3;

    /// <summary>Whether the numbers may have 64 bits.</summary>
    public bool IsLong { get; init; }

    /// <summary>How to write an empty list, if null is not one: on the command line it is more likely a mistyped variable. Empty if null is an empty list, which is the default.</summary>
    public string EmptyHint { get; init; } = "";

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        // The cmdlet refuses it, since a blank cell of a row is null as well.
        if (EmptyHint.Length > 0 && TensorInput.Unwrap(inputData) is null) return null;
        List<long> numbers = [];
        Type type = IsLong ? typeof(long) : typeof(int);
        if (!TryAdd(inputData, type, numbers, depth: 0))
            throw new ArgumentTransformationMetadataException($"Expected one or more integers{Range(inputData, type)}, such as 500 or (500, 300); got {Got(inputData, type)}.");
        return IsLong ? numbers.ToArray() : numbers.ConvertAll(number => (int)number).ToArray();
    }

    /// <summary>Refuses null on the command line, for a list that is not empty by default.</summary>
    /// <param name="property">The parameter.</param>
    /// <exception cref="ArgumentException">The parameter has such an attribute.</exception>
    internal static void RefuseNull(PropertyInfo? property)
    {
        if (property?.GetCustomAttribute<IntegerListAttribute>() is { EmptyHint: { Length: > 0 } hint })
            throw new ArgumentException($"{property.Name} must be one or more integers, such as 500 or (500, 300); got null. {hint}", property.Name);
    }

    /// <summary>Reads a list of 64-bit integers.</summary>
    /// <exception cref="ArgumentException">It is something else.</exception>
    internal static long[] Read(object? value, string parameter)
    {
        List<long> numbers = [];
        return TryAdd(value, typeof(long), numbers, depth: 0) ? [.. numbers] : throw new ArgumentException($"{parameter} must be one or more integers{Range(value, typeof(long))}, such as 500 or (500, 300); got {Got(value, typeof(long))}.", parameter);
    }

    private static string Got(object? value, Type type) => WrongItems(value, type) is not [var first, ..] ? NestedNumbers.Quoted(value)
        : first is null ? "a list that contains null" : $"{NestedNumbers.Quoted(first)} in the list";

    // The limit, for an integer beyond it; empty for other values.
    private static string Range(object? value, Type type)
    {
        object? item = WrongItems(value, type) is [var first, ..] ? first : TensorInput.Unwrap(value);
        return ExactConversion.Convert(item, type, out _) is { } expected && expected.StartsWith("an integer of", StringComparison.Ordinal) ? expected["an integer".Length..] : "";
    }

    private static object?[] WrongItems(object? value, Type type) =>
        TensorInput.Unwrap(value) is IEnumerable list and not (string or IDictionary) ? [.. list.Cast<object?>().Select(TensorInput.Unwrap).Where(item => !TryAdd(item, type, [], depth: 1))] : [];

    private static bool TryAdd(object? value, Type type, List<long> numbers, int depth)
    {
        switch (TensorInput.Unwrap(value))
        {
            // Null alone is an empty list, as a blank cell of a row is. In a list, it is more likely a mistyped variable.
            case null: return depth == 0;
            case string text: return TryAddAll(text, type, numbers);
            case IEnumerable list and not IDictionary: return depth < MaxDepth && list.Cast<object?>().All(item => TryAdd(item, type, numbers, depth + 1));
            case { } other: return TryAddOne(other, type, numbers);
        }
    }

    private static bool TryAddAll(string text, Type type, List<long> numbers)
    {
        // A cross separates two numbers, and is a mistake anywhere else.
        string[] parts = Crosses().Replace(text, ",").Split([',', ';', ' ', '[', ']'], StringSplitOptions.RemoveEmptyEntries);
        // Blank text and [] are empty lists; a lone separator is a mistake.
        return parts.Length > 0 ? Array.TrueForAll(parts, part => TryAddOne(part, type, numbers)) : text.Trim() is "" or "[]";
    }

    [GeneratedRegex(@"(?<=\d)\s*[x×]\s*(?=\d)", RegexOptions.CultureInvariant)]
    private static partial Regex Crosses();

    private static bool TryAddOne(object value, Type type, List<long> numbers)
    {
        if (ExactConversion.Convert(value, type, out object? converted) is not null || converted is null) return false;
        numbers.Add(Convert.ToInt64(converted, CultureInfo.InvariantCulture));
        return true;
    }
}
