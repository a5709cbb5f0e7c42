using System.Management.Automation;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Data;

namespace ReparamPS.Cmdlets.Data;

/// <summary>Reads rows from CSV, JSON lines, Parquet and SQLite files.</summary>
/// <remarks>
/// The extension says the format: .csv, .jsonl, .parquet, .sqlite, or gzipped .csv.gz and .jsonl.gz. A row becomes an object with typed properties. In CSV, text that is not quoted and looks like a
/// number, a Boolean or an ISO 8601 date becomes one, an empty field becomes null, and quoted text stays text; 007 and +1 stay text too. A file that quotes its whole header, as Export-Csv's
/// do, is read as if nothing were quoted. Rows stream as they are read. A damaged file is an error that names the line.
/// </remarks>
/// <example>
/// <para>There and back</para>
/// <code>New-ExperimentGrid @{ Beta = 0.5, 1.0 } | Export-ExperimentData grid.csv; Import-ExperimentData grid.csv</code>
/// </example>
/// <example>
/// <para>All runs' rows in one table</para>
/// <code>[pscustomobject]@{ Run = 1; Elbo = -40.5 } | Export-ExperimentData run-1.jsonl
/// [pscustomobject]@{ Run = 2; Elbo = -39.0 } | Export-ExperimentData run-2.jsonl
/// Import-ExperimentData run-*.jsonl | Where-Object Elbo -gt -40</code>
/// </example>
/// <example>
/// <para>A table of a database</para>
/// <code>New-ExperimentGrid @{ Beta = 0.5, 1.0 } | Export-ExperimentData study.sqlite -Table points; Import-ExperimentData study.sqlite -Table points</code>
/// </example>
[Cmdlet(VerbsData.Import, "ExperimentData", DefaultParameterSetName = "Path")]
[OutputType(typeof(PSObject))]
public sealed class ImportExperimentDataCommand : ReparamCmdlet
{
    private object? current;

    /// <summary>The files; wildcards are allowed.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = "Path")]
    public string[] Path { get; set; } = [];

    /// <summary>The files, taken as they are written, brackets and all.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "LiteralPath")]
    [Alias("PSPath", "FullName", "LP")]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>The table of an SQLite database. Without it, 'rows' or the only one that is there.</summary>
    [Parameter]
    public string? Table { get; set; }

    /// <inheritdoc/>
    protected override object? ErrorTarget => current;

    /// <inheritdoc/>
    protected override void Process()
    {
        foreach (string path in LiteralPath) Import(ResolvePath(path));
        foreach (string path in Path)
        {
            foreach (string file in Expand(path)) Import(file);
        }
    }

    private IEnumerable<string> Expand(string path)
    {
        if (!WildcardPattern.ContainsWildcardCharacters(path)) return [ResolvePath(path)];
        string literal = ResolvePath(WildcardPattern.Escape(path));
        if (File.Exists(literal)) return [literal];
        var files = GetResolvedProviderPathFromPSPath(path, out _);
        return files.Count > 0 ? files : throw new FileNotFoundException($"No file matches '{path}'.", path);
    }

    private void Import(string file)
    {
        current = file;
        try
        {
            foreach (ExperimentRow row in ExperimentFile.Read(file, Table, Cancellation)) WriteObject(RowObjects.From(row));
        }
        catch (Exception error) when (error is IOException or ArgumentException or UnauthorizedAccessException)
        {
            WriteError(ErrorRecords.From(error, file));
        }
    }
}
