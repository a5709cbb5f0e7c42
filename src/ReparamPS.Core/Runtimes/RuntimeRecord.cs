using System.Text.Json;
using System.Text.Json.Serialization;
using ReparamPS.Native;

namespace ReparamPS.Runtimes;

/// <summary>The file that says what a folder holds.</summary>
/// <param name="Version">The version of libtorch.</param>
/// <param name="Device">cpu or cuda.</param>
/// <param name="Source">What it was installed from: a package's id, or a folder.</param>
/// <param name="Files">The names of its libraries.</param>
internal sealed record RuntimeRecord(string Version, string Device, string Source, string[] Files)
{
    /// <summary>Reads the record of a folder; null if it has none.</summary>
    public static RuntimeRecord? Read(string folder)
    {
        string path = Path.Combine(folder, RuntimeFolders.RecordName);
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllBytes(path), RuntimeRecords.Default.RuntimeRecord) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Writes the record into a folder.</summary>
    public void Write(string folder) => File.WriteAllBytes(Path.Combine(folder, RuntimeFolders.RecordName), JsonSerializer.SerializeToUtf8Bytes(this, RuntimeRecords.Default.RuntimeRecord));
}

[JsonSourceGenerationOptions(WriteIndented = true)]
[JsonSerializable(typeof(RuntimeRecord))]
internal sealed partial class RuntimeRecords : JsonSerializerContext;
