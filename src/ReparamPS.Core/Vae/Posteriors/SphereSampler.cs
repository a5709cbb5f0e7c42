using ReparamPS.Distributions;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Vae.Posteriors;

/// <summary>
/// Von Mises–Fisher draws by Wood's method (1994) in a fixed number of tensor operations. A round accepts with probability 0.65 or more, so that no draw in 10^15 misses all rounds.
/// The proposals do not depend on the parameters: they are quotients of two gammas of fixed concentration.
/// </summary>
internal sealed class SphereSampler(int size) : PosteriorSampler
{
    private const int Rounds = 36;

    public override int NoiseSize => checked(2 * Rounds + size - 1);

    public override Tensor Noise(long[] shape, ScalarType dtype, RandomSource random)
    {
        using var scope = NewDisposeScope();
        using RandomSource branch = random.Branch();
        Tensor gammas = branch.StandardGamma(full([.. shape, Rounds, 2], (size - 1) / 2.0, ScalarType.Float64, CPU)).clamp_min(TorchTypes.Tiny(ScalarType.Float32));
        Tensor quotients = gammas.select(-1, 0) / gammas.select(-1, 1);
        return cat([quotients.to(dtype), branch.Exponential([.. shape, Rounds], dtype), branch.Normal([.. shape, size - 1], dtype)], -1).MoveToOuterDisposeScope();
    }

    public override Tensor Draw(Distribution distribution, Tensor noise)
    {
        var sphere = (VonMisesFisher)distribution;
        Tensor height;
        using (no_grad())
        {
            Tensor numbers = noise.to(ScalarType.Float64), quotients = numbers.narrow(-1, 0, Rounds);
            (Tensor candidates, Tensor score) = sphere.Candidate(sphere.Concentration.to(ScalarType.Float64).unsqueeze(-1), quotients, ones_like(quotients));
            height = Candidates.First(candidates, score >= -numbers.narrow(-1, Rounds, Rounds)).squeeze(-1).clamp(0, 2);
        }
        return sphere.At(sphere.WithSlope(height), noise.narrow(-1, 2 * Rounds, size - 1));
    }
}
