namespace ReparamPS.Sweeps.Scheduling;

/// <summary>What is known of a run.</summary>
/// <param name="Scores">Its score at each rung that it has reached, from the first on; larger is better, and NaN is no score.</param>
/// <param name="HasFailed">Whether it failed on its way to the next rung.</param>
/// <param name="IsBusy">Whether somebody works on it.</param>
public readonly record struct RunScores(IReadOnlyList<double> Scores, bool HasFailed = false, bool IsBusy = false)
{
    /// <summary>Whether it goes no further, whatever the others do.</summary>
    public bool IsLost => HasFailed || (Scores.Count > 0 && double.IsNaN(Scores[^1]));

    /// <summary>Its score at a rung: NaN where it was lost on the way, null where it may still come.</summary>
    public double? At(int rung) => rung < Scores.Count ? Scores[rung] : IsLost ? double.NaN : null;
}

/// <summary>A run that is to go on to a rung.</summary>
public readonly record struct RungTask(int Run, int Rung);

/// <summary>What is to be done.</summary>
/// <param name="Due">What has to be done in any case, the highest rung first. The order of runs is that of the sweep.</param>
/// <param name="Ahead">What a worker without other work may do in advance: the best so far of a rung that is not complete, the highest rung first.</param>
/// <param name="Undecided">Of each run, whether it may still be given something to do.</param>
public sealed record HalvingDecision(IReadOnlyList<RungTask> Due, IReadOnlyList<RungTask> Ahead, IReadOnlyList<bool> Undecided);

/// <summary>
/// Decides which run goes on to which rung, as a pure function of what is known of all runs. A run goes on when it is certain to be among the best of its rung, whatever those do that are still under
/// way. What is certain stays so: the runs that go on are in the end the same in whatever order results come. A worker that would wait may work ahead, as in asynchronous
/// halving (Li et al. 2020): on a run that is among the best 1/η of those that have ended. Where that turns out wrong it has cost a rung, and changes nothing else.
/// </summary>
public sealed class HalvingSchedule(IReadOnlyList<Bracket> brackets, int rungs, int reduction)
{
    /// <summary>Decides.</summary>
    public HalvingDecision Decide(IReadOnlyList<RunScores> runs)
    {
        // The first rung that a run is not entitled to.
        int[] entitled = new int[runs.Count], ahead = new int[runs.Count];
        bool[] undecided = new bool[runs.Count];
        foreach (Bracket bracket in brackets)
        {
            foreach (int run in bracket.Members) entitled[run] = Math.Max(entitled[run], bracket.First + 1);
            Climb(bracket, runs, entitled, undecided);
            WorkAhead(bracket, runs, ahead);
        }
        for (int i = 0; i < runs.Count; i++) undecided[i] = !runs[i].IsLost && (undecided[i] || runs[i].IsBusy || runs[i].Scores.Count < entitled[i]);
        return new HalvingDecision(Tasks(runs, entitled), Tasks(runs, ahead), undecided);
    }

    private void Climb(Bracket bracket, IReadOnlyList<RunScores> runs, int[] entitled, bool[] undecided)
    {
        IReadOnlyList<int> sizes = bracket.Sizes(rungs, reduction);
        List<int> entrants = [.. bracket.Members];
        int coming = 0;
        for (int i = 0; i + 1 < sizes.Count; i++)
        {
            int rung = bracket.First + i, places = sizes[i + 1];
            List<int> ended = Ranked(entrants, rung, runs);
            // How many may still end here, and be better than all that have.
            int open = entrants.Count - ended.Count + coming;
            entrants = [];
            for (int rank = 0; rank < ended.Count && rank < places; rank++)
            {
                int run = ended[rank];
                if (double.IsNaN(runs[run].At(rung)!.Value)) break;
                if (rank + open < places)
                {
                    entrants.Add(run);
                    entitled[run] = Math.Max(entitled[run], rung + 2);
                }
                else undecided[run] = true;
            }
            coming = open == 0 ? 0 : places - entrants.Count;
        }
    }

    // Brackets as asynchronous halving fills them: a rung's best 1/η of those that have ended there, but no more than there are places.
    private void WorkAhead(Bracket bracket, IReadOnlyList<RunScores> runs, int[] ahead)
    {
        IReadOnlyList<int> sizes = bracket.Sizes(rungs, reduction);
        List<int> entrants = [.. bracket.Members];
        for (int i = 0; i + 1 < sizes.Count; i++)
        {
            int rung = bracket.First + i;
            List<int> ended = Ranked(entrants, rung, runs);
            entrants = [.. ended.Take(Math.Min(sizes[i + 1], ended.Count / reduction)).Where(run => !double.IsNaN(runs[run].At(rung)!.Value))];
            foreach (int run in entrants) ahead[run] = Math.Max(ahead[run], rung + 2);
        }
    }

    private static List<int> Ranked(List<int> entrants, int rung, IReadOnlyList<RunScores> runs) =>
        [.. entrants.Where(run => runs[run].At(rung) is not null).OrderByDescending(run => runs[run].At(rung)!.Value).ThenBy(run => run)];

    private static List<RungTask> Tasks(IReadOnlyList<RunScores> runs, int[] limit) =>
        [.. Enumerable.Range(0, runs.Count)
            .Where(run => runs[run] is { IsBusy: false, IsLost: false } && runs[run].Scores.Count < limit[run])
            .Select(run => new RungTask(run, runs[run].Scores.Count))
            .OrderByDescending(task => task.Rung).ThenBy(task => task.Run)];
}
