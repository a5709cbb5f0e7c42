using System.Globalization;
using ReparamPS.Data;

namespace ReparamPS.Tables;

/// <summary>
/// One column of an SQLite table. Its declared type tells more than the few types that SQLite distinguishes, and is chosen so that SQLite converts no value.
/// </summary>
internal sealed record SqliteColumn(string Name, ColumnKind Kind)
{
    // A type with TEXT in its name leaves text as it is; the others would make numbers of digits.
    private const string DecimalType = "DECIMAL TEXT", JsonType = "JSON TEXT", SingleType = "FLOAT4";

    /// <summary>The type as SQL has it.</summary>
    public string Type => Kind switch
    {
        ColumnKind.Boolean => "BOOLEAN",
        ColumnKind.Int32 => "INTEGER",
        ColumnKind.Int64 => "BIGINT",
        ColumnKind.Single => SingleType,
        ColumnKind.Double => "REAL",
        ColumnKind.String => "TEXT",
        ColumnKind.Decimal => DecimalType,
        ColumnKind.Json => JsonType,
        _ => "DATETIME",
    };

    /// <summary>The column of a declared type, from any program.</summary>
    public static SqliteColumn Of(string name, string type) => new(name, type.ToUpperInvariant() switch
    {
        DecimalType => ColumnKind.Decimal,
        JsonType => ColumnKind.Json,
        SingleType => ColumnKind.Single,
        "BIGINT" => ColumnKind.Int64,
        var other when other.StartsWith("BOOL", StringComparison.Ordinal) => ColumnKind.Boolean,
        var other when other.StartsWith("DATE", StringComparison.Ordinal) || other.StartsWith("TIMESTAMP", StringComparison.Ordinal) => ColumnKind.Timestamp,
        var other when other.Contains("INT", StringComparison.Ordinal) => ColumnKind.Int32,
        var other when other.Contains("CHAR", StringComparison.Ordinal) || other.Contains("CLOB", StringComparison.Ordinal) || other.Contains("TEXT", StringComparison.Ordinal) => ColumnKind.String,
        _ => ColumnKind.Double,
    });

    /// <summary>Whether the column keeps a value as it is. Whole numbers among fractions become fractions if that loses nothing.</summary>
    public bool Accepts(object? value) => (Kind, value) switch
    {
        (_, null) or (ColumnKind.Json, _) => true,
        (ColumnKind.Timestamp or ColumnKind.UtcTimestamp or ColumnKind.LocalTimestamp, DateTime or DateTimeOffset) => true,
        (ColumnKind.Int32 or ColumnKind.Int64, int or long or float or double) => true,
        (ColumnKind.Single or ColumnKind.Double, int or float) => true,
        (ColumnKind.Double, double) => true,
        (ColumnKind.Double, long number) => (long)(double)number == number,
        _ => ColumnKinds.Of(value) == Kind,
    };

    /// <summary>A value as SQLite stores it. It has no NaN, which is text there.</summary>
    public object ToStored(object? value) => value switch
    {
        null => DBNull.Value,
        _ when Kind == ColumnKind.Json => RowJson.Text(value),
        bool flag => flag ? 1L : 0L,
        int number => (long)number,
        float number when float.IsNaN(number) => "NaN",
        double number when double.IsNaN(number) => "NaN",
        float number => (double)number,
        long or double or string => value,
        _ => ExperimentValue.Format(value),
    };

    /// <summary>What a stored value says.</summary>
    /// <exception cref="DataFormatException">It is of a kind that tables do not hold.</exception>
    public object? FromStored(object stored, string path) => (Kind, stored) switch
    {
        (_, DBNull) => null,
        (ColumnKind.Json, string text) => RowJson.Value(text, path),
        (ColumnKind.Decimal, string text) => decimal.Parse(text, CultureInfo.InvariantCulture),
        (ColumnKind.Timestamp, string text) => ExperimentValue.TryDate(text) ?? text,
        (ColumnKind.Boolean, 0L or 1L) => (long)stored == 1,
        (ColumnKind.Int64, long) => stored,
        (_, long number) => number is >= int.MinValue and <= int.MaxValue ? (object)(int)number : number,
        (ColumnKind.Single, double number) => (float)number,
        (ColumnKind.Single, "NaN") => float.NaN,
        (ColumnKind.Double or ColumnKind.Int32 or ColumnKind.Int64, "NaN") => double.NaN,
        (_, double or string) => stored,
        _ => throw new DataFormatException(path, $"column '{Name}' holds bytes, which no table of experiments does."),
    };
}
