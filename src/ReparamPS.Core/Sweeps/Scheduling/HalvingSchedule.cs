namespace ReparamPS.Sweeps.Scheduling;

/// <summary>What is known of a run.</summary>
/// <param name="Scores">Its score at each rung that it has reached, from the first; larger is better, and NaN means no score.</param>
/// <param name="HasFailed">Whether it failed on its way to the next rung.</param>
/// <param name="IsBusy">Whether a process works on it.</param>
public readonly record struct RunScores(IReadOnlyList<double> Scores, bool HasFailed = false, bool IsBusy = false)
{
    /// <summary>Whether it stops, whatever the others do.</summary>
    public bool IsLost => HasFailed || (Scores.Count > 0 && double.IsNaN(Scores[^1]));

    /// <summary>Whether it has been at a rung, or is on its way there.</summary>
    public bool HasBegun(int rung) => Scores.Count > rung || (IsBusy && Scores.Count == rung);

    /// <summary>Its score at a rung: NaN if it was lost before, null if it may still come.</summary>
    public double? At(int rung) => rung < Scores.Count ? Scores[rung] : IsLost ? double.NaN : null;
}

/// <summary>A run that is to continue to a rung.</summary>
public readonly record struct RungTask(int Run, int Rung);

/// <summary>The next tasks.</summary>
/// <param name="Due">Tasks that are certain, the highest rung first. The order of runs is that of the sweep.</param>
/// <param name="Ahead">Tasks that an idle worker may do in advance: the best runs so far of an incomplete rung, the highest rung first.</param>
/// <param name="Undecided">Whether each run may still get something to do.</param>
public sealed record HalvingDecision(IReadOnlyList<RungTask> Due, IReadOnlyList<RungTask> Ahead, IReadOnlyList<bool> Undecided);

/// <summary>
/// Decides which run continues to which rung, as a pure function of the known results. A run continues when it is certain to be among the best of its rung, whatever the unfinished runs
/// do. What is certain stays certain, so the same runs continue in any order of results. An idle worker may work ahead, as in asynchronous
/// halving (Li et al. 2020): on a run that is among the best 1/η of those that have ended. If that turns out wrong, it has cost one rung and changes nothing else.
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
        }
        int[][] certain = [.. brackets.Select(bracket => Climb(bracket, runs, entitled, undecided))];
        for (int i = 0; i < brackets.Count; i++) WorkAhead(brackets[i], certain[i], runs, entitled, ahead);
        for (int i = 0; i < runs.Count; i++) undecided[i] = !runs[i].IsLost && (undecided[i] || runs[i].IsBusy || runs[i].Scores.Count < entitled[i]);
        return new HalvingDecision(Tasks(runs, new int[runs.Count], entitled), Tasks(runs, entitled, ahead), undecided);
    }

    // Returns the number of runs that are certain to be at each rung.
    private int[] Climb(Bracket bracket, IReadOnlyList<RunScores> runs, int[] entitled, bool[] undecided)
    {
        IReadOnlyList<int> sizes = bracket.Sizes(rungs, reduction);
        int[] certain = new int[sizes.Count];
        List<int> entrants = [.. bracket.Members];
        int coming = 0;
        for (int i = 0; i + 1 < sizes.Count; i++)
        {
            int rung = bracket.First + i, places = sizes[i + 1];
            List<int> ended = Ranked(entrants, rung, runs);
            // Runs that may still end here and be better than all that have ended.
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
            certain[i + 1] = entrants.Count;
            coming = open == 0 ? 0 : places - entrants.Count;
        }
        return certain;
    }

    // The best 1/η of those that have ended at a rung, as long as places there are neither certain nor used ahead. So at each rung of a bracket
    // there are at most as many extra runs as there are other workers.
    private void WorkAhead(Bracket bracket, int[] certain, IReadOnlyList<RunScores> runs, int[] entitled, int[] ahead)
    {
        IReadOnlyList<int> sizes = bracket.Sizes(rungs, reduction);
        IEnumerable<int> entrants = bracket.Members;
        for (int i = 0; i + 1 < sizes.Count; i++)
        {
            int rung = bracket.First + i;
            List<int> ended = Ranked(entrants, rung, runs);
            int[] best = [.. ended.Take(Math.Min(sizes[i + 1], ended.Count / reduction)).Where(run => !double.IsNaN(runs[run].At(rung)!.Value))];
            int places = sizes[i + 1] - certain[i + 1] - bracket.Members.Count(run => entitled[run] < rung + 2 && runs[run].HasBegun(rung + 1));
            foreach (int run in best.Where(run => entitled[run] < rung + 2 && !runs[run].HasBegun(rung + 1)).Take(places)) ahead[run] = Math.Max(ahead[run], rung + 2);
            entrants = best;
        }
    }

    private static List<int> Ranked(IEnumerable<int> entrants, int rung, IReadOnlyList<RunScores> runs) =>
        [.. entrants.Where(run => runs[run].At(rung) is not null).OrderByDescending(run => runs[run].At(rung)!.Value).ThenBy(run => run)];

    private static List<RungTask> Tasks(IReadOnlyList<RunScores> runs, int[] from, int[] limit) =>
        [.. Enumerable.Range(0, runs.Count)
            .Where(run => runs[run] is { IsBusy: false, IsLost: false } && runs[run].Scores.Count >= from[run] && runs[run].Scores.Count < limit[run])
            .Select(run => new RungTask(run, runs[run].Scores.Count))
            .OrderByDescending(task => task.Rung).ThenBy(task => task.Run)];
}
