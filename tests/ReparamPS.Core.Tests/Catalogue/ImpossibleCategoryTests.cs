using ReparamPS.Distributions;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Catalogue;

/// <summary>Relaxed distributions with categories of weight 0, given as weights and as logits of −∞.</summary>
public sealed class ImpossibleCategoryTests
{
    [Theory]
    [InlineData(true, ScalarType.Float64)]
    [InlineData(true, ScalarType.Float32)]
    [InlineData(false, ScalarType.Float64)]
    [InlineData(false, ScalarType.Float32)]
    public void A_relaxed_category_of_weight_0_is_left_out(bool isLogits, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        using var random = new RandomSource(3);
        Tensor weights = Given([0.2, 0, 0.3], isLogits, dtype), others = Given([0.2, 0.3], isLogits, dtype), temperature = tensor(0.7, dtype).requires_grad_();
        var whole = new RelaxedOneHotCategorical(temperature, isLogits ? null : weights, isLogits ? weights : null);
        var face = new RelaxedOneHotCategorical(temperature, isLogits ? null : others, isLogits ? others : null);
        Tensor draws = whole.RSample([50], random), at = draws.detach();
        Assert.Equal(0, at.select(-1, 1).abs().max().to(ScalarType.Float64).item<double>());
        Assert.True(at.isfinite().all().item<bool>());
        Tensor log = whole.LogProb(at);
        Assert.True((log - face.LogProb(at.index_select(-1, tensor(new[] { 0L, 2L })))).abs().max().to(ScalarType.Float64).item<double>() < 1e-4);
        Assert.Equal(double.NegativeInfinity, whole.LogProb(tensor(new[] { 0.5, 0.1, 0.4 }, dtype)).to(ScalarType.Float64).item<double>());
        (log.sum() + draws.square().sum()).backward();
        Assert.True(weights.grad!.isfinite().all().item<bool>());
        Assert.True(temperature.grad!.isfinite().all().item<bool>());
        Tensor logs = new ExpRelaxedCategorical(temperature, isLogits ? null : weights, isLogits ? weights : null).Sample([50], random);
        Assert.True((logs.select(-1, 1) == double.NegativeInfinity).all().item<bool>());
    }

    [Fact]
    public void Small_weights_are_not_clamped()
    {
        using var scope = NewDisposeScope();
        Tensor temperature = tensor(0.5f), value = tensor(new[] { 0.2f, 0.3f, 0.5f }), weights = tensor(new[] { 1e-20f, 0.25f, 0.75f });
        double byWeights = new RelaxedOneHotCategorical(temperature, weights).LogProb(value).to(ScalarType.Float64).item<double>(), byLogits = new RelaxedOneHotCategorical(temperature, null, weights.log()).LogProb(value).to(ScalarType.Float64).item<double>();
        Assert.Equal(byLogits, byWeights, 4);
    }

    [Theory]
    [InlineData(0.0, 0.0)]
    [InlineData(1.0, 1.0)]
    public void A_relaxed_coin_that_is_certain_has_one_value(double probability, double only)
    {
        using var scope = NewDisposeScope();
        using var random = new RandomSource(3);
        Tensor probs = tensor(probability, ScalarType.Float64).requires_grad_();
        var coin = new RelaxedBernoulli(tensor(1.5, ScalarType.Float64), probs);
        Tensor draws = coin.RSample([20], random);
        Assert.True((draws == only).all().item<bool>());
        Assert.Equal(0, coin.LogProb(tensor(only, ScalarType.Float64)).item<double>());
        Assert.Equal(double.NegativeInfinity, coin.LogProb(tensor(0.4, ScalarType.Float64)).item<double>());
        Assert.Equal(1 - only, coin.Cdf(tensor(0.4, ScalarType.Float64)).item<double>());
        Assert.Equal(only, coin.Icdf(tensor(1.0, ScalarType.Float64), cancellation: TestContext.Current.CancellationToken).item<double>());
        draws.sum().backward();
        Assert.True(probs.grad!.isfinite().all().item<bool>());
        var logit = new LogitRelaxedBernoulli(tensor(1.5, ScalarType.Float64), null, tensor(only == 1 ? double.PositiveInfinity : double.NegativeInfinity, ScalarType.Float64));
        Assert.Equal(only == 1 ? double.PositiveInfinity : double.NegativeInfinity, logit.Sample([], random).item<double>());
        Assert.Equal(double.NegativeInfinity, logit.LogProb(tensor(3.0, ScalarType.Float64)).item<double>());
        Assert.Equal(1 - only, logit.Cdf(tensor(3.0, ScalarType.Float64)).item<double>());
    }

    private static Tensor Given(double[] weights, bool isLogits, ScalarType dtype)
    {
        Tensor given = tensor(weights, ScalarType.Float64);
        return (isLogits ? given.log() : given).to(dtype).requires_grad_();
    }
}
