using System.Globalization;
using Parquet;
using Parquet.Schema;
using ReparamPS.Data;
using ReparamPS.Messages;

namespace ReparamPS.Tables;

/// <summary>One column: how it is chosen from values, and how values are written to it.</summary>
/// <param name="field">The column's place in the schema.</param>
/// <param name="kind">How the column is kept.</param>
/// <param name="offsets">The offsets of the rows that a column of dates with offsets has already.</param>
internal sealed class ParquetColumn(DataField field, ColumnKind kind, OffsetRuns? offsets = null)
{
    /// <summary>The column's place in the schema.</summary>
    public DataField Field { get; } = field;

    /// <summary>How the column is kept.</summary>
    public ColumnKind Kind { get; } = kind;

    /// <summary>The offsets of dates.</summary>
    public OffsetRuns Offsets { get; } = offsets ?? new OffsetRuns();

    /// <summary>The name.</summary>
    public string Name => Field.Name;

    /// <summary>Whether the column's type in the file doesn't tell its kind.</summary>
    public bool NeedsMetadata => Kind is ColumnKind.Json or ColumnKind.LocalTimestamp or ColumnKind.OffsetTimestamp || Kind == ColumnKind.Decimal && IsText;

    /// <summary>Whether the library writes the type as other programs read it: decimals of few digits it does not.</summary>
    public bool IsWritable => Kind switch
    {
        ColumnKind.Decimal => IsText || Field.SchemaElement is { Type: Parquet.Meta.Type.FIXED_LEN_BYTE_ARRAY, TypeLength: ParquetDecimals.Bytes },
        ColumnKind.String => IsText,
        ColumnKind.Timestamp or ColumnKind.UtcTimestamp => Field is DateTimeDataField { DateTimeFormat: DateTimeFormat.Timestamp },
        _ => true,
    };

    /// <summary>The type for errors.</summary>
    public string Description => ParquetDecimals.DigitsOf(Field) is { } known ? string.Create(CultureInfo.InvariantCulture, $"DECIMAL({known.Precision}, {known.Scale})") : Kind.ToString();

    private bool IsText => ParquetCells.IsText(Field);

    /// <summary>The column that keeps values exactly: as text, if no type does.</summary>
    public static ParquetColumn For(string name, IReadOnlyCollection<object?> values)
    {
        ColumnKind kind = ColumnKinds.Of(values);
        DataField? field = kind switch
        {
            ColumnKind.Boolean => new DataField(name, typeof(bool), isNullable: true),
            ColumnKind.Int32 => new DataField(name, typeof(int), isNullable: true),
            ColumnKind.Int64 => new DataField(name, typeof(long), isNullable: true),
            ColumnKind.UInt64 => new DataField(name, typeof(ulong), isNullable: true),
            ColumnKind.Single => new DataField(name, typeof(float), isNullable: true),
            ColumnKind.Double => new DataField(name, typeof(double), isNullable: true),
            ColumnKind.Decimal => ParquetDecimals.FieldFor(name, values),
            ColumnKind.Timestamp or ColumnKind.UtcTimestamp or ColumnKind.LocalTimestamp or ColumnKind.OffsetTimestamp => ParquetDates.FieldFor(name, kind, values),
            _ => null,
        };
        return new ParquetColumn(field ?? new DataField(name, typeof(string), isNullable: true), field is not null || kind is ColumnKind.String or ColumnKind.Decimal ? kind : ColumnKind.Json);
    }

