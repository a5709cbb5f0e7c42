using ReparamPS.Distributions;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Catalogue;

/// <summary>A seed decides the draws, whatever ran before. Not beside other tests: it watches the process-wide generator.</summary>
[Collection(nameof(SeedTests))]
[CollectionDefinition(nameof(SeedTests), DisableParallelization = true)]
public sealed class SeedTests
{
    [Theory, MemberData(nameof(Cases.Names), MemberType = typeof(Cases))]
    public void The_same_seed_gives_the_same_draws_and_another_seed_others(string name)
    {
        using var scope = NewDisposeScope();
        Distribution example = DistributionCatalog.Get(name).CreateExample();
        double[] first = Draw(example, 11);
        Assert.Equal(first, Draw(example, 11));
        Assert.NotEqual(first, Draw(example, 12));
        if (example.HasRSample)
        {
            using var random = new RandomSource(11);
            Assert.Equal(first, ManagedValues.ToDoubles(example.RSample([40], random)));
        }
    }

    [Theory, MemberData(nameof(Cases.Names), MemberType = typeof(Cases))]
    public void Drawing_neither_reads_nor_moves_the_global_generator(string name)
    {
        using var scope = NewDisposeScope();
        Distribution example = DistributionCatalog.Get(name).CreateExample();
        using Generator global = Generator.Default;
        using Tensor before = global.get_state();
        double[] draws = Draw(example, 11);
        using Tensor after = global.get_state();
        Assert.True(before.eq(after).all().item<bool>(), $"{name} moves the global generator.");
        using Tensor moved = rand(10);
        Assert.Equal(draws, Draw(example, 11));
    }

    private static double[] Draw(Distribution distribution, long seed)
    {
        using var random = new RandomSource(seed);
        using Tensor draws = distribution.Sample([40], random);
        return ManagedValues.ToDoubles(draws);
    }
}
