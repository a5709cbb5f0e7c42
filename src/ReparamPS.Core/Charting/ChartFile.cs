using ReparamPS.Data;
using ReparamPS.Messages;
using ReparamPS.Native;

namespace ReparamPS.Charting;

/// <summary>Charts as pictures or interactive pages in files.</summary>
public static class ChartFile
{
    /// <summary>The largest width and height, in pixels.</summary>
    public const int MaxSize = 20_000;

    /// <summary>The known extensions.</summary>
    public static IReadOnlyList<string> Extensions { get; } = [".png", ".svg", PageFile.Extension];

    /// <summary>Whether a path ends like a chart's.</summary>
    public static bool HasExtension(string path) => Extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    /// <summary>Refuses a path whose extension is not that of a chart.</summary>
    public static void CheckExtension(string path)
    {
        if (!HasExtension(path))
        {
            throw new ArgumentException($"'{ShortText.Of(path)}': the extension must be one of {string.Join(", ", Extensions)}.", nameof(path));
        }
    }

    /// <inheritdoc cref="IChartWriter.Save"/>
    public static IReadOnlyList<string> Save(string path, ChartData data, ChartOptions options, ExistingFile existing = ExistingFile.Replace)
    {
        CheckExtension(path);
        if (PageFile.IsPage(path)) return PageFile.Save(path, new ReportPage(options.Title ?? "", [new ChartBlock(data, options)]), existing);
        return FilesAssembly.Get<IChartWriter>().Save(path, data, options, existing);
    }
}
