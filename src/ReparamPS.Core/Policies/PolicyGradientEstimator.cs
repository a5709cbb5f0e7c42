using Newtonsoft.Json;
using Newtonsoft.Json.Converters;

namespace ReparamPS.Policies;

/// <summary>How the gradient of a policy's cost is estimated.</summary>
[JsonConverter(typeof(StringEnumConverter))]
public enum PolicyGradientEstimator
{
    /// <summary>Through dynamics and cost, with the noise held fixed.</summary>
    Pathwise,

    /// <summary>By the score function, weighted by the whole trajectory's cost (REINFORCE, Williams 1992).</summary>
    ScoreFunction,

    /// <summary>By the score function, each step's weighted by the cost from that step on.</summary>
    RewardToGo,
}

/// <summary>What is subtracted from the weight of a score function.</summary>
[JsonConverter(typeof(StringEnumConverter))]
public enum PolicyBaseline
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>For each step the mean weight of the other trajectories.</summary>
    Time,
}
