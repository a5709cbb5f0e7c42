using System.Globalization;
using Parquet;
using Parquet.Data;
using Parquet.Schema;
using ReparamPS.Data;
using ReparamPS.Messages;

namespace ReparamPS.Tables;

/// <summary>Reads the cells of Parquet columns of any program.</summary>
internal static class ParquetCells
{
    /// <summary>The kind of a column that no metadata describes; null where tables have no such values.</summary>
    public static ColumnKind? KindOf(DataField field) => field switch
    {
        _ when IsTimeOfDay(field) => null,
        DateTimeDataField { DateTimeFormat: DateTimeFormat.Timestamp, IsAdjustedToUTC: true } => ColumnKind.UtcTimestamp,
        _ when field.ClrType == typeof(DateTime) => ColumnKind.Timestamp,
        _ when field.ClrType == typeof(bool) => ColumnKind.Boolean,
        _ when field.ClrType == typeof(float) => ColumnKind.Single,
        _ when field.ClrType == typeof(double) => ColumnKind.Double,
        _ when field.ClrType == typeof(BigDecimal) => ColumnKind.Decimal,
        _ when field.ClrType == typeof(ulong) => ColumnKind.UInt64,
        _ when field.ClrType == typeof(long) || field.ClrType == typeof(uint) => ColumnKind.Int64,
        _ when Type.GetTypeCode(field.ClrType) is >= TypeCode.SByte and <= TypeCode.Int32 => ColumnKind.Int32,
        _ when IsText(field) || field.ClrType == typeof(Guid) => ColumnKind.String,
        _ => null,
    };

    /// <summary>A type that tables do not support, for errors.</summary>
    public static string NameOf(DataField field) => IsTimeOfDay(field) ? "time of day" : field.ClrType.Name;

    /// <summary>Whether the metadata's kind of a column is one that its type allows.</summary>
    public static bool MayBe(DataField field, ColumnKind kind) => kind switch
    {
        ColumnKind.Json or ColumnKind.Decimal => IsText(field),
        ColumnKind.LocalTimestamp or ColumnKind.OffsetTimestamp => KindOf(field) == ColumnKind.UtcTimestamp,
        _ => false,
    };

    /// <summary>All cells of a row group, column by column.</summary>
    public static async Task<object?[][]> ReadAsync(ParquetRowGroupReader group, ParquetColumn[] columns, string path)
    {
        object?[][] cells = new object?[columns.Length][];
        for (int i = 0; i < columns.Length; i++)
        {
            try
            {
                cells[i] = await ReadAsync(group, columns[i], path);
            }
            catch (Exception error) when (error is not (DataFormatException or OutOfMemoryException))
            {
                // The library meets damaged bytes with whatever exception they lead to.
                throw new DataFormatException(path, $"column '{ShortText.Of(columns[i].Name)}' cannot be read: {ShortText.Of(error.Message)}", error);
            }
        }
        return cells;
    }

    /// <summary>Whether a whole number fits into a field of another program.</summary>
    public static bool Fits(DataField field, long value) => Type.GetTypeCode(field.ClrType) switch
    {
        TypeCode.SByte => value is >= sbyte.MinValue and <= sbyte.MaxValue,
        TypeCode.Byte => value is >= byte.MinValue and <= byte.MaxValue,
        TypeCode.Int16 => value is >= short.MinValue and <= short.MaxValue,
        TypeCode.UInt16 => value is >= ushort.MinValue and <= ushort.MaxValue,
        TypeCode.UInt32 => value is >= uint.MinValue and <= uint.MaxValue,
        _ => false,
    };

    private static async Task<object?[]> ReadAsync(ParquetRowGroupReader group, ParquetColumn column, string path)
    {
        DataField field = column.Field;
        int count = checked((int)group.RowCount);
        if (IsText(field))
        {
            string?[] texts = new string?[count];
            await group.ReadAsync(field, texts.AsMemory());
            return column.Kind switch
            {
                ColumnKind.Json => Array.ConvertAll(texts, text => text is null ? null : RowJson.Value(text, path)),
                ColumnKind.Decimal => Array.ConvertAll(texts, text => text is null ? (object?)null : decimal.Parse(text, CultureInfo.InvariantCulture)),
                _ => texts,
            };
        }
        return Type.GetTypeCode(field.ClrType) switch
        {
            TypeCode.Boolean => await Cells<bool>(group, field, count),
            TypeCode.SByte => await Cells<sbyte>(group, field, count),
            TypeCode.Byte => await Cells<byte>(group, field, count),
            TypeCode.Int16 => await Cells<short>(group, field, count),
            TypeCode.UInt16 => await Cells<ushort>(group, field, count),
            TypeCode.Int32 => await Cells<int>(group, field, count),
            TypeCode.UInt32 => await Cells<uint>(group, field, count),
            TypeCode.Int64 => await Cells<long>(group, field, count),
            TypeCode.UInt64 => await Cells<ulong>(group, field, count),
            TypeCode.Single => await Cells<float>(group, field, count),
            TypeCode.Double => await Cells<double>(group, field, count),
            TypeCode.DateTime => Array.ConvertAll(await Cells<DateTime>(group, field, count), cell => Date(cell, column)),
            _ when field.ClrType == typeof(BigDecimal) => Array.ConvertAll(await Nullables<BigDecimal>(group, field, count), cell => cell is { } number ? ParquetDecimals.Read(number) : null),
            _ when field.ClrType == typeof(Guid) => await Cells<Guid>(group, field, count),
            _ => throw new DataFormatException(path, string.Create(CultureInfo.InvariantCulture, $"column '{ShortText.Of(field.Name)}' is of type {NameOf(field)}, which this module cannot read. Convert the column to numbers, text, Booleans, dates or GUIDs, or leave it out of the file.")),
        };
    }

    private static async Task<object?[]> Cells<T>(ParquetRowGroupReader group, DataField field, int count) where T : struct =>
        Array.ConvertAll(await Nullables<T>(group, field, count), cell => cell is { } value ? ExperimentValue.Normalize(value, field.Name) : null);

    private static async Task<T?[]> Nullables<T>(ParquetRowGroupReader group, DataField field, int count) where T : struct
    {
        T?[] some = new T?[count];
        if (field.IsNullable)
        {
            await group.ReadAsync(field, some.AsMemory());
            return some;
        }
        T[] all = new T[count];
        await group.ReadAsync(field, all.AsMemory());
        return Array.ConvertAll(all, cell => (T?)cell);
    }

    /// <summary>Whether a field holds text: the library reads its strings as memory.</summary>
    public static bool IsText(DataField field) => field.ClrType == typeof(string) || field.ClrType == typeof(ReadOnlyMemory<char>);

    private static bool IsTimeOfDay(DataField field) => field.SchemaElement?.LogicalType?.TIME is not null;

    private static object? Date(object? cell, ParquetColumn column)
    {
        TimeSpan offset = column.Kind == ColumnKind.OffsetTimestamp ? column.Offsets.Next() : TimeSpan.Zero;
        return cell is DateTime date ? ParquetDates.Read(date, column.Kind, offset) : null;
    }
}
