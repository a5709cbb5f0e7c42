using System.Text.Json;
using ReparamPS.Optimization;
using ReparamPS.Runs;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Runs;

/// <summary>The smallest training: a few steps per epoch towards the minimum of a parabola.</summary>
internal sealed class ParabolaTraining : ITraining<ParabolaRow>
{
    private const int Steps = 10;

    private readonly FlatParameters point = new([("x", [3])], ScalarType.Float64, CPU), gradient = new([("x", [3])], ScalarType.Float64, CPU);
    private readonly FlatOptimizer optimizer;
    private readonly ParabolaSettings settings;
    private Progress progress = new(0, 0);

    public ParabolaTraining(ParabolaSettings settings)
    {
        this.settings = settings;
        optimizer = Optimizers.Create(new OptimizerOptions(), point, gradient);
        point.Views[0].fill_(settings.Start);
    }

    public static RunKind Kind { get; } = new("Parabola", "rows.csv", 1, 1);

    RunKind ITraining<ParabolaRow>.Kind => Kind;

    public string RunId => $"parabola{settings.Start}";

    public int Epoch => progress.Epoch;

    public bool IsFinished => Epoch >= settings.Epochs;

    public string StoppedBy => "Epochs";

    public Device Device => CPU;

    public bool KeepsStateOnFailure => false;

    /// <summary>Called before each step.</summary>
    public Action<int, int> Watch { get; init; } = (_, _) => { };

    public ParabolaRow RunEpoch(Action between, CancellationToken cancellation)
    {
        while (progress.Step < Steps)
        {
            if (progress.Step > 0) between();
            cancellation.ThrowIfCancellationRequested();
            Watch(Epoch, progress.Step);
            gradient.Buffer.copy_(point.Buffer);
            optimizer.Step(0.05);
            progress = progress with { Step = progress.Step + 1 };
        }
        progress = new Progress(Epoch + 1, 0);
        if (settings.Diverges) throw new TrainingDivergedException("too far");
        return new ParabolaRow(Epoch, point.Views[0].square().sum().item<double>());
    }

    public TrainingState Save(IReadOnlyList<ParabolaRow> rows) => new(
        JsonSerializer.Serialize(settings), JsonSerializer.Serialize(progress), JsonSerializer.Serialize(rows),
        [("x", point.Buffer), .. optimizer.State]);

    public IReadOnlyList<ParabolaRow> Resume(StoredRun stored)
    {
        if (stored.RunId != RunId) throw new ArgumentException($"another run: {stored.Settings}");
        if (stored.State is not { } state) return [];
        var tensors = state.Tensors.ToDictionary(entry => entry.Name, entry => entry.Value);
        point.Buffer.copy_(tensors["x"]);
        foreach ((string name, Tensor value) in optimizer.State) value.copy_(tensors[name]);
        progress = JsonSerializer.Deserialize<Progress>(state.Point)!;
        optimizer.StepCount = Epoch * Steps + progress.Step;
        return JsonSerializer.Deserialize<ParabolaRow[]>(state.Rows)!;
    }

    public void SaveModel(string path) => StoredTensors.Write(path, Kind.ModelFormat, RunId, [("x", point.Views[0])]);

    public IReadOnlyDictionary<string, object?> Describe(IReadOnlyList<ParabolaRow> rows) => new Dictionary<string, object?> { ["epochsDone"] = Epoch, ["settings"] = settings };

    public void Dispose()
    {
        optimizer.Dispose();
        point.Dispose();
        gradient.Dispose();
    }

    private sealed record Progress(int Epoch, int Step);
}

internal sealed record ParabolaSettings(int Epochs, double Start, bool Diverges = false);

internal sealed record ParabolaRow(int Epoch, double Height);
