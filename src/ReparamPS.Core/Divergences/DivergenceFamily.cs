using ReparamPS.Distributions;
using static TorchSharp.torch;

namespace ReparamPS.Divergences;

/// <summary>A pair of kinds of distributions whose Kullback–Leibler divergence has a closed form.</summary>
/// <param name="P">The distribution of the expectation.</param>
/// <param name="Q">The other distribution.</param>
/// <param name="Formula">The divergence, in a shape that broadcasts to the common batch.</param>
internal sealed record DivergencePair(Type P, Type Q, Func<Distribution, Distribution, Tensor> Formula);

/// <summary>A group of related pairs. The registry finds every class that derives from this one.</summary>
internal abstract class DivergenceFamily
{
    private readonly List<DivergencePair> pairs = [];

    /// <summary>The pairs.</summary>
    public IReadOnlyList<DivergencePair> Pairs => pairs;

    /// <summary>Registers a pair.</summary>
    protected void Add<TP, TQ>(Func<TP, TQ, Tensor> formula)
        where TP : Distribution
        where TQ : Distribution => pairs.Add(new DivergencePair(typeof(TP), typeof(TQ), (p, q) => formula((TP)p, (TQ)q)));

    /// <summary>Registers a pair by its cross entropy −E_p[log q].</summary>
    protected void AddCross<TP, TQ>(Func<TP, TQ, Tensor> crossEntropy)
        where TP : Distribution
        where TQ : Distribution => Add<TP, TQ>((p, q) => crossEntropy(p, q) - p.Entropy);

    /// <summary>Registers a pair where p always has mass outside the support of q.</summary>
    protected void AddInfinite<TP, TQ>()
        where TP : Distribution
        where TQ : Distribution => Add<TP, TQ>((p, _) => full([], double.PositiveInfinity, p.DType, p.Device));

    /// <summary>A result that is infinite where a condition holds.</summary>
    protected static Tensor InfiniteWhere(Tensor condition, Tensor result) => result.masked_fill(condition, double.PositiveInfinity);
}
