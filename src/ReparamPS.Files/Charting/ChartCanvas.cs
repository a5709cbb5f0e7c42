using System.Text;
using ScottPlot;
using SkiaSharp;

namespace ReparamPS.Charting;

/// <summary>Puts plots, the legend and the title beside each other on one picture.</summary>
internal static class ChartCanvas
{
    private const float Gap = 12;

    /// <summary>A bitmap.</summary>
    public static byte[] Png(IReadOnlyList<Plot> plots, ChartOptions options)
    {
        using SKSurface surface = SKSurface.Create(new SKImageInfo(options.Width, options.Height, SKColorType.Rgba8888, SKAlphaType.Premul))
            ?? throw new ArgumentException($"A picture of {options.Width} × {options.Height} pixels does not fit into memory.", nameof(options));
        Draw(surface.Canvas, plots, options);
        using SKImage image = surface.Snapshot();
        using SKData data = image.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }

    /// <summary>A vector graphic, whose text stays text.</summary>
    public static byte[] Svg(IReadOnlyList<Plot> plots, ChartOptions options)
    {
        using var stream = new MemoryStream();
        using (SKCanvas canvas = SKSvgCanvas.Create(new SKRect(0, 0, options.Width, options.Height), stream)) Draw(canvas, plots, options);
        // A viewer without the font takes its own.
        string text = Encoding.UTF8.GetString(stream.ToArray()).Replace($"font-family=\"{EmbeddedFont.Name}\"", $"font-family=\"{EmbeddedFont.Name}, Verdana, sans-serif\"", StringComparison.Ordinal);
        return Encoding.UTF8.GetBytes(text);
    }

    private static void Draw(SKCanvas canvas, IReadOnlyList<Plot> plots, ChartOptions options)
    {
        canvas.Clear(SKColors.White);
        using Paint paint = Paint.NewDisposablePaint();
        float top = DrawTitle(canvas, paint, options), right = options.Width - DrawLegend(canvas, paint, plots, options, top);
        int columns = Columns(plots.Count, right / Math.Max(1, options.Height - top)), rows = (plots.Count + columns - 1) / columns;
        float width = right / columns, height = (options.Height - top) / rows;
        for (int i = 0; i < plots.Count; i++)
        {
            float left = i % columns * width, upper = top + i / columns * height;
            Render(plots[i], canvas, options, new PixelRect(left + Gap, left + width, upper + height - Gap / 2, upper));
        }
    }

    private static void Render(Plot plot, SKCanvas canvas, ChartOptions options, PixelRect room)
    {
        // The canvas is white; a cleared one would be transparent at the edges.
        plot.RenderManager.ClearCanvasBeforeEachRender = false;
        // A plot is drawn again until its axes stay: that must not leave everything twice in an SVG file.
        using (var nothing = new SKNoDrawCanvas(options.Width, options.Height)) plot.Render(nothing, room);
        canvas.Save();
        canvas.ClipRect(new SKRect(room.Left, room.Top, room.Right, room.Bottom));
        plot.Render(canvas, room);
        canvas.Restore();
    }

    private static float DrawTitle(SKCanvas canvas, Paint paint, ChartOptions options)
    {
        if (string.IsNullOrEmpty(options.Title)) return 0;
        LabelStyle style = Text(options.Title, ChartStyle.TitleSize, Alignment.UpperCenter);
        PixelSize size = style.Measure(options.Title, paint).Size;
        // A long title shrinks rather than leaving the picture.
        if (size.Width > options.Width - 2 * Gap) style.FontSize *= (options.Width - 2 * Gap) / size.Width;
        style.Render(canvas, new Pixel(options.Width / 2f, Gap), paint);
        return size.Height + 2 * Gap;
    }

    private static float DrawLegend(SKCanvas canvas, Paint paint, IReadOnlyList<Plot> plots, ChartOptions options, float top)
    {
        Plot? told = plots.OrderByDescending(plot => plot.Legend.GetItems().Length).FirstOrDefault();
        if (told is null || told.Legend.GetItems().Length < 2) return 0;
        told.Legend.Orientation = Orientation.Vertical;
        PixelRect room = new(0, options.Width, options.Height, top + Gap);
        PixelSize size = told.Legend.GetLayout(room.Size, paint).LegendRect.Size;
        float width = Math.Min(size.Width + 2 * Gap, options.Width / 2f);
        told.Legend.IsVisible = true;
        told.Legend.Render(canvas, paint, new PixelRect(options.Width - width, options.Width, options.Height, top + Gap), Alignment.UpperLeft);
        told.Legend.IsVisible = false;
        return width;
    }

    private static LabelStyle Text(string text, float size, Alignment alignment) => new()
    {
        Text = text,
        FontName = EmbeddedFont.Name,
        FontSize = size,
        ForeColor = ChartStyle.Ink,
        Alignment = alignment,
    };

    // As many columns as make the panels about half as wide again as high.
    private static int Columns(int count, float aspect) => Math.Clamp((int)Math.Round(Math.Sqrt(count * aspect / 1.5)), 1, count);
}
