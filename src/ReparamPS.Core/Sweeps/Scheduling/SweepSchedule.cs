using ReparamPS.Data;

namespace ReparamPS.Sweeps.Scheduling;

/// <summary>The strategy of a sweep and the runs that it is for, as the sweep's folder keeps them (commands/ID.schedule.json).</summary>
/// <param name="Command">The id of the command.</param>
/// <param name="Options">The strategy.</param>
/// <param name="Runs">The ids of the runs; of two that are equally good the earlier one goes on.</param>
public sealed record SweepSchedule(string Command, HalvingOptions Options, IReadOnlyList<string> Runs)
{
    /// <summary>The brackets.</summary>
    public IReadOnlyList<Bracket> Brackets() => BracketDesign.Of(Runs, Options);

    /// <summary>Refuses to go on with runs whose rungs were others.</summary>
    /// <param name="earlier">The schedule that the folder holds for the same command.</param>
    /// <exception cref="ArgumentException">A rung of one lies between rungs of the other.</exception>
    public void CheckContinues(SweepSchedule earlier)
    {
        IReadOnlyList<int> here = Options.Budgets(), there = earlier.Options.Budgets();
        int common = Math.Min(here[^1], there[^1]);
        if (here.Where(budget => budget <= common).SequenceEqual(there.Where(budget => budget <= common))) return;
        throw new ArgumentException(
            $"MaxBudget, MinBudget, ReductionFactor: the sweep in this folder has rungs at {earlier.Options.BudgetParameter} {string.Join(", ", there)}; rungs at {string.Join(", ", here)} need a folder of their own.",
            nameof(Options));
    }

    internal ExperimentRow ToRow() => new(
        [nameof(Command), nameof(Options), nameof(Runs)], [Command, Options.ToRow(), Runs.Cast<object?>().ToArray()]);

    internal static SweepSchedule From(ExperimentRow row) => new(
        (string)row[nameof(Command)]!, HalvingOptions.From((ExperimentRow)row[nameof(Options)]!), [.. ((object?[])row[nameof(Runs)]!).Select(id => (string)id!)]);
}
