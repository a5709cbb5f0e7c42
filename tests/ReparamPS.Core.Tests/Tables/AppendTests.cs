using System.IO.Compression;
using System.Text;
using Microsoft.Data.Sqlite;
using ReparamPS.Data;
using ReparamPS.Tables;
using ReparamPS.Tests;

namespace ReparamPS.Core.Tests.Tables;

public sealed class AppendTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("reparamps-").FullName;

    public static TheoryData<string, string> Encodings
    {
        get
        {
            TheoryData<string, string> all = [];
            foreach (string extension in new[] { ".csv", ".jsonl", ".csv.gz", ".jsonl.gz" })
                foreach (string encoding in new[] { "utf-16", "utf-16BE", "utf-32", "utf-32BE" }) all.Add(extension, encoding);
            return all;
        }
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory, MemberData(nameof(Encodings))]
    public void A_file_of_another_encoding_is_read_but_not_appended_to(string extension, string encoding)
    {
        string path = Write(extension, Encoding.GetEncoding(encoding));
        Assert.Equal([1, "é日"], Read(path).Single().Values);
        byte[] before = File.ReadAllBytes(path);
        string message = Assert.Throws<DataFormatException>(() => Append(path, new ExperimentRow(["A", "B"], [2, "y"]))).Message;
        Assert.Contains($"is {encoding[..6].ToUpperInvariant()}, and rows can be appended only to UTF-8", message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(path));
        Assert.Equal([path], Directory.GetFiles(folder));
    }

    [Theory, InlineData(".csv"), InlineData(".jsonl"), InlineData(".csv.gz"), InlineData(".jsonl.gz")]
    public void Text_without_a_byte_order_mark_is_not_appended_to_if_it_is_not_UTF_8(string extension)
    {
        string path = Write(extension, new UnicodeEncoding(bigEndian: false, byteOrderMark: false));
        Assert.Contains("UTF-16 or UTF-32", Assert.Throws<DataFormatException>(() => Append(path, new ExperimentRow(["A", "B"], [2, "y"]))).Message, StringComparison.Ordinal);
        path = Write(extension, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        Append(path, new ExperimentRow(["A", "B"], [2, "ü"]));
        Assert.Equal([1, "é日", 2, "ü"], Read(path).SelectMany(row => row.Values));
    }

    [Theory, InlineData(".csv"), InlineData(".csv.gz"), InlineData(".parquet"), InlineData(".sqlite")]
    public void Rows_without_properties_are_an_error_in_the_words_of_the_module(string extension)
    {
        string path = Path.Combine(folder, "empty" + extension);
        const string problem = "The rows have no properties, but a table needs at least one column.";
        Assert.StartsWith(problem, Assert.Throws<ArgumentException>(() => ExperimentFile.Write(path, [new ExperimentRow([], [])])).Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder));
        ExperimentFile.Write(path, []);
        Assert.StartsWith(problem, Assert.Throws<ArgumentException>(() => Append(path, new ExperimentRow([], []))).Message, StringComparison.Ordinal);
        // Among others, such a row is one of empty cells.
        ExperimentFile.Write(path, [new ExperimentRow([], []), new ExperimentRow(["A"], [1])]);
        Assert.Equal([null, 1], Read(path).Select(row => row["A"]));
    }

    [Theory, InlineData(""), InlineData(" "), InlineData("\t")]
    public void A_table_needs_a_name(string name)
    {
        string path = Path.Combine(folder, "x.sqlite");
        Assert.Throws<ArgumentException>(() => ExperimentFile.CreateWriter(path, table: name, cancellation: TestContext.Current.CancellationToken));
        Assert.Empty(Directory.GetFiles(folder));
    }

    [Fact]
    public void A_column_that_the_database_computes_is_read_and_rows_must_not_have_it()
    {
        string path = Path.Combine(folder, "computed.sqlite");
        ExperimentFile.Write(path, [new ExperimentRow(["Other"], [0])]);
        using (SqliteConnection connection = SqliteDatabase.Open(path, SqliteOpenMode.ReadWrite))
            connection.Execute("CREATE TABLE t (a INTEGER, b INTEGER GENERATED ALWAYS AS (a * 2), c REAL AS (a / 2.0) STORED, d TEXT)");
        Append(path, "t", new ExperimentRow(["d", "a"], ["x", 3]));
        Assert.Equal([3, 6, 1.5, "x"], Read(path, "t").Single().Values);
        foreach (string column in new[] { "b", "C" })
        {
            string message = Assert.Throws<ArgumentException>(() => Append(path, "t", new ExperimentRow(["a", column], [1, 2]))).Message;
            Assert.StartsWith($"Column '{column}' of table 't' is computed by the database. Remove it from the rows.", message, StringComparison.Ordinal);
        }
        Assert.Single(Read(path, "t"));
    }

    [Theory, InlineData(".csv"), InlineData(".jsonl"), InlineData(".csv.gz"), InlineData(".jsonl.gz")]
    public void Appended_lines_end_as_those_of_the_file(string extension)
    {
        string path = Path.Combine(folder, "lines" + extension), first = extension.Contains("csv", StringComparison.Ordinal) ? "A\n1" : "{\"A\":1}\n{\"A\":1}", added = first[(first.IndexOf('\n', StringComparison.Ordinal) + 1)..] + "\n";
        foreach (string newLine in new[] { "\n", "\r\n" })
        {
            foreach (string end in new[] { "", newLine })
            {
                string text = first.Replace("\n", newLine, StringComparison.Ordinal);
                using (Stream file = Create(path)) file.Write(Encoding.UTF8.GetBytes(text + end));
                Append(path, new ExperimentRow(["A"], [1]));
                Assert.Equal(text + newLine + added.Replace("\n", newLine, StringComparison.Ordinal), Unpacked(path));
            }
        }
    }

    [Fact]
    public void An_empty_cell_alone_on_its_line_ends_as_the_lines_of_the_file()
    {
        string path = Path.Combine(folder, "null.csv");
        File.WriteAllText(path, "A\r\n1\r\n");
        Append(path, new ExperimentRow(["A"], [null]));
        Assert.Equal("A\r\n1\r\n\r\n", File.ReadAllText(path));
    }

    [Theory, InlineData(".csv", "\n"), InlineData(".csv", "\r\n"), InlineData(".csv", ""), InlineData(".csv.gz", "\n"), InlineData(".csv.gz", "")]
    public void A_file_with_nothing_but_a_blank_line_is_empty(string extension, string text)
    {
        string path = Path.Combine(folder, "blank" + extension);
        using (Stream file = Create(path)) file.Write(Encoding.UTF8.GetBytes(text));
        Assert.Empty(Read(path));
        Append(path, new ExperimentRow(["A", "B"], [1, 2]));
        Assert.Equal("A,B\n1,2\n", Unpacked(path));
    }

    [Fact]
    public void No_lock_remains_when_the_disk_is_full()
    {
        using var disk = MountedDisk.Create(folder, "size=64k");
        foreach (string extension in new[] { ".csv", ".jsonl", ".csv.gz", ".jsonl.gz", ".parquet", ".sqlite" })
        {
            string path = Path.Combine(disk.Path, "full" + extension);
            Append(path, new ExperimentRow(["A"], ["x"]));
            byte[] before = File.ReadAllBytes(path);
            Assert.Throws<IOException>(() =>
            {
                using ITableWriter writer = ExperimentFile.CreateWriter(path, append: true, cancellation: TestContext.Current.CancellationToken);
                for (int i = 0; i < 10_000; i++) writer.Write(new ExperimentRow(["A"], [Guid.NewGuid().ToString()]));
                writer.Complete();
            });
            Assert.Equal(before, File.ReadAllBytes(path));
            Assert.Equal([path], Directory.GetFiles(disk.Path));
            File.Delete(path);
        }
    }

    [Theory, InlineData(false), InlineData(true)]
    public void An_error_of_a_folder_that_is_not_writable_names_the_folder(bool append)
    {
        using var disk = MountedDisk.Create(folder, "size=1m");
        foreach (string extension in new[] { ".csv", ".jsonl.gz", ".parquet" }) ExperimentFile.Write(Path.Combine(disk.Path, "a" + extension), [new ExperimentRow(["A"], [1])]);
        disk.Remount("ro");
        foreach (string name in new[] { "a.csv", "a.jsonl.gz", "a.parquet", "new.sqlite" })
        {
            IOException error = Assert.Throws<IOException>(() => ExperimentFile.CreateWriter(Path.Combine(disk.Path, name), append, cancellation: TestContext.Current.CancellationToken));
            Assert.Equal($"'{name}' cannot be written: Read-only file system : '{disk.Path}'", error.Message);
        }
    }

    private static IEnumerable<ExperimentRow> Read(string path, string? table = null) => ExperimentFile.Read(path, table, cancellation: TestContext.Current.CancellationToken);

    private static void Append(string path, ExperimentRow row) => Append(path, null, row);

    private static void Append(string path, string? table, ExperimentRow row)
    {
        using ITableWriter writer = ExperimentFile.CreateWriter(path, append: true, table: table, cancellation: TestContext.Current.CancellationToken);
        writer.Write(row);
        writer.Complete();
    }

    private string Write(string extension, Encoding encoding)
    {
        string path = Path.Combine(folder, "text" + extension), text = extension.Contains("csv", StringComparison.Ordinal) ? "A,B\n1,é日\n" : "{\"A\":1,\"B\":\"é日\"}\n";
        using Stream bytes = Create(path);
        bytes.Write(encoding.GetPreamble());
        bytes.Write(encoding.GetBytes(text));
        return path;
    }

    private static Stream Create(string path) => path.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(File.Create(path), CompressionMode.Compress) : File.Create(path);

    private static string Unpacked(string path)
    {
        using Stream file = File.OpenRead(path), text = path.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Decompress) : file;
        return new StreamReader(text).ReadToEnd();
    }
}
