using ReparamPS.Vae;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Vae;

/// <summary>The count of native tensors is one for the process, so nothing may run beside these tests.</summary>
[CollectionDefinition("VAE memory", DisableParallelization = true)]
public sealed class VaeMemoryCollection;

[Collection("VAE memory")]
public sealed class VaeMemoryTests
{
    private static readonly VaeOptions Small = new() { LatentSize = 2, HiddenSize = [16], Seed = 7 };

    [Fact]
    public void Native_tensors_do_not_grow_over_epochs_and_none_is_left()
    {
        // What earlier tests left to the collector must not be finalized while this one counts.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        long before = Tensor.TotalCount;
        using (var trainer = new VaeTrainer(Small, new VaeDataReader().Read(Small)))
        {
            trainer.RunEpoch(null, TestContext.Current.CancellationToken);
            long after = Tensor.TotalCount;
            for (int epoch = 0; epoch < 5; epoch++) trainer.RunEpoch(null, TestContext.Current.CancellationToken);
            Assert.Equal(after, Tensor.TotalCount);
        }
        Assert.Equal(before, Tensor.TotalCount);
    }
}
