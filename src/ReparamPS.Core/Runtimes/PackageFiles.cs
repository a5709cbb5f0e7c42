using System.Globalization;
using System.IO.Compression;
using System.Text.RegularExpressions;
using ReparamPS.Data;
using ReparamPS.Messages;
using ReparamPS.Native;

namespace ReparamPS.Runtimes;

/// <summary>
/// The libraries in the packages of one runtime. A library that is too large for one package lies in several: its first part where other libraries are, beside a file with the SHA-256 hash of the
/// whole, and the others as fragments with numbers.
/// </summary>
internal sealed partial class PackageFiles : IDisposable
{
    private readonly List<ZipArchive> archives = [];
    private readonly SortedDictionary<string, Parts> found = new(StringComparer.Ordinal);

    /// <summary>Opens packages.</summary>
    /// <exception cref="DataFormatException">A package cannot be read, or a name in it leaves its folder.</exception>
    public PackageFiles(IEnumerable<string> paths)
    {
        try
        {
            foreach (string path in paths) Read(path);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The libraries that tensors need.</summary>
    public IEnumerable<RuntimeFile> All() => found.Where(each => NeededFiles.Contains(each.Key)).Select(each => each.Value.Joined(each.Key));

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (ZipArchive archive in archives) archive.Dispose();
    }

    private void Read(string path)
    {
        ZipArchive archive;
        try
        {
            archive = ZipFile.OpenRead(path);
        }
        catch (InvalidDataException error)
        {
            throw new DataFormatException(path, $"the NuGet package cannot be read: {error.Message} Download it again.");
        }
        archives.Add(archive);
        string natives = $"runtimes/{Platform.Rid}/native/", fragments = $"fragments/{Platform.Rid}/native/";
        foreach (ZipArchiveEntry entry in archive.Entries.Where(entry => entry.Name.Length > 0))
        {
            RefusePath(entry, path, natives);
            RefusePath(entry, path, fragments);
            if (entry.FullName == natives + entry.Name && entry.Name.EndsWith(".sha", StringComparison.Ordinal))
            {
                using var reader = new StreamReader(entry.Open());
                Of(entry.Name[..^".sha".Length], path).Sha256 = reader.ReadToEnd().Trim();
            }
            else if (entry.FullName == natives + entry.Name)
            {
                Of(entry.Name, path).Numbered[0] = entry;
            }
            else if (entry.FullName == fragments + entry.Name && Fragment().Match(entry.Name) is { Success: true } match)
            {
                Of(match.Groups[1].Value, path).Numbered[int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture)] = entry;
            }
        }
    }

    // Names in an archive made on Unix may hold what Windows takes for a path.
    private static void RefusePath(ZipArchiveEntry entry, string path, string folder)
    {
        if (entry.FullName.StartsWith(folder, StringComparison.Ordinal) && entry.FullName.IndexOfAny(['\\', ':'], folder.Length) >= 0)
            throw new DataFormatException(path, $"the package holds the file '{ShortText.Of(entry.FullName)}', whose name contains '\\' or ':'. Such a package is not unpacked. Download it again, or use another source.");
    }

    private Parts Of(string name, string path)
    {
        if (!found.TryGetValue(name, out Parts? parts)) found[name] = parts = new Parts(path);
        return parts;
    }

    [GeneratedRegex(@"^(.+)\.fragment([1-9][0-9]{0,2})$", RegexOptions.CultureInvariant)]
    private static partial Regex Fragment();

    private sealed class Parts(string path)
    {
        // A package that the first one names and the folder lacks is another error: here a package has not the content that it should have.
        private string Remedy => $"Download this package again, and all others whose names start with '{Path.GetFileName(path).TrimStart('.').Split("-part")[0]}'; or omit -Source to use the NuGet configuration.";

        public SortedDictionary<int, ZipArchiveEntry> Numbered { get; } = [];

        public string? Sha256 { get; set; }

        public RuntimeFile Joined(string name)
        {
            if (!Numbered.ContainsKey(0)) throw new DataFormatException(path, $"{name} is split over several packages, and its first part is in none of them. {Remedy}");
            int last = Numbered.Keys.Last();
            for (int i = 1; i <= last; i++)
            {
                if (!Numbered.ContainsKey(i)) throw new DataFormatException(path, $"{name} is split over several packages, and fragment {i} is in none of them. {Remedy}");
            }
            if (last == 0 && Sha256 is not null) throw new DataFormatException(path, $"{name} is split over several packages, but its other parts are in none of them. {Remedy}");
            if (last > 0 && Sha256 is null) throw new DataFormatException(path, $"{name} is split over several packages, and its hash ({name}.sha) is in none of them. {Remedy}");
            return new RuntimeFile(name, Numbered.Values.Sum(part => part.Length), [.. Numbered.Values.Select(part => (Func<Stream>)part.Open)], Sha256);
        }
    }
}
