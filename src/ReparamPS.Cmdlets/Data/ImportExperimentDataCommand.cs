using System.Globalization;
using System.Management.Automation;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Cmdlets.Common.Rows;
using ReparamPS.Data;
using ReparamPS.Messages;

namespace ReparamPS.Cmdlets.Data;

/// <summary>Reads rows from CSV, JSON Lines, Parquet and SQLite files.</summary>
/// <remarks>
/// <para>The extension selects the format: .csv, .jsonl, .parquet, .sqlite, .csv.gz or .jsonl.gz. Each row becomes an object with typed properties. Rows are returned while the file is read, so large files need little memory.</para>
/// <para>In CSV, an unquoted number, Boolean or ISO 8601 date becomes a value of that type, and an empty field becomes null. Quoted fields stay text, and so do numbers with needless zeros or a plus sign in front, such as 007 and +1.
/// If all names in the header are quoted, as in a file from Export-Csv, quoted fields are read like unquoted ones.</para>
/// <para>In Parquet and SQLite, the declared type of a column decides: DECIMAL and NUMERIC become Decimal, for example, and a time in UTC becomes a DateTime in UTC. Times that Export-ExperimentData wrote from DateTimeOffset values become DateTimeOffset again. A column of lists, objects, bytes or times of day is an error.</para>
/// <para>A damaged file is an error that names the line or the column. A wildcard pattern that matches no file is also an error.</para>
/// </remarks>
/// <example>
/// <para>Write a table and read it back</para>
/// <code>New-ExperimentGrid @{ Beta = 0.5, 1.0 } | Export-ExperimentData grid.csv
/// Import-ExperimentData grid.csv</code>
/// </example>
/// <example>
/// <para>Filter the rows of several files</para>
/// <code>[pscustomobject]@{ Run = 1; Elbo = -40.5 } |
///     Export-ExperimentData run-1.jsonl
/// [pscustomobject]@{ Run = 2; Elbo = -39.0 } |
///     Export-ExperimentData run-2.jsonl
/// Import-ExperimentData run-*.jsonl | Where-Object Elbo -gt -40</code>
/// </example>
/// <example>
/// <para>A file with semicolons and decimal commas</para>
/// <code>[IO.File]::WriteAllLines("$PWD/german.csv", @('Beta;Elbo', '0,5;-40,25'))
/// Import-ExperimentData german.csv -DecimalComma</code>
/// </example>
/// <example>
/// <para>A table of a database</para>
/// <code>New-ExperimentGrid @{ Beta = 0.5, 1.0 } |
///     Export-ExperimentData study.sqlite -Table points
/// Import-ExperimentData study.sqlite -Table points</code>
/// </example>
[Cmdlet(VerbsData.Import, "ExperimentData", DefaultParameterSetName = "Path")]
[OutputType(typeof(PSObject))]
public sealed class ImportExperimentDataCommand : ReparamCmdlet
{
    private object? current;

    /// <summary>The files to read. Wildcards are allowed.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = "Path"), SupportsWildcards, Exact<string[]>]
    public string[] Path { get; set; } = [];

    /// <summary>The files to read, by their exact names: characters such as [ and * are not wildcards.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "LiteralPath")]
    [Alias("PSPath", "FullName", "LP"), Exact<string[]>]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>The table to read from an SQLite database. Default: the table named rows, or the only table.</summary>
    [Parameter, Exact<string>]
    public string? Table { get; set; }

    /// <summary>The character that separates the fields of a CSV file. With -DecimalComma, it can also be a comma if the numbers are quoted, such as "0,5"; quoted numbers are then read as numbers. Default: a comma, or a semicolon with -DecimalComma.</summary>
    [Parameter, Exact<char?>]
    public char? Delimiter { get; set; }

    /// <summary>Reads numbers with a decimal comma in a CSV file, such as 0,5. Numbers with a point, such as 1.500, then stay text.</summary>
    [Parameter, Exact<SwitchParameter>]
    public SwitchParameter DecimalComma { get; set; }

    /// <inheritdoc/>
    protected override object? ErrorTarget => current;

    /// <inheritdoc/>
    protected override void Process()
    {
        foreach (string path in LiteralPath) Import(ResolvePath(path, nameof(LiteralPath)));
        foreach (string path in Path)
        {
            foreach (string file in Expand(path)) Import(file);
        }
    }

