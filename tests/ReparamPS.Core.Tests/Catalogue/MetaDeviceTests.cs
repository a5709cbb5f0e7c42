using ReparamPS.Distributions;
using ReparamPS.Divergences;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using TorchSharp;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Catalogue;

/// <summary>Every member on libtorch's device without values: a CPU tensor that strays in there throws, as it would on a GPU.</summary>
public sealed class MetaDeviceTests
{
    private static readonly string[] MustWork = ["Sample", "RSample", "Mean", "Variance", "StdDev"];

    [Theory, MemberData(nameof(Cases.Names), MemberType = typeof(Cases))]
    public void Every_member_stays_on_the_device_and_keeps_its_shape(string name)
    {
        using var scope = NewDisposeScope();
        DistributionType type = DistributionCatalog.Get(name);
        Device meta = TorchDevices.Parse("meta");
        Distribution onMeta = type.CreateExample(ScalarType.Float32, meta), onCpu = type.CreateExample(ScalarType.Float32);
        using RandomSource metaRandom = new(1, meta), cpuRandom = new(1);
        Tensor metaValue = onMeta.Sample([5], metaRandom), cpuValue = onCpu.Sample([5], cpuRandom);
        List<string> wrong = [];
        foreach (string member in Members.Names)
        {
            Tensor? expected = Members.Call(member, onCpu, cpuValue, cpuRandom);
            if (expected is null) continue;
            try
            {
                Tensor? actual = Members.Call(member, onMeta, metaValue, metaRandom);
                if (actual is null) wrong.Add($"{member} is missing on meta");
                else if (actual.device_type != DeviceType.META) wrong.Add($"{member} is on {actual.device}");
                else if (!actual.shape.SequenceEqual(expected.shape)) wrong.Add($"{member} has shape {TensorShapes.Format(actual.shape)}, not {TensorShapes.Format(expected.shape)}");
                else if (actual.dtype != expected.dtype) wrong.Add($"{member} is {actual.dtype}, not {expected.dtype}");
            }
            catch (System.Runtime.InteropServices.ExternalException exception) when (exception.Message.Contains("no fake impl or Meta kernel", StringComparison.Ordinal) && !MustWork.Contains(member))
            {
                // libtorch alone has no shape function for isnan, where, log_sigmoid and others (PyTorch's are in Python): there is nothing to see past them.
            }
            catch (Exception exception) when (exception is System.Runtime.InteropServices.ExternalException or InvalidOperationException or ArgumentException)
            {
                wrong.Add($"{member} throws {exception.Message.Split('\n')[0]}");
            }
        }
        Assert.True(wrong.Count == 0, $"{name}: {string.Join("; ", wrong)}");
    }

    [Theory, InlineData("Bernoulli"), InlineData("Categorical")]
    public void Steps_have_tails_there(string name)
    {
        using var scope = NewDisposeScope();
        Distribution onMeta = DistributionCatalog.Get(name).CreateExample(ScalarType.Float32, TorchDevices.Parse("meta"));
        Tensor value = empty([5], ScalarType.Float32, onMeta.Device);
        Assert.All([onMeta.Cdf(value), onMeta.Survival(value), onMeta.LogCdf(value), onMeta.LogSurvival(value)], tail => Assert.Equal([5L], tail.shape));
    }

    [Theory, MemberData(nameof(Cases.ReparameterizedNames), MemberType = typeof(Cases))]
    public void Reparameterized_samples_carry_gradients_there(string name)
    {
        using var scope = NewDisposeScope();
        DistributionType type = DistributionCatalog.Get(name);
        Device meta = TorchDevices.Parse("meta");
        using var random = new RandomSource(1, meta);
        Assert.True(type.CreateExample(ScalarType.Float32, meta, requiresGrad: true).RSample([5], random).requires_grad);
    }

    [Fact]
    public void Divergences_have_shapes_there()
    {
        using var scope = NewDisposeScope();
        Device meta = TorchDevices.Parse("meta");
        Tensor Numbers(long size) => empty([size], ScalarType.Float64, meta);
        Assert.Equal([3L], KullbackLeibler.Divergence(new Laplace(Numbers(3), Numbers(1)), new Laplace(Numbers(1), Numbers(3))).shape);
    }
}
