using ReparamPS.Distributions;

namespace ReparamPS.Divergences;

/// <summary>Pairs where p always has mass outside the support of q.</summary>
internal sealed class InfiniteFamily : DivergenceFamily
{
    public InfiniteFamily()
    {
        AddInfinite<Beta, Pareto>();
        AddInfinite<ContinuousBernoulli, Pareto>();
        OutsideUnitInterval<Exponential>();
        OutsideUnitInterval<Gamma>();
        OutsideUnitInterval<Pareto>();
        OutsideHalfLine<Gumbel>();
        OutsideHalfLine<Laplace>();
        OutsideHalfLine<Normal>();
        AddInfinite<Exponential, Pareto>();
        AddInfinite<Gamma, Pareto>();
    }

    private void OutsideUnitInterval<TP>()
        where TP : Distribution
    {
        AddInfinite<TP, Beta>();
        AddInfinite<TP, ContinuousBernoulli>();
        AddInfinite<TP, Uniform>();
    }

    private void OutsideHalfLine<TP>()
        where TP : Distribution
    {
        OutsideUnitInterval<TP>();
        AddInfinite<TP, Exponential>();
        AddInfinite<TP, Gamma>();
        AddInfinite<TP, Pareto>();
    }
}
