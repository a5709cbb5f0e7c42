using Newtonsoft.Json;
using Newtonsoft.Json.Converters;

namespace ReparamPS.Sweeps.Store;

/// <summary>The state of a run.</summary>
[JsonConverter(typeof(StringEnumConverter))]
public enum RunStatus
{
    /// <summary>It waits, for its first attempt or another one.</summary>
    Pending,

    /// <summary>A live process executes it.</summary>
    Running,

    /// <summary>It is done, and its rows are complete.</summary>
    Done,

    /// <summary>It was stopped before its full budget because other runs did better; its rows so far are complete.</summary>
    Pruned,

    /// <summary>It threw, or ended with an exit code.</summary>
    Failed,

    /// <summary>It took longer than allowed and was ended.</summary>
    TimedOut,

    /// <summary>It took more memory than allowed and was ended.</summary>
    OutOfMemory,

    /// <summary>Its worker process died: killed, crashed, or ended by the run. The next sweep over the folder retries it.</summary>
    Died,
}
