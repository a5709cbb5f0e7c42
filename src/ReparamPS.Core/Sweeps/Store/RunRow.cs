using ReparamPS.Data;

namespace ReparamPS.Sweeps.Store;

/// <summary>A run as a row of a table: its settings, its state, and its last output row.</summary>
/// <param name="Spec">The run.</param>
/// <param name="Status">Its state.</param>
/// <param name="Result">How it ended; null if it has not.</param>
/// <param name="Last">Its last output row.</param>
public sealed record RunRow(RunSpec Spec, RunStatus Status, RunResult? Result, ExperimentRow? Last)
{
    /// <summary>The columns that every run has.</summary>
    public static IReadOnlyList<string> OwnColumns { get; } = ["RunId", "Status", "Attempt", "Started", "RunSeconds", "Message", "Place", "CommandId"];

    /// <summary>Reads a run's state.</summary>
    /// <param name="folder">The sweep's folder.</param>
    /// <param name="spec">The run.</param>
    /// <param name="undecided">The runs that wait at a rung; null if this one is known not to.</param>
    public static RunRow Read(SweepFolder folder, RunSpec spec, IReadOnlySet<string>? undecided = null)
    {
        (RunStatus status, RunResult? result, ExperimentRow? last) = folder.Run(spec.Id).ReadState(undecided?.Contains(spec.Id) == true);
        return new RunRow(spec, status, result, last);
    }

    /// <summary>Id, status, settings, the last output row (the final epoch of a training), and how it ended.</summary>
    public ExperimentRow ToRow() => Around(Last);

    /// <summary>The column of <see cref="ToRow"/> that holds a setting.</summary>
    public static string ColumnOf(string setting) => IsReserved(setting) ? "Setting" + setting : setting;

    /// <summary>The state in a row of a run; null if the row is not one.</summary>
    public static RunStatus? StatusOf(ExperimentRow row) =>
        row["RunId"] is not null && Enum.TryParse((row["RunStatus"] ?? row["Status"]) as string, out RunStatus status) ? status : null;

    /// <summary>As <see cref="ToRow"/>, for any output row of the run.</summary>
    /// <param name="output">
    /// An output row. Settings take precedence over its columns; a column named like one of the run's own gets the prefix 'Output'. A setting named like one of the run's own columns keeps its name, and that column gets the
    /// prefix 'Run'; for RunId and RunSeconds, which other commands need, and for names with that prefix, such as RunStatus, the setting gets the prefix 'Setting'.
    /// </param>
    public ExperimentRow Around(ExperimentRow? output)
    {
        int size = OwnColumns.Count + Spec.Settings.Columns.Count + (output?.Columns.Count ?? 0);
        List<string> columns = new(size) { "RunId", Own("Status") };
        List<object?> values = new(size) { Spec.Id, Status.ToString() };
        Add(Spec.Settings, ColumnOf, columns, values);
        if (Spec.BudgetParameter is { } budget) Add(new ExperimentRow([budget], [Result?.Budget]), OutputName, columns, values);
        if (output is not null) Add(output, OutputName, columns, values);
        columns.AddRange([Own("Attempt"), Own("Started"), "RunSeconds", Own("Message"), Own("Place"), Own("CommandId")]);
        values.AddRange([Result?.Attempt, Result?.Started, Result?.Seconds, Result?.Message, Result?.Place, Spec.Command]);
        return new ExperimentRow(columns, values);
    }

    private static bool IsReserved(string name) => name.StartsWith("Run", StringComparison.OrdinalIgnoreCase) && (IsOwn(name) || IsOwn(name["Run".Length..]));

    private static bool IsOwn(string name) => OwnColumns.Contains(name, StringComparer.OrdinalIgnoreCase);

    private static string OutputName(string name) => IsOwn(name) || IsReserved(name) ? "Output" + name : name;

    private string Own(string name) => Spec.Settings.Columns.Contains(name, StringComparer.OrdinalIgnoreCase) ? "Run" + name : name;

    /// <summary>A value as a cell: a list is its values, separated by commas; an empty one is [], since blank means the default.</summary>
    internal static object? Flat(object? value) => value is object?[] list ? list.Length == 0 ? "[]" : string.Join(',', list.Select(ExperimentValue.Format)) : value;

    private static void Add(ExperimentRow row, Func<string, string> rename, List<string> columns, List<object?> values)
    {
        for (int i = 0; i < row.Columns.Count; i++)
        {
            string name = rename(row.Columns[i]);
            if (columns.Contains(name, StringComparer.OrdinalIgnoreCase)) continue;
            columns.Add(name);
            values.Add(Flat(row.Values[i]));
        }
    }
}
