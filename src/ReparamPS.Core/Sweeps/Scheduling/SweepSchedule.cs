namespace ReparamPS.Sweeps.Scheduling;

/// <summary>The strategy of a sweep and its runs, as saved in the sweep's folder (commands/ID.schedule.json).</summary>
/// <param name="Command">The id of the command.</param>
/// <param name="Options">The strategy.</param>
/// <param name="Runs">The ids of the runs; of two equal runs the earlier one continues.</param>
public sealed record SweepSchedule(string Command, HalvingOptions Options, IReadOnlyList<string> Runs)
{
    /// <summary>The brackets.</summary>
    public IReadOnlyList<Bracket> Brackets() => BracketDesign.Of(Runs, Options);

    /// <summary>Refuses to continue runs whose rungs were others.</summary>
    /// <param name="earlier">The schedule that the folder has for the same command.</param>
    /// <exception cref="ArgumentException">A rung of one lies between rungs of the other.</exception>
    public void CheckContinues(SweepSchedule earlier)
    {
        IReadOnlyList<int> budgets = Options.Budgets(), stored = earlier.Options.Budgets();
        int common = Math.Min(budgets[^1], stored[^1]);
        if (budgets.Where(budget => budget <= common).SequenceEqual(stored.Where(budget => budget <= common))) return;
        throw new ArgumentException(
            $"MaxBudget, MinBudget and ReductionFactor give runs of {string.Join(", ", budgets)} {Options.BudgetParameter}, but the sweep in this folder has runs of {string.Join(", ", stored)} {earlier.Options.BudgetParameter}; up to {common}, they must agree. Use -MinBudget {earlier.Options.MinBudget} -MaxBudget {earlier.Options.MaxBudget} -ReductionFactor {earlier.Options.ReductionFactor} as before, or another folder.",
            nameof(Options));
    }
}
