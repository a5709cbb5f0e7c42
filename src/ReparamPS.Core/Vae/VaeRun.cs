using System.Text.Json;
using ReparamPS.Data;
using ReparamPS.Data.Images;
using ReparamPS.Messages;
using ReparamPS.Runs;
using static TorchSharp.torch;

namespace ReparamPS.Vae;

/// <summary>Runs of VAE training in folders.</summary>
public sealed class VaeRun : ITraining<VaeEpoch>
{
    private readonly VaeTrainer trainer;
    private readonly Action<TrainingProgress>? progress;

    private VaeRun(VaeTrainer trainer, Action<TrainingProgress>? progress) => (this.trainer, this.progress) = (trainer, progress);

    /// <summary>How runs of a VAE are stored.</summary>
    public static RunKind Kind { get; } = new("Vae", "epochs.csv", CheckpointVersion: 3, ModelVersion: 2);

    RunKind ITraining<VaeEpoch>.Kind => Kind;

    string ITraining<VaeEpoch>.RunId => trainer.RunId;

    int ITraining<VaeEpoch>.Epoch => trainer.Epoch;

    bool ITraining<VaeEpoch>.IsFinished => trainer.IsFinished;

    string ITraining<VaeEpoch>.StoppedBy => trainer.Epoch < trainer.Options.Epochs ? nameof(VaeOptions.Patience) : nameof(VaeOptions.Epochs);

    Device ITraining<VaeEpoch>.Device => trainer.Model.Device;

    /// <summary>The settings of the run that a folder holds; null if it holds none.</summary>
    /// <exception cref="ArgumentException">The folder holds a run of another kind.</exception>
    /// <exception cref="DataFormatException">The folder's run.json cannot be read.</exception>
    public static VaeOptions? Settings(string folder) => RunFolder.Settings<VaeOptions>(folder, Kind);

    /// <summary>The setting whose schedule spans all epochs, so that a run cannot be extended; null if it can.</summary>
    /// <param name="options">The settings of the run.</param>
    public static string? SettingOverAllEpochs(VaeOptions options) => VaeSchedules.SettingOverAllEpochs(options);

    /// <summary>Whether images are no longer those that a stored run was trained on. The paths may differ.</summary>
    /// <param name="folder">The folder of the run.</param>
    /// <param name="read">Reads the images, split as the settings of the run say.</param>
    /// <exception cref="DataFormatException">The folder's run.json, or the images, cannot be read.</exception>
    public static bool HaveImagesChanged(string folder, Func<VaeOptions, ImageSplit> read)
    {
        var description = new RunDescription(folder);
        if (!description.Exists || description.Kind != Kind.Name) return false;
        VaeOptions options = description.ReadSettings<VaeOptions>();
        return VaeRunId.Of(options, read(options)) != description.Read().RunId;
    }

    /// <summary>Trains and stores a run. A resumed run returns its stored rows first.</summary>
    /// <remarks>
    /// A resumed run may have another number of epochs than before, at least those that are done: rows and weights are then those of a run that had this number from
    /// the start. A run whose schedule spans all epochs cannot be resumed so.
    /// </remarks>
    /// <param name="options">The settings.</param>
    /// <param name="data">The images.</param>
    /// <param name="folder">The folder that stores the run.</param>
    /// <param name="start">What to do with the run in the folder.</param>
    /// <param name="checkpointing">How often the run is stored.</param>
    /// <param name="progress">Called after each step.</param>
    /// <param name="cancellation">Stops the run with a checkpoint of what is done; within seconds, even if it cannot be stored by then.</param>
    /// <exception cref="ArgumentException">The folder holds another run, a run that is not to be resumed, or files that are not a run's.</exception>
    /// <exception cref="IOException">Another process trains the folder's run.</exception>
    public static IEnumerable<VaeEpoch> Train(
        VaeOptions options, ImageSplit data, string folder, RunStart start, Checkpointing checkpointing, Action<TrainingProgress>? progress = null, CancellationToken cancellation = default) =>
        RunFolder.Train(Kind, folder, start, checkpointing, () => new VaeRun(VaeTrainer.Create(options, data), progress), cancellation);

    // A step moves the weights before it is complete.
    bool ITraining<VaeEpoch>.KeepsStateOnFailure => false;

    VaeEpoch ITraining<VaeEpoch>.RunEpoch(Action between, CancellationToken cancellation) => trainer.RunEpoch(progress, cancellation, between);

