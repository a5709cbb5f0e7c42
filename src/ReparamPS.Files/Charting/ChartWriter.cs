using ReparamPS.Data;
using ScottPlot;

namespace ReparamPS.Charting;

/// <summary>Draws charts as PNG or SVG.</summary>
public sealed class ChartWriter : IChartWriter
{
    /// <inheritdoc/>
    public IReadOnlyList<string> Save(string path, ChartData data, ChartOptions options, ExistingFile existing)
    {
        bool svg = Path.GetExtension(path).Equals(".svg", StringComparison.OrdinalIgnoreCase);
        (byte[] picture, IReadOnlyList<string> warnings) = Render(data, options, svg);
        using var file = new AtomicFile(path, existing);
        file.Stream.Write(picture);
        file.Commit();
        return warnings;
    }

    /// <summary>Draws a chart.</summary>
    /// <param name="data">The rows.</param>
    /// <param name="options">What to draw of them.</param>
    /// <param name="svg">True for an SVG document, false for a PNG bitmap.</param>
    /// <exception cref="ArgumentException">A column is missing or holds nothing that can be drawn.</exception>
    public static (byte[] Picture, IReadOnlyList<string> Warnings) Render(ChartData data, ChartOptions options, bool svg = false)
    {
        Check(data, options);
        EmbeddedFont.Install();
        var fonts = new ChartFonts(isText: svg);
        IPanelRenderer renderer = options.EffectiveKind switch
        {
            ChartKind.HeatMap => new HeatMapRenderer(data, options, fonts),
            ChartKind.ParallelCoordinates => new ParallelRenderer(data, options, fonts),
            _ => new ChartRenderer(data, options, fonts),
        };
        using var drawing = new ChartDrawing(options.Facet is null ? [renderer.Draw(data)] : [.. Panels(data, options.Facet, renderer)], renderer.Legend, fonts);
        if (drawing.Panels.All(panel => !panel.Plot.GetPlottables().Any())) throw data.NothingToDraw(options);
        SetLimits(drawing.Panels);
        options = ChartCanvas.Grown(drawing, options);
        try
        {
            byte[] picture = svg ? ChartCanvas.Svg(drawing, options) : ChartCanvas.Png(drawing, options);
            return (picture, [.. new[] { renderer.Skipped.Warning, fonts.Warning, fonts.OrderWarning }.OfType<string>()]);
        }
        catch (NoRoomException)
        {
            throw ChartCanvas.TooSmall(drawing, options);
        }
    }

    /// <summary>Refuses options that make no chart.</summary>
    internal static void Check(ChartData data, ChartOptions options)
    {
        if (data.Count == 0) throw data.NoRows();
        if (options.Width is < 50 or > ChartFile.MaxSize || options.Height is < 50 or > ChartFile.MaxSize)
        {
            throw new ArgumentException($"A picture's width and height must be from 50 to {ChartFile.MaxSize} pixels; got {options.Width} × {options.Height}.", nameof(options));
        }
        if (options.Bins is < 1 or > 10_000) throw new ArgumentException($"Bins must be from 1 to 10000; got {options.Bins}.", nameof(options));
        options.CheckColumns(data.Columns);
        options.CheckKind();
        foreach (string column in options.Y) data.Cells(column, "Y");
        foreach (string column in options.GroupBy) data.Cells(column, "GroupBy");
        if (options.Z is not null) data.Cells(options.Z, "Z");
    }

    private static IEnumerable<ChartPanel> Panels(ChartData data, string facet, IPanelRenderer renderer)
    {
        foreach (ChartGroup group in ChartPanels.Of(data, facet))
        {
            ChartPanel panel = renderer.Draw(data.Rows(group.Rows));
            panel.Title = group.Name!;
            yield return panel;
        }
    }

    // Panels must be comparable, and every category is shown.
    internal static void SetLimits(IReadOnlyList<ChartPanel> panels)
    {
        ChartPanel[] filled = [.. panels.Where(panel => panel.Plot.GetPlottables().Any())];
        foreach (ChartPanel panel in filled.Where(panel => !panel.Plot.Axes.GetLimits().IsReal)) panel.Plot.Axes.AutoScale();
        AxisLimits[] limits = [.. filled.Select(panel => panel.Plot.Axes.GetLimits())];
        (double left, double right) = Range(panels[0].XCategories, limits.Min(one => one.Left), limits.Max(one => one.Right));
        (double bottom, double top) = Range(panels[0].YCategories, limits.Min(one => one.Bottom), limits.Max(one => one.Top));
        foreach (ChartPanel panel in panels) panel.Plot.Axes.SetLimits(left, right, bottom, top);
    }

    private static (double Low, double High) Range(int? categories, double low, double high) => categories is { } count ? (-0.6, count - 0.4) : (low, high);
}
