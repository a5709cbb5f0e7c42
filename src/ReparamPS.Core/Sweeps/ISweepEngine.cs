namespace ReparamPS.Sweeps;

/// <summary>
/// Starts the workers of a sweep and says how they are. It knows nothing of what they run: a run is a folder that a worker claims and executes.
/// A new engine implements this interface and gets a name in the cmdlets.
/// </summary>
public interface ISweepEngine
{
    /// <summary>Starts workers for the runs that are not done, and reports each run as it ends. Runs that have ended already come first.</summary>
    /// <param name="work">The runs.</param>
    /// <param name="cancellation">Ends the call. The folder stays valid: the same sweep continues from there.</param>
    /// <exception cref="SweepException">Workers cannot be started, or runs are left that no worker executes.</exception>
    IEnumerable<SweepEvent> Run(SweepWork work, CancellationToken cancellation);

    /// <summary>The states of the engine's workers at the sweep's folder, with the number of each; empty if there are none.</summary>
    /// <exception cref="SweepException">The engine cannot tell.</exception>
    IReadOnlyDictionary<string, int> Workers();

    /// <summary>Asks the engine's workers at the sweep's folder to stop; their runs become pending.</summary>
    /// <returns>The number of them.</returns>
    int Stop();
}
