using System.Management.Automation;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Data;
using ReparamPS.Messages;
using ReparamPS.Sweeps;
using ReparamPS.Sweeps.Scheduling;
using ReparamPS.Sweeps.Store;
using ReparamPS.Vae;

namespace ReparamPS.Cmdlets.Sweeps;

// What stops runs before their end: a strategy, or a pruner.
public sealed partial class InvokeExperimentSweepCommand
{
    /// <summary>Compares runs at increasing budgets, called rungs: poor runs stop, better ones continue. Requires -Metric and -MaxBudget.</summary>
    [Parameter, Exact<SweepStrategy?>]
    public SweepStrategy? Strategy { get; set; }

    /// <summary>The column by which runs are compared, such as TestElbo. Required with -Strategy or -Pruner. A strategy uses the last row of a run at each budget.</summary>
    [Parameter, ArgumentCompleter(typeof(MetricCompleter)), Exact<string>]
    public string? Metric { get; set; }

    /// <summary>States that a larger metric is better. The direction is known for columns with names such as TestElbo or Loss; other columns need -Maximize or -Minimize.</summary>
    [Parameter, Exact<SwitchParameter>]
    public SwitchParameter Maximize { get; set; }

    /// <summary>States that a smaller metric is better. See -Maximize.</summary>
    [Parameter, Exact<SwitchParameter>]
    public SwitchParameter Minimize { get; set; }

    /// <summary>With -Strategy, required: the full budget of a run, such as 27 epochs.</summary>
    [Parameter, AllowedRange(1), OptionalNumber<int>]
    public int? MaxBudget { get; set; }

    /// <summary>With -Strategy: the lower bound of the budgets; see -ReductionFactor. Default: 1.</summary>
    [Parameter, AllowedRange(1), Exact<int>]
    public int MinBudget { get; set; } = 1;

    /// <summary>With -Strategy: the budgets are MaxBudget, MaxBudget / factor, MaxBudget / factor² and so on, rounded to integers, as long as they are at least MinBudget. At each step to a larger budget, the number of runs is divided by this factor. Default: 3.</summary>
    [Parameter, AllowedRange(2, 1000), Alias("Eta"), Exact<int>]
    public int ReductionFactor { get; set; } = 3;

    /// <summary>With -Strategy: the setting that holds the budget of a run. The strategy adds it, so points must not have it. Default: Epochs.</summary>
    [Parameter, ValidateNotNullOrEmpty, Exact<string>]
    public string BudgetParameter { get; set; } = "Epochs";

    /// <summary>Stops poor runs while they execute; not together with -Strategy. Median: a run stops if its best value so far is worse than the median of the finished runs' values at the same row (epoch).</summary>
    [Parameter, Exact<SweepPruner?>]
    public SweepPruner? Pruner { get; set; }

    /// <summary>With -Pruner: the number of runs that must have finished before any run is stopped. Default: 5.</summary>
    [Parameter, AllowedRange(0), Exact<int>]
    public int StartupRuns { get; set; } = 5;

    /// <summary>With -Pruner: the number of first rows (epochs) during which a run is never stopped. Default: 0.</summary>
    [Parameter, AllowedRange(0), Exact<int>]
    public int WarmupSteps { get; set; }

    private bool IsMaximized(string metric) => MetricDirection.IsMaximized(metric, GivenSwitch(nameof(Maximize), Maximize), GivenSwitch(nameof(Minimize), Minimize), warn: WriteWarning);

    private void CheckUnused()
    {
        string[] strategyOnly = [nameof(MaxBudget), nameof(MinBudget), nameof(ReductionFactor), nameof(BudgetParameter)], prunerOnly = [nameof(StartupRuns), nameof(WarmupSteps)];
        // Before what the strategy lacks: whoever adds that would be refused all the same.
        if (Resume && Strategy is not null) throw new ArgumentException("Strategy cannot be combined with Resume, which continues with the strategy that is stored in the folder. Leave out -Strategy and its options.", nameof(Strategy));
        string[] comparison = [nameof(Metric), nameof(Maximize), nameof(Minimize)];
        if (Strategy is null && strategyOnly.FirstOrDefault(IsGivenHere) is { } budget)
        {
            throw new ArgumentException(Resume ? $"{budget} cannot be combined with Resume, which continues with the strategy that is stored in the folder. Leave out -{budget}."
                : $"{budget} requires -Strategy, such as -Strategy Hyperband.", budget);
        }
        if (Pruner is null && prunerOnly.FirstOrDefault(IsGivenHere) is { } pruning) throw new ArgumentException($"{pruning} requires -Pruner Median.", pruning);
        if (Strategy is null && Pruner is null && comparison.FirstOrDefault(IsGivenHere) is { } compared)
        {
            throw new ArgumentException(Resume ? $"With -Resume, {compared} requires -Pruner; a strategy uses the metric that is stored in the folder. Leave out -{compared}, or add -Pruner."
                : $"{compared} requires -Strategy or -Pruner.", compared);
        }
    }

