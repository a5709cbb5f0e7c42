using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using ReparamPS.Data;
using ReparamPS.Data.Images;
using static TorchSharp.torch;

namespace ReparamPS.Vae;

/// <summary>How often a run is kept.</summary>
/// <param name="Epochs">After so many epochs; 0: not by epochs.</param>
/// <param name="Minutes">After so many minutes, in the middle of an epoch if need be; 0: not by time.</param>
/// <param name="LeastSeconds">By epochs no sooner than so many seconds after the one before: epochs of milliseconds would else be spent on writing.</param>
public readonly record struct VaeCheckpointing(int Epochs, double Minutes, double LeastSeconds = 0);

/// <summary>
/// A run on disk: run.json (settings, versions, data), epochs.csv, checkpoint.safetensors (all that the run goes on from) and model.safetensors. Each file is
/// replaced by an atomic rename, so that it is whole at every moment, and a run that was killed goes on from its checkpoint to the same weights and rows. One process
/// at a time has the folder.
/// </summary>
public sealed class VaeRunFolder
{
    private const string RowsName = "epochs.csv", CheckpointName = "checkpoint.safetensors", Format = "ReparamPS.Vae.Checkpoint/3";

    private static readonly TimeSpan TimeToKeep = TimeSpan.FromSeconds(5);
    private static readonly PropertyInfo[] Columns = typeof(VaeEpoch).GetProperties();

    private static readonly string[] Results = [RowsName, CheckpointName, VaeModelFile.FileName];

    private readonly string folder;
    private readonly VaeRunDescription description;

    private VaeRunFolder(string folder) => (this.folder, description) = (folder, new VaeRunDescription(folder));

    private string CheckpointPath => Path.Combine(folder, CheckpointName);

    /// <summary>Whether a folder holds a run.</summary>
    public static bool HoldsRun(string folder) => new VaeRunDescription(folder).Exists;

    /// <summary>Whether a folder holds a file that a run would write over.</summary>
    public static bool HoldsFiles(string folder) => HoldsRun(folder) || Results.Any(name => File.Exists(Path.Combine(folder, name)));

    /// <summary>The settings of the run that a folder holds; null where it holds none.</summary>
    /// <exception cref="DataFormatException">The folder's run.json can't be read.</exception>
    public static VaeOptions? Settings(string folder) => HoldsRun(folder) ? new VaeRunDescription(folder).Read().Settings : null;

