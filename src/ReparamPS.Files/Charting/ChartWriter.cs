using ReparamPS.Data;
using ScottPlot;

namespace ReparamPS.Charting;

/// <summary>Draws charts as PNG or SVG.</summary>
public sealed class ChartWriter : IChartWriter
{
    private const int MostPanels = 36;

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
        (IReadOnlyList<Plot> plots, int dropped) = Draw(data, options);
        try
        {
            ShareLimits(plots);
            byte[] picture = svg ? ChartCanvas.Svg(plots, options) : ChartCanvas.Png(plots, options);
            return (picture, dropped == 0 ? [] : [$"{(dropped == 1 ? "1 value is" : $"{dropped} values are")} not positive and can't be shown on a logarithmic axis."]);
        }
        finally
        {
            foreach (Plot plot in plots) plot.Dispose();
        }
    }

    private static void Check(ChartData data, ChartOptions options)
    {
        if (data.Count == 0) throw new ArgumentException("There are no rows to draw.", nameof(data));
        if (options.Width is < 50 or > ChartFile.MaxSize || options.Height is < 50 or > ChartFile.MaxSize)
        {
            throw new ArgumentException($"A picture's width and height must be from 50 to {ChartFile.MaxSize} pixels; got {options.Width} × {options.Height}.", nameof(options));
        }
        if (options.Bins is < 1 or > 10_000) throw new ArgumentException($"Bins must be from 1 to 10000; got {options.Bins}.", nameof(options));
        ChartKind kind = options.EffectiveKind;
        if (kind != ChartKind.Histogram && options.Y.Count == 0) throw new ArgumentException($"Y: a chart of kind {kind} needs at least one column.", nameof(options));
        if (kind == ChartKind.Histogram && options.Y.Count > 0) throw new ArgumentException("Y: a histogram counts the values of X and takes no Y.", nameof(options));
        foreach (string column in options.Y) data.Cells(column, "Y");
        foreach (string column in options.GroupBy) data.Cells(column, "GroupBy");
        if (options.Z is not null) data.Cells(options.Z, "Z");
    }

    private static (IReadOnlyList<Plot> Plots, int Dropped) Draw(ChartData data, ChartOptions options)
    {
        Func<ChartData, Plot> draw;
        Func<int> dropped = () => 0;
        if (options.EffectiveKind == ChartKind.HeatMap)
        {
            draw = new HeatMapRenderer(data, options).Draw;
        }
        else if (options.EffectiveKind == ChartKind.ParallelCoordinates)
        {
            draw = new ParallelRenderer(data, options).Draw;
        }
        else
        {
            var renderer = new ChartRenderer(data, options);
            double[]? edges = renderer.Edges(data);
            if (options.EffectiveKind == ChartKind.Histogram && edges is null) throw new ArgumentException($"X: '{options.X}' holds no number.", nameof(options));
            dropped = () => renderer.Dropped;
            draw = part => renderer.Draw(part, edges);
        }
        Plot[] plots = options.Facet is null ? [draw(data)] : [.. Panels(data, options.Facet, draw)];
        if (plots.All(plot => !plot.GetPlottables().Any())) throw new ArgumentException($"There is nothing to draw: '{options.X}' or '{string.Join(", ", options.Y)}' has no finite values.", nameof(options));
        return (plots, dropped());
    }

    private static IEnumerable<Plot> Panels(ChartData data, string facet, Func<ChartData, Plot> draw)
    {
        IReadOnlyList<ChartGroup> groups = ChartGroup.Of(data, [facet]);
        if (groups.Count > MostPanels) throw new ArgumentException($"Facet: '{facet}' has {groups.Count} values, but a picture has room for {MostPanels} panels.", nameof(facet));
        foreach (ChartGroup group in groups)
        {
            Plot plot = draw(data.Rows(group.Rows));
            plot.Title(group.Name!, ChartStyle.LabelSize);
            yield return plot;
        }
    }

    // Panels must be comparable.
    private static void ShareLimits(IReadOnlyList<Plot> plots)
    {
        if (plots.Count < 2) return;
        Plot[] filled = [.. plots.Where(plot => plot.GetPlottables().Any())];
        foreach (Plot plot in filled) plot.Axes.AutoScale();
        AxisLimits[] limits = [.. filled.Select(plot => plot.Axes.GetLimits())];
        foreach (Plot plot in plots) plot.Axes.SetLimits(limits.Min(one => one.Left), limits.Max(one => one.Right), limits.Min(one => one.Bottom), limits.Max(one => one.Top));
    }
}
