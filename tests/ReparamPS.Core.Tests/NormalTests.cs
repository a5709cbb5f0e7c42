using ReparamPS.Distributions;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests;

public sealed class NormalTests
{
    [Fact]
    public void The_gradient_of_a_sample_is_one_in_loc_and_the_noise_in_scale()
    {
        Distribution normal = Normal.Definition.CreateExample(requiresGrad: true);
        using var random = new RandomSource(7);
        Tensor z = normal.RSample([], random);
        z.backward();
        Tensor loc = normal.Parameters[0].Value, scale = normal.Parameters[1].Value;
        Assert.Equal(1.0, loc.grad!.item<double>());
        Assert.Equal((z.item<double>() - loc.item<double>()) / scale.item<double>(), scale.grad!.item<double>(), 14);
    }

    [Fact]
    public void One_number_as_the_diagonal_of_a_low_rank_normal_stands_for_all_dimensions()
    {
        using var scope = NewDisposeScope();
        Tensor loc = tensor([1.0, -2, 0.5]), factor = tensor(new[,] { { 1.0 }, { 0.5 }, { -1 } }), value = tensor([0.3, 0.1, 0.2]);
        var one = new LowRankMultivariateNormal(loc, factor, tensor([0.7]));
        var dense = new MultivariateNormal(loc, covarianceMatrix: factor.matmul(factor.mT) + 0.7 * eye(3, dtype: ScalarType.Float64));
        (Tensor Of, Tensor As)[] pairs = [(one.CovarianceMatrix, dense.CovarianceMatrix), (one.Entropy, dense.Entropy), (one.LogProb(value), dense.LogProb(value)), (one.Variance, dense.Variance)];
        Assert.All(pairs, pair => Assert.Equal(pair.As.shape, pair.Of.shape));
        Assert.All(pairs, pair => Assert.True((pair.Of - pair.As).abs().max().item<double>() < 1e-12));
    }
}
