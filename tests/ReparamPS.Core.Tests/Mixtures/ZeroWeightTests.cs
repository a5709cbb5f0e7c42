using ReparamPS.Distributions;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Mixtures;

public sealed class ZeroWeightTests
{
    // E[z²] = Σ w_k (σ_k² + μ_k²) / Σ w_k; the derivative in a weight is σ_k² + μ_k² − E[z²], on one side where the weight is 0.
    [Fact]
    public void The_gradient_in_a_weight_of_0_is_the_one_sided_derivative()
    {
        using var scope = NewDisposeScope();
        Tensor weights = tensor([0.0, 0.4, 0.6]).requires_grad_();
        var mixture = new MixtureSameFamily(new Categorical(weights), new Normal(tensor([0.0, 1.0, 2.0]), tensor([1.0, 1.0, 0.5])));
        AssertMean(weights, random => mixture.RSample([1000], random).square().mean(), [-2.35, -1.35, 0.9]);
    }

    // For vectors of two independent parts the sum of both squares.
    [Fact]
    public void So_it_is_where_a_second_part_depends_on_the_weights_after_the_first()
    {
        using var scope = NewDisposeScope();
        Tensor weights = tensor([0.0, 0.4, 0.6]).requires_grad_();
        var components = new Independent(new Normal(tensor(new double[,] { { 0, 0.5 }, { 1, 0 }, { 2, 1 } }), tensor(new double[,] { { 1, 1 }, { 1, 1.5 }, { 1, 1 } })), 1);
        var mixture = new MixtureSameFamily(new Categorical(weights), components);
        const double Mean = (0.4 * (2 + 2.25)) + (0.6 * (5 + 2));
        AssertMean(weights, random => mixture.RSample([1000], random).square().sum(-1).mean(), [2.25 - Mean, 4.25 - Mean, 7 - Mean]);
    }

    private static void AssertMean(Tensor leaf, Func<RandomSource, Tensor> function, double[] exact)
    {
        using var random = new RandomSource(5);
        const int Rows = 300;
        var gradients = new double[Rows][];
        for (int i = 0; i < Rows; i++) gradients[i] = ManagedValues.ToDoubles(autograd.grad([function(random)], [leaf])[0]);
        for (int k = 0; k < exact.Length; k++)
        {
            double mean = gradients.Average(row => row[k]), error = Math.Sqrt(gradients.Sum(row => Math.Pow(row[k] - mean, 2))) / Rows;
            Assert.True(Math.Abs(mean - exact[k]) < 4 * error && error < 0.1, $"{k}: {mean} ± {error}, not {exact[k]}");
        }
    }
}
