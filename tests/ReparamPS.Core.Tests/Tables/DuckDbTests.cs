using System.Globalization;
using DuckDB.NET.Data;
using ReparamPS.Data;

namespace ReparamPS.Core.Tests.Tables;

/// <summary>DuckDB reads our Parquet files with the right types, and we read its own.</summary>
public sealed class DuckDbTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("reparamps-duckdb-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("bool", "BOOLEAN", "true")]
    [InlineData("sbyte", "INTEGER", "127")]
    [InlineData("byte", "INTEGER", "255")]
    [InlineData("short", "INTEGER", "32767")]
    [InlineData("ushort", "INTEGER", "65535")]
    [InlineData("int", "INTEGER", "2147483647")]
    [InlineData("uint", "BIGINT", "4294967295")]
    [InlineData("long", "BIGINT", "9223372036854775807")]
    [InlineData("ulong", "UBIGINT", "18446744073709551615")]
    [InlineData("float", "FLOAT", "nan")]
    [InlineData("double", "DOUBLE", "nan")]
    [InlineData("price", "DECIMAL(38,9)", "3.000000000")]
    [InlineData("large decimal", "DECIMAL(38,9)", "79228162514264337593543950335.000000000")]
    [InlineData("small decimal", "DECIMAL(38,28)", "1.5000000000000000000000000000")]
    [InlineData("whole numbers and decimals", "DECIMAL(38,9)", "18446744073709551615.000000000")]
    [InlineData("string", "VARCHAR", "\U0001F600")]
    [InlineData("utc", "TIMESTAMP WITH TIME ZONE", "2024-04-29 15:06:40+00")]
    [InlineData("date", "TIMESTAMP_NS", "2024-04-29 15:06:40.0000001")]
    [InlineData("early and late date", "TIMESTAMP", "9999-12-31 23:59:59")]
    [InlineData("offset", "TIMESTAMP WITH TIME ZONE", "2024-04-29 16:06:40+00")]
    [InlineData("timespan", "VARCHAR", "1.02:03:04.0050000")]
    [InlineData("guid", "VARCHAR", "00112233-4455-6677-8899-aabbccddeeff")]
    public void DuckDB_sees_the_type_and_the_largest_value(string type, string expected, string largest)
    {
        string path = Path.Combine(folder, "t.parquet");
        TypedColumn column = TypedColumns.All[type];
        ExperimentFile.Write(path, column.Values.Select(value => new ExperimentRow(["c"], [value])));
        Assert.Equal($"{expected}|{largest}|{column.Values.Count(value => value is not null)}|{column.Values.Length}",
            Query($"SELECT concat_ws('|', any_value(typeof(c)), max(c)::VARCHAR, count(c), count(*)) FROM '{path}'").Replace("-nan", "nan", StringComparison.Ordinal));
    }

    [Fact]
    public void Local_dates_are_moments()
    {
        var noon = new DateTime(2024, 1, 2, 12, 0, 0, DateTimeKind.Local);
        string path = Path.Combine(folder, "local.parquet");
        ExperimentFile.Write(path, [new(["c"], [noon])]);
        Assert.Equal(new DateTimeOffset(noon).ToUnixTimeSeconds(), long.Parse(Query($"SELECT epoch(c)::BIGINT FROM '{path}'"), CultureInfo.InvariantCulture));
    }

    [Fact]
    public void A_table_without_rows_is_a_file_that_takes_any_rows_later()
    {
        string path = Path.Combine(folder, "none.parquet");
        ExperimentFile.Write(path, []);
        Assert.Equal("0", Query($"SELECT count(*) FROM '{path}'"));
        Assert.Empty(ExperimentFile.Read(path, cancellation: TestContext.Current.CancellationToken));
        using (ITableWriter writer = ExperimentFile.CreateWriter(path, append: true, cancellation: TestContext.Current.CancellationToken))
        {
            writer.Write(new ExperimentRow(["A"], [1]));
            writer.Write(new ExperimentRow(["A", "B"], [2, 0.5]));
            writer.Complete();
        }
        Assert.Equal("3|0.5", Query($"SELECT concat_ws('|', sum(A), sum(B)) FROM '{path}'"));
        Assert.Equal([1, null, 2, 0.5], ExperimentFile.Read(path, cancellation: TestContext.Current.CancellationToken).SelectMany(row => row.Values));
    }

    [Theory]
    [InlineData("1::DECIMAL(4,2)", 1.0)]
    [InlineData("-1.25::DECIMAL(9,2)", -1.25)]
    [InlineData("1.25::DECIMAL(18,4)", 1.25)]
    [InlineData("1.25::DECIMAL(38,10)", 1.25)]
    [InlineData("9999999999999999999999999999.5::DECIMAL(38,10)", 1e28)]
    [InlineData("3::TINYINT", 3)]
    [InlineData("3::UTINYINT", 3)]
    [InlineData("3::SMALLINT", 3)]
    [InlineData("3::USMALLINT", 3)]
    [InlineData("3::UINTEGER", 3L)]
    [InlineData("3::UBIGINT", 3UL)]
    [InlineData("3::HUGEINT", 3.0)]
    [InlineData("'nan'::DOUBLE", double.NaN)]
    [InlineData("'x'", "x")]
    [InlineData("'x'::ENUM('x', 'y')", "x")]
    [InlineData("'00112233-4455-6677-8899-aabbccddeeff'::UUID", "00112233-4455-6677-8899-aabbccddeeff")]
    [InlineData("'2024-01-02'::DATE", "2024-01-02T00:00:00.0000000")]
    [InlineData("'2024-01-02 03:04:05.5'::TIMESTAMP", "2024-01-02T03:04:05.5000000")]
    [InlineData("'2024-01-02 03:04:05.5'::TIMESTAMP_NS", "2024-01-02T03:04:05.5000000")]
    [InlineData("'2024-01-02 03:04:05.5'::TIMESTAMP_MS", "2024-01-02T03:04:05.5000000")]
    [InlineData("'2024-01-02 03:04:05.5+00'::TIMESTAMPTZ", "2024-01-02T03:04:05.5000000Z")]
    [InlineData("'03:04:05'::TIME", "Column 'c'")]
    [InlineData("INTERVAL 3 DAYS", "Column 'c'")]
    [InlineData("'ab'::BLOB", "Column 'c'")]
    [InlineData("{'a': 1}", "Column 'c'")]
    [InlineData("[1, 2]", "Column 'c'")]
    [InlineData("MAP {'a': 1}", "Column 'c'")]
    public void A_column_of_DuckDB_is_read_or_named(string expression, object expected)
    {
        string path = Path.Combine(folder, "duck.parquet");
        Query($"COPY (SELECT 1 AS n, {expression} AS c) TO '{path}' (FORMAT parquet)");
        if (expected is string text && text.StartsWith("Column", StringComparison.Ordinal))
        {
            Assert.Contains(text, Assert.Throws<DataFormatException>(() => ExperimentFile.Read(path, cancellation: TestContext.Current.CancellationToken).ToArray()).Message, StringComparison.OrdinalIgnoreCase);
            return;
        }
        object? value = ExperimentFile.Read(path, cancellation: TestContext.Current.CancellationToken).Single()["c"];
        Assert.Equal(expected, value switch { decimal number => (double)number, DateTime => ExperimentValue.Format(value), _ => value });

        // What our library would write as another type is refused; the rest is appended.
        if (expression.Contains("DECIMAL", StringComparison.Ordinal) || expression.Contains("UUID", StringComparison.Ordinal) || expression.Contains("DATE", StringComparison.Ordinal))
        {
            byte[] before = File.ReadAllBytes(path);
            if (expression.Contains("38", StringComparison.Ordinal)) return;
            Assert.Contains("'c'", Assert.Throws<ArgumentException>(() => ExperimentFile.CreateWriter(path, append: true, cancellation: TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
            Assert.Equal(before, File.ReadAllBytes(path));
            return;
        }
        using (ITableWriter writer = ExperimentFile.CreateWriter(path, append: true, cancellation: TestContext.Current.CancellationToken))
        {
            writer.Write(new ExperimentRow(["n", "c"], [2, value]));
            writer.Complete();
        }
        Assert.Equal("2|1", Query($"SELECT concat_ws('|', count(*), count(DISTINCT c)) FROM '{path}'"));
    }

    private static string Query(string sql)
    {
        using var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        using DuckDBCommand command = connection.CreateCommand();
        command.CommandText = "SET TimeZone = 'UTC'";
        command.ExecuteNonQuery();
        command.CommandText = sql;
        return Convert.ToString(command.ExecuteScalar(), CultureInfo.InvariantCulture)!;
    }
}
