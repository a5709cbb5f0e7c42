using System.Globalization;
using ReparamPS.Data;
using ReparamPS.Messages;

namespace ReparamPS.Tables;

/// <summary>
/// One column of an SQLite table. Its declared type tells more than the few types that SQLite distinguishes. What SQLite cannot hold is stored as SQL computes with it,
/// NaN as NULL and numbers beyond its own rounded, beside a note in <see cref="SqliteNotes"/> that restores it.
/// </summary>
/// <param name="Name">The name.</param>
/// <param name="Kind">What the column keeps.</param>
/// <param name="DeclaredType">The type that another program has declared; null if it is one of <see cref="Type"/>.</param>
internal sealed record SqliteColumn(string Name, ColumnKind Kind, string? DeclaredType = null)
{
    // A type with TEXT in its name leaves text as it is; the others would make numbers of digits.
    private const string DecimalType = "DECIMAL", DecimalTextType = "DECIMAL TEXT", JsonType = "JSON TEXT", SingleType = "FLOAT4", UnsignedType = "UNSIGNED BIG INT", LocalType = "DATETIME LOCAL";
    private const string NotANumber = "NaN", NegativeZero = "-0";

    /// <summary>The type as SQL has it.</summary>
    public string Type => DeclaredType ?? Kind switch
    {
        ColumnKind.Boolean => "BOOLEAN",
        ColumnKind.Int32 => "INTEGER",
        ColumnKind.Int64 => "BIGINT",
        ColumnKind.UInt64 => UnsignedType,
        ColumnKind.Single => SingleType,
        ColumnKind.Double => "REAL",
        ColumnKind.String => "TEXT",
        ColumnKind.Decimal => DecimalType,
        ColumnKind.Json => JsonType,
        ColumnKind.LocalTimestamp => LocalType,
        _ => "DATETIME",
    };

    /// <summary>The column of a declared type, from any program.</summary>
    public static SqliteColumn Of(string name, string type)
    {
        ColumnKind kind = KindOf(type.ToUpperInvariant());
        var column = new SqliteColumn(name, kind);
        return type.Length == 0 || type.Equals(column.Type, StringComparison.OrdinalIgnoreCase) ? column : column with { DeclaredType = type };
    }

    private static ColumnKind KindOf(string type) => type switch
    {
        DecimalTextType => ColumnKind.Decimal,
        JsonType => ColumnKind.Json,
        SingleType => ColumnKind.Single,
        UnsignedType => ColumnKind.UInt64,
        LocalType => ColumnKind.LocalTimestamp,
        "BIGINT" => ColumnKind.Int64,
        // Also with a precision, as in DECIMAL(10,2).
        var other when other.StartsWith(DecimalType, StringComparison.Ordinal) || other.StartsWith("NUMERIC", StringComparison.Ordinal) => ColumnKind.Decimal,
        var other when other.StartsWith("BOOL", StringComparison.Ordinal) => ColumnKind.Boolean,
        var other when other.StartsWith("DATE", StringComparison.Ordinal) || other.StartsWith("TIMESTAMP", StringComparison.Ordinal) => ColumnKind.Timestamp,
        var other when other.Contains("INT", StringComparison.Ordinal) => ColumnKind.Int32,
        var other when other.Contains("CHAR", StringComparison.Ordinal) || other.Contains("CLOB", StringComparison.Ordinal) || other.Contains("TEXT", StringComparison.Ordinal) => ColumnKind.String,
        _ => ColumnKind.Double,
    };

    /// <summary>Whether the column keeps a value. Whole numbers among fractions become fractions if that loses nothing.</summary>
    public bool Accepts(object? value) => (Kind, value) switch
    {
        (_, null) or (ColumnKind.Json, _) => true,
        (ColumnKind.Timestamp or ColumnKind.UtcTimestamp or ColumnKind.OffsetTimestamp, DateTime or DateTimeOffset) => true,
        (ColumnKind.LocalTimestamp, DateTime) => true,
        (ColumnKind.Int32 or ColumnKind.Int64, int or long or float or double) => true,
        (ColumnKind.UInt64, int number) => number >= 0,
        (ColumnKind.UInt64, long number) => number >= 0,
        (ColumnKind.Decimal, int or long or ulong) => true,
        // A column of another program, which takes numbers of any type.
        (ColumnKind.Decimal, float or double) => DeclaredType is not null,
        (ColumnKind.Single or ColumnKind.Double, int or float) => true,
        (ColumnKind.Double, double) => true,
        (ColumnKind.Double, long number) => ColumnKinds.IsExact(number),
        _ => ColumnKinds.Of(value) == Kind,
    };

