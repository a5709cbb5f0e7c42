namespace ReparamPS.Sweeps.Scheduling;

/// <summary>One succession of halvings: its runs all reach its first rung, and of those at a rung the best go on to the next.</summary>
/// <param name="Members">The runs that it begins with.</param>
/// <param name="First">The rung that it begins at, among all rungs.</param>
public sealed record Bracket(IReadOnlyList<int> Members, int First)
{
    /// <summary>How many runs are at each of its rungs: ⌊n/ηⁱ⌋, and one at least.</summary>
    /// <param name="rungs">How many rungs there are in all.</param>
    /// <param name="reduction">η.</param>
    public IReadOnlyList<int> Sizes(int rungs, int reduction) => SizesOf(Members.Count, rungs - First, reduction);

    /// <summary>What a bracket costs where no run of it gets further elsewhere.</summary>
    /// <param name="count">How many runs it begins with.</param>
    /// <param name="first">The rung that it begins at.</param>
    /// <param name="paid">The budget that those runs have had already.</param>
    /// <param name="budgets">The budgets of all rungs.</param>
    /// <param name="reduction">η.</param>
    public static long Cost(int count, int first, int paid, IReadOnlyList<int> budgets, int reduction)
    {
        IReadOnlyList<int> sizes = SizesOf(count, budgets.Count - first, reduction);
        long cost = 0;
        for (int i = 0; i < sizes.Count; i++) cost += (long)sizes[i] * (budgets[first + i] - (i == 0 ? paid : budgets[first + i - 1]));
        return cost;
    }

    private static int[] SizesOf(int count, int rungs, int reduction)
    {
        int[] sizes = new int[rungs];
        for (int i = 0; i < rungs; i++) sizes[i] = i == 0 ? count : Math.Min(sizes[i - 1], Math.Max(1, sizes[i - 1] / reduction));
        return sizes;
    }
}
