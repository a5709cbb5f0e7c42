using ReparamPS.Distributions;
using ReparamPS.Distributions.SpecialFunctions;
using ReparamPS.Numerics;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Divergences;

/// <summary>Divergences within the location-scale families and the distributions derived from them.</summary>
internal sealed class LocationScaleFamily : DivergenceFamily
{
    public LocationScaleFamily()
    {
        Add<Normal, Normal>((p, q) => OfNormals(p.Loc, p.Scale, q.Loc, q.Scale));
        Add<LogNormal, LogNormal>((p, q) => OfNormals(p.Loc, p.Scale, q.Loc, q.Scale));
        Add<HalfNormal, HalfNormal>((p, q) => OfNormals(zeros_like(p.Scale), p.Scale, zeros_like(q.Scale), q.Scale));
        Add<LogisticNormal, LogisticNormal>((p, q) => OfNormals(p.Loc, p.Scale, q.Loc, q.Scale).sum(-1));
        Add<Cauchy, Cauchy>((p, q) => OfCauchys(p.Loc - q.Loc, p.Scale, q.Scale));
        Add<HalfCauchy, HalfCauchy>((p, q) => OfCauchys(zeros_like(p.Scale), p.Scale, q.Scale));
        Add<Laplace, Laplace>(OfLaplaces);
        Add<Gumbel, Gumbel>(OfGumbels);
        Add<Uniform, Uniform>((p, q) => InfiniteWhere((q.Low > p.Low) | (q.High < p.High), ((q.High - q.Low) / (p.High - p.Low)).log()));
    }

    private static Tensor OfNormals(Tensor loc, Tensor scale, Tensor otherLoc, Tensor otherScale) =>
        NormalDivergence.Of((loc - otherLoc) / otherScale, -Deficit.OfSquareRatio(scale, otherScale));

    // Chyzak, Nielsen 2019, arXiv:1905.10965.
    private static Tensor OfCauchys(Tensor difference, Tensor scale, Tensor otherScale) =>
        (((scale - otherScale).square() + difference.square()) / (4 * scale * otherScale)).log1p();

    // Gil, Alajaji, Linder 2013, Information Sciences 249.
    private static Tensor OfLaplaces(Laplace p, Laplace q)
    {
        // With d the distance in scales of p: ratio (e⁻ᵈ − 1 + d) + ratio − 1 − log ratio.
        Tensor distance = TensorChoice.Abs(p.Loc - q.Loc) / p.Scale;
        return p.Scale / q.Scale * Deficit.OfExponential(-distance) - Deficit.OfRatio(p.Scale, q.Scale);
    }

    private static Tensor OfGumbels(Gumbel p, Gumbel q)
    {
        // −log r + s + γ (r − 1) + Γ(1 + r) e⁻ˢ − 1, r the ratio of the scales: without the first order in r − 1 and s, which cancels.
        Tensor excess = (p.Scale - q.Scale) / q.Scale, shift = (p.Loc - q.Loc) / q.Scale;
        Tensor power = (2 + excess).lgamma() - shift, slope = (1 - GammaFunctions.Euler) * excess;
        return -Deficit.OfRatio(p.Scale, q.Scale) + Deficit.OfExponential(power) + power - slope + shift;
    }
}
