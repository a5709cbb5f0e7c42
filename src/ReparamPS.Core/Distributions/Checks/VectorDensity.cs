using ReparamPS.Distributions.Transforms;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.Checks;

/// <summary>
/// The integral of a density over vectors, by importance sampling in unconstrained coordinates: proposals from a wide multivariate Student's t around the draws.
/// </summary>
/// <param name="Total">The estimate.</param>
/// <param name="StandardError">Its standard error.</param>
/// <param name="Proposals">The number of proposals.</param>
internal sealed record VectorDensity(double Total, double StandardError, int Proposals)
{
    private const int FewestProposals = 20_000, Together = 100_000, MaxSize = 8, Clip = 10;
    private const double Df = 2, Widening = 1.3, LargestShare = 0.01, LargestError = 0.03;

    /// <summary>Estimates; null if the support has no such coordinates, or the proposals do not fit the density.</summary>
    /// <param name="distribution">A single distribution over vectors, in float64.</param>
    /// <param name="draws">Its draws, which need not follow the density; as many proposals are made, but at least 20,000.</param>
    /// <param name="seed">The seed of the proposals.</param>
    public static VectorDensity? Of(CustomDistribution distribution, Tensor draws, RandomSeed seed)
    {
        if (!distribution.HasLogProb || distribution.BatchShape.Length > 0 || distribution.EventShape.Length != 1) return null;
        if (Bijections.Find(distribution.Support).Map is not { } map) return null;
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Tensor y = map.Inverse(draws);
        long size = y.shape[^1];
        if (size > MaxSize) return null;
        y = y.index_select(0, y.isfinite().all(-1).nonzero().flatten());
        if (y.shape[0] < draws.shape[0] / 2) return null;
        // Far draws of a heavy tail would stretch the proposals.
        Tensor Quantile(double level) => y.quantile(full([], level, ScalarType.Float64, y.device), dim: 0).reshape(size);
        Tensor middle = Quantile(0.5), spread = Quantile(0.75) - Quantile(0.25);
        Tensor near = (y - middle).maximum(-Clip * spread).minimum(Clip * spread), covariance = near.t().matmul(near) / near.shape[0];
        Tensor factor = linalg.cholesky_ex(covariance).L;
        if (!TensorQuestions.All(factor.diagonal() > 0)) return null;
        factor *= Widening;
        using var random = seed.Open(distribution.Device);
        double constant = MathNet.Numerics.SpecialFunctions.GammaLn((Df + size) / 2) - MathNet.Numerics.SpecialFunctions.GammaLn(Df / 2) - size / 2.0 * Math.Log(Df * Math.PI);
        double sum = 0, squares = 0, largest = 0;
        int proposals = (int)Math.Max(FewestProposals, draws.shape[0]);
        for (int done = 0; done < proposals; done += Together)
        {
            using var part = NewDisposeScope();
            int count = Math.Min(Together, proposals - done);
            Tensor noise = random.Normal([count, size], ScalarType.Float64), square = 2 * random.StandardGamma(full([count, 1], Df / 2, ScalarType.Float64, distribution.Device));
            Tensor standard = noise * (Df / square).sqrt(), proposal = middle + standard.matmul(factor.t()), x = map.Forward(proposal);
            Tensor logProposal = constant - (Df + size) / 2 * (standard.square().sum(-1) / Df).log1p() - factor.diagonal().log().sum();
            Tensor jacobian = map.LogAbsDetJacobian(proposal, x);
            while (jacobian.dim() > 1) jacobian = jacobian.sum(-1);
            Tensor weights = (distribution.LogProb(x) + jacobian - logProposal).exp().nan_to_num(0, 0, 0);
            sum += weights.sum().item<double>();
            squares += weights.square().sum().item<double>();
            largest = Math.Max(largest, weights.max().item<double>());
        }
        double total = sum / proposals, error = Math.Sqrt(Math.Max(0, squares / proposals - total * total) / (proposals - 1));
        return largest / proposals <= LargestShare * total && error <= LargestError * total ? new VectorDensity(total, error, proposals) : null;
    }
}
