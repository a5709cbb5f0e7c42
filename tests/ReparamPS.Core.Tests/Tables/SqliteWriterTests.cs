using Microsoft.Data.Sqlite;
using ReparamPS.Data;
using ReparamPS.Tables;

namespace ReparamPS.Core.Tests.Tables;

public sealed class SqliteWriterTests : IDisposable
{
    private const int SettlingRows = 4096;

    private readonly string folder = Directory.CreateTempSubdirectory("reparamps-").FullName;

    private string Database => Path.Combine(folder, "x.sqlite");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    // As when an export runs within the pipeline of another.
    [Fact]
    public void Exports_that_create_one_database_at_the_same_time_keep_each_other_s_tables()
    {
        using ITableWriter outer = Writer("a");
        for (int i = 0; i <= SettlingRows; i++) outer.Write(new ExperimentRow(["A", "B"], [(long)i, i % 2 == 0 ? double.NaN : "x"]));
        // A later column gets its type from the first value.
        outer.Write(new ExperimentRow(["A", "C"], [-1L, 2.5m]));
        Write("b", new ExperimentRow(["X"], [double.NaN]));
        outer.Complete();
        Assert.Equal([double.NaN], Read("b").Single().Values);
        ExperimentRow[] rows = [.. Read("a")];
        Assert.Equal(SettlingRows + 2, rows.Length);
        Assert.Equal([0L, double.NaN, null], rows[0].Values);
        Assert.Equal([1L, "x", null], rows[1].Values);
        Assert.Equal([-1L, null, 2.5m], rows[^1].Values);
        Assert.Equal([Database], Directory.GetFiles(folder));
    }

    [Fact]
    public async Task Exports_of_several_threads_keep_each_other_s_tables()
    {
        string[] tables = [.. Enumerable.Range(0, 8).Select(i => $"t{i}")];
        using var start = new Barrier(tables.Length);
        await Task.WhenAll(tables.Select(table => Task.Factory.StartNew(
            () =>
            {
                using ITableWriter writer = Writer(table);
                start.SignalAndWait(TestContext.Current.CancellationToken);
                for (int i = 0; i < 1000; i++) writer.Write(new ExperimentRow(["A"], [i]));
                writer.Complete();
            },
            TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        Assert.All(tables, table => Assert.Equal(1000, Read(table).Count()));
        Assert.Equal([Database], Directory.GetFiles(folder));
    }

    [Fact]
    public void The_last_of_two_exports_to_one_new_table_replaces_it_unless_that_is_refused()
    {
        using (ITableWriter outer = Writer("a"))
        {
            outer.Write(new ExperimentRow(["A"], [double.NaN]));
            Write("a", new ExperimentRow(["B"], [1]), new ExperimentRow(["B"], [double.NaN]));
            outer.Complete();
        }
        Assert.Equal([double.NaN], Read("a").SelectMany(row => row.Values));
        File.Delete(Database);
        using (ITableWriter outer = Writer("a", ExistingFile.Refuse))
        {
            outer.Write(new ExperimentRow(["A"], [1]));
            Write("b", new ExperimentRow(["B"], [2]));
            Assert.Throws<FileExistsException>(outer.Complete);
        }
        Assert.Equal([2], Read(null).Single().Values);
        Assert.Equal([Database], Directory.GetFiles(folder));
    }

    [Fact]
    public void An_export_without_rows_keeps_a_table_that_another_has_created_meanwhile()
    {
        using ITableWriter outer = Writer("a");
        Write("b", new ExperimentRow(["B"], [2]));
        outer.Complete();
        Assert.Equal([2], Read(null).Single().Values);
    }

    [Theory]
    [InlineData("DECIMAL(10,2)")]
    [InlineData("decimal(5)")]
    [InlineData("NUMERIC")]
    [InlineData("numeric(10, 2)")]
    public void A_declared_decimal_number_of_another_program_is_a_decimal_number(string type)
    {
        Execute($"CREATE TABLE t (p {type}); INSERT INTO t VALUES (2.50), (3), (NULL), ('1,5')");
        Assert.Equal([2.5m, 3m, null, "1,5"], Read("t").Select(row => row["p"]));
        // What was read can be appended, and so can the numbers that such a column takes anyway.
        foreach (object number in new object[] { 2.25m, 4, 0.5, double.NaN }) Append("t", new ExperimentRow(["p"], [number]));
        Assert.Equal([2.25m, 4m, 0.5m, double.NaN], Read("t").Skip(4).Select(row => row["p"]));
        string message = Assert.Throws<ArgumentException>(() => Append("t", new ExperimentRow(["p"], ["x"]))).Message;
        Assert.StartsWith($"Row 1: column 'p' has the type {type} from earlier rows; got 'x' of type String.", message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_error_names_the_declared_type_of_a_column()
    {
        Execute("CREATE TABLE t (a VARCHAR(20), b)");
        Assert.Contains("column 'a' has the type VARCHAR(20) from", Assert.Throws<ArgumentException>(() => Append("t", new ExperimentRow(["a"], [1]))).Message, StringComparison.Ordinal);
        Assert.Contains("column 'b' has the type REAL from", Assert.Throws<ArgumentException>(() => Append("t", new ExperimentRow(["b"], ["x"]))).Message, StringComparison.Ordinal);
    }

    private ITableWriter Writer(string? table, ExistingFile existing = ExistingFile.Replace, bool append = false) =>
        ExperimentFile.CreateWriter(Database, append, existing, table, TestContext.Current.CancellationToken);

    private void Write(string table, params ExperimentRow[] rows)
    {
        using ITableWriter writer = Writer(table);
        foreach (ExperimentRow row in rows) writer.Write(row);
        writer.Complete();
    }

    private void Append(string table, ExperimentRow row)
    {
        using ITableWriter writer = Writer(table, append: true);
        writer.Write(row);
        writer.Complete();
    }

    private IEnumerable<ExperimentRow> Read(string? table) => ExperimentFile.Read(Database, table, cancellation: TestContext.Current.CancellationToken);

    private void Execute(string statements)
    {
        using SqliteConnection connection = SqliteDatabase.Open(Database, SqliteOpenMode.ReadWriteCreate);
        connection.Execute(statements);
    }

    [Theory, InlineData("v", "a view"), InlineData("V", "a view"), InlineData("i", "an index")]
    public void A_table_with_the_name_of_a_view_or_an_index_is_an_error_that_says_so(string table, string kind)
    {
        Write("a", new ExperimentRow(["A"], [1L]));
        using (SqliteConnection connection = SqliteDatabase.Open(Database, SqliteOpenMode.ReadWrite))
        {
            connection.Execute("CREATE VIEW v AS SELECT A FROM a");
            connection.Execute("CREATE INDEX i ON a (A)");
        }
        Assert.StartsWith($"Table must not be the name of {kind} of the database; got '{table}'. Choose another name.", Assert.Throws<ArgumentException>(() => Write(table, new ExperimentRow(["A"], [2L]))).Message, StringComparison.Ordinal);
        Assert.Equal([1L], Read("v").Single().Values);
    }
}
