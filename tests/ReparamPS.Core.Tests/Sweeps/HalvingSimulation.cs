using ReparamPS.Sweeps.Scheduling;

namespace ReparamPS.Core.Tests.Sweeps;

/// <summary>A sweep in which nothing runs: workers take what a schedule gives them, for as long as they are told, and find scores that are known beforehand.</summary>
internal sealed class HalvingSimulation(IReadOnlyList<Bracket> brackets, IReadOnlyList<int> budgets, int reduction, double[][] scores)
{
    private readonly HalvingSchedule schedule = new(brackets, budgets.Count, reduction);

    /// <summary>How many brackets there are.</summary>
    public int Brackets => brackets.Count;

    /// <summary>What was run, in its order.</summary>
    public List<RungTask> Ran { get; } = [];

    /// <summary>How many of those were done ahead, without being due.</summary>
    public int Ahead { get; private set; }

    /// <summary>The budget that was spent.</summary>
    public long Cost => Ran.Sum(task => (long)budgets[task.Rung] - (task.Rung == 0 ? 0 : budgets[task.Rung - 1]));

    /// <summary>What is known at the end.</summary>
    public RunScores[] Runs { get; } = [.. scores.Select(_ => new RunScores([]))];

    /// <summary>Runs until nothing is left.</summary>
    /// <param name="workers">How many workers there are.</param>
    /// <param name="duration">How long a task takes.</param>
    /// <param name="stop">Ends it before its end, as a crash does: what is under way then is lost.</param>
    public void Run(int workers, Func<RungTask, double> duration, Func<bool>? stop = null)
    {
        List<(double End, RungTask Task)> underWay = [];
        double now = 0;
        while (stop?.Invoke() != true)
        {
            while (underWay.Count < workers)
            {
                HalvingDecision decision = schedule.Decide(Runs);
                if (decision.Due.Concat(decision.Ahead).Cast<RungTask?>().FirstOrDefault() is not { } task) break;
                if (decision.Due.Count == 0) Ahead++;
                underWay.Add((now + duration(task), task));
                Runs[task.Run] = Runs[task.Run] with { IsBusy = true };
            }
            if (underWay.Count == 0) break;
            (now, RungTask ended) = underWay.MinBy(work => work.End);
            underWay.RemoveAll(work => work.Task == ended);
            Ran.Add(ended);
            Runs[ended.Run] = new RunScores([.. Runs[ended.Run].Scores, scores[ended.Run][ended.Rung]]);
        }
        foreach ((_, RungTask lost) in underWay) Runs[lost.Run] = Runs[lost.Run] with { IsBusy = false };
    }

    /// <summary>What synchronous halving runs: each bracket, rung by rung, each rung whole before the next.</summary>
    public HashSet<RungTask> Synchronous()
    {
        HashSet<RungTask> all = [];
        foreach (Bracket bracket in brackets)
        {
            IEnumerable<int> there = bracket.Members;
            int places = bracket.Members.Count;
            for (int rung = 0; rung < budgets.Count; rung++)
            {
                if (rung > bracket.First)
                {
                    places = Math.Min(places, Math.Max(1, places / reduction));
                    int judged = rung - 1;
                    there = [.. there.Where(run => IsWhole(run, judged)).OrderBy(run => (-scores[run][judged], run)).Take(places)];
                }
                // A run passes through the rungs before its bracket's first, and stops where it has no score.
                foreach (int run in there)
                {
                    if (rung == 0 || IsWhole(run, rung - 1)) all.Add(new RungTask(run, rung));
                }
            }
        }
        return all;
    }

    private bool IsWhole(int run, int rung) => Enumerable.Range(0, rung + 1).All(earlier => !double.IsNaN(scores[run][earlier]));
}
