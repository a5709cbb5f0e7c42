using ReparamPS.Distributions;
using ReparamPS.Distributions.SpecialFunctions;
using ReparamPS.Numerics;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Divergences;

/// <summary>Divergences within the positive families: gamma and its relatives, beta, Pareto, Weibull.</summary>
internal sealed class GammaFamily : DivergenceFamily
{
    public GammaFamily()
    {
        Add<Exponential, Exponential>((p, q) => -Deficit.OfRatio(q.Rate, p.Rate));
        Add<Gamma, Gamma>((p, q) => OfGammas(p.Concentration, p.Rate, q.Concentration, q.Rate));
        Add<InverseGamma, InverseGamma>((p, q) => OfGammas(p.Concentration, p.Rate, q.Concentration, q.Rate));
        Add<Beta, Beta>(OfBetas);
        Add<Dirichlet, Dirichlet>((p, q) => OfConcentrations(p.Concentration, q.Concentration));
        Add<Pareto, Pareto>(OfParetos);
        Add<Weibull, Weibull>(OfWeibulls);
        Add<ContinuousBernoulli, ContinuousBernoulli>((p, q) => ContinuousBernoulli.Divergence(p.Tilt, q.Tilt));
    }

    private static Tensor OfGammas(Tensor shape, Tensor rate, Tensor otherShape, Tensor otherRate) =>
        Stirling.DivergenceRest(shape, otherShape) - Deficit.TimesOfRatio(shape * (otherRate / rate), otherShape);

    // log(x / y), without loss of digits if x and y are nearly equal.
    private static Tensor LogRatio(Tensor x, Tensor y)
    {
        Tensor u = (x - y) / y, isNear = TensorChoice.Abs(u) < 0.5;
        return TensorChoice.Where(isNear, u.masked_fill(~isNear, 0).log1p(), x.log() - y.log());
    }

    private static Tensor OfBetas(Beta p, Beta q) => OfConcentrations(Both(p), Both(q));

    private static Tensor Both(Beta beta)
    {
        IList<Tensor> both = broadcast_tensors(beta.Concentration1, beta.Concentration0);
        return stack([both[0], both[1]], -1);
    }

    // With a and b the concentrations, A and B their sums: B times the divergence of the categories b / B from a / A, the only terms of the size of the
    // concentrations, and what Stirling's formula leaves of the log-gammas.
    private static Tensor OfConcentrations(Tensor a, Tensor b)
    {
        Tensor total = a.sum(-1), otherTotal = b.sum(-1), scale = total.unsqueeze(-1), otherScale = otherTotal.unsqueeze(-1);
        Tensor excess = (b * scale - a * otherScale) / (a * otherScale);
        return otherTotal * (a / scale * Deficit.OfEntropy(excess)).sum(-1) + Stirling.DivergenceRest(a, b).sum(-1) - Stirling.DivergenceRest(total, otherTotal);
    }

    private static Tensor OfParetos(Pareto p, Pareto q)
    {
        return InfiniteWhere(p.Scale < q.Scale, q.Alpha * LogRatio(p.Scale, q.Scale) - Deficit.OfRatio(q.Alpha, p.Alpha));
    }

    // Bauckhage 2013, arXiv:1310.3713.
    private static Tensor OfWeibulls(Weibull p, Weibull q)
    {
        // With r = l / k and s = l log(λ_p / λ_q): −log r − s + γ (r − 1) + Γ(1 + r) eˢ − 1, each part without the first order in r − 1 and s that cancels.
        Tensor k = p.Concentration, l = q.Concentration, excess = (l - k) / k, shift = l * LogRatio(p.Scale, q.Scale);
        Tensor power = (2 + excess).lgamma() + shift, slope = (1 - GammaFunctions.Euler) * excess;
        return -Deficit.OfRatio(l, k) + Deficit.OfExponential(power) + power - slope - shift;
    }
}
