using ReparamPS.Distributions;
using ReparamPS.Distributions.SpecialFunctions;
using ReparamPS.Numerics;
using static TorchSharp.torch;

namespace ReparamPS.Divergences;

/// <summary>Divergences within the positive families: gamma and its relatives, beta, Pareto, Weibull.</summary>
internal sealed class GammaFamily : DivergenceFamily
{
    public GammaFamily()
    {
        Add<Exponential, Exponential>((p, q) => (q.Rate / p.Rate) - 1 - (q.Rate / p.Rate).log());
        Add<Gamma, Gamma>((p, q) => OfGammas(p.Concentration, p.Rate, q.Concentration, q.Rate));
        Add<InverseGamma, InverseGamma>((p, q) => OfGammas(p.Concentration, p.Rate, q.Concentration, q.Rate));
        Add<Beta, Beta>(OfBetas);
        Add<Dirichlet, Dirichlet>(OfDirichlets);
        Add<Pareto, Pareto>(OfParetos);
        Add<Weibull, Weibull>(OfWeibulls);
        // log q is linear in x.
        AddCross<ContinuousBernoulli, ContinuousBernoulli>((p, q) => -q.LogProb(p.Mean));
    }

    private static Tensor OfGammas(Tensor shape, Tensor rate, Tensor otherShape, Tensor otherRate) =>
        otherShape * (rate / otherRate).log() + otherShape.lgamma() - shape.lgamma()
        + (shape - otherShape) * shape.digamma() + (otherRate - rate) * (shape / rate);

    private static Tensor OfBetas(Beta p, Beta q)
    {
        Tensor total = p.Concentration1 + p.Concentration0, otherTotal = q.Concentration1 + q.Concentration0;
        return BetaMath.LogBeta(q.Concentration1, q.Concentration0) - BetaMath.LogBeta(p.Concentration1, p.Concentration0)
            + (p.Concentration1 - q.Concentration1) * p.Concentration1.digamma()
            + (p.Concentration0 - q.Concentration0) * p.Concentration0.digamma()
            + (otherTotal - total) * total.digamma();
    }

    private static Tensor OfDirichlets(Dirichlet p, Dirichlet q)
    {
        Tensor total = p.Concentration.sum(-1), otherTotal = q.Concentration.sum(-1);
        Tensor slopes = p.Concentration.digamma() - total.digamma().unsqueeze(-1);
        return total.lgamma() - otherTotal.lgamma() + (q.Concentration.lgamma() - p.Concentration.lgamma()).sum(-1)
            + ((p.Concentration - q.Concentration) * slopes).sum(-1);
    }

    private static Tensor OfParetos(Pareto p, Pareto q)
    {
        Tensor ratio = q.Alpha / p.Alpha;
        return InfiniteWhere(p.Scale < q.Scale, q.Alpha * (p.Scale / q.Scale).log() - ratio.log() + ratio - 1);
    }

    // Bauckhage 2013, arXiv:1310.3713.
    private static Tensor OfWeibulls(Weibull p, Weibull q)
    {
        Tensor k = p.Concentration, l = q.Concentration;
        return (k / l).log() + (l * (q.Scale / p.Scale).log()) - (1 - l / k) * GammaFunctions.Euler
            + ((l / k + 1).lgamma() + l * (p.Scale / q.Scale).log()).exp() - 1;
    }
}
