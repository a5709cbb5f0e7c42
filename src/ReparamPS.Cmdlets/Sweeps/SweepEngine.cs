namespace ReparamPS.Cmdlets.Sweeps;

/// <summary>Where the runs of a sweep go on.</summary>
public enum SweepEngine
{
    /// <summary>In processes of this machine.</summary>
    Local,

    /// <summary>On the nodes of a cluster, as a job array of Slurm.</summary>
    Slurm,
}
