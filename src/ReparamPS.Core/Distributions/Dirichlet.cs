using ReparamPS.Runtime;
using static ReparamPS.Distributions.Constraints.Constraints;
using static TorchSharp.torch;

namespace ReparamPS.Distributions;

/// <summary>
/// The Dirichlet distribution on the simplex. Counterpart of <c>torch.distributions.Dirichlet</c>.
/// Reparameterized by composition: z = g / Σg with g ~ Gamma(Concentration, 1), each implicitly reparameterized; in logarithms where a g underflows.
/// </summary>
public sealed class Dirichlet : Distribution
{
    /// <summary>The kind.</summary>
    public static DistributionType Definition { get; } = new(
        "Dirichlet",
        Reparameterization.Composition,
        Simplex,
        [new("Concentration", PositiveVector) { Example = new[] { 0.8, 1.5, 3.0 } }],
        given => new Dirichlet(given.Tensor("Concentration")))
    {
        Density = "Γ(Σ Concentration) Π x_i^(Concentration_i − 1) / Γ(Concentration_i)",
        Moments = "mean a / A, variance a (A − a) / (A² (A + 1)), with a = Concentration and A = Σ a",
        Source = "torch.distributions.Dirichlet; Figurnov, Mohamed, Mnih 2018, arXiv:1805.08498",
    };

    /// <summary>Creates the distribution.</summary>
    /// <param name="concentration">The concentrations; positive vectors.</param>
    public Dirichlet(Tensor concentration)
        : base(Definition, [("Concentration", concentration)], ParameterChecks.VectorShape(concentration)) => Concentration = concentration;

    /// <summary>The concentrations.</summary>
    public Tensor Concentration { get; }

    private Tensor Total => Concentration.sum(-1, keepdim: true);

    /// <inheritdoc/>
    protected override Tensor ComputeMean() => Concentration / Total;

    /// <inheritdoc/>
    protected override Tensor ComputeVariance()
    {
        Tensor mean = Concentration / Total;
        return mean * (1 - mean) / (Total + 1);
    }

    /// <inheritdoc/>
    protected override Tensor ComputeEntropy()
    {
        Tensor total = Concentration.sum(-1);
        return Concentration.lgamma().sum(-1) - total.lgamma() + (total - EventShape[0]) * total.digamma()
            - ((Concentration - 1) * Concentration.digamma()).sum(-1);
    }

    /// <inheritdoc/>
    protected override Tensor ComputeLogProb(Tensor value) =>
        xlogy(Concentration - 1, value).sum(-1) + Concentration.sum(-1).lgamma() - Concentration.lgamma().sum(-1);

    // As PyTorch does: drawn in double precision, whatever the type, and kept off 0 and 1, where the density has its poles.
    /// <inheritdoc/>
    protected override Tensor Draw(long[] shape, RandomSource random)
    {
        Tensor concentration = Concentration.to(ScalarType.Float64).expand(shape);
        Tensor gamma = random.StandardGamma(concentration);
        Tensor simplex = LogGamma.Underflows(gamma)
            ? LogGamma.Of(gamma, concentration, random).softmax(-1)
            : gamma / gamma.sum(-1, keepdim: true);
        return simplex.to(DType).clamp(TorchTypes.Tiny(DType), 1 - TorchTypes.Epsilon(DType) / 2);
    }
}
