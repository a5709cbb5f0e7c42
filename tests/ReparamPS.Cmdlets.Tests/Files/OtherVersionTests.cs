namespace ReparamPS.Cmdlets.Tests.Files;

/// <summary>Another module in the session brings an older version of a library that this module uses, before or after it. Both work.</summary>
public sealed class OtherVersionTests : IDisposable
{
    private static readonly string Older = Path.Combine(AppContext.BaseDirectory, "older");

    private readonly string folder = Directory.CreateTempSubdirectory("reparamps-versions-").FullName;

    [Theory, InlineData("CsvHelper", true), InlineData("CsvHelper", false), InlineData("Microsoft.Data.Sqlite", true), InlineData("Microsoft.Data.Sqlite", false), InlineData("SkiaSharp", true), InlineData("SkiaSharp", false)]
    public void An_older_version_of_another_module_does_not_matter(string library, bool first)
    {
        string uses = library switch
        {
            "CsvHelper" => "$p = [CsvHelper.CsvParser]::new([IO.StringReader]::new('6,7'), [cultureinfo]::InvariantCulture); $null = $p.Read(); $p.Record[1]",
            "Microsoft.Data.Sqlite" => """
                $null = [Reflection.Assembly]::LoadFrom("$older/SQLitePCLRaw.core.dll"), [Reflection.Assembly]::LoadFrom("$older/SQLitePCLRaw.provider.e_sqlite3.dll")
                [SQLitePCL.raw]::SetProvider([SQLitePCL.SQLite3Provider_e_sqlite3]::new())
                $c = [Microsoft.Data.Sqlite.SqliteConnection]::new('Data Source=:memory:'); $c.Open(); $k = $c.CreateCommand(); $k.CommandText = 'SELECT 7'; $k.ExecuteScalar()
                """,
            _ => "[SkiaSharp.SKBitmap]::new(7, 2).Width",
        };
        string others = $$"""
            $a = [Reflection.Assembly]::LoadFrom("$older/{{library}}.dll")
            "$($a.GetName().Version.Major)"
            {{uses}}
            """;
        const string ours = """
            $rows = 1..3 | ForEach-Object { [pscustomobject]@{ A = $_; B = $_ / 2 } }
            foreach ($kind in 'csv', 'sqlite', 'parquet') {
                $rows | Export-ExperimentData "$folder/t.$kind"
                "$((Import-ExperimentData "$folder/t.$kind").B)"
            }
            foreach ($kind in 'png', 'svg') { ($rows | Export-Chart "$folder/t.$kind" A B).Exists }
            """;
        string script = Path.Combine(folder, "script.ps1");
        File.WriteAllText(script, $"$ErrorActionPreference = 'Stop'\n$older = '{Older}'; $folder = '{folder}'\n{(first ? others + "\n" + ours : ours + "\n" + others)}\n");
        HostRun run = HostProcess.Run(script);
        Assert.True(run is { ExitCode: 0, Error: "" }, run.Error + run.Output);
        string[] theirs = [library switch { "CsvHelper" => "30", "SkiaSharp" => "2", _ => "8" }, "7"], own = ["0.5 1 1.5", "0.5 1 1.5", "0.5 1 1.5", "True", "True"];
        Assert.Equal(first ? [.. theirs, .. own] : [.. own, .. theirs], run.Lines);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
