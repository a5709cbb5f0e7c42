using System.Runtime.InteropServices;
using System.Text.Json;
using ReparamPS.Data;
using ReparamPS.Messages;
using static TorchSharp.torch;

namespace ReparamPS.Runs;

/// <summary>run.json: what a run is, how far it is, and what made it.</summary>
internal sealed class RunDescription(string folder)
{
    /// <summary>The file's name.</summary>
    public const string FileName = FolderMarks.Run;

    // Files from before there were other kinds do not name one.
    private const string DefaultKind = "Vae";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private DateTimeOffset? started;

    private string FilePath => Path.Combine(folder, FileName);

    /// <summary>Whether the folder has the file.</summary>
    public bool Exists => File.Exists(FilePath);

    /// <summary>The name of the run's kind; null if that cannot be read.</summary>
    public string? Kind => TryRead(run => run.TryGetProperty("kind", out JsonElement kind) ? kind.GetString() : DefaultKind);

    /// <summary>The process of a run that has not ended; null if it has, or if that cannot be read.</summary>
    public int? Process => TryRead(run => run.GetProperty("state").GetString() == "running" ? (int?)run.GetProperty("process").GetInt32() : null);

    /// <summary>Why the run failed; null if it did not, or if that cannot be read.</summary>
    public string? Failure => TryRead(run => run.GetProperty("failure").GetString());

    /// <summary>Whether the file says that the run is finished.</summary>
    public bool IsFinished => TryRead(run => run.GetProperty("state").GetString()) == "finished";

    /// <summary>The number of epochs, or of iterations, that are done; null if that cannot be read.</summary>
    /// <param name="unit">What is counted: epochs or iterations.</param>
    public int? Done(string unit) => TryRead(run => (int?)run.GetProperty($"{unit}Done").GetInt32());

    /// <summary>The run's name and settings.</summary>
    /// <exception cref="DataFormatException">The file cannot be read.</exception>
    public StoredRun Read()
    {
        try
        {
            using JsonDocument run = JsonDocument.Parse(Contents());
            JsonElement settings = run.RootElement.GetProperty("settings");
            string runId = run.RootElement.GetProperty("runId").GetString() ?? throw new JsonException("its runId is null");
            if (settings.ValueKind != JsonValueKind.Object) throw new JsonException("its settings are not a JSON object");
            return new StoredRun(folder, runId, settings.GetRawText(), null);
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw Unreadable(error);
        }
    }

    /// <summary>The settings of the run.</summary>
    /// <exception cref="DataFormatException">The file cannot be read.</exception>
    public T ReadSettings<T>()
    {
        string text = Read().Settings;
        try
        {
            return JsonSerializer.Deserialize<T>(text)!;
        }
        catch (JsonException error)
        {
            throw Unreadable(error);
        }
    }

    /// <summary>Writes the file.</summary>
    /// <param name="training">The training.</param>
    /// <param name="rows">Its rows so far.</param>
    /// <param name="state">running, interrupted, finished or failed.</param>
    /// <param name="failure">Why it failed.</param>
    public void Write<TRow>(ITraining<TRow> training, IReadOnlyList<TRow> rows, string state, string? failure = null)
    {
        started ??= TryRead(run => (DateTimeOffset?)run.GetProperty("startedUtc").GetDateTimeOffset()) ?? DateTimeOffset.UtcNow;
        var content = new Dictionary<string, object?>
        {
            ["kind"] = training.Kind.Name,
            ["runId"] = training.RunId,
            ["state"] = state,
            ["stoppedBy"] = state == "finished" ? training.StoppedBy : null,
            ["failure"] = failure,
        };
        foreach ((string name, object? value) in training.Describe(rows)) content.Add(name, value);
        content.Add("versions", new
        {
            reparamPS = VersionOf(typeof(RunDescription)),
            torchSharp = VersionOf(typeof(TorchSharp.torch)),
            torch = __version__,
            runtime = RuntimeInformation.FrameworkDescription,
            system = RuntimeInformation.OSDescription,
        });
        content.Add("device", training.Device.ToString());
        content.Add("threads", get_num_threads());
        content.Add("process", Environment.ProcessId);
        content.Add("startedUtc", started);
        content.Add("writtenUtc", DateTimeOffset.UtcNow);
        AtomicFile.WriteAll(FilePath, JsonSerializer.SerializeToUtf8Bytes(content, Indented));
    }

    private byte[] Contents()
    {
        RegularFile.Check(FilePath);
        return File.ReadAllBytes(FilePath);
    }

    private DataFormatException Unreadable(Exception error) => new DataFormatException(FilePath, $"the run's description cannot be read: {JsonFault.Of(error)}", error).With(
        new LoneCheckpoint(folder).Kind is null ? RunKind.RestoreAdvice : $"Delete the file and use -Resume again: {RunKind.CheckpointFile} holds the settings too.");

    private T? TryRead<T>(Func<JsonElement, T> value)
    {
        try
        {
            using JsonDocument run = JsonDocument.Parse(Contents());
            return value(run.RootElement);
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or IOException or UnauthorizedAccessException)
        {
            return default;
        }
    }

    private static string? VersionOf(Type type) => type.Assembly.GetName().Version?.ToString(3);
}