    private HalvingOptions? Halving()
    {
        if (Strategy is null) return null;
        if (Pruner is not null) throw new ArgumentException("Pruner cannot be combined with Strategy, which stops runs itself. Use one of them.", nameof(Pruner));
        if (MaxBudget is not { } most) throw new ArgumentException($"Strategy {Strategy} requires MaxBudget, the largest value of {BudgetParameter} that a run gets, such as -MaxBudget 27.", nameof(MaxBudget));
        string metric = !string.IsNullOrWhiteSpace(Metric) ? Metric : throw new ArgumentException("Strategy requires Metric, the column by which runs are compared, such as TestElbo.", nameof(Metric));
        var options = new HalvingOptions(Strategy.Value, metric, IsMaximized(metric))
        {
            MaxBudget = most, MinBudget = MinBudget, ReductionFactor = ReductionFactor, BudgetParameter = BudgetParameter,
        };
        _ = options.Budgets();
        return options;
    }

    // The strategy continues runs with more epochs, which a schedule over all epochs does not allow: the best runs would fail.
    private void CheckSchedules()
    {
        if (halving is null || resolver is not { Command: { Kind: SweepCommandKind.Command, Text: BatchedCommand } } || halving.Budgets().Count < 2) return;
        foreach (ExperimentRow settings in points.Select(point => point.Spec.Settings))
        {
            if (ScheduleOverAllEpochs(settings) is not { } name) continue;
            throw new ArgumentException($"{name} '{ShortText.Of(settings[name])}' spans all epochs of a run, but -Strategy continues runs with more epochs. Add the length of the schedule to the points, such as {nameof(VaeOptions.ScheduleEpochs)} = {halving.MaxBudget} (MaxBudget).", name);
        }
    }

    private static string? ScheduleOverAllEpochs(ExperimentRow settings)
    {
        var defaults = new VaeOptions();
        try
        {
            return VaeRun.SettingOverAllEpochs(defaults with
            {
                LearningRateSchedule = settings[nameof(VaeOptions.LearningRateSchedule)] as string ?? defaults.LearningRateSchedule,
                KlWarmup = settings[nameof(VaeOptions.KlWarmup)] as string ?? defaults.KlWarmup,
                ScheduleEpochs = settings[nameof(VaeOptions.ScheduleEpochs)] is int epochs ? epochs : defaults.ScheduleEpochs,
            });
        }
        catch (ArgumentException)
        {
            // The run itself refuses an unknown name.
            return null;
        }
    }

    private MedianPruner? MedianPruning() => Pruner is null ? null
        : string.IsNullOrWhiteSpace(Metric) ? throw new ArgumentException("Pruner requires Metric, the column by which runs are compared, such as TestElbo.", nameof(Metric))
        : new MedianPruner(Metric, IsMaximized(Metric), StartupRuns, WarmupSteps);

    // The points as parts that are executed one after the other: those of one command under a schedule, or those without.
    private IEnumerable<SweepWork> Parts(List<RunSpec> runs, SweepOptions options)
    {
        if (resolver is not null)
        {
            yield return new SweepWork(resolver.Command, runs, Scheduled(runs), options);
            yield break;
        }
        List<RunSpec> plain = [.. runs.Where(run => run.BudgetParameter is null)];
        SweepSchedule[] schedules = [.. folder.ReadSchedules()];
        if (runs.Find(run => run.BudgetParameter is not null && !schedules.Any(schedule => schedule.Command == run.Command)) is { } cutOff)
            throw new SweepException($"The sweep was interrupted before it was stored completely (the strategy is missing in run {cutOff.Id}), so -Resume cannot continue it. Pipe the points to the same Invoke-ExperimentSweep command again; finished runs are kept.");
        if (plain.Count > 0 || schedules.Length == 0) yield return new SweepWork(null, plain, null, options);
        Dictionary<string, RunSpec> known = runs.ToDictionary(run => run.Id);
        foreach (SweepSchedule schedule in schedules)
        {
            // A run that cannot be read keeps its place in the brackets.
            List<string> scheduled = [.. schedule.Runs.Where(folder.HasRun)];
            scheduled.AddRange(Unscheduled(schedule, runs, options));
            yield return new SweepWork(null, [.. scheduled.Where(known.ContainsKey).Select(id => known[id])], schedule with { Runs = scheduled }, options);
        }
    }

    // The stored strategy has the points of the last call. If runs of earlier calls wait, all runs of those calls join it, as if all points were piped to one call.
    private IEnumerable<string> Unscheduled(SweepSchedule schedule, List<RunSpec> runs, SweepOptions options)
    {
        HashSet<string> scheduled = [.. schedule.Runs];
        List<RunSpec> others = [.. runs.Where(run => run.Command == schedule.Command && run.BudgetParameter is not null && !scheduled.Contains(run.Id))];
        List<RunSpec> same = [.. others.Where(run => schedule.Options.BudgetParameter.Equals(run.BudgetParameter, StringComparison.OrdinalIgnoreCase))];
        int left = others.Except(same).Count(run => options.IsLeft(RunRow.Read(folder, run)));
        if (left > 0) WriteWarning($"{left} pending {(left == 1 ? "run is" : "runs are")} not resumed: a later call replaced the strategy by one with the BudgetParameter {schedule.Options.BudgetParameter}. Repeat the earlier call, with its points, to run {(left == 1 ? "it" : "them")}.");
        return same.Exists(run => options.IsLeft(RunRow.Read(folder, run))) ? same.Select(run => run.Id) : [];
    }

    private SweepSchedule? Scheduled(List<RunSpec> runs)
    {
        if (halving is null || runs.Count == 0) return null;
        var schedule = new SweepSchedule(resolver!.Command.Id, halving, [.. runs.Select(run => run.Id)]);
        if (folder.ReadSchedule(schedule.Command) is { } earlier) schedule.CheckContinues(earlier);
        return schedule;
    }
}
