using ReparamPS.Sweeps.Store;

namespace ReparamPS.Cmdlets.Sweeps;

/// <summary>Warns of the first run whose output is not in its rows. The runs of a sweep mostly share the reason.</summary>
/// <param name="warn">Takes the warning.</param>
internal sealed class LeftOutOutput(Action<string> warn)
{
    private bool hasWarned;

    /// <summary>Adds a run that has ended.</summary>
    public void Add(RunRow run)
    {
        if (hasWarned || run.Result?.LeftOut is not { } message) return;
        hasWarned = true;
        warn($"Run {run.Spec.Id}: {message} The output.log of each run names what is left out of that run.");
    }
}
