using System.Management.Automation;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Cmdlets.Common.Rows;
using ReparamPS.Data;
using ReparamPS.Messages;
using ReparamPS.Vae;
using static TorchSharp.torch;

namespace ReparamPS.Cmdlets.Data;

/// <summary>Writes rows to a CSV, JSON Lines, Parquet or SQLite file.</summary>
/// <remarks>
/// <para>The extension selects the format: .csv, .jsonl, .parquet, .sqlite, .csv.gz or .jsonl.gz. Without -Append, an existing file is replaced. It changes only at the end, when all rows are there; after an error or Ctrl+C, it is unchanged. In an SQLite database, only the table named by -Table is replaced; other tables are kept.</para>
/// <para>Import-ExperimentData reads back what was written, including NaN, infinities, -0, dates, empty strings and nulls. Parquet and SQLite also keep the types of numbers, with these exceptions: Byte, SByte, Int16 and UInt16 come back as Int32; UInt32 comes back as Int64; Half comes back as Single.
/// In CSV and JSON Lines, integers come back as Int32, Int64 or Decimal, and numbers with a decimal point as Double, or as Decimal if a Double cannot hold all their digits; a DateTime in local time comes back as DateTimeOffset. Enumerations, time spans and GUIDs become text in every format.</para>
/// <para>Each cell holds one value. A list, or an object with properties, is an error. Columns without a name, and columns whose names differ only in case, are also errors.
/// The first 4,096 rows, or the existing file with -Append, determine the columns. If a row lacks a column, the cell is empty. A row with a new column is an error, except in .jsonl, .jsonl.gz and .sqlite.
/// Rows are streamed, so memory does not grow with their number.</para>
/// <para>SQLite cannot store NaN (the cell holds NULL) or all digits of UInt64 and Decimal. The cmdlet adds a table reparamps_exact, which holds these values by row number, and Import-ExperimentData restores them.
/// SQLite's command VACUUM can renumber rows, and then these values cannot be restored. To keep them, read the rows with Import-ExperimentData before VACUUM, and write them again with Export-ExperimentData after it.</para>
/// <para>In Parquet, a column of Decimal has 9, 18 or 28 decimal places, the smallest that is enough for its values; 1.50 comes back as 1.5. UInt64 has the Parquet type UINT_64. Dates are timestamps; DateTimeOffset values and DateTime values in local time are converted to UTC. Columns of mixed types are JSON text; the first 32,768 rows determine the type of a column, and a later value that does not fit is an error. Metadata in the file keeps the type of each value and the offset of each date, so that Import-ExperimentData can restore them.</para>
/// </remarks>
/// <example>
/// <para>Write draws to a CSV file, one per row</para>
/// <code>New-NormalDistribution 0 1 | Invoke-RSample -Count 100 -Seed 1 -Expand |
///     Export-ExperimentData draws.csv</code>
/// </example>
/// <example>
/// <para>Write a grid of settings to a Parquet file, then append a row</para>
/// <code>New-ExperimentGrid @{ Beta = 0.5, 1.0; LatentSize = 2, 8 } |
///     Export-ExperimentData grid.parquet
/// [pscustomobject]@{ Beta = 4.0; LatentSize = 2 } |
///     Export-ExperimentData grid.parquet -Append</code>
/// </example>
/// <example>
/// <para>Write two tables to one database</para>
/// <code>New-ExperimentGrid @{ Beta = 0.5, 1.0 } |
///     Export-ExperimentData study.sqlite -Table points
/// [pscustomobject]@{ Beta = 0.5; Elbo = -40.5 } |
///     Export-ExperimentData study.sqlite -Table results</code>
/// </example>
[Cmdlet(VerbsData.Export, "ExperimentData", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(FileInfo))]
public sealed class ExportExperimentDataCommand : ReparamCmdlet
{
    private readonly RowReader reader = new();
    private ITableWriter? writer;
    private string target = "";
    private string? converter;

