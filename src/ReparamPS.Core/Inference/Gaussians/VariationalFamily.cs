using Newtonsoft.Json;
using Newtonsoft.Json.Converters;

namespace ReparamPS.Inference.Gaussians;

/// <summary>The family of normal distributions that a posterior is approximated by.</summary>
[JsonConverter(typeof(StringEnumConverter))]
public enum VariationalFamily
{
    /// <summary>Independent normal distributions: a location and a scale for each unconstrained coordinate.</summary>
    MeanField,

    /// <summary>One multivariate normal distribution: a location and a lower Cholesky factor.</summary>
    FullRank,
}
