using Newtonsoft.Json;
using ReparamPS.Distributions.Constraints;
using ReparamPS.Distributions.SpecialFunctions;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static ReparamPS.Distributions.Constraints.Bounds;
using static ReparamPS.Distributions.Constraints.Constraints;
using static TorchSharp.torch;

namespace ReparamPS.Distributions;

/// <summary>
/// The generalized Pareto distribution of exceedances: ξ = Concentration > 0 has a power tail, 0 an exponential one, and below 0 a bound.
/// Reparameterized by the inverse CDF: z = Loc + Scale · (exp(ξ ε) − 1) / ξ with ε = −log(1 − u), and Loc + Scale · ε at ξ = 0.
/// </summary>
public sealed class GeneralizedPareto : Distribution
{
    /// <summary>The entry of this distribution in the catalogue.</summary>
    public static DistributionType Definition { get; } = new(
        "GeneralizedPareto",
        Reparameterization.InverseCdf,
        AtLeastLoc,
        [
            new("Loc", Real) { Default = 0, Example = 0.5 },
            new("Scale", Positive) { Default = 1, Example = 1.5 },
            new("Concentration", Real) { Example = 0.2 },
        ],
        given => new GeneralizedPareto(given.Tensor("Loc"), given.Tensor("Scale"), given.Tensor("Concentration")))
    {
        Density = "(1 + ξ y)^(−1/ξ − 1) / Scale with y = (x − Loc) / Scale, ξ = Concentration; exp(−y) / Scale at ξ = 0",
        Moments = "mean Loc + Scale / (1 − ξ) for ξ < 1, variance Scale² / ((1 − ξ)² (1 − 2ξ)) for ξ < ½, else infinite",
        IsLogProbInDouble = true,
        Source = "Pickands 1975, Annals of Statistics 3; torch.distributions.GeneralizedPareto (PyTorch 2.7)",
        HasMode = true,
        HasCdf = true, HasQuantile = true, HasEntropy = true,
    };

    // Adding 1 to it changes nothing.
    private const double Far = 1e17;

    /// <summary>Creates the distribution.</summary>
    /// <param name="loc">The lower bound.</param>
    /// <param name="scale">The scale; positive.</param>
    /// <param name="concentration">The shape ξ.</param>
    public GeneralizedPareto(Tensor loc, Tensor scale, Tensor concentration) : base(Definition, [("Loc", loc), ("Scale", scale), ("Concentration", concentration)], []) =>
        (Loc, Scale, Concentration) = (loc, scale, concentration);

    /// <summary>The lower bound.</summary>
    [JsonIgnore]
    public Tensor Loc { get; }

    /// <summary>The scale.</summary>
    [JsonIgnore]
    public Tensor Scale { get; }

    /// <summary>The shape ξ.</summary>
    [JsonIgnore]
    public Tensor Concentration { get; }

    // The upper bound is widened by a few units in the last place, because rounded draws can exceed it.
    /// <inheritdoc/>
    [JsonIgnore]
    public override Constraint Support
    {
        get
        {
            Tensor isBounded = Concentration < 0;
            Tensor width = Scale / -TensorChoice.Where(isBounded, Concentration, -1) * (1 + 4 * TorchTypes.Epsilon(DType));
            return Between(Loc, TensorChoice.Where(isBounded, Loc + width, double.PositiveInfinity), Type.Support.Name);
        }
    }

    /// <inheritdoc/>
    protected override Tensor ComputeMean() => TensorChoice.Where(Concentration < 1, Loc + Scale / TensorChoice.PositiveOr1(1 - Concentration), double.PositiveInfinity);

    // Where the density rises, the upper bound; where it is constant, none.
    /// <inheritdoc/>
    protected override Tensor ComputeMode() => TensorChoice.Where(
        Concentration > -1, Loc, TensorChoice.Where(Concentration < -1, Loc - Scale / Concentration, Loc.new_full([], double.NaN)));

    /// <inheritdoc/>
    protected override Tensor ComputeVariance() => TensorChoice.Where(
        Concentration < 0.5, (Scale / TensorChoice.PositiveOr1(1 - Concentration)).square() / TensorChoice.PositiveOr1(1 - 2 * Concentration), double.PositiveInfinity);

    /// <inheritdoc/>
    protected override Tensor ComputeEntropy() => Scale.log() + Concentration + 1;

    // −log(1 − F): the standard exponential draw that corresponds to a value; infinite at or above an upper bound.
    private Tensor Hazard(Tensor value)
    {
        Tensor isFinite = value < double.PositiveInfinity;
        (Tensor distance, Tensor scale) = SteepQuotient.Distance(TensorChoice.Where(isFinite, value, 0), Loc, Scale);
        Tensor y = SteepQuotient.Of(distance, scale).clamp_min(0), rise = Concentration * y;
        if (!TensorQuestions.MayExceed(rise, Far)) return Near(y, isFinite & (rise > -1));
        Tensor isFar = rise > Far;
        // log(ξ y) / ξ by its parts: a slope in y underflows before that in Scale does.
        Tensor log = TensorChoice.Where(isFar, Concentration * distance, 1).log() - scale.log();
        return TensorChoice.Where(isFar, log / TensorChoice.Where(isFar, Concentration, 1), Near(y.masked_fill(isFar, 0), isFinite & (isFar | (rise > -1))));

        Tensor Near(Tensor y, Tensor isBelowEnd) =>
            TensorChoice.Where(isBelowEnd, SmoothQuotients.Log1pScaled(TensorChoice.Where(isBelowEnd, y, 0), Concentration), double.PositiveInfinity);
    }

    /// <inheritdoc/>
    protected override Tensor ComputeLogProb(Tensor value)
    {
        Tensor isFinite = value < double.PositiveInfinity;
        Tensor hazard = Hazard(TensorChoice.Where(isFinite, value, Loc));
        // At an upper bound the hazard is infinite. It has no effect if the density is flat.
        Tensor fall = (1 + Concentration) * TensorChoice.Where((Concentration == -1) & hazard.isinf(), 0, hazard);
        return TensorChoice.Where(isFinite, -fall - Scale.log(), double.NegativeInfinity);
    }

    /// <inheritdoc/>
    protected override Tensor Draw(long[] shape, RandomSource random) => Loc + Scale * SmoothQuotients.Expm1Scaled(random.Uniform(shape, DType).neg_().log1p_().neg_(), Concentration);

    /// <inheritdoc/>
    protected override Tensor ComputeCdf(Tensor value) => LogComplement.Of(-Hazard(value));

    /// <inheritdoc/>
    protected override Tensor ComputeLogCdf(Tensor value) => LogComplement.OfExp(-Hazard(value));

    /// <inheritdoc/>
    protected override Tensor ComputeSurvival(Tensor value) => (-Hazard(value)).exp();

    /// <inheritdoc/>
    protected override Tensor ComputeLogSurvival(Tensor value) => -Hazard(value);

    /// <inheritdoc/>
    protected override Tensor ComputeIcdf(Tensor probability)
    {
        Tensor isInside = probability < 1, isBounded = Concentration < 0;
        Tensor end = TensorChoice.Where(isBounded, -TensorChoice.Where(isBounded, Concentration, -1).reciprocal(), double.PositiveInfinity);
        Tensor hazard = -(-TensorChoice.Where(isInside, probability, 0)).log1p();
        return Loc + Scale * TensorChoice.Where(isInside, SmoothQuotients.Expm1Scaled(hazard, Concentration), end);
    }
}
