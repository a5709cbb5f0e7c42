using ReparamPS.Distributions;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Draws;

/// <summary>A large batch becomes an array when its values are first read.</summary>
public sealed class SampleBatchTests
{
    [Theory]
    [InlineData(10)]
    [InlineData(200_000)]
    public void A_batch_has_the_numbers_of_a_direct_draw_and_keeps_one_array(int count)
    {
        using var scope = NewDisposeScope();
        var normal = new Normal(tensor(1.0, requires_grad: true), tensor(2.0));
        SampleBatch batch = Draw(normal, count, reparameterized: true);
        using var random = new RandomSource(3);
        double[] expected = normal.RSample([count], random).detach().data<double>().ToArray();
        Assert.Equal((long)count, batch.Count);
        Assert.Equal(expected.Max(), batch.Maximum);
        Assert.Equal(expected, batch.Values);
        Assert.Same(batch.Values, batch.Values);
    }

    [Fact]
    public void A_batch_of_float32_or_integers_is_doubles()
    {
        using var scope = NewDisposeScope();
        var single = new Normal(tensor(1f), tensor(2f));
        using RandomSource random = new(3), other = new(3);
        Assert.Equal(single.Sample([100_000], random).data<float>().Select(value => (double)value), Draw(single, 100_000, reparameterized: false).Values);
        var categorical = new Categorical(tensor(new[] { 0.2, 0.8 }));
        double[] values = Draw(categorical, 100_000, reparameterized: false).Values;
        Assert.Equal(categorical.Sample([100_000], other).to(ScalarType.Float64).data<double>(), values);
    }

    [Fact]
    public void A_large_batch_outlives_the_scope_that_it_was_drawn_in()
    {
        SampleBatch batch;
        using (NewDisposeScope()) batch = Draw(new Normal(tensor(0.0), tensor(1.0)), 100_000, reparameterized: true);
        Assert.Equal(100_000, batch.Values.Length);
        Assert.InRange(batch.Mean, -0.02, 0.02);
    }

    [Fact]
    public void A_batch_does_not_change_with_a_tensor_that_a_sampler_keeps()
    {
        using var scope = NewDisposeScope();
        Tensor kept = ones(100_000, ScalarType.Float64);
        var custom = CustomDistribution.Create(new CustomFunctions { Name = "Kept", Sample = (_, _, _) => kept.alias() }, [("Loc", tensor(0.0, ScalarType.Float64))]);
        SampleBatch batch = Draw(custom, 100_000, reparameterized: false);
        kept.zero_();
        Assert.Equal(100_000, batch.Values.Sum());
    }

    [Fact]
    public void Reading_the_values_releases_the_tensor()
    {
        var statistics = TorchSharp.DisposeScopeManager.Statistics.TensorStatistics;
        using var scope = NewDisposeScope();
        var normal = new Normal(tensor(0.0), tensor(1.0));
        long before = statistics.ThreadTotalLiveCount;
        SampleBatch batch = Draw(normal, 100_000, reparameterized: true);
        Assert.Equal(before + 1, statistics.ThreadTotalLiveCount);
        _ = batch.Values;
        Assert.Equal(before, statistics.ThreadTotalLiveCount);
    }

    private static SampleBatch Draw(Distribution distribution, int count, bool reparameterized) =>
        SampleBatch.Draw(distribution, [count], 3, reparameterized, cancellation: TestContext.Current.CancellationToken);
}
