using System.IO.Compression;
using ReparamPS.Messages;

namespace ReparamPS.Data.Images;

/// <summary>
/// Images in an archive of NumPy arrays, as numpy.savez and numpy.savez_compressed write it. If several of its arrays can be images, the path names one as if the archive were a
/// folder: <c>mnist.npz/x_train</c>. Labels are the whole numbers in <c>y</c>, <c>labels</c> or the like with the same ending: <c>y_train</c>.
/// </summary>
internal static class ImageNpz
{
    private const string Extension = ".npz";

    private static readonly string[] ImageNames = ["images", "image", "data", "x"];
    private static readonly string[] LabelNames = ["labels", "label", "targets", "target", "y"];

    /// <summary>Splits a path into the archive and the name of an array; null if it names no archive, the array null if it names none.</summary>
    public static (string Archive, string? Array)? Split(string path)
    {
        // NumPy writes names with slashes as they are: train/x.
        if (Above(path).FirstOrDefault(File.Exists) is { } archive) return (archive, path[(archive.Length + 1)..].Replace(Path.DirectorySeparatorChar, '/'));
        return path.EndsWith(Extension, StringComparison.OrdinalIgnoreCase) ? (path, null) : null;
    }

    /// <summary>What does not exist of a path that does not exist: the archive, if the path names an array in one.</summary>
    public static string MissingOf(string path) => Above(path).FirstOrDefault(archive => !Directory.Exists(archive)) ?? path;

    private static IEnumerable<string> Above(string path)
    {
        for (string? above = Path.GetDirectoryName(path); !string.IsNullOrEmpty(above); above = Path.GetDirectoryName(above))
            if (above.EndsWith(Extension, StringComparison.OrdinalIgnoreCase)) yield return above;
    }

    /// <summary>Reads the images.</summary>
    /// <param name="path">The archive.</param>
    /// <param name="wanted">The array of images; null if only one has their shape.</param>
    /// <param name="options">What the file does not tell.</param>
    public static ImageDataSet Read(string path, string? wanted, ImageFileOptions options)
    {
        try
        {
            using ZipArchive archive = ZipFile.OpenRead(path);
            Dictionary<string, ZipArchiveEntry> entries = Entries(archive);
            string name = wanted is null ? Choose(path, entries) : entries.Keys.FirstOrDefault(known => known.Equals(wanted, StringComparison.OrdinalIgnoreCase))
                ?? throw new DataFormatException(path, $"it has no array '{ShortText.Of(wanted)}'; {Listed(entries)}.");
            NpyFile images = ReadArray(path, entries[name]);
            return ImageNpy.From($"{path}/{name}", images, options, Labels(path, entries, name, images.Shape.FirstOrDefault(), isAlone: wanted is null));
        }
        catch (InvalidDataException error)
        {
            throw new DataFormatException(path, $"the .npz archive is damaged or truncated: {error.Message}", error);
        }
    }

    private static Dictionary<string, ZipArchiveEntry> Entries(ZipArchive archive)
    {
        var entries = new Dictionary<string, ZipArchiveEntry>(StringComparer.Ordinal);
        foreach (ZipArchiveEntry entry in archive.Entries.Where(entry => entry.FullName.EndsWith(".npy", StringComparison.OrdinalIgnoreCase))) entries[entry.FullName[..^4]] = entry;
        return entries;
    }

    private static NpyFile ReadArray(string path, ZipArchiveEntry entry)
    {
        string name = $"{path}/{entry.FullName}";
        using var stream = new UnpackingStream(entry.Open(), Math.Min(entry.CompressedLength, new FileInfo(path).Length), name);
        return NpyFile.Read(name, stream);
    }

    // The arrays themselves tell, since a name may be anything: arr_0.
    private static string Choose(string path, Dictionary<string, ZipArchiveEntry> entries)
    {
        if (entries.Count == 0) throw new DataFormatException(path, $"it holds no arrays; an array of images is required, of the shape {ImageNpy.Shapes}.");
        string[] images = [.. entries.Where(entry => HoldsImages(path, entry.Value)).Select(entry => entry.Key)];
        if (images.Length == 1) return images[0];
        if (images.Length > 1 && images.Where(name => ImageNames.Contains(name, StringComparer.OrdinalIgnoreCase)).ToArray() is [var one]) return one;
        throw new DataFormatException(path, images.Length == 0 ? $"none of its arrays ({ShortText.List(entries.Keys)}) holds numbers in the shape of images: {ImageNpy.Shapes}." : $"several of its arrays can be images: {ShortText.List(images)}. Name one, as in '{ShortText.Of(path)}/{ShortText.Of(images[0])}'.");
    }

    // A column of one number per image is a column of labels.
    private static bool HoldsImages(string path, ZipArchiveEntry entry)
    {
        using Stream stream = entry.Open();
        return NpyFile.ReadShape($"{path}/{entry.FullName}", stream) is { } shape && ImageNpy.IsImages(shape) && shape is not [_, 1];
    }

    private static int[]? Labels(string path, Dictionary<string, ZipArchiveEntry> entries, string images, long count, bool isAlone)
    {
        string folder = images[..(images.LastIndexOf('/') + 1)], own = images[folder.Length..];
        string[] names = [.. LabelNames.SelectMany(label => ImageNames.Where(image => own.StartsWith(image, StringComparison.OrdinalIgnoreCase)).Select(image => folder + label + own[image.Length..]))];
        string? found = entries.Keys.FirstOrDefault(key => names.Contains(key, StringComparer.OrdinalIgnoreCase))
            ?? (isAlone ? entries.Keys.FirstOrDefault(key => key != images && LabelNames.Contains(key, StringComparer.OrdinalIgnoreCase)) : null)
            ?? (entries.Count == 2 ? entries.Keys.First(key => key != images) : null);
        if (found is null) return null;
        NpyFile labels = ReadArray(path, entries[found]);
        if (!labels.IsWhole || labels.Shape is not ([_] or [_, 1])) return null;
        if (labels.Shape[0] != count) throw new DataFormatException(path, $"its array '{ShortText.Of(found)}' has {labels.Shape[0]} labels for the {count} images of '{ShortText.Of(images)}'; the numbers must be equal.");
        return Array.ConvertAll(labels.ToNumbers(), value => (int)value);
    }

    private static string Listed(Dictionary<string, ZipArchiveEntry> entries) => entries.Count == 0 ? "it has no arrays" : $"its arrays are {ShortText.List(entries.Keys)}";
}
