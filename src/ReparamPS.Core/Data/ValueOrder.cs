using System.Collections;
using System.Globalization;

namespace ReparamPS.Data;

/// <summary>
/// The order of values of any kinds, for which no two values are incomparable: null, then numbers and Booleans (False is 0, True is 1), dates, texts, and lists. Lists are compared item by item; of two that agree until one ends, the shorter one is first.
/// Equal numbers of different types tie.
/// </summary>
public sealed class ValueOrder : IComparer<object?>
{
    private ValueOrder()
    {
    }

    private enum Kind
    {
        Null,
        Number,
        Date,
        Text,
        List,
        Other,
    }

    /// <summary>The only instance.</summary>
    public static ValueOrder Instance { get; } = new();

    /// <inheritdoc/>
    public int Compare(object? x, object? y)
    {
        Kind kind = KindOf(x);
        int order = kind.CompareTo(KindOf(y));
        return order != 0 ? order : kind switch
        {
            Kind.Null => 0,
            Kind.Number => Number(x).CompareTo(Number(y)),
            Kind.Date => Moment(x!).CompareTo(Moment(y!)),
            Kind.Text => CompareTexts(Convert.ToString(x, CultureInfo.InvariantCulture), Convert.ToString(y, CultureInfo.InvariantCulture)),
            Kind.List => CompareLists((IEnumerable)x!, (IEnumerable)y!),
            _ => CompareOthers(x!, y!),
        };
    }

    private static Kind KindOf(object? value) => value switch
    {
        null => Kind.Null,
        bool or sbyte or byte or short or ushort or int or uint or long or ulong or Half or float or double or decimal => Kind.Number,
        DateTime or DateTimeOffset => Kind.Date,
        string or char or Enum => Kind.Text,
        IEnumerable => Kind.List,
        _ => Kind.Other,
    };

    private static double Number(object? value) => value is Half half ? (double)half : Convert.ToDouble(value, CultureInfo.InvariantCulture);

    // A date without an offset is taken as UTC, so that the order is the same on every machine.
    private static DateTime Moment(object value) => value switch
    {
        DateTimeOffset moment => moment.UtcDateTime,
        DateTime { Kind: DateTimeKind.Local } date => date.ToUniversalTime(),
        _ => (DateTime)value,
    };

    private static int CompareTexts(string? one, string? other) => StringComparer.OrdinalIgnoreCase.Compare(one, other) is var order && order != 0 ? order : string.CompareOrdinal(one, other);

    private int CompareLists(IEnumerable one, IEnumerable other)
    {
        object?[] first = [.. one.Cast<object?>()], second = [.. other.Cast<object?>()];
        for (int i = 0; i < Math.Min(first.Length, second.Length); i++)
        {
            if (Compare(first[i], second[i]) is var order && order != 0) return order;
        }
        return first.Length.CompareTo(second.Length);
    }

    // Durations, versions and nested rows: by type, then in the type's own order, or by their text.
    private static int CompareOthers(object one, object other)
    {
        int types = string.CompareOrdinal(one.GetType().FullName, other.GetType().FullName);
        if (types != 0) return types;
        try
        {
            if (one is IComparable comparable) return comparable.CompareTo(other);
        }
        catch (ArgumentException)
        {
            // A wrapper of values that cannot be compared.
        }
        return CompareTexts(one.ToString(), other.ToString());
    }
}
