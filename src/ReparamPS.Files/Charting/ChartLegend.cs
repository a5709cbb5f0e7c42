using ScottPlot;
using SkiaSharp;

namespace ReparamPS.Charting;

/// <summary>How a series is drawn in the legend.</summary>
internal enum LegendMark
{
    /// <summary>A line.</summary>
    Line,

    /// <summary>A marker.</summary>
    Point,

    /// <summary>A filled box.</summary>
    Box,
}

/// <summary>One series in the legend.</summary>
internal sealed record LegendEntry(string Name, Color Color, LegendMark Mark, MarkerShape Shape = MarkerShape.FilledCircle);

/// <summary>The legend: a column at the right edge that stays inside the picture. Long names are shortened in the middle; entries beyond the height are counted.</summary>
internal static class ChartLegend
{
    private const float Size = ChartStyle.LabelSize - 1, MarkWidth = 26, Gap = 12, MaxShare = 0.38f;

    /// <summary>Draws the legend.</summary>
    /// <param name="canvas">The canvas.</param>
    /// <param name="entries">All series.</param>
    /// <param name="fonts">The fonts of the picture.</param>
    /// <param name="room">The picture below the title.</param>
    /// <returns>The width that the legend takes; 0 with fewer than two series.</returns>
    public static float Draw(SKCanvas canvas, IReadOnlyList<LegendEntry> entries, ChartFonts fonts, SKRect room)
    {
        if (entries.Count < 2) return 0;
        float line = ChartFonts.LineHeight(Size) + 3;
        int rows = Math.Max(1, (int)((room.Height - 2 * Gap) / line)), shown = entries.Count <= rows ? entries.Count : rows - 1;
        float width = room.Width * MaxShare - MarkWidth - 2 * Gap;
        List<string> names = [.. entries.Take(shown).Select(entry => fonts.Fit(entry.Name, Size, width))];
        if (shown < entries.Count) names.Add(fonts.Fit($"… and {entries.Count - shown} more", Size, width));
        float left = room.Right - names.Max(name => fonts.Width(name, Size)) - MarkWidth - Gap;
        using Paint paint = Paint.NewDisposablePaint();
        for (int i = 0; i < names.Count; i++)
        {
            float middle = room.Top + Gap + (i + 0.5f) * line;
            if (i < shown) DrawMark(canvas, paint, entries[i], new Pixel(left + MarkWidth / 2 - 4, middle));
            ChartCanvas.DrawText(canvas, names[i], Size, left + MarkWidth, middle, SKTextAlign.Left, fonts);
        }
        return room.Right - left + Gap;
    }

    private static void DrawMark(SKCanvas canvas, Paint paint, LegendEntry entry, Pixel center)
    {
        switch (entry.Mark)
        {
            case LegendMark.Line:
                Drawing.DrawLine(canvas, paint, new Pixel(center.X - 9, center.Y), new Pixel(center.X + 9, center.Y), entry.Color, 2.5f);
                break;
            case LegendMark.Point:
                Drawing.DrawMarker(canvas, paint, center, new MarkerStyle(entry.Shape, 9, entry.Color));
                break;
            default:
                Drawing.FillRectangle(canvas, new PixelRect(center.X - 7, center.X + 7, center.Y + 6, center.Y - 6), paint, new FillStyle { Color = entry.Color });
                break;
        }
    }
}
