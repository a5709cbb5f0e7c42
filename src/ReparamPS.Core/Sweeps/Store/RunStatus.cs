namespace ReparamPS.Sweeps.Store;

/// <summary>What has become of a run.</summary>
public enum RunStatus
{
    /// <summary>It waits to be run, for the first time or once more.</summary>
    Pending,

    /// <summary>A process that is alive works on it.</summary>
    Running,

    /// <summary>It is done, and its rows are whole.</summary>
    Done,

    /// <summary>It was stopped before its full budget, since others did better; its rows so far are whole.</summary>
    Pruned,

    /// <summary>It threw, or ended itself with an exit code.</summary>
    Failed,

    /// <summary>It took longer than allowed, and was ended.</summary>
    TimedOut,

    /// <summary>It took more memory than allowed, and was ended.</summary>
    OutOfMemory,

    /// <summary>Its worker process died under it: killed, crashed, or ended by the run. The next sweep over the folder tries it again.</summary>
    Died,
}
