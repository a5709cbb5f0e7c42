using ReparamPS.Data;
using ReparamPS.Sweeps;
using ReparamPS.Sweeps.Local;
using ReparamPS.Sweeps.Scheduling;
using ReparamPS.Sweeps.Store;

namespace ReparamPS.Core.Tests.Sweeps;

/// <summary>Runs of a strategy that were stopped, failed or damaged between two rungs. Of three runs with the scores 1, 2 and 3, the last is to continue from Steps 1 to Steps 3.</summary>
public sealed class ScheduledRunsTests : IDisposable
{
    private static readonly SweepCommand Command = new(SweepCommandKind.ScriptBlock, "$_.Steps", null, false, "$_.Steps");
    private static readonly HalvingOptions Halving = new(SweepStrategy.SuccessiveHalving, "Y", true) { MaxBudget = 3, BudgetParameter = "Steps" };

    private readonly SweepFolder folder = new(Path.Combine(Path.GetTempPath(), "reparamps-scheduled-" + Path.GetRandomFileName()));
    private readonly RunSpec[] specs = [.. new[] { 1, 2, 3 }.Select(x => new RunSpec(Command.Id, new ExperimentRow(["X"], [x]), budgetParameter: "Steps"))];
    private readonly SweepSchedule schedule;
    private readonly SweepOwner owner;

    public ScheduledRunsTests()
    {
        schedule = new SweepSchedule(Command.Id, Halving, [.. specs.Select(spec => spec.Id)]);
        folder.Enlist(Command, specs, schedule, CancellationToken.None);
        owner = new SweepOwner(folder.Owners);
    }

    public void Dispose()
    {
        owner.Dispose();
        if (Directory.Exists(folder.Path)) Directory.Delete(folder.Path, recursive: true);
    }

    private void End(int index, RunStatus status, int budget, double? score = null)
    {
        RunFolder run = Begin(index);
        using (var file = new ResultFile(run.ResultPath))
        {
            if (score is not null) file.Add(new ExperimentRow(["Y"], [score]));
            file.Commit(new RunResult(status, 1, DateTime.UtcNow, 0.5, "host") { Budget = budget });
        }
        run.End(owner.Id);
    }

    private RunFolder Begin(int index)
    {
        RunFolder run = folder.Run(specs[index].Id);
        Assert.Equal(ClaimOutcome.Claimed, run.TryClaim(owner.Id, (_, _) => true));
        run.BeginAttempt();
        return run;
    }

    private void EndFirstRung()
    {
        for (int i = 0; i < specs.Length; i++) End(i, RunStatus.Pruned, 1, i + 1);
    }

    private (ScheduledRuns Runs, List<RunRow> Ended) Scheduled(IReadOnlyList<RunSpec>? known = null, TimeProvider? time = null)
    {
        List<RunRow> ended = [];
        return (new ScheduledRuns(folder, schedule, known ?? specs, new SweepOptions(), report => ended.Add(((RunEndedEvent)report).Run), time), ended);
    }

    [Fact]
    public void A_sweep_whose_folder_is_removed_ends()
    {
        EndFirstRung();
        (ScheduledRuns runs, _) = Scheduled();
        Begin(2);
        Directory.Delete(folder.Path, recursive: true);
        Assert.Throws<DirectoryNotFoundException>(() =>
        {
            while (runs.TryTake(owner.Id, out _)) Thread.Sleep(50);
        });
    }

    [Fact]
    public void A_run_that_was_stopped_in_advance_has_ended_at_the_rung_that_it_had_reached()
    {
        EndFirstRung();
        for (int i = 1; i < 3; i++) Begin(i).Release(owner.Id);
        RunRow[] rows = [.. folder.ReadRuns()];
        Assert.Equal([RunStatus.Pruned, RunStatus.Pruned, RunStatus.Pending], rows.Select(row => row.Status));
        Assert.Equal([1.0, 2.0, 3.0], rows.Select(row => Convert.ToDouble(row.Last!["Y"])));
        Assert.All(rows, row => Assert.Equal(1, row.Result!.Budget));
        Assert.Equal(2.0, Convert.ToDouble(Assert.Single(folder.ReadRows(specs[1].Id))["Y"]));
        Assert.Equal((1, 2), (folder.Count().Pending, folder.Count().Pruned));
        Assert.Equal(1, SweepPlan.Of(folder, new SweepWork(null, specs, schedule, new SweepOptions())).ToRun);

        (ScheduledRuns runs, List<RunRow> ended) = Scheduled();
        Assert.Equal(1, runs.ReportDecided());
        Assert.Equal([specs[0].Id, specs[1].Id], ended.Select(row => row.Spec.Id));
        Assert.True(runs.TryTake(owner.Id, out RunTask? task));
        Assert.Equal((specs[2].Id, 3), (task!.Spec.Id, task.Budget));
    }

