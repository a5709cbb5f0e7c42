namespace ReparamPS.Cmdlets.Sweeps;

/// <summary>Rules that stop single runs of a sweep.</summary>
public enum SweepPruner
{
    /// <summary>Stops a run that is worse than the median of the others.</summary>
    Median,
}
