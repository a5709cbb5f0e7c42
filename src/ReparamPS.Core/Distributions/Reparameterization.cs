using Newtonsoft.Json;
using Newtonsoft.Json.Converters;

namespace ReparamPS.Distributions;

/// <summary>How a sample is expressed as a differentiable function of the parameters and of noise that does not depend on them.</summary>
[JsonConverter(typeof(StringEnumConverter))]
public enum Reparameterization
{
    /// <summary>Not reparameterized: samples carry no gradient.</summary>
    None,

    /// <summary>z = μ + σ ⊙ ε, or with a matrix z = μ + L ε.</summary>
    LocationScale,

    /// <summary>z = F⁻¹(u; θ) with u uniform.</summary>
    InverseCdf,

    /// <summary>dz/dθ = −(∂F(z; θ)/∂θ) / p(z; θ) on an ordinary draw (Figurnov, Mohamed, Mnih 2018, arXiv:1805.08498).</summary>
    Implicit,

    /// <summary>A differentiable function of draws of other, reparameterized distributions.</summary>
    Composition,

    /// <summary>A continuous relaxation of a discrete distribution (Maddison, Mnih, Teh 2017, arXiv:1611.00712).</summary>
    Relaxation,

    /// <summary>A discrete draw forward, the gradient of its probabilities backward (Bengio et al. 2013, arXiv:1308.3432); biased.</summary>
    StraightThrough,
}
