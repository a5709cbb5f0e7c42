using System.Management.Automation;

namespace ReparamPS.Cmdlets.Tests;

[Collection(ModuleCollection.Name)]
public sealed class ExperimentDataTests(ModuleRunspace module) : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("reparamps-").FullName;

    public static TheoryData<string> Extensions => ["csv", "jsonl", "parquet", "sqlite", "csv.gz", "jsonl.gz"];

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory, MemberData(nameof(Extensions))]
    public void Rows_come_back_typed_and_equal(string extension)
    {
        module.Run(
            "[pscustomobject]@{ I = 1; L = 5000000000; D = 1.0; B = $true; S = \"a \"\"q\"\", `n\"; E = ''; N = $null; T = [datetime]::new(638500000001234567, 'Utc'); Nan = [double]::NaN; K = '007' } |"
            + "Export-ExperimentData $path", ("path", PathOf("x." + extension)));
        PSObject row = Assert.Single(module.Run("Import-ExperimentData $path"));
        Assert.Equal(["I", "L", "D", "B", "S", "E", "N", "T", "Nan", "K"], row.Properties.Select(property => property.Name));
        Assert.Equal(
            [1, 5000000000L, 1.0, true, "a \"q\", \n", "", null, new DateTime(638500000001234567, DateTimeKind.Utc), double.NaN, "007"],
            row.Properties.Select(property => property.Value));
    }

    // As Export-Csv -UseCulture writes files in many countries, and as users guess.
    [Theory]
    [InlineData("\"Draw\";\"Value\"\n\"0\";\"0,5\"\n", "", "after the name 'Draw' comes ';', and the delimiter is ','. If ';' separates the columns, add -Delimiter ';', and -DecimalComma for numbers such as 0,5.")]
    [InlineData("\"Draw\",\"Value\"\n\"0\",\"0,5\"\n", "-DecimalComma", "after the name 'Draw' comes ',', and the delimiter is ';'. If ',' separates the columns, add -Delimiter ','.")]
    [InlineData("\"Draw\"\t\"Value\"\n", "", "add -Delimiter \"`t\".")]
    [InlineData("\"Draw\"x,Value\n", "", "closing quote")]
    public void A_quoted_name_before_another_delimiter_names_the_delimiter(string text, string options, string says)
    {
        File.WriteAllText(PathOf("quoted.csv"), text);
        Assert.Contains(says, module.Fails($"Import-ExperimentData '{PathOf("quoted.csv")}' {options}", "InvalidData").ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{0}")]
    [InlineData("-LiteralPath {0}")]
    [InlineData("*2*.csv")]
    public void A_name_with_brackets_is_found(string path)
    {
        string name = PathOf("a [2].csv");
        File.WriteAllText(name, "A\n1\n");
        foreach (string given in path.Contains('{', StringComparison.Ordinal) && !path.StartsWith('-') ? new[] { name, WildcardPattern.Escape(name) } : [name])
            Assert.Equal(1, Assert.Single(module.Run($"Import-ExperimentData {(path[0] == '*' ? $"'{PathOf(path)}'" : path.Replace("{0}", $"'{given}'", StringComparison.Ordinal))}")).Properties["A"].Value);
    }

    [Theory]
    [InlineData("Europe/Berlin", "MinValue")]
    [InlineData("America/New_York", "MaxValue")]
    public void The_ends_of_the_calendar_in_local_time_come_back_as_dates(string zone, string end)
    {
        foreach (string extension in new[] { "csv", "jsonl", "sqlite" })
        {
            HostRun run = HostProcess.Run("-Command", $"[Environment]::SetEnvironmentVariable('TZ', '{zone}'); [TimeZoneInfo]::ClearCachedData(); $end = [datetime]::{end}; "
                + $"[pscustomobject]@{{ D = [datetime]::SpecifyKind($end, 'Local') }} | Export-ExperimentData '{PathOf("end." + extension)}'; $d = (Import-ExperimentData '{PathOf("end." + extension)}').D; \"$($d.GetType().Name) $($d -eq $end)\"");
            Assert.Equal("DateTime True", run.Output.Trim());
        }
    }

    [Fact]
    public void A_truncated_file_returns_its_rows_and_an_error()
    {
        string path = PathOf("z.csv.gz");
        module.Run("1..1000 | Export-ExperimentData $path", ("path", path));
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..901]);
        (_, ErrorRecord[] errors) = module.TryRun("$rows = @(); Import-ExperimentData $path | ForEach-Object { $rows += $_.Value }");
        Assert.Matches("z.csv.gz': the file is damaged after line \\d+: the gzip data is truncated\\.$", Assert.Single(errors).Exception.Message);
        Assert.True(module.Get<bool>("$rows.Count -gt 400 -and $rows[-1] -eq $rows.Count"));
    }

    // A copy that failed must not look like a table without rows; in JSON Lines, no line is a whole table.
    [Theory]
    [InlineData("csv", true)]
    [InlineData("sqlite", true)]
    [InlineData("jsonl", false)]
    public void A_file_of_no_bytes_is_imported_with_a_warning(string extension, bool warns)
    {
        File.WriteAllBytes(PathOf("none." + extension), []);
        string warning = module.Get<string>("$rows = @(Import-ExperimentData $path -WarningVariable seen -WarningAction SilentlyContinue); \"$($rows.Count)$seen\"", ("path", PathOf("none." + extension)));
        Assert.Equal(warns ? $"0'{PathOf("none." + extension)}' is empty: it has 0 bytes, and no columns or rows." : "0", warning);
    }

    [Theory]
    [InlineData("\n", "", "0", "'{0}' is empty: it holds only blank lines, and no columns or rows.")]
    [InlineData("1,2,3\n4,5,6\n", "", "1", "All column names of '{0}' are numbers: 1, 2, 3. If its first line is data, add a line with the names of the columns above it.")]
    [InlineData("0,5;1,5\n2,5;3,5\n", "-DecimalComma", "1", "All column names of '{0}' are numbers: 0,5, 1,5. If its first line is data, add a line with the names of the columns above it.")]
    [InlineData("1,b\n4,5\n", "", "1", "")]
    [InlineData("a,b\n", "", "0", "")]
    public void A_CSV_file_that_is_blank_or_has_no_header_is_imported_with_a_warning(string text, string options, string rows, string warning)
    {
        string path = PathOf("header.csv");
        File.WriteAllText(path, text);
        Assert.Equal(rows + warning.Replace("{0}", path, StringComparison.Ordinal), module.Get<string>($"$rows = @(Import-ExperimentData $path {options} -WarningVariable seen -WarningAction SilentlyContinue); \"$($rows.Count)$seen\"", ("path", path)));
    }

    [Theory]
    [InlineData("-DecimalComma", "DecimalComma: only .csv and .csv.gz files have a decimal comma; got ")]
    [InlineData("-Delimiter ';'", "Delimiter: only .csv and .csv.gz files have a delimiter; got ")]
    public void An_option_of_text_is_refused_by_its_own_name(string option, string message)
    {
        module.Run("1 | Export-ExperimentData $path", ("path", PathOf("n.parquet")));
        Assert.StartsWith(message, module.Fails($"Import-ExperimentData $path {option}", "InvalidArgument").Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_is_not_a_file()
    {
        foreach (string command in new[] { $"Import-ExperimentData '{folder}'", $"1 | Invoke-ExperimentSweep '{folder}/sweep' -ScriptPath '{folder}'" })
            Assert.StartsWith($"'{folder}' is a folder; a file is required.", module.Fails(command, "InvalidArgument").Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_without_rows_is_written_with_a_warning()
    {
        string warning = module.Get<string>("@() | Export-ExperimentData $path -WarningVariable seen -WarningAction SilentlyContinue; \"$seen\"", ("path", PathOf("e.csv")));
        Assert.Contains("No rows came from the pipeline", warning, StringComparison.Ordinal);
        Assert.True(File.Exists(PathOf("e.csv")));
        Assert.Equal("", module.Get<string>("1 | Export-ExperimentData $path -WarningVariable seen; @() | Export-ExperimentData $path -Append -WarningVariable +seen; \"$seen\"", ("path", PathOf("a.csv"))));
    }

    [Fact]
    public void Dictionaries_numbers_and_records_are_rows_too()
    {
        module.Run("[ordered]@{ A = 1; B = 'x' }, [ordered]@{ A = 2; B = 'y' } | Export-ExperimentData $path", ("path", PathOf("d.csv")));
        Assert.Equal("A,B\n1,x\n2,y\n", File.ReadAllText(PathOf("d.csv")));
        module.Run("1..3 | Export-ExperimentData $path", ("path", PathOf("n.csv")));
        Assert.Equal("Value\n1\n2\n3\n", File.ReadAllText(PathOf("n.csv")));
        module.Run("New-NormalDistribution | Invoke-Sample -Count 3 -Seed 1 -Expand | Export-ExperimentData $path", ("path", PathOf("r.parquet")));
        Assert.Equal(3, module.Run("Import-ExperimentData $path").Length);
    }

    [Fact]
    public void Append_adds_rows_and_files_are_found_by_wildcard_and_from_the_pipeline()
    {
        Set("path", PathOf("a.csv"));
        module.Run("1..2 | Export-ExperimentData $path; 3..4 | Export-ExperimentData $path -Append");
        Assert.Equal([1, 2, 3, 4], module.Run("Import-ExperimentData $path").Select(row => row.Properties["Value"].Value));
        Set("pattern", PathOf("*.csv"));
        Assert.Equal(4, module.Run("Import-ExperimentData $pattern").Length);
        Assert.Equal(4, module.Run("[IO.FileInfo]$path | Import-ExperimentData").Length);
        Assert.Equal(4, module.Run("$path | Import-ExperimentData").Length);
    }

    [Fact]
    public void PassThru_emits_the_file_and_nothing_is_emitted_without_it()
    {
        Set("path", PathOf("p.csv"));
        Assert.Empty(module.Run("1 | Export-ExperimentData $path"));
        Assert.Equal(PathOf("p.csv"), module.Get<FileInfo>("1 | Export-ExperimentData $path -PassThru").FullName);
    }

    [Theory]
    [InlineData("1 | Export-ExperimentData \"$folder/x.xlsx\" -WhatIf", "the extension must be one of")]
    [InlineData("1 | Export-ExperimentData \"$folder/none/x.csv\" -WhatIf", "does not exist")]
    [InlineData("1 | Export-ExperimentData \"$folder/x.csv\" -Table t -WhatIf", "Table: only a database")]
    [InlineData("1..3 | Export-Chart \"$folder/none/x.png\" -WhatIf", "does not exist")]
    public void WhatIf_refuses_what_could_not_be_written(string command, string message)
    {
        Set("folder", folder);
        (PSObject[] output, ErrorRecord[] errors) = module.TryRun(command);
        Assert.Empty(output);
        Assert.Contains(message, Assert.Single(errors).Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_column_of_decimal_commas_is_named_with_the_parameter_that_reads_it()
    {
        string path = PathOf("german.csv");
        File.WriteAllText(path, "Beta;Elbo;Note\n0,5;-40;a\n1,0;;0,5\n");
        string command = $"Import-ExperimentData '{path}' -Delimiter ';'";
        Assert.Contains("Column 'Beta' of '", Assert.Single(module.Run($"{command} -WarningVariable w -WarningAction SilentlyContinue | Out-Null; $w")).ToString(), StringComparison.Ordinal);
        Assert.Empty(module.Run($"{command} -DecimalComma -WarningVariable w -WarningAction SilentlyContinue | Out-Null; $w"));
        File.WriteAllText(path, "Beta;Note\n0,5;0,5\nnone;x\n");
        Assert.Empty(module.Run($"{command} -WarningVariable w -WarningAction SilentlyContinue | Out-Null; $w"));
    }

    [Fact]
    public void A_file_without_a_header_is_told_what_its_first_line_must_hold()
    {
        string path = PathOf("bare.csv");
        File.WriteAllText(path, "0,0,1\n1,0,0\n");
        Assert.Contains("line 1: the header has the column '0' twice; upper and lower case count as equal. The first line must hold the names of the columns, each once.", module.Fails($"Import-ExperimentData '{path}'", "InvalidData").Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatIf_writes_nothing()
    {
        Set("path", PathOf("w.csv"));
        module.Run("1 | Export-ExperimentData $path -WhatIf; 1..3 | Export-Chart ($path + '.png') -WhatIf");
        Assert.Empty(Directory.GetFileSystemEntries(folder));
    }

    [Theory]
    [InlineData("Import-ExperimentData \"$folder/nothing.csv\"", "PathNotFound")]
    [InlineData("Import-ExperimentData \"$folder/x.xlsx\"", "InvalidArgument")]
    [InlineData("Import-ExperimentData \"$folder/folder.csv\"", "InvalidArgument")]
    [InlineData("Import-ExperimentData \"$folder/bad.parquet\"", "InvalidData")]
    [InlineData("Import-ExperimentData \"$folder/bad.jsonl\"", "InvalidData")]
    [InlineData("Import-ExperimentData \"$folder/bad.csv\"", "InvalidData")]
    [InlineData("1 | Export-ExperimentData \"$folder/x.xlsx\"", "InvalidArgument")]
    [InlineData("1 | Export-ExperimentData \"$folder/nowhere/x.csv\"", "PathNotFound")]
    [InlineData("1 | Export-ExperimentData \"$folder/folder.csv\"", "InvalidArgument")]
    [InlineData("1 | Export-ExperimentData \"$folder/old.csv\" -NoClobber", "FileExists")]
    [InlineData("1 | Export-ExperimentData \"$folder/locked.csv\"", "AccessDenied")]
    [InlineData("Import-ExperimentData \"$folder/bad.sqlite\"", "InvalidData")]
    [InlineData("1 | Export-ExperimentData \"$folder/bad.sqlite\"", "InvalidData")]
    [InlineData("1 | Export-ExperimentData \"$folder/nowhere/x.sqlite\"", "PathNotFound")]
    [InlineData("1 | Export-ExperimentData \"$folder/new.csv\" -Table t", "InvalidArgument")]
    [InlineData("1, @{ A = 1, 2 } | Export-ExperimentData \"$folder/new.sqlite\"", "InvalidArgument")]
    [InlineData("[pscustomobject]@{ A = 1, 2 } | Export-ExperimentData \"$folder/old.csv\"", "InvalidArgument")]
    [InlineData("[pscustomobject]@{ A = 1 }, [pscustomobject]@{ A = @(1, 2) } | Export-ExperimentData \"$folder/old.csv\"", "InvalidArgument")]
    [InlineData("1..5 | ForEach-Object { if ($_ -eq 4) { throw 'stop' }; $_ } | Export-ExperimentData \"$folder/old.csv\"", "stop")]
    [InlineData("1 | Export-Chart \"$folder/x.jpg\"", "InvalidArgument")]
    [InlineData("1 | Export-Chart \"$folder/x.png\" -X Nope", "InvalidArgument")]
    [InlineData("1 | Export-Chart \"$folder/nowhere/x.png\"", "PathNotFound")]
    [InlineData("1 | Export-Chart \"$folder/old.png\" -NoClobber", "FileExists")]
    [InlineData("1 | Export-ExperimentData \"$folder/bad.sqlite\" -Table other -NoClobber", "FileExists")]
    public void A_failure_is_one_error_of_a_fixed_id_and_leaves_everything_as_it_was(string script, string id)
    {
        Directory.CreateDirectory(PathOf("folder.csv"));
        File.WriteAllText(PathOf("bad.parquet"), "PAR1 and no more");
        File.WriteAllText(PathOf("bad.jsonl"), "{\"A\":");
        File.WriteAllText(PathOf("bad.sqlite"), "SQLite format 3 and no more");
        File.WriteAllText(PathOf("bad.csv"), "A,B\n1\n");
        File.WriteAllText(PathOf("old.csv"), "Value\n7\n");
        File.WriteAllText(PathOf("old.png"), "old");
        File.WriteAllText(PathOf("locked.csv"), "Value\n7\n");
        File.SetAttributes(PathOf("locked.csv"), FileAttributes.ReadOnly);
        string[] before = Contents();
        (_, ErrorRecord[] errors) = module.TryRun(script, ("folder", folder));
        Assert.Equal(id, Assert.Single(errors).FullyQualifiedErrorId.Split(',')[0]);
        Assert.Equal(before, Contents());
        File.SetAttributes(PathOf("locked.csv"), FileAttributes.Normal);
    }

    [Fact]
    public void One_bad_file_of_many_does_not_hide_the_others()
    {
        File.WriteAllText(PathOf("good.csv"), "A\n1\n");
        (PSObject[] rows, ErrorRecord[] errors) = module.TryRun("\"$folder/none.csv\", \"$folder/good.csv\" | Import-ExperimentData", ("folder", folder));
        Assert.Single(rows);
        Assert.Single(errors);
    }

    [Fact]
    public void A_stopped_pipeline_leaves_the_older_file_and_nothing_else()
    {
        File.WriteAllText(PathOf("old.csv"), "Value\n7\n");
        File.WriteAllText(PathOf("old.png"), "old");
        string[] before = Contents();
        foreach (string script in new[] { "Export-ExperimentData \"$folder/old.csv\"", "Export-Chart \"$folder/old.png\"" })
        {
            module.Stop("& { while ($true) { 1 } } | " + script, TimeSpan.FromMilliseconds(400), ("folder", folder));
            Assert.Equal(before, Contents());
        }
    }

    [Fact]
    public void Force_replaces_a_read_only_file()
    {
        File.WriteAllText(PathOf("locked.csv"), "Value\n7\n");
        File.SetAttributes(PathOf("locked.csv"), FileAttributes.ReadOnly);
        module.Run("8 | Export-ExperimentData \"$folder/locked.csv\" -Force", ("folder", folder));
        Assert.Equal("Value\n8\n", File.ReadAllText(PathOf("locked.csv")));
        File.SetAttributes(PathOf("locked.csv"), FileAttributes.Normal);
    }

    [Fact]
    public void Force_writes_to_a_read_only_database_which_stays_read_only()
    {
        (string, object?)[] names = [("path", PathOf("locked.sqlite"))];
        module.Run("7 | Export-ExperimentData $path", names);
        File.SetAttributes(PathOf("locked.sqlite"), File.GetAttributes(PathOf("locked.sqlite")) | FileAttributes.ReadOnly);
        module.Run("8 | Export-ExperimentData $path -Append -Force", names);
        Assert.Equal([7, 8], module.Run("Import-ExperimentData $path", names).Select(row => (int)row.Properties["Value"].Value));
        module.Run("9 | Export-ExperimentData $path -Force", names);
        Assert.Equal([9], module.Run("Import-ExperimentData $path", names).Select(row => (int)row.Properties["Value"].Value));
        Assert.NotEqual((FileAttributes)0, File.GetAttributes(PathOf("locked.sqlite")) & FileAttributes.ReadOnly);
        File.SetAttributes(PathOf("locked.sqlite"), FileAttributes.Normal);
    }

    [Theory]
    [InlineData("1 | Export-ExperimentData $path", "locked.csv", "is read-only. Use -Force to write to it.")]
    [InlineData("1 | Export-ExperimentData $path -Append -NoClobber", "locked.csv", "is read-only. Use -Force to write to it.")]
    [InlineData("New-LinearPolicy 1 -Scale 0.5 | Export-PolicyModel $path", "locked.safetensors", "is read-only. Make it writable, or choose another path.")]
    public void The_error_of_a_read_only_file_names_Force_only_if_the_command_has_it(string script, string name, string message)
    {
        File.WriteAllText(PathOf(name), "Value\n7\n");
        File.SetAttributes(PathOf(name), FileAttributes.ReadOnly);
        (_, ErrorRecord[] errors) = module.TryRun(script, ("path", PathOf(name)));
        Assert.EndsWith(message, Assert.Single(errors).Exception.Message, StringComparison.Ordinal);
        File.SetAttributes(PathOf(name), FileAttributes.Normal);
    }

    private string[] Contents() =>
        [.. Directory.GetFileSystemEntries(folder).Order(StringComparer.Ordinal).Select(entry => entry + "=" + (File.Exists(entry) ? File.ReadAllText(entry) : ""))];

    private string PathOf(string name) => Path.Combine(folder, name);

    private void Set(string name, object value) => module.Run("$null = $null", (name, value));
}
