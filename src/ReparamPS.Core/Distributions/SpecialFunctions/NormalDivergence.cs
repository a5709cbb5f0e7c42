using static TorchSharp.torch;

namespace ReparamPS.Distributions.SpecialFunctions;

/// <summary>Kullback–Leibler divergences between normals. The excess r − 1 − log r of a ratio r of variances is computed by whoever knows it without cancellation.</summary>
internal static class NormalDivergence
{
    /// <summary>½ (d² + r − 1 − log r).</summary>
    /// <param name="distance">d: from mean to mean, in standard deviations of the second normal.</param>
    /// <param name="excess">r − 1 − log r, r the variance of the first normal relative to the second.</param>
    public static Tensor Of(Tensor distance, Tensor excess) => 0.5 * (distance.square() + excess);

    /// <summary>½ (|d|² + Σ E²) − Σ (log(1 + Eᵢᵢ) − Eᵢᵢ): trace, logarithms and dimension together, so that nothing cancels between near neighbours.</summary>
    /// <param name="squaredDistance">|d|²: from mean to mean, by the inverse factor of the second normal.</param>
    /// <param name="excess">E = L⁻¹ L₁ − I, L₁ and L the lower Cholesky factors of the covariances.</param>
    /// <param name="deficits">log(1 + Eᵢᵢ) − Eᵢᵢ.</param>
    public static Tensor OfVectors(Tensor squaredDistance, Tensor excess, Tensor deficits) =>
        0.5 * (squaredDistance + excess.square().flatten(-2).sum(-1)) - deficits.sum(-1);

    /// <summary>To the standard normal, in each dimension.</summary>
    public static Tensor ToStandard(Tensor mean, Tensor logVariance) => Of(mean, logVariance.expm1() - logVariance);

    /// <summary>To the standard normal, for vectors.</summary>
    /// <param name="mean">The mean.</param>
    /// <param name="below">The covariance's factor below its diagonal.</param>
    /// <param name="logDiagonal">The logarithm of the factor's diagonal.</param>
    public static Tensor VectorsToStandard(Tensor mean, Tensor below, Tensor logDiagonal)
    {
        Tensor excess = logDiagonal.expm1();
        return OfVectors(mean.square().sum(-1), below + excess.diag_embed(), logDiagonal - excess);
    }
}