    [Fact]
    public void A_run_that_died_in_advance_and_is_not_to_continue_ends_at_the_rung_that_it_had_reached()
    {
        EndFirstRung();
        End(1, RunStatus.Died, 3);
        End(2, RunStatus.Done, 3, 3);
        SweepPlan plan = SweepPlan.Of(folder, new SweepWork(null, specs, schedule, new SweepOptions()));
        Assert.Equal((0, 3, 0), (plan.ToRun, plan.Done, plan.Failed));
        (ScheduledRuns runs, List<RunRow> ended) = Scheduled();
        Assert.Equal(0, runs.ReportDecided());
        Assert.Equal([RunStatus.Pruned, RunStatus.Pruned, RunStatus.Done], ended.Select(row => row.Status));
        Assert.Equal((1, 2), (folder.Count().Done, folder.Count().Pruned));
    }

    [Fact]
    public void A_run_that_failed_in_advance_and_is_not_retried_stays_a_failure()
    {
        EndFirstRung();
        End(1, RunStatus.Failed, 3);
        (ScheduledRuns runs, List<RunRow> ended) = Scheduled();
        Assert.Equal(1, runs.ReportDecided());
        Assert.Equal([RunStatus.Pruned, RunStatus.Failed], ended.Select(row => row.Status));
        Assert.Equal(1, SweepPlan.Of(folder, new SweepWork(null, specs, schedule, new SweepOptions())).Failed);
    }

    [Fact]
    public void Only_failures_are_put_aside_before_a_job_is_submitted()
    {
        EndFirstRung();
        End(1, RunStatus.Died, 3);
        folder.Reopen(specs);
        Assert.Equal([true, false, true], specs.Select(spec => File.Exists(folder.Run(spec.Id).ResultPath)));
        Assert.Equal([RunStatus.Pruned, RunStatus.Pruned, RunStatus.Pending], folder.ReadRuns().Select(row => row.Status));
    }

    [Fact]
    public void A_run_that_cannot_be_read_keeps_its_place_and_fails_where_it_is_to_continue()
    {
        EndFirstRung();
        File.WriteAllText(Path.Combine(folder.Run(specs[2].Id).Path, "run.json"), "{ \"Id\": ");
        (ScheduledRuns runs, List<RunRow> ended) = Scheduled([specs[0], specs[1]]);
        Assert.Equal(1, runs.ReportDecided());
        Assert.False(runs.TryTake(owner.Id, out RunTask? task));
        Assert.Null(task);
        Assert.Equal(2, ended.Count);
        RunResult failure = folder.Run(specs[2].Id).ReadState().Result!;
        Assert.Equal((RunStatus.Failed, 3), (failure.Status, failure.Budget));
        Assert.Contains("run.json", failure.Message, StringComparison.Ordinal);
        Assert.Empty(folder.ReadUndecided());
    }

    [Fact]
    public void Idle_workers_look_at_the_folder_at_most_every_200_ms_together()
    {
        for (int i = 0; i < 2; i++) End(i, RunStatus.Pruned, 1, i + 1);
        RunFolder last = Begin(2);
        var clock = new Clock();
        (ScheduledRuns runs, List<RunRow> ended) = Scheduled(time: clock);
        Assert.True(runs.TryTake(owner.Id, out RunTask? task));
        Assert.Null(task);
        using (var file = new ResultFile(last.ResultPath))
        {
            file.Commit(new RunResult(RunStatus.Failed, 1, DateTime.UtcNow, 0.5, "host") { Budget = 1 });
        }
        last.End(owner.Id);
        clock.Milliseconds = 199;
        Assert.True(runs.TryTake(owner.Id, out task));
        Assert.Null(task);
        Assert.Equal(specs[0].Id, Assert.Single(ended).Spec.Id);
        clock.Milliseconds = 200;
        Assert.True(runs.TryTake(owner.Id, out task));
        Assert.Equal(specs[1].Id, task!.Spec.Id);
        Assert.Equal(2, ended.Count);
    }

    private sealed class Clock : TimeProvider
    {
        public long Milliseconds { get; set; }

        public override long TimestampFrequency => 1000;

        public override long GetTimestamp() => Milliseconds;
    }
}
