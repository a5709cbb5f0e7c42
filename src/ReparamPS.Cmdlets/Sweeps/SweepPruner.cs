using Newtonsoft.Json;
using Newtonsoft.Json.Converters;

namespace ReparamPS.Cmdlets.Sweeps;

/// <summary>Rules that stop single runs of a sweep.</summary>
[JsonConverter(typeof(StringEnumConverter))]
public enum SweepPruner
{
    /// <summary>Stops a run that is worse than the median of the others.</summary>
    Median,
}
