using Parquet;
using Parquet.Schema;
using ReparamPS.Data;

namespace ReparamPS.Tables;

/// <summary>One column: how it is chosen from values, and how values are written to and read from it.</summary>
internal sealed class ParquetColumn
{
    /// <summary>Creates a column of a kind.</summary>
    public ParquetColumn(string name, ColumnKind kind)
    {
        Kind = kind;
        Field = kind switch
        {
            ColumnKind.Boolean => new DataField(name, typeof(bool), isNullable: true),
            ColumnKind.Int32 => new DataField(name, typeof(int), isNullable: true),
            ColumnKind.Int64 => new DataField(name, typeof(long), isNullable: true),
            ColumnKind.Single => new DataField(name, typeof(float), isNullable: true),
            ColumnKind.Double => new DataField(name, typeof(double), isNullable: true),
            ColumnKind.Timestamp => Time(name, utc: false),
            ColumnKind.UtcTimestamp or ColumnKind.LocalTimestamp => Time(name, utc: true),
            _ => new DataField(name, typeof(string), isNullable: true),
        };
    }

    /// <summary>The column of a file that this module, or anyone else, has written.</summary>
    public ParquetColumn(DataField field, ColumnKind kind) => (Field, Kind) = (field, kind);

    /// <summary>The column's place in the schema.</summary>
    public DataField Field { get; }

    /// <summary>How the column is kept.</summary>
    public ColumnKind Kind { get; }

    /// <summary>The name.</summary>
    public string Name => Field.Name;

    /// <summary>Whether the column can keep a value exactly.</summary>
    public bool Accepts(object? value) => value is null || Kind == ColumnKind.Json || ColumnKinds.Of(value) == Kind || (Kind, value) switch
    {
        (ColumnKind.Int64, int) or (ColumnKind.Double, int or float) => true,
        (ColumnKind.Double, long number) => (long)(double)number == number,
        _ => false,
    };

    /// <summary>Writes one row group's values.</summary>
    public Task WriteAsync(ParquetRowGroupWriter group, object?[] values) => Kind switch
    {
        ColumnKind.Boolean => WriteAsync(group, values, value => (bool)value),
        ColumnKind.Int32 => WriteAsync(group, values, value => (int)value),
        ColumnKind.Int64 => WriteAsync(group, values, value => value is int number ? number : (long)value),
        ColumnKind.Single => WriteAsync(group, values, value => (float)value),
        ColumnKind.Double => WriteAsync(group, values, value => value switch { double number => number, float number => number, int number => number, _ => (long)value }),
        ColumnKind.String => group.WriteAsync(Field, Array.ConvertAll(values, value => (string?)value)),
        ColumnKind.Decimal => group.WriteAsync(Field, Array.ConvertAll(values, value => value is null ? null : ExperimentValue.Format(value))),
        ColumnKind.Json => group.WriteAsync(Field, Array.ConvertAll(values, value => value is null ? null : RowJson.Text(value))),
        _ => WriteAsync(group, values, value => ((DateTime)value).Kind == DateTimeKind.Local ? ((DateTime)value).ToUniversalTime() : (DateTime)value),
    };

    private static DateTimeDataField Time(string name, bool utc) =>
        new(name, DateTimeFormat.Timestamp, isAdjustedToUTC: utc, unit: DateTimeTimeUnit.Nanos, isNullable: true);

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
