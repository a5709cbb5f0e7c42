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
}
