using ReparamPS.Messages;

namespace ReparamPS.Data.Images;

/// <summary>A folder with the four files of the MNIST family: train-images-idx3-ubyte, t10k-images-idx3-ubyte and the labels beside them, plain or gzipped.</summary>
internal static class IdxFolder
{
    /// <summary>The file of training images; null if the folder has none.</summary>
    /// <exception cref="DataFormatException">It has several.</exception>
    public static string? TrainOf(string folder) => Find(folder, "train");

    /// <summary>The file of test images; null if the folder has none.</summary>
    /// <exception cref="DataFormatException">It has several.</exception>
    public static string? TestOf(string folder) => Find(folder, "t10k", "test");

    private static string? Find(string folder, params string[] parts)
    {
        if (!Directory.Exists(folder)) return null;
        // A file and its gzipped twin are one.
        string[] found = [.. Directory.EnumerateFiles(folder).Where(path => IsImages(Path.GetFileName(path), parts)).Order(StringComparer.Ordinal).DistinctBy(Plain)];
        return found.Length <= 1 ? found.FirstOrDefault()
            : throw new DataFormatException(folder, $"the folder holds several files of {parts[0]} images: {ShortText.List(found.Select(file => Path.GetFileName(file)))}. Give the path of one of them.");
    }

    private static bool IsImages(string name, string[] parts) =>
        IdxFile.IsNamedSo(name) && parts.Any(part => name.Contains($"{part}-images", StringComparison.OrdinalIgnoreCase));

    private static string Plain(string path) => path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? path[..^3] : path;
}
