using System.Globalization;
using CsCheck;
using ReparamPS.Sweeps.Scheduling;

namespace ReparamPS.Core.Tests.Sweeps;

public sealed class HalvingScheduleTests
{
    private static readonly int[] Budgets = [1, 3, 9, 27];

    // A sweep of random size and scores, few enough that some are equal, and some of them no numbers.
    private static readonly Gen<(SweepStrategy Strategy, int Count, int Reduction, int Max, int Workers, int Seed)> Sweeps = Gen.Select(
        Gen.Bool.Select(hyperband => hyperband ? SweepStrategy.Hyperband : SweepStrategy.SuccessiveHalving), Gen.Int[1, 60], Gen.Int[2, 4], Gen.Int[1, 100], Gen.Int[1, 12], Gen.Int);

    private static string[] Ids(int count, int seed = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextInt64().ToString("x16", CultureInfo.InvariantCulture))];
    }

    private static HalvingSimulation Simulation(SweepStrategy strategy, int count, int reduction, int max, int seed)
    {
        var options = new HalvingOptions(strategy, "Score", true) { MaxBudget = max, ReductionFactor = reduction };
        IReadOnlyList<int> budgets = options.Budgets();
        var random = new Random(seed);
        double[][] scores = [.. Enumerable.Range(0, count).Select(_ => budgets.Select(_ => random.Next(12) is 0 ? double.NaN : random.Next(20)).ToArray())];
        return new HalvingSimulation(BracketDesign.Of(Ids(count, seed), options), budgets, reduction, scores);
    }

    private static HalvingDecision Decide(int places, params RunScores[] runs) =>
        new HalvingSchedule([new Bracket([.. Enumerable.Range(0, runs.Length)], 0)], 2, runs.Length / places).Decide(runs);

    [Fact]
    public void One_worker_runs_what_synchronous_halving_runs_and_nothing_twice() => Sweeps.Sample(sweep =>
    {
        HalvingSimulation simulation = Simulation(sweep.Strategy, sweep.Count, sweep.Reduction, sweep.Max, sweep.Seed);
        simulation.Run(1, _ => 1);
        Assert.Equal(0, simulation.Ahead);
        Assert.Equal(simulation.Ran.Count, simulation.Ran.Distinct().Count());
        Assert.True(simulation.Synchronous().SetEquals(simulation.Ran));
    });

    [Fact]
    public void Many_workers_run_that_and_little_more_whatever_the_order_in_which_runs_end() => Sweeps.Sample(sweep =>
    {
        HalvingSimulation simulation = Simulation(sweep.Strategy, sweep.Count, sweep.Reduction, sweep.Max, sweep.Seed);
        var random = new Random(sweep.Seed);
        // Some take a hundred times as long as others.
        simulation.Run(sweep.Workers, _ => Math.Pow(100, random.NextDouble()));
        HashSet<RungTask> synchronous = simulation.Synchronous();
        Assert.Equal(simulation.Ran.Count, simulation.Ran.Distinct().Count());
        Assert.True(synchronous.IsSubsetOf(simulation.Ran));
        Assert.True(simulation.Ran.Count - synchronous.Count <= simulation.Ahead);
        // At each rung a bracket has at most as many more as there are other workers.
        foreach (IGrouping<int, RungTask> rung in simulation.Ran.GroupBy(task => task.Rung))
        {
            int due = synchronous.Count(task => task.Rung == rung.Key);
            Assert.InRange(rung.Count() - due, 0, rung.Key == 0 ? 0 : (sweep.Workers - 1) * simulation.Brackets);
        }
    });

    [Fact]
    public void What_a_crash_leaves_goes_on_to_the_same_end_and_no_rung_is_run_twice() => Sweeps.Sample(sweep =>
    {
        HalvingSimulation simulation = Simulation(sweep.Strategy, sweep.Count, sweep.Reduction, sweep.Max, sweep.Seed);
        var random = new Random(sweep.Seed);
        for (int crash = 0; crash < 5; crash++) simulation.Run(1 + random.Next(sweep.Workers), _ => random.NextDouble(), () => random.Next(10) == 0);
        simulation.Run(1, _ => 1);
        Assert.Equal(simulation.Ran.Count, simulation.Ran.Distinct().Count());
        Assert.True(simulation.Synchronous().IsSubsetOf(simulation.Ran));
    });

    [Fact]
    public void A_sweep_costs_no_more_than_its_plan_says() => Sweeps.Sample(sweep =>
    {
        var options = new HalvingOptions(sweep.Strategy, "Score", true) { MaxBudget = sweep.Max, ReductionFactor = sweep.Reduction };
        long planned = BracketDesign.Plan(BracketDesign.Of(Ids(sweep.Count, sweep.Seed), options), options).Sum(rung => rung.Cost);
        HalvingSimulation simulation = Simulation(sweep.Strategy, sweep.Count, sweep.Reduction, sweep.Max, sweep.Seed);
        simulation.Run(1, _ => 1);
        Assert.InRange(simulation.Cost, 1, planned);
    });

    [Fact]
    public void A_run_goes_on_as_soon_as_it_is_certain_to_be_among_the_best()
    {
        // Six runs, two of which go on. With one still under way the best of the others is certain, the second is not.
        RunScores[] runs = [new([1]), new([5]), new([4]), new([2]), new([3]), new([], IsBusy: true)];
        HalvingDecision decision = Decide(2, runs);
        Assert.Equal([new RungTask(1, 1)], decision.Due);
        Assert.Equal([false, true, true, false, false, true], decision.Undecided);

        runs[5] = new RunScores([4.5]);
        decision = Decide(2, runs);
        Assert.Equal([new RungTask(1, 1), new RungTask(5, 1)], decision.Due);
        Assert.Equal([false, true, false, false, false, true], decision.Undecided);
    }

    [Fact]
    public void A_worker_without_other_work_goes_on_with_the_best_so_far_as_asynchronous_halving_does()
    {
        RunScores busy = new([], IsBusy: true);
        RunScores[] runs = [new([1]), new([3]), new([2]), busy, busy, busy, busy, busy, busy];
        HalvingDecision decision = Decide(3, runs);
        Assert.Empty(decision.Due);
        Assert.Equal([new RungTask(1, 1)], decision.Ahead);

        // Two of three are not three: nobody is among the best third of them.
        runs[0] = busy;
        Assert.Empty(Decide(3, runs).Ahead);
    }

    [Fact]
    public void A_straggler_keeps_nobody_from_work()
    {
        var options = new HalvingOptions(SweepStrategy.SuccessiveHalving, "Score", true) { MaxBudget = 27 };
        var random = new Random(1);
        double[][] scores = [.. Enumerable.Range(0, 81).Select(_ => Budgets.Select(_ => random.NextDouble()).ToArray())];
        var simulation = new HalvingSimulation(BracketDesign.Of(Ids(81), options), Budgets, 3, scores);
        // While run 0 takes for ever at the first rung, the others get to the last.
        simulation.Run(8, task => task == new RungTask(0, 0) ? 1e6 : Budgets[task.Rung]);
        int straggler = simulation.Ran.IndexOf(new RungTask(0, 0));
        Assert.InRange(simulation.Ran.Take(straggler).Count(task => task.Rung == 3), 2, 3);
    }

    [Fact]
    public void Of_equals_the_earlier_goes_on() => Assert.Equal([new RungTask(0, 1)], Decide(1, new([7]), new([7]), new([7])).Due);

    [Fact]
    public void A_run_that_failed_or_has_no_score_ranks_last_and_does_not_go_on()
    {
        HalvingDecision decision = Decide(2, new([double.NaN]), new([], HasFailed: true), new([-1e9]), new([double.NaN]));
        Assert.Equal([new RungTask(2, 1)], decision.Due);
        Assert.Equal([false, false, true, false], decision.Undecided);
        Assert.Empty(decision.Ahead);

        // A run that is lost makes no place for one that is not yet known to be among the best.
        Assert.Empty(Decide(1, new([], HasFailed: true), new([1]), new([], IsBusy: true)).Due);
    }

    [Fact]
    public void A_failure_higher_up_is_no_end_of_the_others()
    {
        RunScores[] runs = [new([9], HasFailed: true), new([8, 1]), new([7, 2]), .. Enumerable.Range(0, 6).Select(i => new RunScores([i]))];
        HalvingDecision decision = new HalvingSchedule([new Bracket([.. Enumerable.Range(0, 9)], 0)], 3, 3).Decide(runs);
        Assert.Equal([new RungTask(2, 2)], decision.Due);
    }
}
