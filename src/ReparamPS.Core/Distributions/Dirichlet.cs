using Newtonsoft.Json;
using ReparamPS.Distributions.Parameters;
using ReparamPS.Distributions.SpecialFunctions;
using ReparamPS.Numerics;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static ReparamPS.Distributions.Constraints.Constraints;
using static TorchSharp.torch;

namespace ReparamPS.Distributions;

/// <summary>
/// The Dirichlet distribution on the simplex. Counterpart of <c>torch.distributions.Dirichlet</c>.
/// Reparameterized by composition: z = g / Σg with g ~ Gamma(Concentration, 1), each implicitly reparameterized; in logarithms if a g underflows.
/// </summary>
public sealed class Dirichlet : Distribution
{
    /// <summary>The entry of this distribution in the catalogue.</summary>
    public static DistributionType Definition { get; } = new(
        "Dirichlet",
        Reparameterization.Composition,
        Simplex,
        [new("Concentration", PositiveVector) { Example = new[] { 0.8, 1.5, 3.0 } }],
        given => new Dirichlet(given.Tensor("Concentration")))
    {
        Density = "Γ(Σ Concentration) Π x_i^(Concentration_i − 1) / Γ(Concentration_i)",
        Moments = "mean a / A, variance a (A − a) / (A² (A + 1)), with a = Concentration and A = Σ a",
        IsLogProbInDouble = true,
        HasMode = true,
        Source = "torch.distributions.Dirichlet; Figurnov, Mohamed, Mnih 2018, arXiv:1805.08498",
        HasEntropy = true,
    };

    /// <summary>Creates the distribution.</summary>
    /// <param name="concentration">The concentrations; positive vectors.</param>
    public Dirichlet(Tensor concentration)
        : base(Definition, [("Concentration", concentration)], ParameterChecks.VectorShape(concentration)) => Concentration = concentration;

    /// <summary>The concentrations.</summary>
    [JsonIgnore]
    public Tensor Concentration { get; }

    private Tensor Total => Concentration.sum(-1, keepdim: true);

    /// <inheritdoc/>
    protected override Tensor ComputeMean() => Concentration / Total;

    /// <inheritdoc/>
    protected override Tensor ComputeMode()
    {
        // 0 / 0 if all are 1, where every point is a mode.
        Tensor isInner = (Concentration >= 1).all(-1, keepdim: true), excess = Concentration - 1;
        return TensorChoice.Where(isInner, excess / excess.sum(-1, keepdim: true), double.NaN);
    }

    /// <inheritdoc/>
    protected override Tensor ComputeVariance()
    {
        Tensor mean = Concentration / Total;
        return mean * TensorFunctions.Complement(mean) / (Total + 1);
    }

    /// <inheritdoc/>
    protected override Tensor ComputeEntropy() => BetaMath.Entropy(Concentration);

    /// <inheritdoc/>
    protected override Tensor ComputeLogProb(Tensor value)
    {
        Tensor total = Concentration.sum(-1);
        if (!Stirling.IsAnyLarge(total)) return TensorFunctions.SumLast(LogProducts.Power(Concentration - 1, value)) + total.lgamma() - Concentration.lgamma().sum(-1);
        // Σ a log(A x / a), A = Σ a, and Stirling's remainders: no terms of the size of a log a remain that would cancel. At an edge, a multiple of log 0 determines the result.
        Tensor isInside = value > 0, x = TensorChoice.Where(isInside, value, Concentration / total.unsqueeze(-1));
        Tensor kernel = Deficit.TimesOfRatio(total.unsqueeze(-1) * x, Concentration).sum(-1) + total * ((x - Concentration / total.unsqueeze(-1)).sum(-1));
        Tensor scales = (0.5 * Concentration.log() - GammaFunctions.HalfLogTwoPi - Stirling.Remainder(Concentration) - x.log()).sum(-1);
        Tensor edge = TensorChoice.Where(isInside | (Concentration == 1), 0, (1 - Concentration).sign() * double.PositiveInfinity).sum(-1);
        return kernel + scales - 0.5 * total.log() + GammaFunctions.HalfLogTwoPi + Stirling.Remainder(total) + edge;
    }

    // As in PyTorch, draws are made in double precision for every type and kept away from 0 and 1, where the density has poles. The gradient is that of log z, so that a
    // clamped draw also has one. Otherwise the gradient of log z would be 0 if z is too small for the type.
    /// <inheritdoc/>
    protected override Tensor Draw(long[] shape, RandomSource random)
    {
        Tensor concentration = Concentration.to(ScalarType.Float64).expand(shape);
        Tensor gamma = GammaMath.StandardDraw(concentration, shape, random);
        bool isTiny = LogGamma.Underflows(gamma);
        Tensor z = isTiny ? special.log_softmax(LogGamma.Of(gamma, concentration, random), -1) : gamma / gamma.sum(-1, keepdim: true);
        Tensor fixedZ = z.detach();
        Tensor kept = (isTiny ? fixedZ.exp() : fixedZ).to(DType).clamp_(TorchTypes.Tiny(DType), 1 - TorchTypes.Epsilon(DType) / 2);
        if (!z.requires_grad) return kept;
        Tensor growth = isTiny ? (z - fixedZ).exp() : z / fixedZ;
        return (kept.to(ScalarType.Float64) * growth).to(DType);
    }
}
