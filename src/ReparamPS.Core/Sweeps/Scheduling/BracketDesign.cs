namespace ReparamPS.Sweeps.Scheduling;

/// <summary>A rung of a plan.</summary>
/// <param name="Bracket">The bracket, from 1.</param>
/// <param name="Runs">The number of runs at it.</param>
/// <param name="Budget">Their budget there.</param>
/// <param name="Cost">Its cost beyond the previous rung, if no run of it has been further in another bracket.</param>
public sealed record RungPlan(int Bracket, int Runs, int Budget, long Cost);

/// <summary>
/// The brackets over given runs. Hyperband draws new settings for each bracket. Here the settings are given, and brackets share them: a result at a rung counts in each bracket of
/// the run, and is paid for once. The first bracket starts with all runs at the smallest budget. What remains of 1/η of the full cost (every run with the full budget) is divided
/// equally, as Hyperband divides its budget, between the brackets that start higher. Each takes as many runs as its share pays for, in the order of their ids, which is as good as random.
/// </summary>
public static class BracketDesign
{
    /// <summary>The brackets of a strategy.</summary>
    /// <param name="ids">The ids of the runs.</param>
    /// <param name="options">The strategy.</param>
    public static IReadOnlyList<Bracket> Of(IReadOnlyList<string> ids, HalvingOptions options)
    {
        int count = ids.Count, eta = options.ReductionFactor;
        IReadOnlyList<int> budgets = options.Budgets();
        List<Bracket> brackets = [new([.. Enumerable.Range(0, count)], 0)];
        if (options.Strategy == SweepStrategy.SuccessiveHalving || budgets.Count == 1) return brackets;

        int[] order = [.. Enumerable.Range(0, count).OrderBy(i => ids[i], StringComparer.Ordinal)];
        long remaining = (long)count * budgets[^1] / eta - Bracket.Cost(count, 0, 0, budgets, eta);
        long share = Math.Max(0, remaining) / (budgets.Count - 1);
        for (int first = 1, next = 0; first < budgets.Count; first++)
        {
            int size = Affordable(share, first);
            if (size == 0) continue;
            brackets.Add(new Bracket([.. Enumerable.Range(next, size).Select(i => order[i % count])], first));
            next += size;
        }
        return brackets;

        int Affordable(long budget, int first)
        {
            int size = 0;
            while (size < count && Bracket.Cost(size + 1, first, budgets[0], budgets, eta) <= budget) size++;
            return size;
        }
    }

    /// <summary>The rungs of brackets, each with its maximal cost.</summary>
    public static IReadOnlyList<RungPlan> Plan(IReadOnlyList<Bracket> brackets, HalvingOptions options)
    {
        IReadOnlyList<int> budgets = options.Budgets();
        List<RungPlan> plan = [];
        for (int i = 0; i < brackets.Count; i++)
        {
            Bracket bracket = brackets[i];
            IReadOnlyList<int> sizes = bracket.Sizes(budgets.Count, options.ReductionFactor);
            int paid = i == 0 ? 0 : budgets[0];
            for (int rung = 0; rung < sizes.Count; rung++)
            {
                int budget = budgets[bracket.First + rung];
                plan.Add(new RungPlan(i + 1, sizes[rung], budget, (long)sizes[rung] * (budget - paid)));
                paid = budget;
            }
        }
        return plan;
    }
}