    /// <summary>Trains and keeps the run; rows that were kept before come first.</summary>
    /// <remarks>
    /// A run that goes on may have another number of epochs than before, at least those that are done: the rows and weights are then those of a run that had
    /// this number from the start. Where a schedule goes over all epochs there is no such run.
    /// </remarks>
    /// <param name="options">The settings.</param>
    /// <param name="data">The images.</param>
    /// <param name="folder">Where the run is kept.</param>
    /// <param name="resume">Whether to go on with the run that is there; else there must be none.</param>
    /// <param name="checkpointing">How often the run is kept.</param>
    /// <param name="progress">Told after each step.</param>
    /// <param name="cancellation">Stops the run, with a checkpoint of what is done; within seconds, even where it can't be kept by then.</param>
    /// <exception cref="ArgumentException">The folder holds a run of other settings, or a run and it is not to go on, or files that are no run's.</exception>
    /// <exception cref="IOException">Another process trains the folder's run.</exception>
    public static IEnumerable<VaeEpoch> Train(
        VaeOptions options, ImageSplit data, string folder, bool resume, VaeCheckpointing checkpointing, Action<VaeProgress>? progress = null, CancellationToken cancellation = default)
    {
        var run = new VaeRunFolder(folder);
        if (File.Exists(folder)) throw new ArgumentException($"'{folder}' is a file; the folder of a run is wanted.", nameof(folder));
        Directory.CreateDirectory(folder);
        using FileLock held = VaeRunLock.Take(folder);
        if (HoldsRun(folder) && !resume)
            throw new ArgumentException($"'{folder}' holds a run already. Resume goes on with it; Force starts anew.", nameof(folder));
        if (!HoldsRun(folder) && !File.Exists(run.CheckpointPath) && Results.FirstOrDefault(name => File.Exists(Path.Combine(folder, name))) is { } foreign)
            throw new ArgumentException($"'{folder}' holds a file '{foreign}' and no run. Force writes over it.", nameof(folder));
        using var trainer = new VaeTrainer(options, data);
        run.RemoveLeftovers();
        List<VaeEpoch> rows = resume ? run.Restore(trainer) : [];
        if (trainer.IsFinished) run.Finish(trainer, rows);
        else run.description.Write(trainer, rows, "running");
        foreach (VaeEpoch row in rows) yield return row;
        var sinceKept = Stopwatch.StartNew();
        bool isKept = false;
        void Keep()
        {
            run.Keep(trainer, rows);
            isKept = true;
            sinceKept.Restart();
        }
        bool IsTime() => checkpointing.Minutes > 0 && sinceKept.Elapsed.TotalMinutes >= checkpointing.Minutes;
        bool IsEpoch() => checkpointing.Epochs > 0 && trainer.Epoch % checkpointing.Epochs == 0 && (!isKept || sinceKept.Elapsed.TotalSeconds >= checkpointing.LeastSeconds);
        // Between its steps a run that is stopped can be kept; it has a moment to get there.
        using var overdue = new CancellationTokenSource();
        using CancellationTokenRegistration stopping = cancellation.Register(() => overdue.CancelAfter(TimeToKeep));
        void KeepIfStopped()
        {
            if (!cancellation.IsCancellationRequested) return;
            Keep();
            cancellation.ThrowIfCancellationRequested();
        }
        while (!trainer.IsFinished)
        {
            KeepIfStopped();
            rows.Add(run.Watched(trainer, rows, () => trainer.RunEpoch(progress, overdue.Token, () =>
            {
                KeepIfStopped();
                if (IsTime()) Keep();
            })));
            if (trainer.IsFinished || IsTime() || IsEpoch()) Keep();
            // Whoever takes the last row finds the run complete.
            if (trainer.IsFinished) run.Finish(trainer, rows);
            yield return rows[^1];
        }
    }

    /// <summary>Removes a run's files, run.json last, so that what remains of a removal that was cut off still counts as a run.</summary>
    public static void Clear(string folder)
    {
        using FileLock held = VaeRunLock.Take(folder);
        foreach (string name in new[] { CheckpointName, RowsName, VaeModelFile.FileName, VaeRunDescription.FileName }) File.Delete(Path.Combine(folder, name));
    }

    private VaeEpoch Watched(VaeTrainer trainer, List<VaeEpoch> rows, Func<VaeEpoch> epoch)
    {
        try
        {
            return epoch();
        }
        catch (TrainingDivergedException error)
        {
            description.Write(trainer, rows, "failed", error.Message);
            throw;
        }
    }

    private void Keep(VaeTrainer trainer, List<VaeEpoch> rows)
    {
        SafeTensorsFile.Write(CheckpointPath, trainer.StateTensors(), new Dictionary<string, string>
        {
            ["format"] = Format,
            ["run_id"] = trainer.RunId,
            ["options"] = JsonSerializer.Serialize(trainer.Options),
            ["point"] = JsonSerializer.Serialize(trainer.Point),
            ["rows"] = JsonSerializer.Serialize(rows.Select(Figures.Of)),
        });
        WriteRows(rows);
    }

    // Also mends what a kill between the last files left undone.
    private void Finish(VaeTrainer trainer, List<VaeEpoch> rows)
    {
        WriteRows(rows);
        VaeModelFile.Save(trainer.Model, Path.Combine(folder, VaeModelFile.FileName), trainer.RunId);
        description.Write(trainer, rows, "finished");
    }

    private List<VaeEpoch> Restore(VaeTrainer trainer)
    {
        if (!File.Exists(CheckpointPath))
        {
            if (!description.Exists) return [];
            (string runId, VaeOptions settings) = description.Read();
            CheckSameRun(trainer, runId, settings, 0);
            return [];
        }
        (IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string> metadata) = SafeTensorsFile.Read(CheckpointPath);
        try
        {
            if (metadata.GetValueOrDefault("format") != Format) throw new DataFormatException(CheckpointPath, "no checkpoint of a VAE run.");
            VaeProgressPoint point = Json<VaeProgressPoint>(metadata, "point");
            CheckSameRun(trainer, metadata["run_id"], Json<VaeOptions>(metadata, "options"), point.Epoch + (point.Step > 0 ? 1 : 0));
            trainer.Restore(tensors, point);
            return [.. Json<Figures[]>(metadata, "rows").Select(figures => figures.ToRow(trainer))];
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException)
        {
            throw new DataFormatException(CheckpointPath, $"the checkpoint can't be read: {error.Message}", error);
        }
        finally
        {
            foreach (Tensor tensor in tensors.Values) tensor.Dispose();
        }
    }

