using System.Management.Automation;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Data;

namespace ReparamPS.Cmdlets.Data;

/// <summary>Writes rows to a CSV, JSON lines, Parquet or SQLite file.</summary>
/// <remarks>
/// The extension says the format: .csv, .jsonl, .parquet, .sqlite, or gzipped .csv.gz and .jsonl.gz. Text is invariant, whatever the culture, and what Import-ExperimentData reads
/// back equals what was written: numbers to the last bit, NaN and infinities, dates, empty strings and nulls. Parquet and SQLite also keep the numbers' types; in CSV and JSON lines whole numbers come back
/// as Int32 or Int64 and fractions as Double, and a local date as a DateTimeOffset; SQLite has no negative zero. Enumerations become names. A value that is a list is an error: rows are flat.
/// Rows stream: a million of them take no more memory than a few thousand. The columns are those of the first 4,096 rows, or of the file that is appended to; a row that lacks one leaves it empty, and a row with another is an
/// error, except in .jsonl, whose lines may differ, and in .sqlite, where the table gets the column. A database that is there keeps its other tables: rows replace the table (rows, or the one that Table names), or with Append join it, in one transaction. The file appears under its name when all rows are written: an error or Ctrl+C leaves an older file as it was.
/// </remarks>
/// <example>
/// <para>Draws, one a row, in a CSV file</para>
/// <code>New-NormalDistribution 0 1 | Invoke-RSample -Count 100 -Seed 1 -Expand | Export-ExperimentData draws.csv</code>
/// </example>
/// <example>
/// <para>A grid of settings in a Parquet file, and one more row after it</para>
/// <code>New-ExperimentGrid @{ Beta = 0.5, 1.0; LatentSize = 2, 8 } | Export-ExperimentData grid.parquet
/// [pscustomobject]@{ Beta = 4.0; LatentSize = 2 } | Export-ExperimentData grid.parquet -Append</code>
/// </example>
/// <example>
/// <para>Two tables of a database</para>
/// <code>New-ExperimentGrid @{ Beta = 0.5, 1.0 } | Export-ExperimentData study.sqlite -Table points
/// [pscustomobject]@{ Beta = 0.5; Elbo = -40.5 } | Export-ExperimentData study.sqlite -Table results -Append</code>
/// </example>
[Cmdlet(VerbsData.Export, "ExperimentData", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(FileInfo))]
public sealed class ExportExperimentDataCommand : ReparamCmdlet
{
    private readonly RowReader reader = new();
    private ITableWriter? writer;
    private string target = "";

    /// <summary>The file. Its extension is one of .csv, .jsonl, .parquet, .sqlite, .csv.gz and .jsonl.gz.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [Alias("FilePath", "PSPath")]
    public string Path { get; set; } = "";

    /// <summary>The rows: objects, whose properties are the columns, or dictionaries. Numbers and strings make a column named Value.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    /// <summary>Puts the rows after those that the file has already.</summary>
    [Parameter]
    public SwitchParameter Append { get; set; }

    /// <summary>The table of an SQLite database; 'rows' without it.</summary>
    [Parameter]
    public string? Table { get; set; }

    /// <summary>Refuses to replace a file.</summary>
    [Parameter]
    [Alias("NoOverwrite")]
    public SwitchParameter NoClobber { get; set; }

    /// <summary>Replaces a read-only file as well.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Emits the file when it is written.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override object ErrorTarget => Path;

    /// <inheritdoc/>
    protected override void Begin()
    {
        target = ResolvePath(Path);
        if (!ShouldProcess(target, Append ? "Append rows" : "Write rows")) return;
        ExistingFile existing = NoClobber ? ExistingFile.Refuse : Force ? ExistingFile.ReplaceReadOnly : ExistingFile.Replace;
        writer = ExperimentFile.CreateWriter(target, Append, existing, Table, Cancellation);
    }

    /// <inheritdoc/>
    protected override void Process()
    {
        if (writer is null) return;
        try
        {
            writer.Write(reader.Read(InputObject));
        }
        catch (Exception error) when (error is not RuntimeException)
        {
            // A file with a row left out would be worse than none.
            ThrowTerminatingError(ErrorRecords.From(error, InputObject));
        }
    }

    /// <inheritdoc/>
    protected override void End()
    {
        if (writer is null) return;
        writer.Complete();
        WriteVerbose($"{writer.Count} rows in '{target}'.");
        if (PassThru) WriteObject(new FileInfo(target));
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) writer?.Dispose();
        base.Dispose(disposing);
    }
}
