using System.Globalization;
using Parquet;
using Parquet.Schema;
using ReparamPS.Data;

namespace ReparamPS.Tables;

/// <summary>Reads the cells of Parquet columns of any program.</summary>
internal static class ParquetCells
{
    /// <summary>The kind of a column that no metadata describes; null where tables have no such values.</summary>
    public static ColumnKind? KindOf(DataField field) => field switch
    {
        DateTimeDataField { IsAdjustedToUTC: true } => ColumnKind.UtcTimestamp,
        _ when field.ClrType == typeof(DateTime) => ColumnKind.Timestamp,
        _ when field.ClrType == typeof(bool) => ColumnKind.Boolean,
        _ when field.ClrType == typeof(float) => ColumnKind.Single,
        _ when field.ClrType == typeof(double) || field.ClrType == typeof(decimal) => ColumnKind.Double,
        _ when field.ClrType == typeof(long) || field.ClrType == typeof(uint) || field.ClrType == typeof(ulong) => ColumnKind.Int64,
        _ when Type.GetTypeCode(field.ClrType) is >= TypeCode.SByte and <= TypeCode.Int32 => ColumnKind.Int32,
        _ when IsText(field) || field.ClrType == typeof(Guid) => ColumnKind.String,
        _ => null,
    };

    /// <summary>All cells of a row group, column by column.</summary>
    public static async Task<object?[][]> ReadAsync(ParquetRowGroupReader group, ParquetColumn[] columns, string path)
    {
        object?[][] cells = new object?[columns.Length][];
        for (int i = 0; i < columns.Length; i++) cells[i] = await ReadAsync(group, columns[i], path);
        return cells;
    }

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
            TypeCode.Decimal => await Cells<decimal>(group, field, count),
            TypeCode.DateTime => Array.ConvertAll(await Cells<DateTime>(group, field, count), cell => Date(cell, column.Kind)),
            _ when field.ClrType == typeof(Guid) => await Cells<Guid>(group, field, count),
            _ => throw new DataFormatException(path, string.Create(CultureInfo.InvariantCulture, $"column '{field.Name}' is of type {field.ClrType.Name}, which tables do not support.")),
        };
    }

    private static async Task<object?[]> Cells<T>(ParquetRowGroupReader group, DataField field, int count) where T : struct
    {
        if (!field.IsNullable)
        {
            T[] all = new T[count];
            await group.ReadAsync(field, all.AsMemory());
            return Array.ConvertAll(all, cell => ExperimentValue.Normalize(cell, field.Name));
        }
        T?[] some = new T?[count];
        await group.ReadAsync(field, some.AsMemory());
        return Array.ConvertAll(some, cell => cell is { } value ? ExperimentValue.Normalize(value, field.Name) : null);
    }

    // The library reads its strings as memory.
    private static bool IsText(DataField field) => field.ClrType == typeof(string) || field.ClrType == typeof(ReadOnlyMemory<char>);

    private static object? Date(object? cell, ColumnKind kind) => cell is not DateTime date ? null : kind switch
    {
        ColumnKind.UtcTimestamp => DateTime.SpecifyKind(date, DateTimeKind.Utc),
        ColumnKind.LocalTimestamp => DateTime.SpecifyKind(date, DateTimeKind.Utc).ToLocalTime(),
        _ => DateTime.SpecifyKind(date, DateTimeKind.Unspecified),
    };
}
