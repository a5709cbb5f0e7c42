namespace ReparamPS.Gradients;

/// <summary>What a sample's gradient is compared with.</summary>
public enum ReparameterizationCheckMethod
{
    /// <summary>
    /// For each parameter the strongest that applies: frozen noise (confirmed by the implicit identity where that applies too, else by expectations), else the implicit identity,
    /// else expectations.
    /// </summary>
    Auto,

    /// <summary>
    /// Differences of the sample at the same noise. Exact draw by draw, but meaningless where the noise that is used up depends on the
    /// parameter, as in rejection samplers: there it is refused.
    /// </summary>
    FrozenNoise,

    /// <summary>
    /// The identity dz/dθ = −(∂F(z; θ)/∂θ) / p(z; θ), draw by draw (Figurnov, Mohamed, Mnih 2018, arXiv:1805.08498). For univariate distributions with
    /// a CDF whose sample is driven by a single noise.
    /// </summary>
    Implicit,

    /// <summary>
    /// The mean gradient of test functions against the derivative of their expectation, by closed form, quadrature or score function. A statistical test, which sees
    /// a wrong sampler as well; it applies to every reparameterized distribution.
    /// </summary>
    Expectation,
}
