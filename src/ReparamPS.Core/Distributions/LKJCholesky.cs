using Newtonsoft.Json;
using ReparamPS.Distributions.Parameters;
using ReparamPS.Distributions.SpecialFunctions;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static ReparamPS.Distributions.Constraints.Constraints;
using static TorchSharp.torch;

namespace ReparamPS.Distributions;

/// <summary>
/// The Cholesky factor of a correlation matrix with density proportional to |R|^(Concentration − 1). Counterpart of <c>torch.distributions.LKJCholesky</c>.
/// Reparameterized by composition (the onion method): the squared length of row i left of the diagonal is Beta(i/2, ·), implicitly reparameterized, and its direction
/// is uniform. (PyTorch 1.13 draws these lengths with i − ½ instead of i/2, which is correct for two rows only, and has no rsample for this distribution.)
/// </summary>
public sealed class LKJCholesky : Distribution
{
    /// <summary>The entry of this distribution in the catalogue.</summary>
    public static DistributionType Definition { get; } = new(
        "LKJCholesky",
        Reparameterization.Composition,
        CorrCholesky,
        [
            new("Dim", NonNegativeInteger) { Allowed = "integer of at least 2", Kind = ParameterKind.Integer, Example = 3L, IsReparameterized = false },
            new("Concentration", Positive) { Default = 1, Example = 1.5 },
        ],
        given => new LKJCholesky(given.Whole("Dim"), given.Tensor("Concentration")))
    {
        Density = "Π L_ii^(2 (η − 1) + d − i) / Z, i = 2 … d, η = Concentration, d = Dim ≥ 2",
        Moments = "below the diagonal: mean 0, variance 1 / (2η + d − 1)",
        IsLogProbInDouble = true,
        HasMode = true,
        Source = "torch.distributions.LKJCholesky; Lewandowski, Kurowicka, Joe 2009, J. Multivariate Analysis 100",
    };

    /// <summary>Creates the distribution.</summary>
    /// <param name="dim">The size of the matrix; at least 2.</param>
    /// <param name="concentration">At 1 all correlation matrices are equally likely; larger values favour the identity; positive.</param>
    public LKJCholesky(int dim, Tensor concentration)
        : base(Definition, [("Concentration", concentration)], [dim, dim])
    {
        if (dim < 2) throw new ArgumentException($"Dim must be at least 2; got {dim}.", nameof(dim));
        (Dim, Concentration) = (dim, concentration);
    }

    /// <summary>The size of the matrix.</summary>
    public int Dim { get; }

    /// <summary>At 1 all correlation matrices are equally likely; larger values favour the identity.</summary>
    [JsonIgnore]
    public Tensor Concentration { get; }

    // The squared length of row i, from the second on, is Beta(i/2, η + (d − 1 − i)/2), i counted from 0.
    private Tensor Lengths => arange(1, Dim, dtype: DType, device: Device) / 2;

    // A concentration far below 1 keeps its digits if it is added last.
    private Tensor Rests => Concentration.unsqueeze(-1) + ((Dim - 1) / 2.0 - Lengths);

    internal override Distribution WithRows(Func<Tensor, long[], Tensor> choose) => new LKJCholesky(Dim, choose(Concentration, []));

    /// <inheritdoc/>
    public override Distribution To(Device device, ScalarType? dtype = null) => new LKJCholesky(Dim, Concentration.to(dtype ?? DType, device)).Expand(BatchShape);

    /// <inheritdoc/>
    protected override Tensor ComputeMean() => WithFirst(MeanDiagonal(), 1).diag_embed();

    // Every power of a diagonal element is positive, or the last one is at most 0.
    /// <inheritdoc/>
    protected override Tensor ComputeMode()
    {
        Tensor identity = eye(Dim, dtype: DType, device: Device), concentration = Concentration.unsqueeze(-1).unsqueeze(-1);
        return Dim == 1 ? identity : TensorChoice.Where(concentration > 1, identity, identity.new_full([], double.NaN));
    }

    /// <inheritdoc/>
    protected override Tensor ComputeVariance()
    {
        Tensor lengths = Lengths, rests = Rests, total = lengths + rests;
        Tensor each = WithFirst(0.5 / total, 0).unsqueeze(-1) * ones(Dim, Dim, dtype: DType, device: Device).tril(-1);
        return each + WithFirst(rests / total * -Stirling.MeanRootDeficit(rests, lengths).expm1(), 0).diag_embed();
    }

    /// <inheritdoc/>
    protected override Tensor ComputeLogProb(Tensor value)
    {
        Tensor orders = 2 * (Concentration.unsqueeze(-1) - 1) + (Dim - 2 - arange(Dim - 1, dtype: DType, device: Device));
        Tensor diagonal = value.diagonal(dim1: -2, dim2: -1).narrow(-1, 1, Dim - 1);
        Tensor logNormalizer = (BetaMath.LogBeta(Lengths, Rests) + Lengths * Math.Log(Math.PI) - Lengths.lgamma()).sum(-1);
        return (orders * diagonal.log()).sum(-1) - logNormalizer;
    }

    /// <inheritdoc/>
    protected override Tensor Draw(long[] shape, RandomSource random)
    {
        long[] rows = [.. shape[..^2], Dim - 1];
        Tensor squares = new Beta(Lengths.expand(Rests.shape), Rests).Expand(rows).RSample([], random);
        Tensor directions = random.Normal(shape, DType).tril(-1).narrow(-2, 1, Dim - 1);
        Tensor lower = directions * (squares / directions.square().sum(-1)).sqrt().unsqueeze(-1);
        Tensor diagonal = (1 - squares).clamp(min: TorchTypes.Tiny(DType)).sqrt();
        Tensor first = zeros([.. shape[..^2], 1, Dim], DType, Device);
        return cat([first, lower], -2) + WithFirst(diagonal, 1).diag_embed();
    }

    private Tensor MeanDiagonal() => (BetaMath.LogBeta(Lengths, Rests + 0.5) - BetaMath.LogBeta(Lengths, Rests)).exp();

    private static Tensor WithFirst(Tensor rows, double first) => cat([full([.. rows.shape[..^1], 1], first, rows.dtype, rows.device), rows], -1);
}
