using System.Management.Automation;
using ReparamPS.Sweeps;
using ReparamPS.Sweeps.Scheduling;
using ReparamPS.Sweeps.Store;

namespace ReparamPS.Cmdlets.Sweeps;

// What stops runs before their end: a strategy, or a pruner.
public sealed partial class InvokeExperimentSweepCommand
{
    /// <summary>Stops runs that do worse than others, and gives what that saves to the better ones: SuccessiveHalving or Hyperband. The command is then given BudgetParameter, more at each rung.</summary>
    [Parameter]
    public SweepStrategy? Strategy { get; set; }

    /// <summary>The column by which runs are compared, such as TestElbo; a strategy takes it from the last row that a run gave at a rung.</summary>
    [Parameter]
    public string? Metric { get; set; }

    /// <summary>Larger is better. Without it smaller is, as with a loss.</summary>
    [Parameter]
    public SwitchParameter Maximize { get; set; }

    /// <summary>Strategy: the budget of a run that goes all the way, such as 27 epochs.</summary>
    [Parameter, ValidateRange(1, int.MaxValue)]
    public int? MaxBudget { get; set; }

    /// <summary>Strategy: the least budget of the first rung.</summary>
    [Parameter, ValidateRange(1, int.MaxValue)]
    public int MinBudget { get; set; } = 1;

    /// <summary>Strategy: one run of so many goes on, with so many times the budget.</summary>
    [Parameter, ValidateRange(2, 1000), Alias("Eta")]
    public int ReductionFactor { get; set; } = 3;

    /// <summary>Strategy: the parameter of the command that is the budget.</summary>
    [Parameter, ValidateNotNullOrEmpty]
    public string BudgetParameter { get; set; } = "Epochs";

    /// <summary>Median: stops a run whose best value so far is worse than the median of the runs that are done at the same row (epoch).</summary>
    [Parameter]
    public SweepPruner? Pruner { get; set; }

    /// <summary>Pruner: how many runs have to be done before any is stopped.</summary>
    [Parameter, ValidateRange(0, int.MaxValue)]
    public int StartupRuns { get; set; } = 5;

    /// <summary>Pruner: the rows (epochs) of each run at which it isn't stopped.</summary>
    [Parameter, ValidateRange(0, int.MaxValue)]
    public int WarmupSteps { get; set; }

    private HalvingOptions? Halving()
    {
        if (Strategy is null) return null;
        if (Pruner is not null) throw new ArgumentException("Pruner: a strategy stops runs by itself; one of the two is wanted.", nameof(Pruner));
        if (MaxBudget is not { } most) throw new ArgumentException($"MaxBudget: {Strategy} needs the budget of a run that goes all the way, such as 27 {BudgetParameter}.", nameof(MaxBudget));
        var options = new HalvingOptions(Strategy.Value, Metric ?? "", Maximize)
        {
            MaxBudget = most, MinBudget = MinBudget, ReductionFactor = ReductionFactor, BudgetParameter = BudgetParameter,
        };
        _ = options.Budgets();
        return options;
    }

    private MedianPruner? MedianPruning() => Pruner is null ? null
        : string.IsNullOrWhiteSpace(Metric) ? throw new ArgumentException("Metric: a pruner compares runs by a column of their rows, such as TestElbo; none was named.", nameof(Metric))
        : new MedianPruner(Metric, Maximize, StartupRuns, WarmupSteps);

    // The points as parts that are run one after the other: those of one command under a schedule, or those without.
    private IEnumerable<(List<RunSpec> Runs, SweepSchedule? Schedule)> Parts(List<RunSpec> runs)
    {
        if (resolver is not null)
        {
            yield return (runs, Scheduled(runs));
            yield break;
        }
        if (Strategy is not null) throw new ArgumentException("Strategy: Resume goes on with the strategy that is in the folder.", nameof(Strategy));
        List<RunSpec> plain = [.. runs.Where(run => run.BudgetParameter is null)];
        SweepSchedule[] schedules = [.. folder.ReadSchedules()];
        if (runs.Find(run => run.BudgetParameter is not null && !schedules.Any(schedule => schedule.Command == run.Command)) is { } cutOff)
            throw new SweepException($"Run {cutOff.Id} belongs to a strategy that is not in the folder: the sweep was ended as it began. The same command with its points goes on.");
        if (plain.Count > 0 || schedules.Length == 0) yield return (plain, null);
        Dictionary<string, RunSpec> known = runs.ToDictionary(run => run.Id);
        foreach (SweepSchedule schedule in schedules)
        {
            List<RunSpec> there = [.. schedule.Runs.Where(known.ContainsKey).Select(id => known[id])];
            yield return (there, schedule with { Runs = [.. there.Select(run => run.Id)] });
        }
    }

    private SweepSchedule? Scheduled(List<RunSpec> runs)
    {
        if (halving is null || runs.Count == 0) return null;
        var schedule = new SweepSchedule(resolver!.Command.Id, halving, [.. runs.Select(run => run.Id)]);
        if (folder.ReadSchedule(schedule.Command) is { } earlier) schedule.CheckContinues(earlier);
        return schedule;
    }
}
