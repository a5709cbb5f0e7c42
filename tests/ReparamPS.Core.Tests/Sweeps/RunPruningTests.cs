using System.Diagnostics;
using ReparamPS.Data;
using ReparamPS.Sweeps.Local;
using ReparamPS.Sweeps.Scheduling;
using ReparamPS.Sweeps.Store;

namespace ReparamPS.Core.Tests.Sweeps;

public sealed class RunPruningTests : IDisposable
{
    private static readonly SweepCommand Command = new(SweepCommandKind.ScriptBlock, "1", null, false, "1");
    private static readonly MedianPruner Pruner = new("Loss", Maximize: false, StartupRuns: 1);

    private readonly SweepFolder folder = new(Path.Combine(Path.GetTempPath(), "reparamps-pruning-" + Path.GetRandomFileName()));

    public RunPruningTests() => folder.Create(Command);

    public void Dispose() => Directory.Delete(folder.Path, recursive: true);

    private RunSpec Created(int number)
    {
        var spec = new RunSpec(Command.Id, new ExperimentRow(["X"], [number]));
        folder.Run(spec.Id).Create(spec);
        return spec;
    }

    private static ExperimentRow Row(double loss) => new(["Loss"], [loss]);

    private void Finish(RunSpec spec, RunStatus status, double loss)
    {
        using var file = new ResultFile(folder.Run(spec.Id).ResultPath);
        file.Add(Row(loss));
        file.Commit(new RunResult(status, 1, DateTime.UtcNow, 0.5, "host"));
    }

    [Fact]
    public void A_run_is_compared_at_once_with_those_that_the_worker_executed_before()
    {
        var pruning = new RunPruning(folder);
        // Those of other workers are there from the start.
        Finish(Created(0), RunStatus.Done, 10);
        List<bool> pruned = [];
        foreach ((int number, double loss, RunStatus status) in new[] { (1, 5, RunStatus.Done), (2, 1, RunStatus.Done), (3, 6.0, RunStatus.Failed), (4, 4, RunStatus.Done), (5, 4.6, RunStatus.Done) })
        {
            RunSpec spec = Created(number);
            pruned.Add(pruning.Begin(Pruner, spec)(Row(loss)));
            Finish(spec, status, loss);
        }
        // The medians of 10; 10, 5; 10, 5, 1; the same without the failure; and 10, 5, 4, 1.
        Assert.Equal([false, false, true, false, true], pruned);
    }

    [Fact]
    public void A_failure_that_is_retried_counts_once_it_is_done()
    {
        var pruning = new RunPruning(folder);
        RunSpec spec = Created(1);
        Assert.False(pruning.Begin(Pruner, spec)(Row(1)));
        Finish(spec, RunStatus.Failed, 1);
        Assert.False(pruning.Begin(Pruner, Created(2))(Row(9)));
        folder.Run(spec.Id).BeginAttempt();
        Assert.False(pruning.Begin(Pruner, spec)(Row(1)));
        Finish(spec, RunStatus.Done, 1);
        Assert.True(pruning.Begin(Pruner, Created(3))(Row(9)));
    }

    [Fact]
    public void The_time_that_it_takes_grows_with_the_runs_and_not_with_their_square()
    {
        const int count = 300;
        for (int i = 0; i < count; i++) Finish(Created(i), RunStatus.Pruned, i);
        RunSpec next = Created(count);
        TimeSpan Time(int times)
        {
            var pruning = new RunPruning(folder);
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < times; i++) pruning.Begin(Pruner, next)(Row(1));
            return Stopwatch.GetElapsedTime(start);
        }
        Time(1);
        TimeSpan once = Time(1);
        // A look at all runs for each run would take 300 times as long.
        Assert.InRange(Time(count), TimeSpan.Zero, 60 * once);
    }
}
