using System.Globalization;
using System.Text.Json;
using ReparamPS.Data;

namespace ReparamPS.Core.Tests.Tables;

/// <summary>Python's csv, json and sqlite3 read our files with the right values and types.</summary>
public sealed class PythonTests : IDisposable
{
    private const string ReadCsv = "import sys, csv, json; csv.field_size_limit(10**9); print(json.dumps([row['c'] for row in csv.DictReader(open(sys.argv[1], newline='', encoding='utf-8'))]))";
    private const string ReadJson = "import sys, json; from decimal import Decimal; print(json.dumps([(type(v).__name__, str(v)) for v in (json.loads(line, parse_float=Decimal)['c'] for line in open(sys.argv[1], encoding='utf-8', newline='\\n'))]))";
    private const string Query = "import sys, json, sqlite3; print(json.dumps([str(v) for v in sqlite3.connect(sys.argv[1]).execute(sys.argv[2]).fetchone()]))";

    private readonly string folder = Directory.CreateTempSubdirectory("reparamps-python-").FullName;

    public static TheoryData<string> Types => [.. TypedColumns.All.Keys];

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory, MemberData(nameof(Types))]
    public void Python_s_csv_reads_every_value(string type)
    {
        TypedColumn column = TypedColumns.All[type];
        string[] read = JsonSerializer.Deserialize<string[]>(Python.Run(ReadCsv, Write("t.csv", column)))!;
        Assert.Equal(column.Values.Length, read.Length);
        for (int i = 0; i < read.Length; i++) AssertText(column.Values[i], read[i], i);
    }

    [Theory, MemberData(nameof(Types))]
    public void Python_s_json_reads_every_value_with_its_type(string type)
    {
        TypedColumn column = TypedColumns.All[type];
        string[][] read = JsonSerializer.Deserialize<string[][]>(Python.Run(ReadJson, Write("t.jsonl", column)))!;
        Assert.Equal(column.Values.Length, read.Length);
        for (int i = 0; i < read.Length; i++)
        {
            Assert.Equal(column.FromText[i] switch
            {
                null => "NoneType",
                bool => "bool",
                int or long => "int",
                double number when !double.IsFinite(number) => "str",
                double => "Decimal",
                decimal number => number.Scale > 0 ? "Decimal" : "int",
                _ => "str",
            }, read[i][0]);
            AssertText(column.Values[i], column.Values[i] is null ? "" : read[i][1], i);
        }
    }

    [Theory]
    [InlineData("bool", "integer", "1", "2")]
    [InlineData("byte", "integer", "255", "3")]
    [InlineData("long", "integer", "9223372036854775807", "3")]
    [InlineData("ulong", "real", "1.8446744073709552e+19", "5")]
    [InlineData("ulong that a long holds", "integer", "9223372036854775807", "3")]
    [InlineData("whole decimal", "integer", "4474320420574144881", "2")]
    [InlineData("float", "real", "inf", "7")]
    [InlineData("double", "real", "inf", "11")]
    [InlineData("decimal", "real", "1e+20", "11")]
    [InlineData("large decimal", "real", "7.922816251426434e+28", "3")]
    [InlineData("price", "integer", "3", "3")]
    [InlineData("string", "text", "\U0001F600", null)]
    [InlineData("guid", "text", "00112233-4455-6677-8899-aabbccddeeff", "2")]
    public void SQL_compares_the_values_of_SQLite_as_numbers(string type, string affinity, string largest, string? count)
    {
        string[] read = JsonSerializer.Deserialize<string[]>(Python.Run(Query, Write("t.sqlite", TypedColumns.All[type]), "SELECT typeof(max(c)), max(c), count(c) FROM rows"))!;
        Assert.Equal([affinity, largest, count ?? read[2]], read);
    }

    [Fact]
    public void SQL_leaves_NaN_out_and_finds_it_by_name()
    {
        string path = Path.Combine(folder, "nan.sqlite");
        ExperimentFile.Write(path, [new(["Run", "Loss"], [1, 2.0]), new(["Run", "Loss"], [2, double.NaN]), new(["Run", "Loss"], [3, null]), new(["Run", "Loss"], [4, 4.0])]);
        Assert.Equal("[\"3.0\", \"4.0\", \"0\"]", Python.Run(Query, path, "SELECT avg(Loss), max(Loss), sum(Loss > 100) FROM rows").Trim());
        Assert.Equal("[\"1\", \"2\"]", Python.Run(Query, path, "SELECT count(*), max(Run) FROM rows JOIN reparamps_exact ON row_id = rows.rowid WHERE table_name = 'rows' AND column_name = 'Loss' AND value = 'NaN'").Trim());
    }

    [Fact]
    public void Changes_of_other_programs_are_kept()
    {
        string path = Path.Combine(folder, "changed.sqlite");
        ExperimentFile.Write(path, Enumerable.Range(0, 6).Select(i => new ExperimentRow(["i", "x", "u"], [i, i % 2 == 0 ? double.NaN : i + 0.5, ulong.MaxValue - (ulong)i])));
        Python.Run("import sys, sqlite3; d = sqlite3.connect(sys.argv[1]); d.executescript(sys.argv[2])", path, "UPDATE rows SET x = 7 WHERE i = 0; UPDATE rows SET u = 1 WHERE i = 1; DELETE FROM rows WHERE i = 4; DELETE FROM rows WHERE i = 5");
        Assert.Equal([0, 7.0, ulong.MaxValue, 1, 1.5, 1UL, 2, double.NaN, ulong.MaxValue - 2, 3, 3.5, ulong.MaxValue - 3], Cells(path));
        using (ITableWriter writer = ExperimentFile.CreateWriter(path, append: true, cancellation: TestContext.Current.CancellationToken))
        {
            // It gets the rowid of a deleted row.
            writer.Write(new ExperimentRow(["i", "x", "u"], [8, null, null]));
            writer.Complete();
        }
        Assert.Equal([8, null, null], Cells(path).TakeLast(3));
    }

    [Fact]
    public void A_column_named_like_the_rowid_and_a_table_without_one()
    {
        string path = Path.Combine(folder, "rowid.sqlite");
        ExperimentFile.Write(path, [new(["RowId", "_rowid_", "x"], [5, 6, double.NaN]), new(["RowId", "_rowid_", "x"], [5, 6, null])]);
        Assert.Equal([5, 6, double.NaN, 5, 6, null], Cells(path));
        string other = Path.Combine(folder, "other.sqlite");
        Python.Run("import sys, sqlite3; sqlite3.connect(sys.argv[1]).executescript('CREATE TABLE rows (k TEXT PRIMARY KEY, x REAL) WITHOUT ROWID; CREATE VIEW v AS SELECT * FROM rows')", other);
        using ITableWriter writer = ExperimentFile.CreateWriter(other, append: true, cancellation: TestContext.Current.CancellationToken);
        writer.Write(new ExperimentRow(["k", "x"], ["a", 1.5]));
        Assert.Contains("has no rowid", Assert.Throws<ArgumentException>(() => writer.Write(new ExperimentRow(["k", "x"], ["b", double.NaN]))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_column_without_a_name_is_called_by_its_number()
    {
        string path = Path.Combine(folder, "nameless.sqlite");
        Python.Run("import sys, sqlite3; sqlite3.connect(sys.argv[1]).executescript('CREATE TABLE rows (\"\" REAL, b REAL); INSERT INTO rows VALUES (1.5, 2.5)')", path);
        ExperimentRow row = Assert.Single(ExperimentFile.Read(path, cancellation: TestContext.Current.CancellationToken));
        Assert.Equal(["Column1", "b"], row.Columns);
        Assert.Equal([1.5, 2.5], row.Values);
    }

    private static void AssertText(object? expected, string read, int row)
    {
        switch (expected)
        {
            case null: Assert.Equal("", read); break;
            case string text: Assert.Equal(text, read); break;
            case bool flag: Assert.Equal(flag.ToString(), read); break;
            case decimal number: Assert.Equal(number, decimal.Parse(read, NumberStyles.Float, CultureInfo.InvariantCulture)); break;
            case Half number: Assert.Equal(number, (Half)float.Parse(read, CultureInfo.InvariantCulture)); break;
            case float number: Assert.Equal(number, float.Parse(read, CultureInfo.InvariantCulture)); break;
            case double number: Assert.Equal(number, double.Parse(read, CultureInfo.InvariantCulture)); break;
            case DateTime date: Assert.Equal(date.ToUniversalTime(), DateTime.Parse(read, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind).ToUniversalTime()); break;
            case DateTimeOffset date: Assert.Equal(date, DateTimeOffset.Parse(read, CultureInfo.InvariantCulture)); break;
            case DateOnly date: Assert.Equal(date, DateOnly.Parse(read, CultureInfo.InvariantCulture)); break;
            default: Assert.True(string.Format(CultureInfo.InvariantCulture, "{0}", expected) == read, $"Row {row} holds '{read}' for the {expected.GetType().Name} {expected}."); break;
        }
    }

    private static object?[] Cells(string path) => [.. ExperimentFile.Read(path, cancellation: TestContext.Current.CancellationToken).SelectMany(row => row.Values)];

    private string Write(string name, TypedColumn column)
    {
        string path = Path.Combine(folder, name);
        ExperimentFile.Write(path, column.Values.Select(value => new ExperimentRow(["n", "c"], [1, value])));
        return path;
    }
}
