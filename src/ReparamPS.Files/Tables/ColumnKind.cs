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

    /// <summary>32-bit floating-point numbers.</summary>
    Single,

    /// <summary>64-bit floating-point numbers.</summary>
    Double,

    /// <summary>Strings.</summary>
    String,

    /// <summary>Dates of no known zone, to the nanosecond.</summary>
    Timestamp,

    /// <summary>Dates in universal time, to the nanosecond.</summary>
    UtcTimestamp,

    /// <summary>Local dates, kept in universal time.</summary>
    LocalTimestamp,

    /// <summary>Decimal numbers, as text with all their digits.</summary>
    Decimal,

    /// <summary>Values of several types, or of one that no type keeps exactly, as JSON text.</summary>
    Json,
}

/// <summary>Which kind of column keeps which values.</summary>
internal static class ColumnKinds
{
    private static readonly DateTime EarliestNanosecond = new(1678, 1, 1, 0, 0, 0, DateTimeKind.Unspecified);
    private static readonly DateTime LatestNanosecond = new(2262, 1, 1, 0, 0, 0, DateTimeKind.Unspecified);

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
        if (common == ColumnKind.Double && values.Any(value => value is long number && (long)(double)number != number)) return ColumnKind.Json;
        // Nothing but nulls: later rows may hold anything.
        return common ?? ColumnKind.Json;
    }

    /// <summary>The kind that keeps a value exactly.</summary>
    public static ColumnKind Of(object value) => value switch
    {
        bool => ColumnKind.Boolean,
        int => ColumnKind.Int32,
        long => ColumnKind.Int64,
        float => ColumnKind.Single,
        double => ColumnKind.Double,
        decimal => ColumnKind.Decimal,
        string => ColumnKind.String,
        DateTime date when date < EarliestNanosecond || date > LatestNanosecond => ColumnKind.Json,
        DateTime { Kind: DateTimeKind.Utc } => ColumnKind.UtcTimestamp,
        DateTime { Kind: DateTimeKind.Local } => ColumnKind.LocalTimestamp,
        DateTime => ColumnKind.Timestamp,
        _ => ColumnKind.Json,
    };

    private static ColumnKind Join(ColumnKind a, ColumnKind b)
    {
        if (a == b) return a;
        (ColumnKind low, ColumnKind high) = a < b ? (a, b) : (b, a);
        if (low < ColumnKind.Int32 || high > ColumnKind.Double) return ColumnKind.Json;
        return high == ColumnKind.Single ? ColumnKind.Double : high;
    }
}
