using Newtonsoft.Json;
using ReparamPS.Distributions.SpecialFunctions;
using ReparamPS.Numerics;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static ReparamPS.Distributions.Constraints.Constraints;
using static TorchSharp.torch;

namespace ReparamPS.Distributions;

/// <summary>
/// Student's t distribution. Counterpart of <c>torch.distributions.StudentT</c>.
/// Drawn as in PyTorch, z = Loc + Scale · ε / √(χ²/Df), and reparameterized by location, scale and, implicitly, Df: the gradient in Df is
/// −(∂F/∂Df) / p, which has less variance than the gradient through the χ² draw alone.
/// </summary>
public sealed class StudentT : Distribution
{
    /// <summary>The entry of this distribution in the catalogue.</summary>
    public static DistributionType Definition { get; } = new(
        "StudentT",
        Reparameterization.Implicit,
        Real,
        [
            new("Df", Positive) { Example = 4.0 },
            new("Loc", Real) { Default = 0, Example = 0.5 },
            new("Scale", Positive) { Default = 1, Example = 1.5 },
        ],
        given => new StudentT(given.Tensor("Df"), given.Tensor("Loc"), given.Tensor("Scale")))
    {
        Density = "Γ((ν + 1)/2) (1 + y²/ν)^(−(ν + 1)/2) / (Γ(ν/2) √(νπ) Scale) with y = (x − Loc) / Scale, ν = Df",
        Moments = "mean Loc for ν > 1, variance Scale² ν / (ν − 2) for ν > 2, infinite for 1 < ν ≤ 2, else undefined (NaN)",
        IsLogProbInDouble = true,
        HasMode = true,
        Source = "torch.distributions.StudentT; Figurnov, Mohamed, Mnih 2018, arXiv:1805.08498",
        HasCdf = true, HasQuantile = true, HasEntropy = true,
    };

    /// <summary>Creates the distribution.</summary>
    /// <param name="df">The degrees of freedom; positive.</param>
    /// <param name="loc">The centre.</param>
    /// <param name="scale">The scale; positive.</param>
    public StudentT(Tensor df, Tensor loc, Tensor scale) : base(Definition, [("Df", df), ("Loc", loc), ("Scale", scale)], []) =>
        (Df, Loc, Scale) = (df, loc, scale);

    /// <summary>The degrees of freedom.</summary>
    [JsonIgnore]
    public Tensor Df { get; }

    /// <summary>The centre.</summary>
    [JsonIgnore]
    public Tensor Loc { get; }

    /// <summary>The scale.</summary>
    [JsonIgnore]
    public Tensor Scale { get; }

    /// <inheritdoc/>
    protected override Tensor ComputeMean() => TensorChoice.Where(Df > 1, Loc, double.NaN);

    /// <inheritdoc/>
    protected override Tensor ComputeMode() => Loc;

    /// <inheritdoc/>
    protected override Tensor ComputeVariance() => TensorChoice.Where(
        Df > 2,
        Scale.square() * Df / TensorChoice.PositiveOr1(Df - 2),
        TensorChoice.Where(Df > 1, double.PositiveInfinity, Df.new_full([], double.NaN)));

    /// <inheritdoc/>
    protected override Tensor ComputeEntropy() => Scale.log() + 0.5 * (Df + 1) * Stirling.DigammaHalfStep(0.5 * Df) + LogNormalizer;

    // log(√ν B(ν/2, ½)).
    private Tensor LogNormalizer => 0.5 * (Df * Math.PI).log() - Stirling.LogGammaHalfStep(0.5 * Df);

    /// <inheritdoc/>
    protected override Tensor ComputeLogProb(Tensor value)
    {
        (Tensor distance, Tensor scale) = SteepQuotient.Distance(value, Loc, Scale);
        return -0.5 * (Df + 1) * SmoothQuotients.Log1pSquare(distance, scale * Df.sqrt()) - (LogNormalizer + Scale.log());
    }

    /// <inheritdoc/>
    protected override Tensor Draw(long[] shape, RandomSource random)
    {
        Tensor standard;
        using (no_grad())
        {
            Tensor normal = random.Normal(shape, DType);
            standard = normal * (GammaMath.Draw(0.5 * Df, Df.new_full([], 0.5), shape, random) / Df).rsqrt_();
        }
        return Loc + Scale * Elementwise.AttachGradients(standard, () => standard, StudentTails.DrawSlope, Df);
    }

    /// <inheritdoc/>
    protected override Tensor ComputeCdf(Tensor value) => AtDistance(value, StudentTails.Cdf);

    /// <inheritdoc/>
    protected override Tensor ComputeLogCdf(Tensor value) => AtDistance(value, StudentTails.LogCdf);

    /// <inheritdoc/>
    protected override Tensor ComputeSurvival(Tensor value) => AtDistance(value, StudentTails.Survival);

    /// <inheritdoc/>
    protected override Tensor ComputeLogSurvival(Tensor value) => AtDistance(value, StudentTails.LogSurvival);

    /// <inheritdoc/>
    protected override Tensor ComputeIcdf(Tensor probability) => Loc + Scale * Elementwise.Apply(StudentTails.Quantile, probability, Df);

    private Tensor AtDistance(Tensor value, PointFunction function)
    {
        (Tensor distance, Tensor scale) = SteepQuotient.Distance(value, Loc, Scale);
        return Elementwise.Apply(function, distance, scale, Df);
    }
}