    private static T Json<T>(IReadOnlyDictionary<string, string> metadata, string name) => JsonSerializer.Deserialize<T>(metadata[name]) ?? throw new JsonException($"its {name} are null");

    // The number of epochs may differ, where it changes nothing but the end.
    private void CheckSameRun(VaeTrainer trainer, string runId, VaeOptions there, int epochsBegun)
    {
        if (runId == trainer.RunId) return;
        int epochs = trainer.Options.Epochs;
        if (runId != VaeRunId.Of(trainer.Options with { Epochs = there.Epochs }, trainer.Data)) throw OtherRun(trainer, there);
        if (epochs < epochsBegun)
            throw new ArgumentException($"Epochs must be at least {epochsBegun} to go on with the run in '{folder}', which has come so far, but {epochs} came.", nameof(VaeOptions.Epochs));
        if (VaeSchedules.SettingOverAllEpochs(there) is { } setting)
        {
            throw new ArgumentException(
                $"Epochs must be {there.Epochs} to go on with the run in '{folder}', since its {setting} {Text(typeof(VaeOptions).GetProperty(setting)!.GetValue(there))} goes over all epochs, but {epochs} came. (A run that names ScheduleEpochs can go on.)",
                nameof(VaeOptions.Epochs));
        }
    }

    private ArgumentException OtherRun(VaeTrainer trainer, VaeOptions there)
    {
        string[] differences = [.. typeof(VaeOptions).GetProperties()
            .Select(property => (property.Name, There: Text(property.GetValue(there)), Here: Text(property.GetValue(trainer.Options))))
            .Where(entry => entry.There != entry.Here).Select(entry => $"{entry.Name} is {entry.There} there and {entry.Here} here")];
        string why = differences.Length > 0 ? string.Join(", ", differences) : "the data differ";
        return new ArgumentException($"'{folder}' holds another run: {why}.", nameof(folder));
    }

    private void WriteRows(List<VaeEpoch> rows)
    {
        string[] names = [.. Columns.Select(column => column.Name)];
        ExperimentFile.Write(Path.Combine(folder, RowsName), rows.Select(row => new ExperimentRow(names, [.. Columns.Select(column => column.GetValue(row))])));
    }

    private void RemoveLeftovers()
    {
        foreach (string name in Results.Append(VaeRunDescription.FileName))
            foreach (string leftover in Directory.EnumerateFiles(folder, $".{name}.*.tmp")) File.Delete(leftover);
    }

    private static string Text(object? value) => value is IReadOnlyList<int> list ? string.Join(',', list) : Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";

    private sealed record Figures(
        int Epoch, double Reconstruction, double KlDivergence, double? TestElbo, double? ValidationElbo, double KlWeight, double StepSize, double Seconds, double SamplesPerSecond)
    {
        public static Figures Of(VaeEpoch row) => new(
            row.Epoch, row.Reconstruction, row.KlDivergence, row.TestElbo, row.ValidationElbo, row.KlWeight, row.StepSize, row.Seconds, row.SamplesPerSecond);

        public VaeEpoch ToRow(VaeTrainer trainer) => new(trainer.Options)
        {
            RunId = trainer.RunId,
            Epoch = Epoch,
            Reconstruction = Reconstruction,
            KlDivergence = KlDivergence,
            TestElbo = TestElbo,
            ValidationElbo = ValidationElbo,
            KlWeight = KlWeight,
            StepSize = StepSize,
            Seconds = Seconds,
            SamplesPerSecond = SamplesPerSecond,
            DataSet = trainer.Data.Train.Name,
            TrainCount = trainer.Data.Train.Count,
            ValidationCount = trainer.Data.Validation?.Count ?? 0,
            TestCount = trainer.Data.Test?.Count ?? 0,
        };
    }
}
