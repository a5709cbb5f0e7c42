namespace ReparamPS.Cmdlets.Sweeps;

/// <summary>What stops single runs of a sweep.</summary>
public enum SweepPruner
{
    /// <summary>A run is stopped where it is worse than the median of the others.</summary>
    Median,
}
