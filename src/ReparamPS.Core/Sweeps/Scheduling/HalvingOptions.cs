using Newtonsoft.Json;
using Newtonsoft.Json.Converters;

namespace ReparamPS.Sweeps.Scheduling;

/// <summary>How a sweep divides its budget over its runs.</summary>
[JsonConverter(typeof(StringEnumConverter))]
public enum SweepStrategy
{
    /// <summary>All runs get a little; the best of them continue, rung by rung (Jamieson, Talwalkar 2016, arXiv:1502.07943; Li et al. 2020, arXiv:1810.05934).</summary>
    SuccessiveHalving,

    /// <summary>Successive halving from several first budgets at once, for runs that start slowly and end well (Li et al. 2018, arXiv:1603.06560).</summary>
    Hyperband,
}

/// <summary>The options of a strategy.</summary>
/// <param name="Strategy">The strategy.</param>
/// <param name="Metric">The column by which runs are compared, in their last row at a rung.</param>
/// <param name="Maximize">Whether larger is better.</param>
public sealed record HalvingOptions(SweepStrategy Strategy, string Metric, bool Maximize)
{
    /// <summary>η: one in η runs continues, with η times the budget.</summary>
    public int ReductionFactor { get; init; } = 3;

    /// <summary>The lower bound of the first rung's budget.</summary>
    public int MinBudget { get; init; } = 1;

    /// <summary>The budget of the last rung.</summary>
    public required int MaxBudget { get; init; }

    /// <summary>The setting that is the budget.</summary>
    public string BudgetParameter { get; init; } = "Epochs";

    /// <summary>The budgets of the rungs, in ascending order: MaxBudget divided by powers of the reduction factor and rounded, down to MinBudget.</summary>
    /// <exception cref="ArgumentException">The options contradict each other.</exception>
    public IReadOnlyList<int> Budgets()
    {
        if (string.IsNullOrWhiteSpace(Metric)) throw new ArgumentException("Metric is missing: a strategy compares runs by a column of the rows that they return. Name it, such as -Metric TestElbo.", nameof(Metric));
        if (ReductionFactor < 2) throw new ArgumentException($"ReductionFactor must be at least 2; got {ReductionFactor}.", nameof(ReductionFactor));
        if (MinBudget < 1) throw new ArgumentException($"MinBudget must be at least 1; got {MinBudget}.", nameof(MinBudget));
        if (MaxBudget < MinBudget) throw new ArgumentException($"MaxBudget must be at least MinBudget ({MinBudget}); got {MaxBudget}.", nameof(MaxBudget));
        List<int> budgets = [];
        for (double power = 1; power * MinBudget <= MaxBudget; power *= ReductionFactor)
        {
            int budget = (int)Math.Round(MaxBudget / power, MidpointRounding.AwayFromZero);
            if (budget >= MinBudget && !budgets.Contains(budget)) budgets.Insert(0, budget);
        }
        return budgets;
    }
}
