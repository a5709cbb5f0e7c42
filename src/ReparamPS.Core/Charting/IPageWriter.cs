using ReparamPS.Data;

namespace ReparamPS.Charting;

/// <summary>Writes pages for a browser.</summary>
public interface IPageWriter
{
    /// <summary>Writes a page to one HTML file, which needs no other file and no network, and appears whole or not at all.</summary>
    /// <returns>Warnings about what the charts do not show.</returns>
    /// <exception cref="ArgumentException">A column is missing or holds nothing that can be drawn.</exception>
    IReadOnlyList<string> Save(string path, ReportPage page, ExistingFile existing);
}