    /// <summary>A value as SQLite stores it.</summary>
    public object ToStored(object? value) => value switch
    {
        null => DBNull.Value,
        _ when Kind == ColumnKind.Json => RowJson.Text(value),
        bool flag => flag ? 1L : 0L,
        int number => (long)number,
        // The library stores NaN as text.
        float number => float.IsNaN(number) ? DBNull.Value : (double)number,
        double number => double.IsNaN(number) ? DBNull.Value : number,
        // As an object, or C# would make both a double.
        ulong number => number <= long.MaxValue ? (object)(long)number : (double)number,
        decimal number => number == decimal.Truncate(number) && number is >= long.MinValue and <= long.MaxValue ? (object)(long)number : (double)number,
        long or string => value,
        _ => ExperimentValue.Format(value),
    };

    /// <summary>The text that restores a value of which SQLite keeps less; otherwise null.</summary>
    public string? NoteFor(object? value) => value switch
    {
        _ when Kind == ColumnKind.Json => null,
        float.NaN or double.NaN => NotANumber,
        float and 0 when float.IsNegative((float)value) => NegativeZero,
        double and 0 when double.IsNegative((double)value) => NegativeZero,
        ulong and > long.MaxValue => ExperimentValue.Format(value),
        // With its zeros: 1.10 is not 1.1.
        decimal number when FromNumber(ToStored(number)) is not { } shown || ExperimentValue.Format(shown) != ExperimentValue.Format(value) => ExperimentValue.Format(value),
        _ => null,
    };

    /// <summary>What a stored value and its note say. A note that another program's change has made wrong is ignored.</summary>
    /// <exception cref="DataFormatException">The value is of a kind that tables do not hold.</exception>
    public object? FromStored(object stored, string? note, string path) => (Kind, stored) switch
    {
        _ when note is not null && Restored(stored, note) is { } restored => restored,
        (_, DBNull) => null,
        (ColumnKind.Json, string text) => RowJson.Value(text, path),
        (ColumnKind.Decimal, long or double) => FromNumber(stored) ?? stored,
        (ColumnKind.Decimal, string text) => decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number) ? number : text,
        (ColumnKind.Timestamp, string text) => ExperimentValue.TryDate(text) ?? text,
        (ColumnKind.LocalTimestamp, string text) => ExperimentValue.TryDate(text) is { } date ? date is DateTimeOffset moment ? (object)moment.LocalDateTime : date : text,
        (ColumnKind.Boolean, 0L or 1L) => (long)stored == 1,
        (ColumnKind.Int64, long) => stored,
        (ColumnKind.UInt64, >= 0L) => (ulong)(long)stored,
        (_, long number) => number is >= int.MinValue and <= int.MaxValue ? (object)(int)number : number,
        (ColumnKind.Single, double number) => (float)number,
        // As earlier versions stored it.
        (ColumnKind.Single, NotANumber) => float.NaN,
        (ColumnKind.Double or ColumnKind.Int32 or ColumnKind.Int64, NotANumber) => double.NaN,
        (_, double or string) => stored,
        _ => throw new DataFormatException(path, $"column '{ShortText.Of(Name)}' holds bytes; a column must hold numbers, strings, Booleans or dates."),
    };

    private object? Restored(object stored, string note) => (Kind, stored, note) switch
    {
        (ColumnKind.Single, DBNull, NotANumber) => (object)float.NaN,
        (_, DBNull, NotANumber) => double.NaN,
        (ColumnKind.Single, 0.0 or 0L, NegativeZero) => -0f,
        (_, 0.0 or 0L, NegativeZero) => -0.0,
        (ColumnKind.UInt64, double number, _) => ulong.TryParse(note, NumberStyles.None, CultureInfo.InvariantCulture, out ulong exact) && exact == number ? exact : null,
        (ColumnKind.Decimal, long or double, _) =>
            decimal.TryParse(note, NumberStyles.Number, CultureInfo.InvariantCulture, out decimal exact) && (double)exact == Convert.ToDouble(stored, CultureInfo.InvariantCulture) ? exact : null,
        _ => null,
    };

    private static decimal? FromNumber(object stored) => stored is long whole ? whole : ExperimentValue.FromDouble((double)stored);
}
