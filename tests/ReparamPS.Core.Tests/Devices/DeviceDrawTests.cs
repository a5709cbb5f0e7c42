using ReparamPS.Core.Tests.Catalogue;
using ReparamPS.Distributions;
using ReparamPS.Gradients.Estimators;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using TorchSharp;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Devices;

/// <summary>A seed gives the same numbers on every device: they are drawn on the CPU, and one copy moves them. The meta device stands for a device of another memory.</summary>
public sealed class DeviceDrawTests
{
    private static readonly Dictionary<string, Func<RandomSource, Tensor>> Primitives = new()
    {
        ["Normal"] = random => random.Normal([50], ScalarType.Float32),
        ["Uniform"] = random => random.Uniform([5, 10], ScalarType.Float64),
        ["OpenUniform"] = random => random.OpenUniform([50], ScalarType.Float64),
        ["Exponential"] = random => random.Exponential([50], ScalarType.Float32),
        ["Exponential in float64"] = random => random.Exponential([50], ScalarType.Float64),
        ["Cauchy"] = random => random.Cauchy([50], ScalarType.Float64),
        ["StandardGamma"] = random => random.StandardGamma(ones(50, device: random.Device)),
        ["Bernoulli"] = random => random.Bernoulli(ones(50, device: random.Device)),
        ["Poisson"] = random => random.Poisson(ones(50, device: random.Device)),
        ["Binomial"] = random => random.Binomial(ones(50, device: random.Device), ones(50, device: random.Device)),
        ["Categorical"] = random => random.Categorical(ones(2, 5, device: random.Device), 40),
    };

    public static TheoryData<string> Names => [.. Primitives.Keys];

    [Theory, MemberData(nameof(Names))]
    public void A_primitive_draws_on_the_CPU_and_moves_once(string name)
    {
        using var scope = NewDisposeScope();
        using var cpu = new RandomSource(5);
        using var meta = new WatchedSource(5, META);
        Tensor expected = Primitives[name](cpu), moved = Primitives[name](meta);
        Assert.Equal((DeviceType.META, expected.dtype), (moved.device_type, moved.dtype));
        Assert.Equal(expected.shape, moved.shape);
        double[] drawn = Assert.Single(meta.Drawn);
        // These two compute on the device from uniform numbers.
        if (name == "Bernoulli") drawn = [.. drawn.Select(u => u < 1 ? 1.0 : 0.0)];
        if (name == "OpenUniform") drawn = [.. drawn.Select(u => u * (1 - TorchTypes.Epsilon(ScalarType.Float64) - TorchTypes.Tiny(ScalarType.Float64)) + TorchTypes.Tiny(ScalarType.Float64))];
        Assert.Equal(ManagedValues.ToDoubles(expected), drawn);
    }

    [Theory, InlineData(ScalarType.Float32), InlineData(ScalarType.Float64)]
    public void Bernoulli_draws_by_uniform_numbers_are_libtorch_s(ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        using RandomSource first = new(9), second = new(9);
        Tensor probs = linspace(0, 1, 10_000, dtype, CPU), expected = first.Bernoulli(probs);
        using (HostMemory.Hide()) Assert.True(expected.eq(second.Bernoulli(probs)).all().item<bool>());
    }

    [Theory, MemberData(nameof(Cases.Names), MemberType = typeof(Cases))]
    public void Every_kind_draws_the_same_numbers_on_the_ways_of_another_device(string name)
    {
        using var scope = NewDisposeScope();
        Distribution example = DistributionCatalog.Get(name).CreateExample(ScalarType.Float32);
        using RandomSource first = new(3), second = new(3);
        double[] expected = ManagedValues.ToDoubles(example.Sample([100], first));
        using (HostMemory.Hide()) Assert.Equal(expected, ManagedValues.ToDoubles(example.Sample([100], second)));
    }

    [Theory, InlineData(DrawScheme.Sobol), InlineData(DrawScheme.Antithetic)]
    public void Structured_noise_moves_once(DrawScheme scheme)
    {
        using var scope = NewDisposeScope();
        using var random = new StructuredNoise(4, META, 64, scheme);
        Tensor drawn = random.Uniform([64, 3], ScalarType.Float32);
        Assert.Equal((DeviceType.META, ScalarType.Float32), (drawn.device_type, drawn.dtype));
        Assert.Equal([64L, 3L], drawn.shape);
    }

    private sealed class WatchedSource(long seed, Device device) : RandomSource(seed, device)
    {
        public List<double[]> Drawn { get; } = [];

        protected override Tensor OnDevice(Tensor drawn)
        {
            Assert.Equal(DeviceType.CPU, drawn.device_type);
            Drawn.Add(ManagedValues.ToDoubles(drawn));
            return base.OnDevice(drawn);
        }
    }
}
