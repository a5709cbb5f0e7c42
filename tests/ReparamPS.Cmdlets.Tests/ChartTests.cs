using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace ReparamPS.Cmdlets.Tests;

[Collection(ModuleCollection.Name)]
public sealed class ChartTests(ModuleRunspace module) : IDisposable
{
    private const string Rows = "1..20 | ForEach-Object { [pscustomobject]@{ X = $_; Y = $_ * $_; Z = -$_; G = $_ % 3; S = \"s$($_ % 4)\" } } | ";
    private readonly string folder = Directory.CreateTempSubdirectory("reparamps-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("-X X -Y Y")]
    [InlineData("-X X -Y Y,Z -GroupBy G -Title T -XLabel a -YLabel b -Width 300 -Height 200")]
    [InlineData("X Y -GroupBy G, S -LogX -LogY")]
    [InlineData("-X Y -Bins 5")]
    [InlineData("-X Y -Density -GroupBy G")]
    [InlineData("-X S -Y Y -Kind Bar -Band MinMax")]
    [InlineData("-X X -Y Y -Kind Scatter -Facet G")]
    [InlineData("-X G -Y S -Z Y")]
    [InlineData("-X G -Y Y -Band StandardError")]
    public void A_chart_is_a_file_that_the_cmdlet_emits(string parameters)
    {
        foreach (string extension in new[] { "png", "svg", "html" })
        {
            FileInfo file = module.Get<FileInfo>($"{Rows} Export-Chart $path {parameters}", ("path", Path.Combine(folder, "chart." + extension)));
            byte[] bytes = File.ReadAllBytes(file.FullName);
            Assert.Equal(extension switch { "png" => [0x89, (byte)'P', (byte)'N', (byte)'G'], "svg" => "<?xm"u8.ToArray(), _ => "<!DO"u8.ToArray() }, bytes[..4]);
            Assert.Equal([file.FullName], Directory.GetFiles(folder));
            File.Delete(file.FullName);
        }
    }

    [Fact]
    public void Numbers_alone_make_a_histogram_of_their_values() =>
        Assert.True(module.Get<FileInfo>("1..50 | Export-Chart $path", ("path", Path.Combine(folder, "n.png"))).Length > 1000);

    [Fact]
    public void A_chart_of_text_is_lines_of_strings_as_wide_as_asked()
    {
        string[] lines = [.. module.Run($"{Rows} Show-Chart -X X -Y Y, Z -Width 60 -Height 10").Select(line => Assert.IsType<string>(line.BaseObject))];
        Assert.Equal(13, lines.Length);
        Assert.All(lines, line => Assert.InRange(line.Length, 1, 60));
        Assert.NotEmpty(module.Run($"{Rows} Show-Chart Y"));
    }

    [Theory, InlineData(29), InlineData(30), InlineData(31)]
    public void A_narrow_terminal_is_wide_enough_for_a_chart(int width)
    {
        using Runspace runspace = RunspaceFactory.CreateRunspace(new WidthHost(width), InitialSessionState.CreateDefault2());
        runspace.Open();
        using var shell = PowerShell.Create(runspace);
        Assert.NotEmpty(shell.AddScript($"Import-Module '{ModuleRunspace.ManifestPath}'; 1..3 | ForEach-Object {{ [pscustomobject]@{{ A = $_; B = $_ }} }} | Show-Chart A B").Invoke());
        Assert.Empty(shell.Streams.Error);
    }

    [Fact]
    public void A_chart_of_text_is_one_string_per_line_whatever_its_labels_hold()
    {
        Assert.StartsWith("a b │", Assert.Single(module.Run("[pscustomobject]@{ G = \"a`nb\"; X = 1 } | Show-Chart G X -Kind Bar")).ToString(), StringComparison.Ordinal);
        Assert.Equal("Several series share a marker: a text chart has 56 different markers, but there are 57 series. Draw fewer series, or use Export-Chart.", Assert.Single(module.Run(
            "1..57 | ForEach-Object { [pscustomobject]@{ X = $_; G = $_ } } | Show-Chart X X -GroupBy G -WarningVariable warnings -WarningAction SilentlyContinue | Out-Null; $warnings")).ToString());
        Assert.StartsWith("2024-01-01 … 2024-01-02 │", Assert.Single(module.Run("[pscustomobject]@{ D = [datetime]'2024-01-01' } | Show-Chart D -Width 60")).ToString(), StringComparison.Ordinal);
    }

    [Theory, InlineData("Show-Chart"), InlineData("Export-Chart $path")]
    public void Values_that_are_not_drawn_are_one_warning(string command)
    {
        string script = $"1, 2, [double]::NaN, $null, 5 | ForEach-Object {{ $x = 0 }} {{ [pscustomobject]@{{ X = ++$x; Y = $_ }} }} | {command} -X X -Y Y -WarningVariable warnings -WarningAction SilentlyContinue | Out-Null; $warnings";
        Assert.Equal("2 values are not drawn: 1 missing, 1 NaN.", Assert.Single(module.Run(script, ("path", Path.Combine(folder, "n.png")))).ToString());
    }

    [Fact]
    public void A_picture_of_many_panels_is_high_enough_for_the_labels_of_their_categories()
    {
        const string panels = "foreach ($panel in 1..24) { foreach ($name in 'adam', 'adagrad') { [pscustomobject]@{ P = $panel; C = $name; Y = $panel } } }";
        string Svg(string more) => File.ReadAllText(module.Get<FileInfo>($"& {{ {panels} }} | Export-Chart $path -X C -Y Y -Kind Bar -Facet P {more}", ("path", Path.Combine(folder, "panels.svg"))).FullName);
        string picture = Svg("");
        // Eight rows of three panels.
        Assert.Contains("height=\"1920\"", picture, StringComparison.Ordinal);
        Assert.Equal(24, System.Text.RegularExpressions.Regex.Count(picture, ">adagrad<"));
        Assert.Contains("height=\"500\"", Svg("-Height 500"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("New-Tensor 1, 2", "The input must be rows; got a tensor of shape [2]. ConvertFrom-Tensor makes one row per number.")]
    [InlineData("New-NormalDistribution", "The input must be rows; got a distribution. Invoke-Sample -Expand draws from it, one row per draw.")]
    [InlineData("New-DirichletDistribution 1, 2 | Invoke-Sample -Count 3", "The input must be rows; got the draws of Invoke-Sample or Invoke-RSample as one object. With -Expand, these return one row per draw, with the columns Draw, Member and Value (Value0, Value1, … for vectors).")]
    public void What_is_not_a_row_is_named_with_what_makes_rows_of_it(string input, string message)
    {
        foreach (string command in new[] { "Show-Chart", $"Export-Chart '{folder}/n.png'", $"Export-ExperimentData '{folder}/n.csv'" })
            Assert.StartsWith(message, module.Fails($", ({input}) | {command}", "InvalidArgument").Exception.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder));
    }

    [Theory]
    [InlineData("New-NormalDistribution | Invoke-RSample -Count 5 -Seed 1", "-X Values", "The input must be rows; got the draws of Invoke-Sample or Invoke-RSample as one object. With -Expand, these return one row per draw, with the columns Draw, Member and Value (Value0, Value1, … for vectors).")]
    [InlineData("New-NormalDistribution | Invoke-RSample -Count 5 -Seed 1", "Mean Values", "The input must be rows; got the draws of Invoke-Sample or Invoke-RSample as one object.")]
    [InlineData("[pscustomobject]@{ A = 1; B = @(1, 2) }", "A B", "Column 'B' must be a number, a string, a Boolean or a date; got a list. Select one of its values, or make it a text, such as with ConvertTo-Json -Compress.")]
    [InlineData("[pscustomobject]@{ A = 1; B = 2; C = @{ D = 1 } }", "A B -GroupBy C", "Column 'C' must be a number, a string, a Boolean or a date; got an object of type Hashtable. Select one of its values, or make it a text, such as with ConvertTo-Json -Compress.")]
    public void A_column_of_lists_is_named(string input, string columns, string message)
    {
        foreach (string command in new[] { "Show-Chart", $"Export-Chart '{folder}/n.png'" })
            Assert.StartsWith(message, module.Fails($"{input} | {command} {columns}", "InvalidArgument").Exception.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder));
    }

    // Scalar properties of distributions are columns.
    [Fact]
    public void Properties_of_distributions_are_still_drawn() =>
        Assert.NotEmpty(module.Run("1..3 | ForEach-Object { New-NormalDistribution $_ 1 } | Show-Chart -X Loc -Y Scale"));

    [Fact]
    public void A_kind_that_is_only_for_files_is_not_listed_for_text()
    {
        Assert.EndsWith("Expected one of Line, Scatter, Bar, Histogram; got 'Pie'.", module.Get<string>("try { 1, 2 | Show-Chart -Kind Pie } catch { \"$_\" }"), StringComparison.Ordinal);
        Assert.Contains("Use Export-Chart", module.Fails("[pscustomobject]@{ X = 1; Y = 2 } | Show-Chart -X X -Y Y -Kind HeatMap", "InvalidArgument").Exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-Kind HeatMap", "X is required: the name of a column. The columns are A, B. Write -Kind HeatMap -X <column> -Y <column> -Z <column>.")]
    [InlineData("-Kind HeatMap A", "Y is required for a chart of kind HeatMap: the name of a column. The columns are A, B. Write -Kind HeatMap -X A -Y <column> -Z <column>.")]
    [InlineData("-Kind HeatMap A B", "Z is required for a chart of kind HeatMap: the name of a column. The columns are A, B. Write -Kind HeatMap -X A -Y B -Z <column>.")]
    [InlineData("A -Z B", "Y is required for a chart of kind HeatMap: the name of a column. The columns are A, B. Write -Kind HeatMap -X A -Y <column> -Z B.")]
    [InlineData("-Kind Bar A", "Y is required for a chart of kind Bar: the name of a column. The columns are A, B. Write -Kind Bar -X A -Y <column>.")]
    public void A_column_that_a_kind_needs_is_named_with_the_call(string parameters, string says) =>
        Assert.Equal(says, module.Fails($"[pscustomobject]@{{ A = 1; B = 2 }} | Export-Chart '{folder}/no.png' {parameters}", "InvalidArgument").ToString());

    [Theory, InlineData("png"), InlineData("svg")]
    public void A_picture_without_room_for_the_data_is_an_error_that_states_a_size(string extension)
    {
        string draw = $"1..20 | ForEach-Object {{ [pscustomobject]@{{ X = $_; Y = $_ }} }} | Export-Chart '{folder}/tiny.{extension}' -X X -Y Y";
        string message = module.Fails($"{draw} -Width 60 -Height 60", "InvalidArgument").Exception.Message;
        var size = System.Text.RegularExpressions.Regex.Match(message, "^A picture of 60 × 60 pixels has no room for the data beside the labels; Width ([0-9]+) and Height ([0-9]+) are enough");
        Assert.True(size.Success, message);
        Assert.NotEmpty(module.Run($"{draw} -Width {size.Groups[1]} -Height {size.Groups[2]}"));
        module.Fails($"{draw} -Width {size.Groups[1]} -Height 50", "InvalidArgument");
    }

    [Fact]
    public void A_missing_column_lists_those_there_are()
    {
        module.Run("$path = $path", ("path", Path.Combine(folder, "n.png")));
        Assert.Equal("Y: the rows have no column 'Loss'; they have X, Y, Z, G, S.", module.Fails($"{Rows} Export-Chart $path -X X -Y Loss", "InvalidArgument").Exception.Message);
        Assert.Equal("GroupBy: the rows have no column 'Yy'; they have X, Y, Z, G, S.", module.Fails($"{Rows} Export-Chart $path -X X -Y Y -GroupBy Yy", "InvalidArgument").Exception.Message);
        Assert.Empty(Directory.GetFiles(folder));
    }

    // One instant, as each type states it.
    [Fact]
    public void Moments_are_drawn_at_the_clock_of_the_session()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() || !TimeZoneInfo.TryFindSystemTimeZoneById("Asia/Tokyo", out _), "The time zone of a process cannot be chosen here.");
        const string rows = "[datetime]'2026-01-01 12:00', [datetimeoffset]'2026-01-01T12:00:00+09:00', [datetimeoffset]'2026-01-01T03:00:00Z', [datetime]::SpecifyKind('2026-01-01 03:00', 'Utc'), '2026-01-01T03:00:00Z'";
        HostRun run = HostProcess.Run("-Command", $"$env:TZ = 'Asia/Tokyo'; [TimeZoneInfo]::ClearCachedData(); {rows} | ForEach-Object {{ [pscustomobject]@{{ X = $_; Y = 1 }} }} | Show-Chart X Y -Kind Bar -Width 60");
        Assert.StartsWith("2026-01-01 12:00:00 │", Assert.Single(run.Lines), StringComparison.Ordinal);
    }
}
