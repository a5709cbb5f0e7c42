using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using ReparamPS.Data;

namespace ReparamPS.Runtimes;

/// <summary>A package of libtorch.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Version">Its version.</param>
/// <param name="Bytes">Its size; 0 if it is not known.</param>
/// <param name="Sha512">Its hash, in base64; null if it is not known.</param>
public sealed record TorchPackage(string Id, string Version, long Bytes, string? Sha512)
{
    private const string Resource = "torch-packages.txt";
    private const int StartLength = 12;

    /// <summary>The file name of the package.</summary>
    public string FileName => $"{Id}.{Version}.nupkg";

    /// <summary>The CPU package of a system; null if there is none.</summary>
    public static TorchPackage? ForCpu(string rid) => All().FirstOrDefault(package => package.Id == $"libtorch-cpu-{rid}");

    /// <summary>A package: as the table has it, otherwise without size and hash.</summary>
    public static TorchPackage Known(string id, string version) =>
        All().FirstOrDefault(package => string.Equals(package.Id, id, StringComparison.OrdinalIgnoreCase) && package.Version == version) ?? new TorchPackage(id, version, 0, null);

    /// <summary>All packages in the table.</summary>
    public static IEnumerable<TorchPackage> All()
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream(Resource)!);
        foreach (string line in reader.ReadToEnd().Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] != '#'))
        {
            string[] cells = line.Split(' ');
            yield return new TorchPackage(cells[0], cells[1], long.Parse(cells[2], CultureInfo.InvariantCulture), cells[3]);
        }
    }

    /// <summary>This package's file in a folder of packages, flat or with folders per id and version; null if it is not there.</summary>
    public string? FindIn(string folder) => new[] { folder, Path.Combine(folder, Id, Version) }.Where(Directory.Exists).SelectMany(Directory.GetFiles)
        .FirstOrDefault(file => string.Equals(Path.GetFileName(file), FileName, StringComparison.OrdinalIgnoreCase));

    /// <summary>Checks that a file is this package, if its hash is known.</summary>
    /// <exception cref="DataFormatException">The hash differs.</exception>
    public void Check(string path)
    {
        if (Sha512 is null) return;
        using FileStream file = File.OpenRead(path);
        string hash = Convert.ToBase64String(SHA512.HashData(file));
        if (hash != Sha512) throw new DataFormatException(path, $"the file is not {Id} {Version}: its SHA-512 hash must begin with '{Start(Sha512)}'; got '{Start(hash)}'. Download it again.");
    }

    /// <summary>A hash that a source states, in the usual form of base64; null if it is not a SHA-512 hash.</summary>
    internal static string? ReadSha512(string? text)
    {
        byte[] bytes = new byte[SHA512.HashSizeInBytes];
        return Convert.TryFromBase64String(text ?? "", bytes, out int count) && count == bytes.Length ? Convert.ToBase64String(bytes) : null;
    }

    private static string Start(string hash) => hash[..Math.Min(StartLength, hash.Length)];
}
