using Newtonsoft.Json;
using Newtonsoft.Json.Converters;

namespace ReparamPS.Runs;

/// <summary>What a training does with the run that its folder holds.</summary>
[JsonConverter(typeof(StringEnumConverter))]
public enum RunStart
{
    /// <summary>The folder must not hold a run.</summary>
    New,

    /// <summary>Resumes the run; without one, starts a new run.</summary>
    Resume,

    /// <summary>Replaces the run by a new one. The files of the old run stay until the new one has made its first step, so that a run that cannot start leaves them.</summary>
    Restart,
}