    /// <summary>Whether the column can keep a value exactly.</summary>
    public bool Accepts(object? value) => (Kind, value) switch
    {
        (_, null) or (ColumnKind.Json, _) => true,
        (ColumnKind.Int32, int number) => Field.ClrType == typeof(int) || ParquetCells.Fits(Field, number),
        (ColumnKind.Int64, int or long) => Field.ClrType == typeof(long) || ParquetCells.Fits(Field, Convert.ToInt64(value, CultureInfo.InvariantCulture)),
        (ColumnKind.UInt64, int number) => number >= 0,
        (ColumnKind.UInt64, long number) => number >= 0,
        (ColumnKind.Decimal, int or long or ulong or decimal) => IsText || ParquetDecimals.Fits(Field, Convert.ToDecimal(value, CultureInfo.InvariantCulture)),
        (ColumnKind.Double, int or float) => true,
        (ColumnKind.Double, long number) => ColumnKinds.IsExact(number),
        (_, DateTime date) => ColumnKinds.Of(value) == Kind && ParquetDates.Fits(Field, date),
        (_, DateTimeOffset date) => ColumnKinds.Of(value) == Kind && ParquetDates.Fits(Field, date.UtcDateTime),
        _ => ColumnKinds.Of(value) == Kind,
    };

    /// <summary>Writes one row group's values.</summary>
    public Task WriteAsync(ParquetRowGroupWriter group, object?[] values)
    {
        if (Kind == ColumnKind.OffsetTimestamp)
        {
            foreach (object? value in values) Offsets.Add((DateTimeOffset?)value);
        }
        return Kind switch
        {
            ColumnKind.String => group.WriteAsync(Field, Array.ConvertAll(values, value => (string?)value)),
            ColumnKind.Json => group.WriteAsync(Field, Array.ConvertAll(values, value => value is null ? null : RowJson.Text(value))),
            ColumnKind.Decimal when IsText => group.WriteAsync(Field, Array.ConvertAll(values, value => value is null ? null : ExperimentValue.Format(value))),
            _ => Type.GetTypeCode(Field.ClrType) switch
            {
                TypeCode.Boolean => WriteAsync(group, values, value => (bool)value),
                TypeCode.SByte => WriteAsync(group, values, value => Convert.ToSByte(value, CultureInfo.InvariantCulture)),
                TypeCode.Byte => WriteAsync(group, values, value => Convert.ToByte(value, CultureInfo.InvariantCulture)),
                TypeCode.Int16 => WriteAsync(group, values, value => Convert.ToInt16(value, CultureInfo.InvariantCulture)),
                TypeCode.UInt16 => WriteAsync(group, values, value => Convert.ToUInt16(value, CultureInfo.InvariantCulture)),
                TypeCode.Int32 => WriteAsync(group, values, value => (int)value),
                TypeCode.UInt32 => WriteAsync(group, values, value => Convert.ToUInt32(value, CultureInfo.InvariantCulture)),
                TypeCode.Int64 => WriteAsync(group, values, value => Convert.ToInt64(value, CultureInfo.InvariantCulture)),
                TypeCode.UInt64 => WriteAsync(group, values, value => Convert.ToUInt64(value, CultureInfo.InvariantCulture)),
                TypeCode.Single => WriteAsync(group, values, value => (float)value),
                TypeCode.Double => WriteAsync(group, values, value => value is float number ? number : Convert.ToDouble(value, CultureInfo.InvariantCulture)),
                TypeCode.DateTime => WriteAsync(group, values, ParquetDates.Stored),
                _ => WriteAsync(group, values, value => ParquetDecimals.Stored(Field, Convert.ToDecimal(value, CultureInfo.InvariantCulture))),
            },
        };
    }

    private Task WriteAsync<T>(ParquetRowGroupWriter group, object?[] values, Func<object, T> convert) where T : struct
    {
        if (!Field.IsNullable)
        {
            if (Array.Exists(values, value => value is null)) throw new ArgumentException($"A new row has no value for the column '{ShortText.Of(Name)}', and the file does not allow nulls there. Give every row a value, or write a new file.", Name);
            return group.WriteAsync(Field, new ReadOnlyMemory<T>(Array.ConvertAll(values, value => convert(value!))));
        }
        T?[] cells = new T?[values.Length];
        for (int i = 0; i < cells.Length; i++)
        {
            if (values[i] is { } value) cells[i] = convert(value);
        }
        return group.WriteAsync(Field, new ReadOnlyMemory<T?>(cells));
    }
}
