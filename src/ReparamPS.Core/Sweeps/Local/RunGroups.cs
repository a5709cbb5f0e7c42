using ReparamPS.Data;
using ReparamPS.Sweeps.Points;
using ReparamPS.Sweeps.Store;

namespace ReparamPS.Sweeps.Local;

/// <summary>Says which runs of a sweep may share a batch.</summary>
/// <param name="folder">The sweep's folder.</param>
/// <param name="batching">The rule; null: each run is executed alone.</param>
/// <param name="command">A command that the folder may not hold yet.</param>
internal sealed class RunGroups(SweepFolder folder, RunBatching? batching, SweepCommand? command = null)
{
    private readonly Dictionary<string, bool> batched = [];
    private readonly Dictionary<string, string?> keys = [];

    /// <summary>The maximum number of runs of a batch.</summary>
    public int Size => batching?.Size ?? 1;

    /// <summary>What the runs of a batch have in common; null for a run that is executed alone.</summary>
    public string? KeyOf(RunSpec spec)
    {
        if (Size == 1 || !IsBatched(spec.Command)) return null;
        if (keys.TryGetValue(spec.Id, out string? known)) return known;
        int[] common = [.. Enumerable.Range(0, spec.Settings.Columns.Count).Where(i => !batching!.Settings.Contains(spec.Settings.Columns[i], StringComparer.OrdinalIgnoreCase))];
        var settings = new ExperimentRow([.. common.Select(i => spec.Settings.Columns[i])], [.. common.Select(i => spec.Settings.Values[i])]);
        return keys[spec.Id] = $"{spec.Command} {spec.Version} {spec.BudgetParameter}\n{SettingsText.Of(settings)}";
    }

    /// <summary>The number of batches, or of runs that are executed alone.</summary>
    public int Count(IReadOnlyCollection<RunSpec> runs) => Size == 1 ? runs.Count
        : runs.GroupBy(run => KeyOf(run) ?? run.Id).Sum(group => (group.Count() + Size - 1) / Size);

    private bool IsBatched(string id)
    {
        if (batched.TryGetValue(id, out bool known)) return known;
        try
        {
            SweepCommand stored = command?.Id == id ? command : folder.ReadCommand(id);
            return batched[id] = stored is { Kind: SweepCommandKind.Command, Module: null } && stored.Text.Equals(batching!.Command, StringComparison.OrdinalIgnoreCase);
        }
        catch (DataFormatException)
        {
            // The run itself will report it.
            return batched[id] = false;
        }
    }
}
