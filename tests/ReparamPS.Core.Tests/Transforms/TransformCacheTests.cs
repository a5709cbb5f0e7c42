using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ReparamPS.Distributions;
using ReparamPS.Distributions.Transforms;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using TorchSharp;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Transforms;

/// <summary>A cache of one pair: the inverse of the latest output is its input, to the last digit.</summary>
public sealed class TransformCacheTests
{
    [Theory, MemberData(nameof(TransformFile.Names), MemberType = typeof(TransformFile))]
    public void The_inverse_of_the_latest_output_is_the_input_itself(string name)
    {
        using var scope = NewDisposeScope();
        TransformCase row = TransformFile.Of(name);
        Transform transform = row.Make(cacheSize: 1);
        Tensor x = row.Tensor("x"), y = transform.Forward(x);
        Assert.True(IsSameMemory(x, transform.Inverse(y)));
        Assert.True(IsSameMemory(x, transform.Inv.Forward(y)));
    }

    [Fact]
    public void Without_a_cache_everything_is_computed_again()
    {
        using var scope = NewDisposeScope();
        var transform = new TanhTransform();
        Tensor x = tensor(new[] { 25.0, -30.0 }), y = transform.Forward(x);
        Assert.All(ManagedValues.ToDoubles(transform.Inverse(y)), value => Assert.True(double.IsInfinity(value)));
        Assert.False(IsSameMemory(y, transform.Forward(x)));
    }

    [Fact]
    public void The_cache_brings_back_what_rounding_has_lost()
    {
        using var scope = NewDisposeScope();
        var transform = new TanhTransform(1);
        Tensor x = tensor(new[] { 25.0, -30.0 });
        Assert.Equal([25.0, -30.0], ManagedValues.ToDoubles(transform.Inverse(transform.Forward(x))));
    }

    [Fact]
    public void Equal_values_in_another_tensor_are_no_hit()
    {
        using var scope = NewDisposeScope();
        var transform = new ExpTransform(1);
        Tensor x = tensor(new[] { 1.0, 2.0 }), y = transform.Forward(x);
        Assert.False(IsSameMemory(y, transform.Forward(x.clone())));
        Tensor other = transform.Inverse(y.clone());
        Assert.False(IsSameMemory(x, other));
    }

    [Fact]
    public void A_cached_answer_outlives_the_disposal_of_an_earlier_one()
    {
        using var scope = NewDisposeScope();
        var transform = new ExpTransform(1);
        Tensor x = tensor(new[] { 1.0, 2.0 }), y = transform.Forward(x);
        transform.Inverse(y).Dispose();
        Assert.Equal([1.0, 2.0], ManagedValues.ToDoubles(transform.Inverse(y)), (a, b) => Math.Abs(a - b) < 1e-15);
        x.Dispose();
        Assert.Equal([1.0, 2.0], ManagedValues.ToDoubles(transform.Inverse(y)), (a, b) => Math.Abs(a - b) < 1e-15);
    }

    [Fact]
    public void Gradients_flow_through_the_cache()
    {
        using var scope = NewDisposeScope();
        var transform = new SigmoidTransform(1);
        Tensor x = tensor(new[] { 1.0, -2.0 }, requires_grad: true), y = transform.Forward(x);
        transform.LogAbsDetJacobian(transform.Inverse(y), y).sum().backward();
        double[] slopes = [.. new[] { 1.0, -2.0 }.Select(value => -Math.Tanh(value / 2))];
        Assert.Equal(slopes, ManagedValues.ToDoubles(x.grad!), (a, b) => Math.Abs(a - b) < 1e-14);
    }

    [Fact]
    public void A_chain_evaluates_each_cached_part_once()
    {
        using var scope = NewDisposeScope();
        Normal normal = new(tensor(0.0, ScalarType.Float64), tensor(40.0, ScalarType.Float64));
        var squashed = new TransformedDistribution(normal, [new AffineTransform(tensor(1.0, ScalarType.Float64), tensor(2.0, ScalarType.Float64), cacheSize: 1), new TanhTransform(1)]);
        using var random = new RandomSource(3);
        Tensor draws = squashed.RSample([200], random);
        Assert.Contains(ManagedValues.ToDoubles(draws), value => Math.Abs(value) == 1);
        Assert.All(ManagedValues.ToDoubles(squashed.LogProb(draws)), value => Assert.True(double.IsFinite(value)));
    }

    [Fact]
    public void A_cache_frees_the_pair_that_it_replaces()
    {
        using var scope = NewDisposeScope();
        var transform = new ExpTransform(1);
        Tensor start = zeros(3, ScalarType.Float64);
        transform.Forward(start).Dispose();
        long before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        for (int i = 0; i < 20; i++)
        {
            using (NewDisposeScope()) transform.Forward(zeros(3, ScalarType.Float64)).Dispose();
        }
        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }

    private static bool IsSameMemory(Tensor one, Tensor other) =>
        one.shape.SequenceEqual(other.shape) && Unsafe.AreSame(ref MemoryMarshal.GetReference(one.contiguous().bytes), ref MemoryMarshal.GetReference(other.contiguous().bytes));
}
