using ReparamPS.Messages;

namespace ReparamPS.Charting;

/// <summary>The panels of a chart, one for each value of a column, in a grid that is about square.</summary>
internal static class ChartPanels
{
    private const int MaxPanels = 36, MinHeight = 240;

    /// <summary>The rows of each panel.</summary>
    /// <exception cref="ArgumentException">There are too many panels.</exception>
    public static IReadOnlyList<ChartGroup> Of(ChartData data, string facet)
    {
        data.Cells(facet, "Facet");
        IReadOnlyList<ChartGroup> groups = ChartGroup.Of(data, [facet]);
        if (groups.Count > MaxPanels) throw new ArgumentException($"Facet: '{ShortText.Of(facet)}' has {groups.Count} values, but a chart has room for at most {MaxPanels} panels. Filter the rows, or choose another column.", nameof(facet));
        return groups;
    }

    /// <summary>The rows of each panel, as data of their own; all rows without a facet.</summary>
    public static IEnumerable<ChartData> Parts(ChartData data, string? facet) => facet is null ? [data] : Of(data, facet).Select(group => data.Rows(group.Rows));

    /// <summary>The grid of a number of panels.</summary>
    public static (int Rows, int Columns) Grid(int count)
    {
        int columns = Math.Max(1, (int)Math.Ceiling(Math.Sqrt(count)));
        return ((count + columns - 1) / columns, columns);
    }

    /// <summary>The height in pixels of a picture whose panels have room for the labels of categories.</summary>
    /// <param name="rows">The rows of panels.</param>
    /// <param name="height">The least height.</param>
    public static int HeightFor(int rows, int height) => Math.Clamp(MinHeight * rows, height, ChartFile.MaxSize);
}
