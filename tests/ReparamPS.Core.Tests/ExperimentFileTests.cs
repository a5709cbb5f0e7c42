using System.Globalization;
using System.Text;
using CsCheck;
using ReparamPS.Data;
using ReparamPS.Tables;

namespace ReparamPS.Core.Tests;

public sealed class ExperimentFileTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("reparamps-").FullName;

    public static TheoryData<string> Extensions => [.. ExperimentFile.Extensions];

    public static TheoryData<string> TextExtensions => [.. ExperimentFile.Extensions.Where(extension => extension is not (".parquet" or ".sqlite"))];

    private static Gen<string> Texts { get; } = Gen.OneOf(
        Gen.String.Select(Encodable),
        Any("", " ", "1", "007", "1.5", "-0", "+1", "1e5", ".5", "5.", "-", "NaN", "Infinity", "-inf", "true", "False", "2024-01-02", "2024-01-02T03:04:05Z",
            "2024-01-02 03:04", "a,b", "\"", "\"\"", "\n", "\r\n", " x ", "#", "=1+1", "日本", "\U0001F600", "null", "\t", "\\u0031", "'", "[1]"));

    private static Gen<object?> Values { get; } = Gen.OneOf<object?>(
        Gen.Int[0, 0].Select(_ => (object?)null),
        Gen.Int.Select(value => (object?)value),
        Gen.Long.Where(value => value is < int.MinValue or > int.MaxValue).Select(value => (object?)value),
        Gen.Double.Select(value => (object?)value),
        Any(double.NaN, double.PositiveInfinity, double.NegativeInfinity, -0.0, double.Epsilon, double.MaxValue, 1.0, 1e15, 1e16).Select(value => (object?)value),
        Gen.Bool.Select(value => (object?)value),
        Texts.Select(value => (object?)value),
        Gen.DateTime.Select(value => (object?)DateTime.SpecifyKind(value, DateTimeKind.Utc)),
        Gen.DateTime.Select(value => (object?)DateTime.SpecifyKind(value, DateTimeKind.Unspecified)),
        Gen.DateTimeOffset.Select(value => (object?)value));

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory, MemberData(nameof(Extensions))]
    public void Rows_of_any_values_come_back_as_they_went(string extension)
    {
        string path = PathOf("any" + extension);
        Gen.Int[1, 4].SelectMany(width => Values.Array[width].Array[1, 20]).Sample(
            table =>
            {
                string[] columns = [.. Enumerable.Range(0, table[0].Length).Select(i => "c" + i)];
                ExperimentFile.Write(path, table.Select(values => new ExperimentRow(columns, values)));
                AssertSame(table, path);
            },
            iter: 100, threads: 1);
    }

    [Fact]
    public void Parquet_keeps_the_types_of_uniform_columns()
    {
        object?[][] table =
        [
            [true, 1, 2L, 0.1f, 0.1, "x", new DateTime(638_000_000_001_234_567, DateTimeKind.Utc), new DateTime(638_000_000_001_234_567, DateTimeKind.Local), 1.10m, null],
            [false, null, 1L << 60, float.NaN, double.Epsilon, "", null, new DateTime(638_500_000_000_000_001, DateTimeKind.Local), 3m, null],
        ];
        string path = PathOf("typed.parquet");
        WriteTable(path, table);
        AssertSame(table, path);
        object?[] first = [.. Read(path).First().Values];
        Assert.Equal(table[0].Select(value => value?.GetType()), first.Select(value => value?.GetType()));
        Assert.Equal(DateTimeKind.Local, Assert.IsType<DateTime>(first[7]).Kind);
    }

    [Theory, MemberData(nameof(TextExtensions))]
    public void Text_formats_keep_the_values_of_narrow_types(string extension)
    {
        string path = PathOf("narrow" + extension);
        WriteTable(path, [[0.1f, (byte)7, 7L, ulong.MaxValue, DayOfWeek.Friday, (Half)0.5, 'c', 1.10m]]);
        Assert.Equal([0.1, 7, 7, (decimal)ulong.MaxValue, "Friday", 0.5, "c", 1.1], Read(path).Single().Values);
    }

    [Theory, MemberData(nameof(Extensions))]
    public void Appended_rows_come_after_the_older_ones(string extension)
    {
        string path = PathOf("appended" + extension);
        for (int i = 0; i < 3; i++)
        {
            using ITableWriter writer = ExperimentFile.CreateWriter(path, append: true, cancellation: TestContext.Current.CancellationToken);
            writer.Write(new ExperimentRow(i == 1 ? ["B", "A"] : ["A", "B"], i == 1 ? ["x1", 1] : [i, "x" + i]));
            writer.Complete();
        }
        ExperimentRow[] rows = [.. Read(path)];
        Assert.Equal([0, 1, 2], rows.Select(row => row["A"]));
        Assert.Equal(["x0", "x1", "x2"], rows.Select(row => row["B"]));
    }

    [Fact]
    public void Rows_after_a_file_without_a_last_newline_start_on_a_line_of_their_own()
    {
        string path = Text("open.csv", "A\n1");
        using ITableWriter writer = ExperimentFile.CreateWriter(path, append: true, cancellation: TestContext.Current.CancellationToken);
        writer.Write(new ExperimentRow(["A"], [2]));
        writer.Complete();
        Assert.Equal([1, 2], Read(path).Select(row => row["A"]));
    }

    [Theory, MemberData(nameof(Extensions))]
    public void A_column_that_a_row_lacks_is_null(string extension)
    {
        string path = PathOf("lacking" + extension);
        ExperimentFile.Write(path, [new(["A", "B"], [1, 2]), new(["B"], [3])]);
        Assert.Equal([1, null], Read(path).Select(row => row["A"]));
        Assert.Equal([2, 3], Read(path).Select(row => row["B"]));
    }

    [Theory, InlineData(".csv"), InlineData(".csv.gz"), InlineData(".parquet")]
    public void The_first_rows_say_what_the_columns_are_and_another_one_later_is_an_error_that_names_it(string extension)
    {
        string path = PathOf("more" + extension);
        ExperimentFile.Write(path, [new(["A"], [1]), new(["A", "Loss"], [1, 2.5]), new(["Loss", "Gain"], [3, "x"])]);
        ExperimentRow[] rows = [.. Read(path)];
        Assert.All(rows, row => Assert.Equal(["A", "Loss", "Gain"], row.Columns));
        Assert.Equal([1, 1, null], rows.Select(row => row["A"]));
        Assert.Equal([null, null, "x"], rows.Select(row => row["Gain"]));

        string late = PathOf("late" + extension);
        IEnumerable<ExperimentRow> many = Enumerable.Repeat(new ExperimentRow(["A"], [1]), AtomicRowWriter.SettlingRows).Append(new(["A", "Loss"], [1, 2]));
        var error = Assert.Throws<ArgumentException>(() => ExperimentFile.Write(late, many));
        Assert.Contains($"Row {AtomicRowWriter.SettlingRows + 1} has a column 'Loss'", error.Message, StringComparison.Ordinal);
        Assert.Equal([path], Directory.GetFiles(folder));
    }

    [Theory, MemberData(nameof(Extensions))]
    public void Rows_that_many_append_at_once_are_all_there(string extension)
    {
        string path = PathOf("crowd" + extension);
        Parallel.For(0, 24, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            using ITableWriter writer = ExperimentFile.CreateWriter(path, append: true, cancellation: TestContext.Current.CancellationToken);
            writer.Write(new ExperimentRow(["A"], [i]));
            writer.Complete();
        });
        Assert.Equal(Enumerable.Range(0, 24), Read(path).Select(row => (int)row["A"]!).Order());
    }

    [Fact]
    public void Json_lines_may_differ()
    {
        string path = PathOf("differ.jsonl");
        ExperimentFile.Write(path, [new(["A"], [1]), new(["B"], ["x"])]);
        Assert.Equal(["A", "B"], Read(path).Select(row => row.Columns.Single()));
    }

    [Fact]
    public void A_parquet_column_that_changes_its_type_after_the_first_group_is_an_error_that_names_row_and_column()
    {
        string path = PathOf("late.parquet");
        IEnumerable<ExperimentRow> rows = Enumerable.Range(0, ParquetFormat.RowGroupSize + 1)
            .Select(i => new ExperimentRow(["A"], [i < ParquetFormat.RowGroupSize ? (object)i : 0.5]));
        var error = Assert.Throws<ArgumentException>(() => ExperimentFile.Write(path, rows));
        Assert.Contains($"Row {ParquetFormat.RowGroupSize + 1}: column 'A' has the type Int32 from earlier rows; got '0.5' of type Double.", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder));
    }

    [Theory, MemberData(nameof(Extensions))]
    public void Many_row_groups_keep_their_order(string extension)
    {
        string path = PathOf("many" + extension);
        const int count = ParquetFormat.RowGroupSize * 2 + 17;
        ExperimentFile.Write(path, Enumerable.Range(0, count).Select(i => new ExperimentRow(["A", "B"], [i, i % 3 == 0 ? null : i / 7.0])));
        int next = 0;
        foreach (ExperimentRow row in Read(path))
        {
            Assert.Equal(next, row.Values[0]);
            Assert.Equal(next % 3 == 0 ? null : next / 7.0, row.Values[1]);
            next++;
        }
        Assert.Equal(count, next);
    }

    [Theory, MemberData(nameof(Extensions))]
    public void A_list_in_a_row_is_an_error_that_names_the_column(string extension)
    {
        string path = PathOf("list" + extension);
        var error = Assert.Throws<ArgumentException>(() => WriteTable(path, [[1, new[] { 1.0, 2.0 }]]));
        Assert.Contains("Column 'c1' must be a number, a string, a Boolean or a date; got a list. Select one of its values", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder));
    }

    [Theory, MemberData(nameof(Extensions))]
    public void A_table_that_is_not_completed_leaves_the_older_one(string extension)
    {
        string path = PathOf("kept" + extension);
        WriteTable(path, [[1]]);
        byte[] before = File.ReadAllBytes(path);
        foreach (bool append in new[] { false, true })
        {
            using ITableWriter writer = ExperimentFile.CreateWriter(path, append, cancellation: TestContext.Current.CancellationToken);
            writer.Write(new ExperimentRow(["c0"], [2]));
        }
        Assert.Equal(before, File.ReadAllBytes(path));
        Assert.Equal([path], Directory.GetFiles(folder));
    }

    [Theory, MemberData(nameof(Extensions))]
    public void Every_truncation_of_a_file_reads_as_fewer_rows_or_as_one_clear_error(string extension)
    {
        string whole = PathOf("whole" + extension), cut = PathOf("cut" + extension);
        WriteTable(whole, [.. Enumerable.Range(0, 30).Select(i => new object?[] { i, i / 3.0, "text \"" + i })]);
        byte[] bytes = File.ReadAllBytes(whole);
        int errors = 0;
        for (int length = 1; length < bytes.Length; length += Math.Max(1, bytes.Length / 60))
        {
            File.WriteAllBytes(cut, bytes[..length]);
            try
            {
                Assert.InRange(Read(cut).Count(), 0, 30);
            }
            catch (DataFormatException error)
            {
                Assert.Contains(cut, error.Message, StringComparison.Ordinal);
                errors++;
            }
        }
        Assert.NotEqual(0, errors);
        if (extension == ".parquet") Assert.True(errors >= 55, $"Only {errors} truncations were seen.");
    }

    [Theory]
    [InlineData("latin.csv", "Name,Y\nplain,1\nM\u00FCller,2\n", "line 3: field 1, 'M\uFFFDller', is not valid UTF-8")]
    [InlineData("header.csv", "Gr\u00F6\u00DFe,Y\n1,2\n", "line 1: field 1, 'Gr\uFFFD\uFFFDe', is not valid UTF-8")]
    [InlineData("quoted.csv", "Name,Y\n\"caf\u00E9\",2\n", "line 2: field 1")]
    [InlineData("latin.jsonl", "{\"A\":\"M\u00FCller\"}\n", "line 1 or a later one is not valid UTF-8")]
    public void Bytes_that_are_not_UTF_8_are_an_error_that_says_where(string name, string content, string where)
    {
        string path = Path.Combine(folder, name);
        File.WriteAllBytes(path, System.Text.Encoding.Latin1.GetBytes(content));
        Assert.Contains(where, Assert.Throws<DataFormatException>(() => Read(path).ToArray()).Message, StringComparison.Ordinal);
        // The same text in UTF-8 is fine, and so is a replacement character that the file holds.
        File.WriteAllText(path, content.Replace('\u00FC', '\uFFFD'));
        Assert.NotEmpty(Read(path).ToArray());
    }

    [Theory]
    [InlineData("ragged.csv", "A,B\n1,2\n3\n", "line 3 has 1 field, but the header has 2")]
    [InlineData("long.csv", "A,B\n\"x\ny\",2\n3,4,5\n", "line 4 has 3 fields")]
    [InlineData("quote.csv", "A,B\n1,2\n\"x,3\n", "line 3")]
    [InlineData("stray.csv", "A,B\n1,a\"b\n", "line 2")]
    [InlineData("twice.csv", "A,a\n1,2\n", "'a' twice")]
    [InlineData("bad.jsonl", "{\"A\":1}\n\n{\"A\":", "line 3")]
    [InlineData("more.jsonl", "{\"A\":1} {\"A\":2}\n", "line 1")]
    [InlineData("array.jsonl", "{\"A\":1}\n[1]\n", "line 2 begins a JSON array, but each line must be one JSON object. To read an array, use Get-Content -Raw and ConvertFrom-Json.")]
    [InlineData("number.jsonl", "{\"A\":1}\n1\n", "line 2 must be a JSON object")]
    [InlineData("twice.jsonl", "{\"A\":1,\"a\":2}\n", "line 1 has the column 'a' twice, also as 'A'; upper and lower case count as equal. Rename one of them.")]
    [InlineData("same.jsonl", "{\"A\":1,\"A\":2}\n", "line 1 has the column 'A' twice. Rename one of them.")]
    [InlineData("large.jsonl", "{\"A\":1e999}\n", "line 1: the number 1e999 is too large; numbers up to ±1.8e308 can be read.")]
    [InlineData("nan.jsonl", "{\"A\":NaN}\n", "line 1")]
    [InlineData("text.parquet", "A,B\n1,2\n", "not a Parquet file: it does not start with PAR1.")]
    [InlineData("short.parquet", "A", "not a Parquet file: it does not start with PAR1.")]
    [InlineData("cut.parquet", "PAR1\n1,2\n", "the Parquet file is truncated: it does not end with PAR1.")]
    [InlineData("damaged.parquet", "PAR1\n1,2\nPAR1", "the Parquet file is damaged: ")]
    [InlineData("empty.parquet", "", "the file is empty.")]
    [InlineData("open.csv", "A\n\"x", "line 2: a quoted field that is never closed.")]
    [InlineData("open.jsonl", "{\"A\":\"x\"", "line 1 is not valid JSON at byte 9: an object or list is not closed.")]
    [InlineData("half.jsonl", "{\"A\":1}\n{\"A\":\"\\ud83d\"}\n", "line 2: the text \"\\ud83d\" is not valid Unicode: a \\u escape from d800 to dfff is half of a pair, and the other half is missing.")]
    [InlineData("half-name.jsonl", "{\"x\\ude00\":1}\n", "line 1: the text \"x\\ude00\" is not valid Unicode: ")]
    [InlineData("half-nested.jsonl", "{\"A\":[{\"B\":\"\\ud83d\"}]}\n", "line 1: the text \"\\ud83d\" is not valid Unicode: ")]
    [InlineData("text.csv.gz", "A,B\n1,2\n", "not a gzip file")]
    [InlineData("text.jsonl", "{\"A\":1}\nx\n", "line 2 is not valid JSON at byte 1: 'x' is an invalid start of a value.")]
    public void A_damaged_file_is_an_error_that_says_where(string name, string content, string where)
    {
        string path = Text(name, content);
        var error = Assert.Throws<DataFormatException>(() => Read(path).ToArray());
        Assert.Contains(where, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("BytePositionInLine", error.Message, StringComparison.Ordinal);
        Assert.Equal(path, error.Path);
    }

    [Theory]
    [InlineData("name.csv", "A,,C\n1,2,3\n")]
    [InlineData("name.jsonl", "{\"A\":1,\"\":2,\"C\":{\"x\":3,\"\":4}}\n")]
    public void A_column_without_a_name_is_called_by_its_number(string name, string content)
    {
        ExperimentRow row = Read(Text(name, content)).Single();
        Assert.Equal(["A", "Column2", "C"], row.Columns);
        if (row.Values[2] is ExperimentRow inner) Assert.Equal(["x", "Column2"], inner.Columns);
    }

    [Theory]
    [InlineData("t\0", "A")]
    [InlineData("t", "A\0")]
    public void A_name_with_a_zero_character_is_refused_for_a_database(string table, string column)
    {
        string path = Path.Combine(folder, "zero.sqlite");
        string message = Assert.Throws<ArgumentException>(() =>
        {
            using ITableWriter writer = ExperimentFile.CreateWriter(path, table: table, cancellation: TestContext.Current.CancellationToken);
            writer.Write(new ExperimentRow([column], [1]));
            writer.Complete();
        }).Message;
        Assert.StartsWith("A table or column of a database must not have the character U+0000 in its name; got '", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_is_named_before_its_extension() =>
        Assert.StartsWith($"'{folder}' is a folder; a file is required.", Assert.Throws<ArgumentException>(() => Read(folder).ToArray()).Message, StringComparison.Ordinal);

    [Fact]
    public void A_file_among_the_folders_of_a_path_is_named()
    {
        string file = Text("script.ps1", "1");
        foreach (string path in new[] { file, Path.Combine(file, "x"), Path.Combine(file, "x", "y") })
            Assert.Equal($"The folder '{path}' cannot be created: '{file}' is a file.", Assert.Throws<IOException>(() => AtomicFile.CreateFolder(path)).Message);
    }

    [Fact]
    public void A_folder_that_takes_no_new_files_is_named()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux has /proc.");
        Assert.Equal("'x.csv' cannot be written: the folder '/proc' allows no new files.", Assert.Throws<IOException>(() => new AtomicFile("/proc/x.csv")).Message);
        Assert.Equal("The folder '/proc/x/y' cannot be created: '/proc' allows no new folders.", Assert.Throws<IOException>(() => AtomicFile.CreateFolder("/proc/x/y")).Message);
    }

    [Fact]
    public void Values_of_other_programs_are_recognized()
    {
        string path = Text("other.csv", "\ufeffi,f,e,b,d,t,z,n,text\n-3,1.50,1e-05,TRUE,2024-01-02,2024-01-02 03:04:05.25,007,,inf \n");
        object?[] expected = [-3, 1.5, 1e-5, true, new DateTime(2024, 1, 2), new DateTime(2024, 1, 2, 3, 4, 5, 250), "007", null, "inf "];
        ExperimentRow row = Read(path).Single();
        Assert.Equal("i", row.Columns[0]);
        Assert.Equal(expected, row.Values);
    }

    [Fact]
    public void Quotes_say_nothing_in_a_file_that_quotes_everything()
    {
        string path = Text("export.csv", "\"A\",\"B\",\"C\"\r\n\"1\",\"0.5\",\"x\"\r\n");
        Assert.Equal([1, 0.5, "x"], Read(path).Single().Values);
    }

    [Fact]
    public void Text_does_not_depend_on_the_culture()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo("") { NumberFormat = { NumberDecimalSeparator = ",", NegativeSign = "~" }, DateTimeFormat = { TimeSeparator = "." } };
            string path = PathOf("culture.csv");
            WriteTable(path, [[-1.5, new DateTime(2024, 1, 2, 3, 4, 5, DateTimeKind.Utc), -2, 1e-7f]]);
            Assert.Equal("c0,c1,c2,c3\n-1.5,2024-01-02T03:04:05.0000000Z,-2,1E-07\n", File.ReadAllText(path));
            Assert.Equal(-1.5, Read(path).Single().Values[0]);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void An_unknown_extension_names_the_known_ones()
    {
        var error = Assert.Throws<ArgumentException>(() => ExperimentFile.Write(PathOf("x.xlsx"), []));
        Assert.Contains(".csv, .jsonl, .parquet, .csv.gz, .jsonl.gz", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_older_file_is_refused_or_replaced_as_asked()
    {
        string path = Text("old.csv", "A\n1\n");
        Assert.Throws<FileExistsException>(() => ExperimentFile.CreateWriter(path, existing: ExistingFile.Refuse, cancellation: TestContext.Current.CancellationToken));
        File.SetAttributes(path, FileAttributes.ReadOnly);
        Assert.Throws<UnauthorizedAccessException>(() => ExperimentFile.CreateWriter(path, cancellation: TestContext.Current.CancellationToken));
        using (ITableWriter writer = ExperimentFile.CreateWriter(path, existing: ExistingFile.ReplaceReadOnly, cancellation: TestContext.Current.CancellationToken))
        {
            writer.Write(new ExperimentRow(["A"], [5]));
            writer.Complete();
        }
        Assert.Equal(5, Read(path).Single().Values[0]);
        File.SetAttributes(path, FileAttributes.Normal);
    }

    [Fact]
    public void A_link_stays_a_link_to_the_replaced_file()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need privileges on Windows.");
        string file = Text("real.csv", "A\n1\n"), link = PathOf("link.csv");
        File.CreateSymbolicLink(link, file);
        ExperimentFile.Write(link, [new(["A"], [2])]);
        Assert.NotNull(new FileInfo(link).LinkTarget);
        Assert.Equal(2, Read(file).Single().Values[0]);
    }

    [Fact]
    public void A_table_of_no_rows_reads_as_none()
    {
        foreach (string extension in new[] { ".csv", ".jsonl", ".csv.gz", ".jsonl.gz" })
        {
            string path = PathOf("none" + extension);
            ExperimentFile.Write(path, []);
            Assert.Empty(Read(path));
        }
    }

    [Fact]
    public void Sqlite_keeps_types_and_other_programs_see_plain_columns()
    {
        object?[][] table =
        [
            [true, 1, 2L, 0.1f, 0.1, "007", new DateTime(638_000_000_001_234_567, DateTimeKind.Utc), 1.10m, null],
            [false, null, 1L << 60, float.NaN, double.NaN, "", null, 3m, null],
            [null, -5, long.MinValue, float.PositiveInfinity, double.Epsilon, "1e5", new DateTime(638_000_000_001_234_567, DateTimeKind.Unspecified), null, null],
        ];
        string path = PathOf("typed.sqlite");
        WriteTable(path, [table[0], table[1]]);
        using (ITableWriter writer = ExperimentFile.CreateWriter(path, append: true, cancellation: TestContext.Current.CancellationToken))
        {
            writer.Write(new ExperimentRow([.. Enumerable.Range(0, 9).Select(i => "c" + i)], table[2]));
            writer.Complete();
        }
        object?[][] back = [.. Read(path).Select(row => row.Values.ToArray())];
        Assert.Equal(table.SelectMany(row => row), back.SelectMany(row => row));
        Assert.Equal(table.SelectMany(row => row.Select(value => value?.GetType())), back.SelectMany(row => row.Select(value => value?.GetType())));

        using Microsoft.Data.Sqlite.SqliteConnection plain = SqliteDatabase.Open(path, Microsoft.Data.Sqlite.SqliteOpenMode.ReadOnly);
        using Microsoft.Data.Sqlite.SqliteCommand command = plain.CreateCommand();
        command.CommandText = "SELECT group_concat(typeof(c0) || typeof(c1) || typeof(c4) || typeof(c5) || typeof(c6), ' ') || sum(c1) FROM rows";
        Assert.Equal("integerintegerrealtexttext integernullnulltextnull nullintegerrealtexttext-4", command.ExecuteScalar());
    }

    [Fact]
    public void A_database_keeps_its_other_tables_and_gets_columns_as_rows_bring_them()
    {
        string path = PathOf("tables.sqlite");
        Write("first", append: false, new ExperimentRow(["A"], [1]));
        Write("second", append: true, new ExperimentRow(["X y\"z"], ["kept"]));
        Write("first", append: true, new ExperimentRow(["a", "B"], [2, 0.5]), new ExperimentRow(["C", "A"], [true, 3]));
        ExperimentRow[] rows = [.. Read(path, "first")];
        Assert.Equal(["A", "B", "C"], rows[0].Columns);
        Assert.Equal([1, null, null, 2, 0.5, null, 3, null, true], rows.SelectMany(row => row.Values));
        Write("FIRST", append: false, new ExperimentRow(["N"], [4]));
        Assert.Equal([4], Read(path, "first").SelectMany(row => row.Values));
        Assert.Equal("kept", Read(path, "second").Single()["X y\"z"]);
        Assert.Contains("'rows'", Assert.Throws<ArgumentException>(() => Read(path).Count()).Message, StringComparison.Ordinal);
        Assert.Contains("first", Assert.Throws<ArgumentException>(() => Read(path, "third").Count()).Message, StringComparison.OrdinalIgnoreCase);
        Assert.Throws<ArgumentException>(() => ExperimentFile.CreateWriter(PathOf("none.csv"), table: "rows", cancellation: TestContext.Current.CancellationToken));

        void Write(string table, bool append, params ExperimentRow[] all)
        {
            using ITableWriter writer = ExperimentFile.CreateWriter(path, append, table: table, cancellation: TestContext.Current.CancellationToken);
            foreach (ExperimentRow row in all) writer.Write(row);
            writer.Complete();
        }
    }

    [Fact]
    public void A_value_that_sqlite_would_turn_into_another_is_an_error_that_leaves_the_table_as_it_was()
    {
        string path = PathOf("exact.sqlite");
        ExperimentFile.Write(path, [new(["A", "B"], [1, "x"])]);
        foreach (object value in new object[] { "12", true, 1.5m })
        {
            using ITableWriter writer = ExperimentFile.CreateWriter(path, append: true, cancellation: TestContext.Current.CancellationToken);
            writer.Write(new ExperimentRow(["A", "B"], [2, "y"]));
            var error = Assert.Throws<ArgumentException>(() => writer.Write(new ExperimentRow(["A", "B"], [value, "z"])));
            Assert.Contains("Row 2", error.Message, StringComparison.Ordinal);
            Assert.Contains("'A'", error.Message, StringComparison.Ordinal);
        }
        Assert.Equal([1, "x"], Read(path).Single().Values);
        Assert.Equal([path], Directory.GetFiles(folder));
    }

    private static void AssertSame(object?[][] table, string path)
    {
        ExperimentRow[] back = [.. Read(path)];
        Assert.Equal(table.Length, back.Length);
        for (int i = 0; i < table.Length; i++)
        {
            for (int j = 0; j < table[i].Length; j++) AssertSame(table[i][j], back[i].Values[j]);
        }
    }

    private static void AssertSame(object? expected, object? actual)
    {
        // A Parquet column of numbers may widen, never change.
        if (expected is int or long && actual is double wide) expected = Convert.ToDouble(expected, CultureInfo.InvariantCulture) is var number && number == wide ? wide : expected;
        if (expected is int narrow && actual is long) expected = (long)narrow;
        Assert.Equal(expected, actual);
        if (expected is double bits) Assert.Equal(BitConverter.DoubleToInt64Bits(bits), BitConverter.DoubleToInt64Bits((double)actual!));
        if (expected is DateTime date) Assert.Equal(date.Kind, ((DateTime)actual!).Kind);
        if (expected is DateTimeOffset moment) Assert.Equal(moment.Offset, ((DateTimeOffset)actual!).Offset);
    }

    private static IEnumerable<ExperimentRow> Read(string path, string? table = null) => ExperimentFile.Read(path, table, cancellation: TestContext.Current.CancellationToken);

    private static Gen<T> Any<T>(params T[] choices) => Gen.Int[0, choices.Length - 1].Select(i => choices[i]);

    // A file cannot hold lone surrogates as text.
    private static string Encodable(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

    private static void WriteTable(string path, object?[][] table)
    {
        string[] columns = [.. Enumerable.Range(0, table[0].Length).Select(i => "c" + i)];
        ExperimentFile.Write(path, table.Select(values => new ExperimentRow(columns, values)));
    }

    private string PathOf(string name) => Path.Combine(folder, name);

    private string Text(string name, string content)
    {
        File.WriteAllText(PathOf(name), content);
        return PathOf(name);
    }
}
