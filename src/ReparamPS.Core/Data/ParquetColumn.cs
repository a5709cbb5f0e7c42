using Parquet;
using Parquet.Schema;

namespace ReparamPS.Data;

/// <summary>How a column of a table is kept in a Parquet file.</summary>
internal enum ParquetColumnKind
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

    /// <summary>Local dates, kept in universal time; the file's metadata says that they were local.</summary>
    LocalTimestamp,

    /// <summary>Decimal numbers, as text with all their digits; the file's metadata says so.</summary>
    Decimal,

    /// <summary>Values of several types, or of one that Parquet can't keep exactly, as JSON text; the file's metadata says so.</summary>
    Json,
}

/// <summary>One column: how it is chosen from values, and how values are written to and read from it.</summary>
internal sealed class ParquetColumn
{
    private static readonly DateTime EarliestNanosecond = new(1678, 1, 1, 0, 0, 0, DateTimeKind.Unspecified);
    private static readonly DateTime LatestNanosecond = new(2262, 1, 1, 0, 0, 0, DateTimeKind.Unspecified);

    /// <summary>Creates a column of a kind.</summary>
    public ParquetColumn(string name, ParquetColumnKind kind)
    {
        Kind = kind;
        Field = kind switch
        {
            ParquetColumnKind.Boolean => new DataField(name, typeof(bool), isNullable: true),
            ParquetColumnKind.Int32 => new DataField(name, typeof(int), isNullable: true),
            ParquetColumnKind.Int64 => new DataField(name, typeof(long), isNullable: true),
            ParquetColumnKind.Single => new DataField(name, typeof(float), isNullable: true),
            ParquetColumnKind.Double => new DataField(name, typeof(double), isNullable: true),
            ParquetColumnKind.Timestamp => Time(name, utc: false),
            ParquetColumnKind.UtcTimestamp or ParquetColumnKind.LocalTimestamp => Time(name, utc: true),
            _ => new DataField(name, typeof(string), isNullable: true),
        };
    }

    /// <summary>The column of a file that this module, or anyone else, has written.</summary>
    public ParquetColumn(DataField field, ParquetColumnKind kind) => (Field, Kind) = (field, kind);

    /// <summary>The column's place in the schema.</summary>
    public DataField Field { get; }

    /// <summary>How the column is kept.</summary>
    public ParquetColumnKind Kind { get; }

    /// <summary>The name.</summary>
    public string Name => Field.Name;

    /// <summary>The narrowest kind that keeps all values exactly. Whole numbers among fractions become fractions where that loses nothing.</summary>
    public static ParquetColumnKind KindOf(IEnumerable<object?> values)
    {
        ParquetColumnKind? common = null;
        foreach (object? value in values)
        {
            if (value is null) continue;
            ParquetColumnKind kind = KindOf(value);
            common = common is null ? kind : Join(common.Value, kind);
            if (common == ParquetColumnKind.Json) break;
        }
        if (common == ParquetColumnKind.Double && values.Any(value => value is long number && (long)(double)number != number)) return ParquetColumnKind.Json;
        // Nothing but nulls: later rows may hold anything.
        return common ?? ParquetColumnKind.Json;
    }

    /// <summary>Whether the column can keep a value exactly.</summary>
    public bool Accepts(object? value) => value is null || Kind == ParquetColumnKind.Json || KindOf(value) == Kind || (Kind, value) switch
    {
        (ParquetColumnKind.Int64, int) or (ParquetColumnKind.Double, int or float) => true,
        (ParquetColumnKind.Double, long number) => (long)(double)number == number,
        _ => false,
    };

    /// <summary>Writes one row group's values.</summary>
    public Task WriteAsync(ParquetRowGroupWriter group, object?[] values) => Kind switch
    {
        ParquetColumnKind.Boolean => WriteAsync(group, values, value => (bool)value),
        ParquetColumnKind.Int32 => WriteAsync(group, values, value => (int)value),
        ParquetColumnKind.Int64 => WriteAsync(group, values, value => value is int number ? number : (long)value),
        ParquetColumnKind.Single => WriteAsync(group, values, value => (float)value),
        ParquetColumnKind.Double => WriteAsync(group, values, value => value switch { double number => number, float number => number, int number => number, _ => (long)value }),
        ParquetColumnKind.String => group.WriteAsync(Field, Array.ConvertAll(values, value => (string?)value)),
        ParquetColumnKind.Decimal => group.WriteAsync(Field, Array.ConvertAll(values, value => value is null ? null : ExperimentValue.Format(value))),
        ParquetColumnKind.Json => group.WriteAsync(Field, Array.ConvertAll(values, value => value is null ? null : JsonLinesFormat.Text(value))),
        _ => WriteAsync(group, values, value => ((DateTime)value).Kind == DateTimeKind.Local ? ((DateTime)value).ToUniversalTime() : (DateTime)value),
    };

    private static DateTimeDataField Time(string name, bool utc) =>
        new(name, DateTimeFormat.Timestamp, isAdjustedToUTC: utc, unit: DateTimeTimeUnit.Nanos, isNullable: true);

    private static ParquetColumnKind KindOf(object value) => value switch
    {
        bool => ParquetColumnKind.Boolean,
        int => ParquetColumnKind.Int32,
        long => ParquetColumnKind.Int64,
        float => ParquetColumnKind.Single,
        double => ParquetColumnKind.Double,
        decimal => ParquetColumnKind.Decimal,
        string => ParquetColumnKind.String,
        DateTime date when date < EarliestNanosecond || date > LatestNanosecond => ParquetColumnKind.Json,
        DateTime { Kind: DateTimeKind.Utc } => ParquetColumnKind.UtcTimestamp,
        DateTime { Kind: DateTimeKind.Local } => ParquetColumnKind.LocalTimestamp,
        DateTime => ParquetColumnKind.Timestamp,
        _ => ParquetColumnKind.Json,
    };

    private static ParquetColumnKind Join(ParquetColumnKind a, ParquetColumnKind b)
    {
        if (a == b) return a;
        (ParquetColumnKind low, ParquetColumnKind high) = a < b ? (a, b) : (b, a);
        if (low < ParquetColumnKind.Int32 || high > ParquetColumnKind.Double) return ParquetColumnKind.Json;
        return high == ParquetColumnKind.Single ? ParquetColumnKind.Double : high;
    }

    private Task WriteAsync<T>(ParquetRowGroupWriter group, object?[] values, Func<object, T> convert) where T : struct
    {
        T?[] cells = new T?[values.Length];
        for (int i = 0; i < cells.Length; i++)
        {
            if (values[i] is { } value) cells[i] = convert(value);
        }
        return group.WriteAsync(Field, new ReadOnlyMemory<T?>(cells));
    }
}