    /// <summary>The file to write. Allowed extensions: .csv, .jsonl, .parquet, .sqlite, .csv.gz, .jsonl.gz.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [Alias("FilePath", "PSPath"), Exact<string>]
    public string Path { get; set; } = "";

    /// <summary>The rows: objects or dictionaries, whose properties or keys are the columns. Numbers and strings become a column named Value. If the pipeline is empty, no row is written, and a warning says so.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    /// <summary>Appends the rows to the file or table, which is created if it does not exist. Several processes may append to one file. A .csv or .jsonl file must be UTF-8.</summary>
    [Parameter, Exact<SwitchParameter>]
    public SwitchParameter Append { get; set; }

    /// <summary>The name of the table in an SQLite database. Allowed: any name that is not blank. Default: rows.</summary>
    [Parameter, Exact<string>]
    public string? Table { get; set; }

    /// <summary>Refuses to write to an existing file, even to add a table to a database. It has no effect with -Append.</summary>
    [Parameter]
    [Alias("NoOverwrite"), Exact<SwitchParameter>]
    public SwitchParameter NoClobber { get; set; }

    /// <summary>Writes to the file even if it is read-only.</summary>
    [Parameter, Exact<SwitchParameter>]
    public SwitchParameter Force { get; set; }

    /// <summary>Returns the file as a FileInfo object.</summary>
    [Parameter, Exact<SwitchParameter>]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override object ErrorTarget => Path;

    /// <inheritdoc/>
    protected override void Begin()
    {
        target = ResolvePath(Path);
        ExistingFile existing = ExistingFiles(NoClobber, Force);
        ExperimentFile.CheckTarget(target, Append, existing, Table);
        if (!ShouldProcess(target, Append ? "Append rows" : "Write rows")) return;
        writer = ExperimentFile.CreateWriter(target, Append, existing, Table, Cancellation);
    }

    /// <inheritdoc/>
    protected override void Process()
    {
        if (writer is null) return;
        try
        {
            if (RowReader.Refusal(InputObject) is { } refusal) throw refusal;
            ExperimentRow row = reader.Read(InputObject);
            for (int i = 0; i < row.Values.Count; i++)
            {
                if (row.Values[i] is Tensor) throw new ArgumentException($"Column '{ShortText.Of(row.Columns[i])}' holds a tensor of several numbers, but a cell holds one value. ConvertFrom-Tensor makes one row per number.", row.Columns[i]);
                if (InputObject?.BaseObject is VaeImage && row.Values[i] is double[])
                    throw new ArgumentException($"Column '{row.Columns[i]}' holds the pixels of an image, but a cell holds one value. To write images, use Export-ImageGrid. To write the other columns, remove this one: Select-Object -ExcludeProperty {row.Columns[i]}.", row.Columns[i]);
                if (row.Values[i] is PSObject) throw new ArgumentException($"Column '{ShortText.Of(row.Columns[i])}' holds an object with properties, but a cell holds one value. Select the properties as columns first.", row.Columns[i]);
            }
            if (writer.Count == 0) converter = ConvertedText.ConverterOf(TensorInput.Unwrap(InputObject));
            writer.Write(row);
        }
        catch (Exception error) when (error is not RuntimeException)
        {
            // A file with a missing row would be worse than no file.
            ThrowTerminatingError(ErrorRecords.From(error, InputObject));
        }
    }

    /// <inheritdoc/>
    protected override void End()
    {
        if (writer is null) return;
        writer.Complete();
        if (writer.Count == 0 && !Append) WriteWarning($"No rows came from the pipeline, so '{ShortText.Of(target)}' has no rows.");
        if (converter is not null) WriteWarning($"The input is the text of {converter}, so '{ShortText.Of(target)}' has one column, Value, that holds this text. To write its values as columns, leave out {converter}.");
        WriteVerbose($"{writer.Count} {(writer.Count == 1 ? "row" : "rows")} in '{ShortText.Of(target)}'.");
        if (PassThru) WriteFile(target);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) writer?.Dispose();
        base.Dispose(disposing);
    }
}
