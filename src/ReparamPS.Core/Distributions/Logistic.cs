using Newtonsoft.Json;
using ReparamPS.Distributions.SpecialFunctions;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static ReparamPS.Distributions.Constraints.Constraints;
using static TorchSharp.torch;

namespace ReparamPS.Distributions;

/// <summary>
/// The logistic distribution.
/// Reparameterized by location and scale: z = Loc + Scale · log(u / (1 − u)) with u uniform.
/// </summary>
public sealed class Logistic : Distribution
{
    /// <summary>The entry of this distribution in the catalogue.</summary>
    public static DistributionType Definition { get; } = new(
        "Logistic",
        Reparameterization.LocationScale,
        Real,
        [new("Loc", Real) { Default = 0, Example = 0.5 }, new("Scale", Positive) { Default = 1, Example = 1.5 }],
        given => new Logistic(given.Tensor("Loc"), given.Tensor("Scale")))
    {
        Density = "exp(−y) / (Scale (1 + exp(−y))²) with y = (x − Loc) / Scale",
        Moments = "mean Loc, variance π² Scale² / 3",
        IsLogProbInDouble = true,
        HasMode = true,
        Source = "Balakrishnan 1991, Handbook of the Logistic Distribution; not a class of PyTorch",
        HasCdf = true, HasQuantile = true, HasEntropy = true,
    };

    /// <summary>Creates the distribution.</summary>
    /// <param name="loc">The mean.</param>
    /// <param name="scale">The scale; positive.</param>
    public Logistic(Tensor loc, Tensor scale) : base(Definition, [("Loc", loc), ("Scale", scale)], []) => (Loc, Scale) = (loc, scale);

    /// <summary>The mean.</summary>
    [JsonIgnore]
    public Tensor Loc { get; }

    /// <summary>The scale.</summary>
    [JsonIgnore]
    public Tensor Scale { get; }

    /// <inheritdoc/>
    protected override Tensor ComputeMean() => Loc;

    /// <inheritdoc/>
    protected override Tensor ComputeMode() => Loc;

    /// <inheritdoc/>
    protected override Tensor ComputeVariance() => Scale.square() * (Math.PI * Math.PI / 3);

    /// <inheritdoc/>
    protected override Tensor ComputeEntropy() => Scale.log() + 2;

    private Tensor Standardize(Tensor value) => SteepQuotient.OfDistance(value, Loc, Scale);

    /// <inheritdoc/>
    protected override Tensor ComputeLogProb(Tensor value)
    {
        (Tensor distance, Tensor scale) = SteepQuotient.Distance(value, Loc, Scale);
        Tensor y = -TensorChoice.Abs(distance / scale);
        return y - 2 * y.exp().log1p() - Scale.log();
    }

    /// <inheritdoc/>
    protected override Tensor Draw(long[] shape, RandomSource random)
    {
        Tensor u = random.OpenUniform(shape, DType);
        return addcmul(Loc, u.log() - u.neg_().log1p_(), Scale, 1);
    }

    /// <inheritdoc/>
    protected override Tensor ComputeCdf(Tensor value) => TensorFunctions.Sigmoid(Standardize(value));

    /// <inheritdoc/>
    protected override Tensor ComputeLogCdf(Tensor value) => TensorFunctions.LogSigmoid(Standardize(value));

    /// <inheritdoc/>
    protected override Tensor ComputeSurvival(Tensor value) => TensorFunctions.Sigmoid(-Standardize(value));

    /// <inheritdoc/>
    protected override Tensor ComputeLogSurvival(Tensor value) => TensorFunctions.LogSigmoid(-Standardize(value));

    /// <inheritdoc/>
    protected override Tensor ComputeIcdf(Tensor probability) => Loc + Scale * (probability.log() - (-probability).log1p());
}
