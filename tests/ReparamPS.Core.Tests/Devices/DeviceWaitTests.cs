using ReparamPS.Data.Images;
using ReparamPS.Distributions;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using ReparamPS.TorchGuard;
using ReparamPS.Vae;
using ReparamPS.Vae.Likelihoods;
using ReparamPS.Vae.Objectives;
using ReparamPS.Vae.Posteriors;
using ReparamPS.Vae.Priors;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Devices;

/// <summary>Within an epoch, training does not wait for its device. The ways of another device run here on the CPU, and every call that would wait for one is counted.</summary>
public sealed class DeviceWaitTests
{
    private static readonly VaeOptions Small = new() { LatentSize = 3, HiddenSize = [8], BatchSize = 100, Epochs = 1, Seed = 3, DType = "float64" };

    private static readonly Dictionary<string, VaeOptions> WithoutWaits = new()
    {
        ["free bits and clipping"] = Small with { FreeBits = 0.1, GradientClip = 1 },
        ["dynamic binarization"] = Small with { Binarization = "dynamic" },
        ["dynamic binarization by Philox"] = Small with { Binarization = "dynamic", Generator = RandomGenerator.Philox },
        ["sgd"] = Small with { Optimizer = "sgd" },
        ["adamw"] = Small with { Optimizer = "adamw", WeightDecay = 0.01 },
    };

    static DeviceWaitTests()
    {
        foreach (string posterior in PosteriorChoices.All.Names)
        {
            foreach (string objective in ObjectiveChoices.All.Names) WithoutWaits[$"{posterior}, {objective}"] = Small with { Posterior = posterior, Objective = objective, Samples = objective is "elbo" or "stl" ? 1 : 3 };
        }
        foreach (string likelihood in LikelihoodChoices.All.Names) WithoutWaits[likelihood] = Small with { Likelihood = likelihood };
        foreach (string prior in PriorChoices.All.Names) WithoutWaits[prior + " prior"] = Small with { Prior = prior, PriorComponents = 3 };
    }

    public static TheoryData<string> Cases => [.. WithoutWaits.Keys];

    [Theory, MemberData(nameof(Cases))]
    public void A_training_step_waits_for_nothing(string name) => Assert.All(StepWaits(WithoutWaits[name]), waits => Assert.Equal(0, waits));

    [Theory, MemberData(nameof(Cases))]
    public void Training_on_the_ways_of_another_device_is_training_on_the_CPU(string name)
    {
        VaeOptions options = WithoutWaits[name];
        using VaeTrainer plain = Trainer(options), hidden = Trainer(options);
        VaeEpoch expected = plain.RunEpoch(cancellation: TestContext.Current.CancellationToken);
        VaeEpoch row;
        using (HostMemory.Hide()) row = hidden.RunEpoch(cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(expected.TrainElbo, row.TrainElbo, 1e-9 * Math.Abs(expected.TrainElbo));
        Assert.Equal(expected.TestElbo!.Value, row.TestElbo!.Value, 1e-9 * Math.Abs(expected.TestElbo.Value));
    }

    [Fact]
    public void Waits_are_counted()
    {
        using var scope = NewDisposeScope();
        Tensor x = arange(3, ScalarType.Float64, CPU);
        long Of(Action act)
        {
            long before = DeviceWaits.Count;
            act();
            return DeviceWaits.Count - before;
        }
        Assert.Equal(1, Of(() => x.sum().item<double>()));
        Assert.Equal(1, Of(() => x.cpu()));
        Assert.Equal(1, Of(() => x.to(META)));
        Assert.Equal(1, Of(() => _ = x.bytes.Length));
        Assert.Equal(1, Of(() => x.masked_select(x > 1)));
        Assert.True(Of(() => ManagedValues.ToDoubles(x)) > 0);
        Assert.True(Of(() => new Normal(x, x + 1)) > 0);
        Assert.Equal(0, Of(() => x.exp().add(1).sum()));
    }

    private static List<long> StepWaits(VaeOptions options)
    {
        using IDisposable hidden = HostMemory.Hide();
        using VaeTrainer trainer = Trainer(options);
        List<long> waits = [];
        long? before = null;
        trainer.RunEpoch(_ =>
        {
            if (before is { } last) waits.Add(DeviceWaits.Count - last);
            before = DeviceWaits.Count;
        });
        Assert.Equal(6, waits.Count);
        return waits;
    }

    // Seven steps per epoch.
    private static VaeTrainer Trainer(VaeOptions options) => new(options, new ImageSplit(Digits(0, 700), null, Digits(700, 100)));

    private static ImageDataSet Digits(int first, int count) => DigitsDataSet.Images.Take([.. Enumerable.Range(first, count)]);
}
