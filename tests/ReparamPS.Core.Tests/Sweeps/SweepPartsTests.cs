using ReparamPS.Data;
using ReparamPS.Sweeps;
using ReparamPS.Sweeps.Scheduling;
using ReparamPS.Sweeps.Store;

namespace ReparamPS.Core.Tests.Sweeps;

public sealed class SweepPartsTests
{
    private static readonly RunSpec[] Specs = [.. Enumerable.Range(0, 4).Select(x => new RunSpec("c", new ExperimentRow(["X"], [x])))];

    private static SweepWork Part(SweepOptions options) => new(null, Specs, null, options);

    private static SweepOptions[] Given(SweepOptions options, params SweepEvent[][] reports)
    {
        var engine = new Engine(reports);
        Assert.Equal(reports.Sum(part => part.Length), SweepParts.Run(engine, [.. reports.Select(_ => Part(options))], CancellationToken.None).Count());
        return [.. engine.Given];
    }

    [Fact]
    public void A_number_of_runs_holds_for_all_parts_and_a_retry_does_not_count_again()
    {
        RunStartedEvent[] started = [new(0, Specs[0], 1), new(0, Specs[0], 1), new(0, Specs[0], 3), new(1, Specs[1], 1)];
        Assert.Equal([5, 2, 2], Given(new SweepOptions { MaxRuns = 5 }, started, [], []).Select(options => options.MaxRuns));
        Assert.Equal([null, null], Given(new SweepOptions(), started, []).Select(options => options.MaxRuns));
    }

    [Fact]
    public void After_a_stop_the_other_parts_start_nothing()
    {
        var failure = new RunRow(Specs[0], RunStatus.Failed, null, null);
        foreach (SweepEvent stop in new SweepEvent[] { new SweepStoppedEvent(failure), new SweepOutOfTimeEvent(), new SweepInterruptedEvent() })
            Assert.Equal([null, 0, 0], Given(new SweepOptions(), [stop], [], []).Select(options => options.MaxRuns));
    }

    [Fact]
    public void A_time_budget_holds_for_all_parts()
    {
        TimeSpan[] given = [.. Given(new SweepOptions { TimeBudget = TimeSpan.FromSeconds(1) }, [new RunProgressEvent(0, "slow", -1)], []).Select(options => options.TimeBudget!.Value)];
        Assert.InRange(given[0], TimeSpan.FromTicks(1), TimeSpan.FromSeconds(1));
        Assert.Equal(TimeSpan.Zero, given[1]);
    }

    [Fact]
    public void The_plan_of_several_parts_is_one_plan()
    {
        var folder = new SweepFolder(Path.Combine(Path.GetTempPath(), "reparamps-parts-" + Path.GetRandomFileName()));
        SweepWork Scheduled(string parameter) => Part(new SweepOptions { MaxRuns = 7 }) with
        {
            Schedule = new SweepSchedule("c", new HalvingOptions(SweepStrategy.SuccessiveHalving, "Y", true) { MaxBudget = 3, BudgetParameter = parameter }, [.. Specs.Select(spec => spec.Id)]),
        };
        // Four runs with one step each, and the best of them with two more.
        SweepPlan plan = SweepPlan.Of(folder, [Part(new SweepOptions { MaxRuns = 7 }), Scheduled("Steps"), Scheduled("Steps")]);
        Assert.Equal((12, 7, 0), (plan.Total, plan.ToRun, plan.Done));
        Assert.Equal(((long?)12, (long?)24), (plan.Cost, plan.FullCost));
        Assert.Equal([(1, 4, 1), (1, 1, 3), (2, 4, 1), (2, 1, 3)], plan.Rungs.Select(rung => (rung.Bracket, rung.Runs, rung.Budget)));
        Assert.Equal("Run 7 of 12 experiments (0 are done): 4 runs to budget 1, then 1 run to budget 3; 4 runs to budget 1, then 1 run to budget 3. The total budget is at most 12, instead of 24 for all runs in full", plan.Describe());
        Assert.Equal("Run 1 of 2 experiments (1 is done)", new SweepPlan("", 2, 1, 1, 0, 0).Describe());
        // Steps and epochs have no sum.
        Assert.Null(SweepPlan.Of(folder, [Scheduled("Steps"), Scheduled("Epochs")]).Cost);
    }

    private sealed class Engine(SweepEvent[][] reports) : ISweepEngine
    {
        public List<SweepOptions> Given { get; } = [];

        public IEnumerable<SweepEvent> Run(SweepWork work, CancellationToken cancellation)
        {
            Given.Add(work.Options);
            foreach (SweepEvent report in reports[Given.Count - 1])
            {
                if (report is RunProgressEvent) Thread.Sleep(1100);
                yield return report;
            }
        }

        public IReadOnlyDictionary<string, int> Workers() => new Dictionary<string, int>();

        public int Stop() => 0;
    }
}
