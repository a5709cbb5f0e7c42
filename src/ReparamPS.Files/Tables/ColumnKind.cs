namespace ReparamPS.Tables;

/// <summary>How a column of a table is kept in a file whose columns have types.</summary>
internal enum ColumnKind
{
    /// <summary>Booleans.</summary>
    Boolean,

    /// <summary>32-bit whole numbers.</summary>
    Int32,

    /// <summary>64-bit whole numbers.</summary>
    Int64,

    /// <summary>64-bit whole numbers without a sign.</summary>
    UInt64,

    /// <summary>Decimal numbers.</summary>
    Decimal,

    /// <summary>32-bit floating-point numbers.</summary>
    Single,

    /// <summary>64-bit floating-point numbers.</summary>
    Double,

    /// <summary>Strings.</summary>
    String,

    /// <summary>Dates of no known zone.</summary>
    Timestamp,

    /// <summary>Dates in universal time.</summary>
    UtcTimestamp,

    /// <summary>Local dates.</summary>
    LocalTimestamp,

    /// <summary>Dates with an offset from universal time.</summary>
    OffsetTimestamp,

    /// <summary>Values of several types, or of one that no type keeps exactly, as JSON text.</summary>
    Json,
}

/// <summary>Which kind of column keeps which values.</summary>
internal static class ColumnKinds
{
    /// <summary>The narrowest kind that keeps all values exactly. Whole numbers among fractions become fractions if that loses nothing.</summary>
    public static ColumnKind Of(IEnumerable<object?> values)
    {
        ColumnKind? common = null;
        foreach (object? value in values)
        {
            if (value is null) continue;
            ColumnKind kind = Of(value);
            common = common is null ? kind : Join(common.Value, kind);
            if (common == ColumnKind.Json) break;
        }
        if (common == ColumnKind.Double && values.Any(value => value is long number && !IsExact(number))) return ColumnKind.Json;
        // Nothing but nulls: later rows may hold anything.
        return common ?? ColumnKind.Json;
    }

    /// <summary>The kind that keeps a value exactly.</summary>
    public static ColumnKind Of(object value) => value switch
    {
        bool => ColumnKind.Boolean,
        int => ColumnKind.Int32,
        long => ColumnKind.Int64,
        ulong => ColumnKind.UInt64,
        float => ColumnKind.Single,
        double => ColumnKind.Double,
        decimal => ColumnKind.Decimal,
        string => ColumnKind.String,
        DateTime { Kind: DateTimeKind.Utc } => ColumnKind.UtcTimestamp,
        DateTime { Kind: DateTimeKind.Local } => ColumnKind.LocalTimestamp,
        DateTime => ColumnKind.Timestamp,
        DateTimeOffset => ColumnKind.OffsetTimestamp,
        _ => ColumnKind.Json,
    };

    /// <summary>Whether a double keeps a whole number.</summary>
    public static bool IsExact(long number) => (double)number is var real && real < long.MaxValue && (long)real == number;

    private static ColumnKind Join(ColumnKind a, ColumnKind b)
    {
        if (a == b) return a;
        if (IsWhole(a) && IsWhole(b)) return a is ColumnKind.UInt64 or ColumnKind.Decimal || b is ColumnKind.UInt64 or ColumnKind.Decimal ? ColumnKind.Decimal : ColumnKind.Int64;
        return IsBinary(a) && IsBinary(b) ? ColumnKind.Double : ColumnKind.Json;
    }

    // A decimal keeps all of these.
    private static bool IsWhole(ColumnKind kind) => kind is ColumnKind.Int32 or ColumnKind.Int64 or ColumnKind.UInt64 or ColumnKind.Decimal;

    // A double keeps all of these but large Int64.
    private static bool IsBinary(ColumnKind kind) => kind is ColumnKind.Int32 or ColumnKind.Int64 or ColumnKind.Single or ColumnKind.Double;
}
