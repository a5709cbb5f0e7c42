using ReparamPS.Distributions;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Catalogue;

/// <summary>The entropy of a multinomial against sums over all counts, in mpmath at 30 digits.</summary>
public sealed class MultinomialEntropyTests
{
    [Theory]
    [InlineData(6, new[] { 0.2, 0.5, 0.3 }, 2.7906567474696917601)]
    [InlineData(60, new[] { 0.2, 0.5, 0.3 }, 5.174026588043698064)]
    [InlineData(3, new[] { 1e-12, 0.5, 0.5 - 1e-12 }, 1.2554823252607036015)]
    [InlineData(100000, new[] { 0.3, 0.7 }, 6.3950767566133665037)]
    [InlineData(5, new[] { 1.0, 0.0 }, 0.0)]
    [InlineData(0, new[] { 0.3, 0.7 }, 0.0)]
    public void It_is_the_sum_over_all_counts(double count, double[] probs, double expected)
    {
        using var scope = NewDisposeScope();
        double actual = new Multinomial(tensor(count, ScalarType.Float64), tensor(probs)).Entropy.item<double>();
        Assert.True(Math.Abs(actual - expected) <= 1e-12 * Math.Max(1, expected), $"{actual:R}, not {expected:R}");
    }

    [Theory]
    [InlineData(1e16)]
    [InlineData(1e40)]
    [InlineData(1e300)]
    public void Entropies_of_counts_beyond_the_whole_doubles_are_those_of_their_normal_limits(double count)
    {
        using var scope = NewDisposeScope();
        double limit = 0.5 * Math.Log(2 * Math.PI * Math.E) + 0.5 * Math.Log(count);
        Tensor n = tensor(count, ScalarType.Float64), p = tensor(0.3, ScalarType.Float64).requires_grad_(), rate = tensor(count, ScalarType.Float64).requires_grad_();
        Tensor binomial = new Binomial(n, p).Entropy, poisson = new Poisson(rate).Entropy;
        Assert.Equal(limit + 0.5 * Math.Log(0.21), binomial.item<double>(), 1e-10);
        Assert.Equal(limit, poisson.item<double>(), 1e-10);
        (binomial + poisson).backward();
        // ½ (1 / p − 1 / (1 − p)) and ½ / rate.
        Assert.Equal(0.5 / 0.3 - 0.5 / 0.7, p.grad!.item<double>(), 1e-10);
        Assert.Equal(0.5, rate.grad!.item<double>() * count, 1e-10);
        Assert.Equal(limit + 0.5 * Math.Log(0.21), new Multinomial(n, tensor(new[] { 0.3, 0.7 })).Entropy.item<double>(), 1e-10);
        // A rare failure: a Poisson of 5 failures.
        Assert.Equal(new Poisson(tensor(5.0, ScalarType.Float64)).Entropy.item<double>(), new Binomial(n, logits: tensor(Math.Log(count / 5), ScalarType.Float64)).Entropy.item<double>(), 1e-9);
    }

    [Fact]
    public void Counts_of_1e12_cost_no_more_than_a_thousand()
    {
        using var scope = NewDisposeScope();
        Tensor probs = tensor(new[] { 0.2, 0.5, 0.3 }).requires_grad_();
        Tensor entropy = new Multinomial(tensor(1e12), probs).Entropy;
        // ½ log((2πe)^2 n² p₁ p₂ p₃) for large n.
        Assert.Equal(Math.Log(2 * Math.PI * Math.E * 1e12) + 0.5 * Math.Log(0.2 * 0.5 * 0.3), entropy.item<double>(), 1e-9);
        entropy.backward();
        // Of ½ Σ log pᵢ − (3/2) log Σ pᵢ.
        Assert.Equal(0.5 / 0.2 - 1.5, probs.grad![0].item<double>(), 1e-4);
    }

    [Fact]
    public void Entropies_of_a_large_batch_of_binomials_are_those_of_its_members()
    {
        using var scope = NewDisposeScope();
        // The tensors of a sum over all values of all members would take 3 GB.
        Assert.False(Binomial.CanSum(1000, [3000]));
        Assert.True(Binomial.CanSum(1000, []));
        Tensor probs = linspace(0.01, 0.99, 3000, ScalarType.Float64), all = new Binomial(tensor(1000.0), probs).Entropy;
        foreach (int i in new[] { 0, 1500, 2999 })
            Assert.Equal(new Binomial(tensor(1000.0), probs[i]).Entropy.item<double>(), all[i].item<double>(), 1e-11);
    }
}