    TrainingState ITraining<VaeEpoch>.Save(IReadOnlyList<VaeEpoch> rows) => new(
        JsonSerializer.Serialize(trainer.Options), JsonSerializer.Serialize(trainer.Point), JsonSerializer.Serialize(rows.Select(Figures.Of)), [.. trainer.StateTensors()]);

    IReadOnlyList<VaeEpoch> ITraining<VaeEpoch>.Resume(StoredRun stored)
    {
        VaeProgressPoint? point = stored.State is null ? null : Parse<VaeProgressPoint>(stored.State.Point);
        CheckSame(stored, point is null ? 0 : point.Epoch + (point.Step > 0 ? 1 : 0));
        if (stored.State is null) return [];
        trainer.Restore(stored.State.Tensors.ToDictionary(entry => entry.Name, entry => entry.Value), point!);
        return [.. Parse<Figures[]>(stored.State.Rows).Select(figures => figures.ToRow(trainer))];
    }

    void ITraining<VaeEpoch>.SaveModel(string path) => VaeModelFile.Save(trainer.Model, path, trainer.RunId);

    IReadOnlyDictionary<string, object?> ITraining<VaeEpoch>.Describe(IReadOnlyList<VaeEpoch> rows)
    {
        ImageSplit data = trainer.Data;
        return new Dictionary<string, object?>
        {
            ["epochsDone"] = trainer.Epoch,
            ["bestEpoch"] = trainer.Point.BestEpoch > 0 ? trainer.Point.BestEpoch : null,
            ["seconds"] = rows.Sum(row => row.Seconds),
            ["settings"] = trainer.Options,
            ["data"] = new
            {
                name = data.Train.Name,
                imageHeight = data.Train.Height,
                imageWidth = data.Train.Width,
                maximumValue = data.Train.MaximumValue,
                train = Part(data.Train),
                validation = Part(data.Validation),
                test = Part(data.Test),
            },
        };
    }

    void IDisposable.Dispose() => trainer.Dispose();

    // The number of epochs may differ, if it changes nothing but the end.
    private void CheckSame(StoredRun stored, int epochsBegun)
    {
        if (stored.RunId == trainer.RunId) return;
        VaeOptions earlier = Parse<VaeOptions>(stored.Settings);
        int epochs = trainer.Options.Epochs;
        if (stored.RunId != VaeRunId.Of(trainer.Options with { Epochs = earlier.Epochs }, trainer.Data)) throw OtherRun(stored, earlier);
        if (epochs < epochsBegun)
            throw new ArgumentException($"The run in '{ShortText.Of(stored.Folder)}' has already started {epochsBegun} epochs. Epochs must be at least {epochsBegun}; got {epochs}.", nameof(VaeOptions.Epochs));
        if (VaeSchedules.SettingOverAllEpochs(earlier) is { } setting)
        {
            throw new ArgumentException(
                $"Epochs must be {earlier.Epochs} to resume the run in '{ShortText.Of(stored.Folder)}', because {setting} '{VaeSettings.Table.TextOf(VaeSettings.Table.Find(setting)!, earlier)}' spans all epochs; got {epochs}. A run with this setting can be extended only if it was started with a positive -ScheduleEpochs.",
                nameof(VaeOptions.Epochs));
        }
    }

    private ArgumentException OtherRun(StoredRun stored, VaeOptions earlier)
    {
        // Another number of epochs is never the reason. Nor is another path with the same images, or how they were read.
        VaeOptions now = trainer.Options with { Epochs = earlier.Epochs };
        VaeOptions asRead = now with { DataPath = earlier.DataPath, TestPath = earlier.TestPath, MaximumValue = earlier.MaximumValue, LabelColumn = earlier.LabelColumn };
        bool isOnlyRead = VaeSettings.Table.Differences(earlier, asRead).Count == 0;
        IReadOnlyList<string> differences = VaeSettings.Table.Differences(earlier, stored.RunId == VaeRunId.Of(earlier, trainer.Data) ? asRead : now);
        string why = differences.Count > 0 ? string.Join(", ", differences) + (isOnlyRead ? ", and the images differ" : "")
            : VaeParts.PathsOf(earlier) is { } paths ? $"the images in {paths} have changed" : "the data differ";
        return new ArgumentException($"'{ShortText.Of(stored.Folder)}' holds another run: {why}. Use the settings and data of that run, or choose another folder.", nameof(stored));
    }

    private static T Parse<T>(string text) => JsonSerializer.Deserialize<T>(text) ?? throw new JsonException("a part of it is the JSON value null");

    private static object? Part(ImageDataSet? images) => images is null ? null : new { count = images.Count, sha256 = images.Hash };

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
