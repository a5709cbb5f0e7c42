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
    /// An output row. A column named like a setting, or like one of the run's own columns, gets the prefix 'Output'; it is left out if it only repeats the setting. A setting named like one of the run's own columns keeps its name, and that column gets the
    /// prefix 'Run'; for RunId and RunSeconds, which other commands need, and for names with that prefix, such as RunStatus, the setting gets the prefix 'Setting'.
    /// </param>
    public ExperimentRow Around(ExperimentRow? output)
    {
        int size = OwnColumns.Count + Spec.Settings.Columns.Count + (output?.Columns.Count ?? 0);
        List<string> columns = new(size) { "RunId", Own("Status") };
        List<object?> values = new(size) { Spec.Id, Status.ToString() };
        Add(Spec.Settings, ColumnOf, columns, values);
        if (Spec.BudgetParameter is { } budget) Add(new ExperimentRow([budget], [Result?.Budget]), OutputName, columns, values);
        if (output is not null) AddOutput(output, columns, values);
        columns.AddRange([Own("Attempt"), Own("Started"), "RunSeconds", Own("Message"), Own("Place"), Own("CommandId")]);
        values.AddRange([Result?.Attempt, Result?.Started, Result?.Seconds, Result?.Message, Result?.Place, Spec.Command]);
        return new ExperimentRow(columns, values);
    }

    /// <summary>Whether a column of <see cref="ToRow"/> is neither a setting nor an output.</summary>
    internal static bool IsOwnColumn(string column) => IsOwn(column) || IsReserved(column);

    private static bool IsReserved(string name) => name.StartsWith("Run", StringComparison.OrdinalIgnoreCase) && (IsOwn(name) || IsOwn(name["Run".Length..]));

    private static bool IsOwn(string name) => OwnColumns.Contains(name, StringComparer.OrdinalIgnoreCase);

    private static string OutputName(string name) => IsOwn(name) || IsReserved(name) ? "Output" + name : name;

    private string Own(string name) => Spec.Settings.Columns.Contains(name, StringComparer.OrdinalIgnoreCase) ? "Run" + name : name;

    /// <summary>A value as a cell: a list is its values, separated by commas; an empty one is [], since blank means the default.</summary>
    internal static object? Flat(object? value) => value is object?[] list ? list.Length == 0 ? "[]" : string.Join(',', list.Select(ExperimentValue.Format)) : value;

    // A script may compute what a setting is called. A training repeats its settings.
    private void AddOutput(ExperimentRow output, List<string> columns, List<object?> values)
    {
        ExperimentRow settings = Spec.SettingsAt(Result?.Budget);
        var known = new HashSet<string>(settings.Columns, StringComparer.OrdinalIgnoreCase);
        ExperimentRow kept = output.Columns.Any(known.Contains) ? Where(output, i => !IsRepeated(output.Columns[i], output.Values[i])) : output;
        Add(kept, name => known.Contains(name) ? "Output" + name : OutputName(name), columns, values);

        bool IsRepeated(string name, object? value) => known.Contains(name) && !IsOwn(name) && !IsReserved(name) && RepeatedSetting.Is(settings[name], value);
    }

    private static ExperimentRow Where(ExperimentRow row, Func<int, bool> isKept)
    {
        int[] kept = [.. Enumerable.Range(0, row.Columns.Count).Where(isKept)];
        return new ExperimentRow([.. kept.Select(i => row.Columns[i])], [.. kept.Select(i => row.Values[i])]);
    }

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
