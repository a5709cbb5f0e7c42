using ReparamPS.Data;

namespace ReparamPS.Sweeps.Scheduling;

/// <summary>How a sweep divides its budget over its runs.</summary>
public enum SweepStrategy
{
    /// <summary>All runs get a little; the best of them go on, rung by rung (Jamieson, Talwalkar 2016, arXiv:1502.07943; Li et al. 2020, arXiv:1810.05934).</summary>
    SuccessiveHalving,

    /// <summary>Successive halving from several first budgets at once, for runs that start slowly and end well (Li et al. 2018, arXiv:1603.06560).</summary>
    Hyperband,
}

/// <summary>What a strategy is told.</summary>
/// <param name="Strategy">Which one.</param>
/// <param name="Metric">The column by which runs are compared, in the last row that a run gave at a rung.</param>
/// <param name="Maximize">Whether larger is better.</param>
public sealed record HalvingOptions(SweepStrategy Strategy, string Metric, bool Maximize)
{
    /// <summary>η: one run of so many goes on, with so many times the budget.</summary>
    public int ReductionFactor { get; init; } = 3;

    /// <summary>The least budget of the first rung.</summary>
    public int MinBudget { get; init; } = 1;

    /// <summary>The budget of a run that goes all the way.</summary>
    public required int MaxBudget { get; init; }

    /// <summary>The setting that is the budget.</summary>
    public string BudgetParameter { get; init; } = "Epochs";

    /// <summary>The budgets of the rungs, in rising order: MaxBudget, and parts of it by powers of the reduction factor, rounded, down to MinBudget.</summary>
    /// <exception cref="ArgumentException">The options contradict each other.</exception>
    public IReadOnlyList<int> Budgets()
    {
        if (string.IsNullOrWhiteSpace(Metric)) throw new ArgumentException("Metric: a strategy compares runs by a column of their rows, such as TestElbo; none was named.", nameof(Metric));
        if (ReductionFactor < 2) throw new ArgumentException($"ReductionFactor: an integer of at least 2 is wanted, {ReductionFactor} came.", nameof(ReductionFactor));
        if (MinBudget < 1) throw new ArgumentException($"MinBudget: an integer of at least 1 is wanted, {MinBudget} came.", nameof(MinBudget));
        if (MaxBudget < MinBudget) throw new ArgumentException($"MaxBudget: an integer of at least MinBudget, which is {MinBudget}, is wanted; {MaxBudget} came.", nameof(MaxBudget));
        List<int> budgets = [];
        for (double power = 1; power * MinBudget <= MaxBudget; power *= ReductionFactor)
        {
            int budget = (int)Math.Round(MaxBudget / power, MidpointRounding.AwayFromZero);
            if (budget >= MinBudget && !budgets.Contains(budget)) budgets.Insert(0, budget);
        }
        return budgets;
    }

    internal ExperimentRow ToRow() => new(
        [nameof(Strategy), nameof(Metric), nameof(Maximize), nameof(ReductionFactor), nameof(MinBudget), nameof(MaxBudget), nameof(BudgetParameter)],
        [Strategy.ToString(), Metric, Maximize, ReductionFactor, MinBudget, MaxBudget, BudgetParameter]);

    internal static HalvingOptions From(ExperimentRow row) => new(Enum.Parse<SweepStrategy>((string)row[nameof(Strategy)]!), (string)row[nameof(Metric)]!, (bool)row[nameof(Maximize)]!)
    {
        ReductionFactor = Convert.ToInt32(row[nameof(ReductionFactor)], null),
        MinBudget = Convert.ToInt32(row[nameof(MinBudget)], null),
        MaxBudget = Convert.ToInt32(row[nameof(MaxBudget)], null),
        BudgetParameter = (string)row[nameof(BudgetParameter)]!,
    };
}
