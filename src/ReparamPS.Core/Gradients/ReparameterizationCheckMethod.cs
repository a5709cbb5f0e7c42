using Newtonsoft.Json;
using Newtonsoft.Json.Converters;

namespace ReparamPS.Gradients;

/// <summary>The reference for a sample's gradient.</summary>
[JsonConverter(typeof(StringEnumConverter))]
public enum ReparameterizationCheckMethod
{
    /// <summary>
    /// For each parameter the strongest method that applies: frozen noise (confirmed by the implicit identity if that applies, otherwise by expectations), then the implicit identity,
    /// then expectations.
    /// </summary>
    Auto,

    /// <summary>
    /// Differences of the sample at the same noise. Exact draw by draw. Does not apply if the amount of noise depends on the
    /// parameter, as in rejection samplers.
    /// </summary>
    FrozenNoise,

    /// <summary>
    /// The identity dz/dθ = −(∂F(z; θ)/∂θ) / p(z; θ), draw by draw (Figurnov, Mohamed, Mnih 2018, arXiv:1805.08498). For univariate distributions with
    /// a CDF whose sample depends on a single noise variable.
    /// </summary>
    Implicit,

    /// <summary>
    /// The mean gradient of test functions against the derivative of their expectation, by closed form, quadrature or score function. A statistical test, which sees
    /// a wrong sampler as well; it applies to every reparameterized distribution.
    /// </summary>
    Expectation,
}
