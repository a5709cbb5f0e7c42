using ReparamPS.Inference.Gaussians;

namespace ReparamPS.Core.Tests.Inference;

public sealed class NormalNoiseTests
{
    [Theory]
    [InlineData(3, 64)]
    [InlineData(10, 64)]
    [InlineData(1, 2)]
    [InlineData(3, 4)]
    [InlineData(40, 41)]
    public void Frozen_Sobol_noise_has_means_0_and_the_identity_as_covariance(int dimension, int count)
    {
        double[] noise = NormalNoise.Frozen(NoiseScheme.Sobol, dimension, count, 5);
        for (int i = 0; i < dimension; i++)
        {
            Assert.Equal(0, Row(i).Average(), 1e-13);
            for (int j = 0; j < dimension; j++) Assert.Equal(i == j ? 1 : 0, Row(i).Zip(Row(j), (a, b) => a * b).Average(), 1e-12);
        }
        double[] Row(int i) => noise[(i * count)..((i + 1) * count)];
    }

    [Fact]
    public void Noise_is_normal_follows_its_seed_and_differs_between_seeds()
    {
        foreach (NoiseScheme scheme in Enum.GetValues<NoiseScheme>())
        {
            double[] noise = NormalNoise.Fresh(scheme, 2, 20_000, 5);
            Assert.Equal(noise, NormalNoise.Fresh(scheme, 2, 20_000, 5));
            Assert.NotEqual(noise, NormalNoise.Fresh(scheme, 2, 20_000, 6));
            Assert.Equal(3, noise.Average(value => value * value * value * value), 0.15);
            Assert.Equal(0.158655, (double)noise.Count(value => value < -1) / noise.Length, 0.008);
        }
    }
}
