namespace ReparamPS.Sweeps.Scheduling;

/// <summary>One succession of halvings: all its runs reach its first rung, and the best at each rung continue to the next.</summary>
/// <param name="Members">The runs that it starts with.</param>
/// <param name="First">The rung at which it starts, among all rungs.</param>
public sealed record Bracket(IReadOnlyList<int> Members, int First)
{
    /// <summary>The number of runs at each of its rungs: ⌊n/ηⁱ⌋, at least 1.</summary>
    /// <param name="rungs">The number of all rungs.</param>
    /// <param name="reduction">η.</param>
    public IReadOnlyList<int> Sizes(int rungs, int reduction) => SizesOf(Members.Count, rungs - First, reduction);

    /// <summary>The cost of a bracket whose runs get no further in other brackets.</summary>
    /// <param name="count">The number of runs that it starts with.</param>
    /// <param name="first">The rung at which it starts.</param>
    /// <param name="paid">The budget that those runs have already used.</param>
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
