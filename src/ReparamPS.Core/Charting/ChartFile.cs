using ReparamPS.Data;
using ReparamPS.Native;

namespace ReparamPS.Charting;

/// <summary>Charts as pictures in files.</summary>
public static class ChartFile
{
    /// <summary>The largest width and height, in pixels.</summary>
    public const int MaxSize = 20_000;

    /// <summary>The known extensions.</summary>
    public static IReadOnlyList<string> Extensions { get; } = [".png", ".svg"];

    /// <summary>Refuses a path whose extension is not that of a picture.</summary>
    public static void CheckExtension(string path)
    {
        if (!Extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase))
        {
            throw new ArgumentException($"'{path}': the extension must be one of {string.Join(", ", Extensions)}.", nameof(path));
        }
    }

    /// <inheritdoc cref="IChartWriter.Save"/>
    public static IReadOnlyList<string> Save(string path, ChartData data, ChartOptions options, ExistingFile existing = ExistingFile.Replace)
    {
        CheckExtension(path);
        return FilesAssembly.Get<IChartWriter>().Save(path, data, options, existing);
    }
}
