using System.Text.Json;
using ReparamPS.Data;
using ReparamPS.Messages;

namespace ReparamPS.Runs;

/// <summary>The checkpoint of a folder whose run.json is missing. It is a run as well: it has all settings, and can be resumed.</summary>
internal sealed class LoneCheckpoint(string folder)
{
    private string FilePath => Path.Combine(folder, RunKind.CheckpointFile);

    /// <summary>The name of the run's kind; null if there is no checkpoint of a run.</summary>
    public string? Kind
    {
        get
        {
            if (!File.Exists(FilePath)) return null;
            try
            {
                return RunKind.OfCheckpointFormat(SafeTensorsFile.ReadMetadata(FilePath).GetValueOrDefault(StoredTensors.FormatName));
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                return null;
            }
        }
    }

    /// <summary>The settings of the run.</summary>
    /// <exception cref="DataFormatException">They cannot be read.</exception>
    public T ReadSettings<T>()
    {
        try
        {
            return JsonSerializer.Deserialize<T>(StoredTensors.TextOf(SafeTensorsFile.ReadMetadata(FilePath), StoredTensors.SettingsName)) ?? throw new JsonException("its settings are null.");
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException)
        {
            throw new DataFormatException(FilePath, $"the checkpoint cannot be read: {JsonFault.Of(error)}", error).With(RunKind.RestoreAdvice);
        }
    }
}
