using System.Management.Automation;

namespace ReparamPS.Cmdlets.Tests.Files;

/// <summary>CSV files of other programs.</summary>
[Collection(ModuleCollection.Name)]
public sealed class DelimiterTests(ModuleRunspace module) : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("reparamps-csv-").FullName;

    [Theory]
    [InlineData("A;B\r\n0,5;x\r\n", "-Delimiter ';' -DecimalComma", "Double 0.5|String x")]
    [InlineData("A;B\n-1,25;3\n", "-DecimalComma", "Double -1.25|Int32 3")]
    [InlineData("A;B\n1,5E-3;1,234567890123456789\n", "-DecimalComma", "Double 0.0015|Decimal 1.234567890123456789")]
    [InlineData("A;B\n1.500;1.234,5\n", "-DecimalComma", "String 1.500|String 1.234,5")]
    [InlineData("A;B\n1,2,3;,5\n", "-DecimalComma", "String 1,2,3|Double 0.5")]
    [InlineData("A;B\n0,5;1.5\n", "-Delimiter ';'", "String 0,5|Double 1.5")]
    [InlineData("A;B\n\"0,5\";2024-01-02 03:04:05.25\n", "-DecimalComma", "String 0,5|DateTime 01/02/2024 03:04:05")]
    [InlineData("\"A\";\"B\"\n\"0,5\";\"x\"\n", "-DecimalComma", "Double 0.5|String x")]
    [InlineData("\"A\",\"B\"\r\n\"0,25\",\"0,5\"\r\n", "-DecimalComma -Delimiter ','", "Double 0.25|Double 0.5")]
    [InlineData("\"A\",\"B\"\n\"3\",\"x, y\"\n", "-DecimalComma -Delimiter ','", "Int32 3|String x, y")]
    [InlineData("A,B\n\"0,25\",\"7\"\n", "-DecimalComma -Delimiter ','", "Double 0.25|String 7")]
    [InlineData("A\tB\n1\tx y\n", "-Delimiter \"`t\"", "Int32 1|String x y")]
    [InlineData("A|B\n1|\"x|y\"\n", "-Delimiter '|'", "Int32 1|String x|y")]
    [InlineData("A B\n1 x\n", "-Delimiter ' '", "Int32 1|String x")]
    [InlineData("\uFEFFA;B\r\n1;\r\n", "-Delimiter ';'", "Int32 1|null")]
    public void A_file_is_read_as_its_writer_meant_it(string text, string parameters, string expected)
    {
        string path = Path.Combine(folder, "t.csv");
        File.WriteAllText(path, text);
        Assert.Equal(expected, module.Get<string>(
            $"$r = Import-ExperimentData '{path}' {parameters}; ('A', 'B' | ForEach-Object {{ if ($null -eq $r.$_) {{ 'null' }} else {{ \"$($r.$_.GetType().Name) $($r.$_)\" }} }}) -join '|'"));
    }

    [Fact]
    public void A_gzipped_file_has_a_delimiter_too()
    {
        string path = Path.Combine(folder, "t.csv.gz");
        using (var packed = new System.IO.Compression.GZipStream(File.Create(path), System.IO.Compression.CompressionLevel.Optimal)) packed.Write("A;B\n0,5;2\n"u8);
        Assert.Equal(2.5, module.Get<double>($"$r = Import-ExperimentData '{path}' -DecimalComma; $r.A + $r.B"));
    }

    [Theory]
    [InlineData("t.csv", "-Delimiter '1'", "Delimiter must be an ASCII character")]
    [InlineData("t.csv", "-Delimiter '\"'", "Delimiter must be an ASCII character")]
    [InlineData("t.csv", "-Delimiter \"`n\"", @"such as ';', '|' or ""`t"" (a tab); got '\n'.")]
    [InlineData("t.csv", "-Delimiter \"`0\"", @"got '\0'.")]
    [InlineData("t.csv", "-Delimiter 'é'", "Delimiter must be an ASCII character")]
    [InlineData("t.jsonl", "-Delimiter ';'", "only .csv and .csv.gz files have a delimiter")]
    [InlineData("t.sqlite", "-DecimalComma", "DecimalComma: only .csv and .csv.gz files have a decimal comma")]
    public void A_delimiter_that_cannot_be_is_an_error(string name, string parameters, string problem)
    {
        string path = Path.Combine(folder, name);
        File.WriteAllText(path, "A;B\n1;2\n");
        Assert.Contains(problem, module.Fails($"Import-ExperimentData '{path}' {parameters}", "InvalidArgument").ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_with_another_delimiter_is_a_warning_or_an_error_that_says_so()
    {
        string path = Path.Combine(folder, "t.csv");
        File.WriteAllText(path, "A;B\n1;2\n");
        Assert.Contains("use -Delimiter ';'", module.Get<string>($"Import-ExperimentData '{path}' -WarningVariable w -WarningAction SilentlyContinue > $null; \"$w\""), StringComparison.Ordinal);
        File.WriteAllText(path, "A;B\n1,5;2\n");
        (_, ErrorRecord[] errors) = module.TryRun($"Import-ExperimentData '{path}' -WarningAction SilentlyContinue");
        Assert.Contains("If ';' separates the fields of the file, use -Delimiter ';'.", Assert.Single(errors).ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dose,age\n0.5,3\n", "-Delimiter ';'", "'dose,age'. If its fields are separated by ',', use -Delimiter ','.")]
    [InlineData("dose,age\n0.5,3\n", "-DecimalComma", "'dose,age'. If its fields are separated by ',', use -Delimiter ','. -DecimalComma makes ';' the default delimiter.")]
    [InlineData("dose,age\n0.5,3\n", "-DecimalComma -Delimiter ';'", "'dose,age'. If its fields are separated by ',', use -Delimiter ','.")]
    [InlineData("A;B\n1;2\n", "-Delimiter '|'", "'A;B'. If its fields are separated by ';', use -Delimiter ';'.")]
    [InlineData("A\tB\n1\t2\n", "-DecimalComma", "separated by tabs, use -Delimiter \"`t\". -DecimalComma makes ';' the default delimiter.")]
    [InlineData("A\n1\n", "-DecimalComma", null)]
    [InlineData("A\n1\n", "-Delimiter ';'", null)]
    public void A_file_with_another_delimiter_than_the_given_one_is_a_warning(string text, string parameters, string? warning)
    {
        string path = Path.Combine(folder, "t.csv");
        File.WriteAllText(path, text);
        string written = module.Get<string>($"Import-ExperimentData '{path}' {parameters} -WarningVariable w -WarningAction SilentlyContinue > $null; \"$w\"");
        if (warning is null) Assert.Empty(written);
        else Assert.EndsWith(warning, written, StringComparison.Ordinal);
    }

    [Fact]
    public void Numbers_without_quotes_in_a_file_whose_delimiter_is_the_decimal_comma_are_an_error()
    {
        string path = Path.Combine(folder, "t.csv");
        File.WriteAllText(path, "A,B\n0,5,0,25\n");
        (_, ErrorRecord[] errors) = module.TryRun($"Import-ExperimentData '{path}' -DecimalComma -Delimiter ','");
        Assert.EndsWith("line 2 has 4 fields, but the header has 2. If a comma is both the delimiter and the decimal comma, numbers such as 0,5 must be in quotes.", Assert.Single(errors).ToString(), StringComparison.Ordinal);
    }

    [Theory, InlineData("Export-Chart '{0}/c.svg' A B"), InlineData("Show-Chart A B")]
    public void A_chart_of_texts_with_a_decimal_comma_names_the_remedy(string chart)
    {
        string rows = "[pscustomobject]@{ A = '1'; B = '0,25' }, [pscustomobject]@{ A = '2'; B = '0,5' }";
        string error = module.Fails($"{rows} | {chart.Replace("{0}", folder, StringComparison.Ordinal)}", "InvalidArgument").ToString();
        Assert.Contains("'B' holds '0,25'. To read numbers with a decimal comma, use Import-ExperimentData -DecimalComma; add -Delimiter ',' if commas separate the fields too.", error, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
