using ReparamPS.Messages;

namespace ReparamPS.Charting;

/// <summary>The panels of a chart, one for each value of a column, in a grid that is about square.</summary>
public static class ChartPanels
{
    private const int MaxPanels = 36, MinHeight = 240;

    /// <summary>The rows of each panel.</summary>
    /// <exception cref="ArgumentException">There are too many panels.</exception>
    internal static IReadOnlyList<ChartGroup> Of(ChartData data, string facet)
    {
        IReadOnlyList<ChartGroup> groups = ChartGroup.Of(data, [facet]);
        if (groups.Count > MaxPanels) throw new ArgumentException($"Facet: '{ShortText.Of(facet)}' has {groups.Count} values, but a chart has room for at most {MaxPanels} panels. Filter the rows, or choose another column.", nameof(facet));
        return groups;
    }

    /// <summary>The grid of a number of panels.</summary>
    internal static (int Rows, int Columns) Grid(int count)
    {
        int columns = Math.Max(1, (int)Math.Ceiling(Math.Sqrt(count)));
        return ((count + columns - 1) / columns, columns);
    }

    /// <summary>The height of a picture whose panels have room for the labels of categories, in pixels.</summary>
    /// <param name="data">The rows.</param>
    /// <param name="facet">The column; null for a single panel.</param>
    /// <param name="height">The height of a picture without panels, which is the least.</param>
    public static int HeightFor(ChartData data, string? facet, int height) =>
        facet is null ? height : Math.Clamp(MinHeight * Grid(data.Cells(facet, "Facet").Distinct().Count()).Rows, height, ChartFile.MaxSize);
}
