using System.Text.Json;
using ReparamPS.Runs;
using ReparamPS.Torch;
using ReparamPS.Vae;

namespace ReparamPS.Core.Tests.Devices;

/// <summary>The device does not identify a run: a run may be resumed on another one.</summary>
public sealed class DeviceRunTests : IDisposable
{
    private static readonly VaeOptions Small = new() { LatentSize = 2, HiddenSize = [6], Epochs = 4, Seed = 3 };

    private readonly string root = Directory.CreateTempSubdirectory("reparamps-devices-").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void Runs_on_all_devices_have_the_id_of_the_run_on_the_CPU()
    {
        string Id(string device) => VaeRunId.Of(Small with { Device = device }, new VaeDataReader().Read(Small));
        Assert.All(["CPU", "cuda", "cuda:0", "cuda:1"], device => Assert.Equal(Id("cpu"), Id(device)));
    }

    [Fact]
    public void Resuming_on_another_device_continues_the_run()
    {
        string[] expected = Rows(Train(Path.Combine(root, "whole"), resume: false));
        string cut = Path.Combine(root, "cut");
        Assert.Equal(2, Train(cut, resume: false).Take(2).Count());
        PretendDevice(cut, "cuda:1");
        Assert.Equal(expected, Rows(Train(cut, resume: true)));
    }

    [Fact]
    public void Another_run_is_refused_for_what_differs_beside_the_device()
    {
        string folder = Path.Combine(root, "run");
        Assert.Single(Train(folder, resume: false).Take(1));
        PretendDevice(folder, "cuda:1");
        ArgumentException error = Assert.Throws<ArgumentException>(() => Train(folder, resume: true, Small with { Seed = 4 }).Count());
        Assert.Contains("Seed is 3 in that run and 4 now", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Device", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_checkpoint_made_on_the_ways_of_a_device_ends_on_the_CPU_as_a_run_that_never_left_it()
    {
        VaeOptions options = Small with { DType = "float64" };
        VaeEpoch expected = Train(Path.Combine(root, "whole"), resume: false, options).Last();
        string moved = Path.Combine(root, "moved");
        using (HostMemory.Hide()) Assert.Equal(2, Train(moved, resume: false, options).Take(2).Count());
        VaeEpoch last = Train(moved, resume: true, options).Last();
        Assert.Equal(expected.Epoch, last.Epoch);
        Assert.Equal(expected.TrainElbo, last.TrainElbo, 1e-7 * Math.Abs(expected.TrainElbo));
    }

    // As if the checkpoint had been written there: its settings name the device.
    private static void PretendDevice(string folder, string device)
    {
        string path = Path.Combine(folder, RunKind.CheckpointFile);
        using StoredTensors stored = StoredTensors.Read(path, VaeRun.Kind.CheckpointFormat, "a checkpoint");
        VaeOptions there = JsonSerializer.Deserialize<VaeOptions>(stored["options"])! with { Device = device };
        StoredTensors.Write(path, VaeRun.Kind.CheckpointFormat, stored.RunId, [.. stored.Tensors.Select(entry => (entry.Key, entry.Value.clone()))],
            ("options", JsonSerializer.Serialize(there)), ("point", stored["point"]), ("rows", stored["rows"]));
    }

    private static IEnumerable<VaeEpoch> Train(string folder, bool resume, VaeOptions? options = null) =>
        VaeRun.Train(options ?? Small, new VaeDataReader().Read(Small), folder, resume ? RunStart.Resume : RunStart.New, new Checkpointing(1, 0), cancellation: TestContext.Current.CancellationToken);

    private static string[] Rows(IEnumerable<VaeEpoch> rows) => [.. rows.Select(row => $"{row.Epoch} {row.TrainElbo:R} {row.TestElbo:R}")];
}