    private IEnumerable<string> Expand(string path)
    {
        string literal = ResolvePath(path);
        if (File.Exists(literal)) return [literal];
        // As completion writes a name with brackets.
        if (path.Contains('`', StringComparison.Ordinal) && ResolvePath(WildcardPattern.Unescape(path), nameof(Path)) is var unescaped && File.Exists(unescaped)) return [unescaped];
        if (!WildcardPattern.ContainsWildcardCharacters(path)) return [literal];
        var files = GetResolvedProviderPathFromPSPath(path, out _);
        return files.Count > 0 ? files : throw new FileNotFoundException($"No file matches '{ShortText.Of(path)}'.", path);
    }

    private void Import(string file)
    {
        current = file;
        try
        {
            CsvDialect? csv = Delimiter is null && !DecimalComma ? null : new CsvDialect { Delimiter = Delimiter, HasDecimalComma = DecimalComma };
            IReadOnlyList<string>? columns = null;
            var commas = new CommaColumns();
            foreach (ExperimentRow row in ExperimentFile.Read(file, Table, csv, Cancellation))
            {
                if (columns is null)
                {
                    WarnOfDelimiter(file, row.Columns);
                    WarnOfNoHeader(file, row.Columns);
                }
                columns = row.Columns;
                if (Delimiter is not (null or ',') && !DecimalComma) commas.Read(row);
                WriteObject(RowObjects.From(row));
            }
            if (commas.First is ({ } column, { } cell)) WriteWarning($"Column '{ShortText.Of(column)}' of '{ShortText.Of(file)}' is text, such as '{ShortText.Of(cell)}'. If these are numbers with a decimal comma, use -DecimalComma.");
            // As after a failed copy. A table without rows and columns is such a file, too.
            if (columns is null && new FileInfo(file) is { Length: 0 } && !file.EndsWith(".jsonl", StringComparison.OrdinalIgnoreCase)) WriteWarning($"'{ShortText.Of(file)}' is empty: it has 0 bytes, and no columns or rows.");
            else if (columns is null && IsBlankCsv(file)) WriteWarning($"'{ShortText.Of(file)}' is empty: it holds only blank lines, and no columns or rows.");
        }
        // The message of .NET says that the link is missing, but its target is.
        catch (IOException error) when (error is (FileNotFoundException or DirectoryNotFoundException) && new FileInfo(file).LinkTarget is not null)
        {
            WriteError(ErrorRecords.From(new FileNotFoundException($"'{ShortText.Of(file)}' is a link to '{ShortText.Of(new FileInfo(file).LinkTarget!)}', which does not exist.", file, error), file));
        }
        catch (Exception error) when (error is IOException or ArgumentException or UnauthorizedAccessException)
        {
            WriteError(ErrorRecords.From(error, file));
        }
    }

    // Whoever writes an empty string to a file gets a line break.
    private static bool IsBlankCsv(string file) =>
        file.EndsWith(".csv", StringComparison.OrdinalIgnoreCase) && new FileInfo(file) is { Length: < 1024 } && string.IsNullOrWhiteSpace(File.ReadAllText(file));

    private void WarnOfNoHeader(string file, IReadOnlyList<string> columns)
    {
        if (!file.Contains(".csv", StringComparison.OrdinalIgnoreCase) || columns.Any(name => !double.TryParse(DecimalComma ? name.Replace(',', '.') : name, NumberStyles.Float, CultureInfo.InvariantCulture, out _))) return;
        WriteWarning($"All column names of '{ShortText.Of(file)}' are numbers: {ShortText.List([.. columns])}. If its first line is data, add a line with the names of the columns above it.");
    }

    private void WarnOfDelimiter(string file, IReadOnlyList<string> columns)
    {
        if (columns is not [var only] || !file.Contains(".csv", StringComparison.OrdinalIgnoreCase)) return;
        char used = Delimiter ?? (DecimalComma ? ';' : ',');
        char other = only.FirstOrDefault(letter => letter != used && letter is (',' or ';' or '\t' or '|'));
        if (other == '\0') return;
        string defaulted = Delimiter is null && DecimalComma ? " -DecimalComma makes ';' the default delimiter." : "";
        WriteWarning($"'{ShortText.Of(file)}' has one column, '{ShortText.Of(only)}'. If its fields are separated by {(other == '\t' ? "tabs" : $"'{other}'")}, use -Delimiter {ShortText.Typed(other)}.{defaulted}");
    }
}
