using ReparamPS.Distributions;
using ReparamPS.Numerics.Points;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Draws;

/// <summary>The managed Mersenne Twister yields the numbers that libtorch would.</summary>
public sealed class TwisterTests
{
    // libtorch draws fewer numbers than this itself.
    private const int Few = 999;

    [Fact]
    public void The_first_numbers_of_the_reference_seed_are_those_of_the_C_plus_plus_standard()
    {
        // The standard asks for 4123659995 as the 10,000th word of mt19937 with its default seed; a number takes the lower 53 bits of two words.
        uint[] state = new uint[MersenneTwister.Size];
        state[0] = 5489;
        for (uint i = 1; i < state.Length; i++) state[i] = 1812433253 * (state[i - 1] ^ (state[i - 1] >> 30)) + i;
        var twister = new MersenneTwister(state, MersenneTwister.Size);
        twister.Skip(9998);
        ulong bits = (ulong)(twister.Uniform() * (1L << 53));
        Assert.Equal(4123659995u, (uint)bits);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(3, 0)]
    [InlineData(1, 1)]
    [InlineData(625, 3)]
    public void Large_and_small_draws_read_one_stream(int before, int floats)
    {
        using var scope = NewDisposeScope();
        using RandomSource large = new(11), small = new(11);
        foreach (RandomSource random in (RandomSource[])[large, small])
        {
            random.Uniform([before], ScalarType.Float64);
            random.Uniform([floats], ScalarType.Float32);
        }
        double[] expected = [.. Enumerable.Range(0, 7).SelectMany(_ => ManagedValues.ToDoubles(small.Uniform([Few], ScalarType.Float64)))];
        Assert.Equal(expected, ManagedValues.ToDoubles(large.Uniform([7, Few], ScalarType.Float64)));
        Assert.Equal(ManagedValues.ToDoubles(small.Normal([20], ScalarType.Float64)), ManagedValues.ToDoubles(large.Normal([20], ScalarType.Float64)));
    }

    [Fact]
    public void Large_and_small_Bernoulli_draws_read_one_stream()
    {
        using var scope = NewDisposeScope();
        using RandomSource large = new(5), small = new(5);
        Tensor probs = linspace(0, 1, 3 * Few, ScalarType.Float64).reshape(3, Few);
        double[] expected = [.. Enumerable.Range(0, 3).SelectMany(row => ManagedValues.ToDoubles(small.Bernoulli(probs[row])))];
        Assert.Equal(expected, ManagedValues.ToDoubles(large.Bernoulli(probs)));
        Assert.Equal(ManagedValues.ToDoubles(small.Uniform([4], ScalarType.Float64)), ManagedValues.ToDoubles(large.Uniform([4], ScalarType.Float64)));
    }

    [Fact]
    public void Numbers_picked_from_a_range_are_those_of_a_full_draw()
    {
        uint[] state = [.. Enumerable.Range(1, MersenneTwister.Size).Select(i => 2654435761u * (uint)i)];
        MersenneTwister full = new([.. state], 17), picking = full.Fork();
        double[] all = new double[5000], picked = new double[4];
        full.Fill(all);
        Assert.Equal(5099, picking.Pick([100, 101, 1500, 5098], 100, picked));
        picking.Skip(2);
        Assert.Equal([all[0], all[1], all[1400], all[4998]], picked);
        Assert.Equal(full.Uniform(), picking.Uniform());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Angles_are_the_same_if_only_the_proposals_that_matter_are_computed(bool isBatch)
    {
        using var scope = NewDisposeScope();
        using RandomSource plain = new(3), recording = new RecordingSource(new RandomSource(3, CPU));
        Tensor concentration = isBatch ? tensor(new[] { 1e-5, 0.3, 7, 600, 1e9 }, ScalarType.Float64) : tensor(2.0, ScalarType.Float64);
        var angles = new VonMises(tensor(0.5, ScalarType.Float64), concentration);
        Assert.Equal(ManagedValues.ToDoubles(angles.Sample([40_001], recording)), ManagedValues.ToDoubles(angles.Sample([40_001], plain)));
        Assert.Equal(ManagedValues.ToDoubles(recording.Uniform([5], ScalarType.Float64)), ManagedValues.ToDoubles(plain.Uniform([5], ScalarType.Float64)));
    }
}
