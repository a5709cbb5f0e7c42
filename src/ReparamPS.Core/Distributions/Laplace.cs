using Newtonsoft.Json;
using ReparamPS.Distributions.SpecialFunctions;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static ReparamPS.Distributions.Constraints.Constraints;
using static TorchSharp.torch;

namespace ReparamPS.Distributions;

/// <summary>
/// The Laplace (double exponential) distribution. Counterpart of <c>torch.distributions.Laplace</c>.
/// Reparameterized by location and scale: z = Loc − Scale · sign(u) log(1 − |u|) with u uniform on (−1, 1).
/// </summary>
public sealed class Laplace : Distribution
{
    /// <summary>The entry of this distribution in the catalogue.</summary>
    public static DistributionType Definition { get; } = new(
        "Laplace",
        Reparameterization.LocationScale,
        Real,
        [new("Loc", Real) { Default = 0, Example = 0.5 }, new("Scale", Positive) { Default = 1, Example = 1.5 }],
        given => new Laplace(given.Tensor("Loc"), given.Tensor("Scale")))
    {
        Density = "exp(−|x − Loc| / Scale) / (2 Scale)",
        Moments = "mean Loc, variance 2 Scale²",
        HasMode = true,
        Source = "torch.distributions.Laplace",
        HasCdf = true, HasQuantile = true, HasEntropy = true,
    };

    /// <summary>Creates the distribution.</summary>
    /// <param name="loc">The mean.</param>
    /// <param name="scale">The mean distance from the mean; positive.</param>
    public Laplace(Tensor loc, Tensor scale) : base(Definition, [("Loc", loc), ("Scale", scale)], []) => (Loc, Scale) = (loc, scale);

    /// <summary>The mean.</summary>
    [JsonIgnore]
    public Tensor Loc { get; }

    /// <summary>The mean distance from the mean.</summary>
    [JsonIgnore]
    public Tensor Scale { get; }

    /// <inheritdoc/>
    protected override Tensor ComputeMean() => Loc;

    /// <inheritdoc/>
    protected override Tensor ComputeMode() => Loc;

    /// <inheritdoc/>
    protected override Tensor ComputeVariance() => 2 * Scale.square();

    /// <inheritdoc/>
    protected override Tensor ComputeEntropy() => 1 + Math.Log(2) + Scale.log();

    private Tensor Standardize(Tensor value) => SteepQuotient.OfDistance(value, Loc, Scale);

    /// <inheritdoc/>
    protected override Tensor ComputeLogProb(Tensor value)
    {
        (Tensor distance, Tensor scale) = SteepQuotient.Distance(value, Loc, Scale);
        return -(Scale.log() + Math.Log(2)) - TensorChoice.Abs(distance / scale);
    }

    /// <inheritdoc/>
    protected override Tensor Draw(long[] shape, RandomSource random)
    {
        double epsilon = TorchTypes.Epsilon(DType);
        Tensor u = random.Uniform(shape, DType).mul_(2 - epsilon).add_(epsilon - 1);
        return addcmul(Loc, u.sign() * TensorChoice.Abs(u).neg_().log1p_(), Scale, -1);
    }

    /// <inheritdoc/>
    protected override Tensor ComputeCdf(Tensor value) => StandardCdf(Standardize(value));

    /// <inheritdoc/>
    protected override Tensor ComputeLogCdf(Tensor value) => StandardLogCdf(Standardize(value));

    /// <inheritdoc/>
    protected override Tensor ComputeSurvival(Tensor value) => StandardCdf(-Standardize(value));

    /// <inheritdoc/>
    protected override Tensor ComputeLogSurvival(Tensor value) => StandardLogCdf(-Standardize(value));

    /// <inheritdoc/>
    protected override Tensor ComputeIcdf(Tensor probability)
    {
        Tensor isLower = probability < 0.5;
        return Loc + Scale * TensorChoice.Where(isLower, (2 * probability).log(), -(2 * (1 - probability)).log());
    }

    // By clamps, not by |y|, whose slope at 0 is 0: the CDF is smooth there.
    private static Tensor StandardCdf(Tensor y) => TensorChoice.Where(y < 0, 0.5 * y.clamp(max: 0).exp(), 1 - 0.5 * (-y.clamp(min: 0)).exp());

    private static Tensor StandardLogCdf(Tensor y) => TensorChoice.Where(y < 0, y.clamp(max: 0) - Math.Log(2), (-0.5 * (-y.clamp(min: 0)).exp()).log1p());
}
