using ReparamPS.Data;

namespace ReparamPS.Charting;

/// <summary>Draws charts as pictures.</summary>
public interface IChartWriter
{
    /// <summary>Draws a chart and writes it to a file, which appears whole or not at all.</summary>
    /// <returns>Warnings about what the picture does not show.</returns>
    /// <exception cref="ArgumentException">A column is missing or holds nothing that can be drawn.</exception>
    IReadOnlyList<string> Save(string path, ChartData data, ChartOptions options, ExistingFile existing);
}
