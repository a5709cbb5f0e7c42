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
    /// <summary>Reads the record of a folder; null if it has none, or if its file of that name is another program's.</summary>
    public static RuntimeRecord? Read(string folder)
    {
        string path = Path.Combine(folder, RuntimeFolders.RecordName);
        try
        {
            return File.Exists(path) && JsonSerializer.Deserialize(File.ReadAllBytes(path), RuntimeRecords.Default.RuntimeRecord) is { IsComplete: true } record ? record : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // Files are deleted by these names, so a name that leaves the folder is refused.
    private bool IsComplete => !string.IsNullOrEmpty(Version) && Device is "cpu" or "cuda" && !string.IsNullOrEmpty(Source) && Files is { Length: > 0 } && Array.TrueForAll(Files, IsFileName);

    /// <summary>The names of the files and folders that are not the runtime's.</summary>
    public IEnumerable<string> OtherEntries(string folder)
    {
        HashSet<string> own = [.. Files, RuntimeFolders.RecordName];
        return new DirectoryInfo(folder).EnumerateFileSystemInfos().Where(entry => entry is DirectoryInfo || !own.Contains(entry.Name)).Select(entry => entry.Name).Order(StringComparer.Ordinal);
    }

    /// <summary>Writes the record into a folder.</summary>
    public void Write(string folder) => File.WriteAllBytes(Path.Combine(folder, RuntimeFolders.RecordName), JsonSerializer.SerializeToUtf8Bytes(this, RuntimeRecords.Default.RuntimeRecord));

    private static bool IsFileName(string? name) => name is not (null or "" or "." or "..") && name.IndexOfAny(['/', '\\', ':']) < 0;
}

[JsonSourceGenerationOptions(WriteIndented = true)]
[JsonSerializable(typeof(RuntimeRecord))]
internal sealed partial class RuntimeRecords : JsonSerializerContext;
