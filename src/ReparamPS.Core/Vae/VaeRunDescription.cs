using System.Runtime.InteropServices;
using System.Text.Json;
using ReparamPS.Data;
using ReparamPS.Data.Images;
using static TorchSharp.torch;

namespace ReparamPS.Vae;

/// <summary>run.json: what a run is, how far it is, and by what it was made.</summary>
internal sealed class VaeRunDescription(string folder)
{
    /// <summary>The file's name.</summary>
    public const string FileName = "run.json";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private DateTimeOffset? started;

    private string FilePath => Path.Combine(folder, FileName);

    /// <summary>Whether the folder has one.</summary>
    public bool Exists => File.Exists(FilePath);

    /// <summary>The process that wrote it last; null where that can't be read.</summary>
    public int? Process => TryRead("process", value => value.GetInt32());

    /// <summary>The run's name and settings.</summary>
    /// <exception cref="DataFormatException">The file can't be read.</exception>
    public (string RunId, VaeOptions Settings) Read()
    {
        try
        {
            using JsonDocument run = JsonDocument.Parse(File.ReadAllBytes(FilePath));
            VaeOptions settings = run.RootElement.GetProperty("settings").Deserialize<VaeOptions>() ?? throw new JsonException("its settings are null");
            return (run.RootElement.GetProperty("runId").GetString() ?? throw new JsonException("its runId is null"), settings);
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new DataFormatException(FilePath, $"the run's description can't be read: {error.Message}", error);
        }
    }

    /// <summary>Writes it.</summary>
    /// <param name="trainer">The run.</param>
    /// <param name="rows">Its epochs.</param>
    /// <param name="state">running, finished or failed.</param>
    /// <param name="failure">Why it failed.</param>
    public void Write(VaeTrainer trainer, IReadOnlyList<VaeEpoch> rows, string state, string? failure = null)
    {
        started ??= TryRead("startedUtc", value => value.GetDateTimeOffset()) ?? DateTimeOffset.UtcNow;
        ImageSplit data = trainer.Data;
        string json = JsonSerializer.Serialize(new
        {
            runId = trainer.RunId,
            state,
            stoppedBy = state != "finished" ? null : trainer.Epoch < trainer.Options.Epochs ? "Patience" : "Epochs",
            failure,
            epochsDone = trainer.Epoch,
            bestEpoch = trainer.Point.BestEpoch > 0 ? trainer.Point.BestEpoch : (int?)null,
            seconds = rows.Sum(row => row.Seconds),
            settings = trainer.Options,
            data = new
            {
                name = data.Train.Name,
                imageHeight = data.Train.Height,
                imageWidth = data.Train.Width,
                maximumValue = data.Train.MaximumValue,
                train = Part(data.Train),
                validation = Part(data.Validation),
                test = Part(data.Test),
            },
            versions = new
            {
                reparamPS = VersionOf(typeof(VaeRunDescription)),
                torchSharp = VersionOf(typeof(TorchSharp.torch)),
                torch = __version__,
                runtime = RuntimeInformation.FrameworkDescription,
                system = RuntimeInformation.OSDescription,
            },
            device = trainer.Model.Device.ToString(),
            threads = get_num_threads(),
            process = Environment.ProcessId,
            startedUtc = started,
            writtenUtc = DateTimeOffset.UtcNow,
        }, Indented);
        AtomicFile.WriteAll(FilePath, System.Text.Encoding.UTF8.GetBytes(json));
    }

    private T? TryRead<T>(string name, Func<JsonElement, T> value) where T : struct
    {
        try
        {
            using JsonDocument run = JsonDocument.Parse(File.ReadAllBytes(FilePath));
            return value(run.RootElement.GetProperty(name));
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static object? Part(ImageDataSet? images) => images is null ? null : new { count = images.Count, sha256 = images.Hash };

    private static string? VersionOf(Type type) => type.Assembly.GetName().Version?.ToString(3);
}
