using Newtonsoft.Json;
using Newtonsoft.Json.Converters;

namespace ReparamPS.Inference.Gaussians;

/// <summary>How the noise is drawn.</summary>
[JsonConverter(typeof(StringEnumConverter))]
public enum NoiseScheme
{
    /// <summary>Scrambled Sobol points; where they are frozen, with means 0 and the identity as covariance.</summary>
    Sobol,

    /// <summary>Independent draws.</summary>
    Independent,
}
