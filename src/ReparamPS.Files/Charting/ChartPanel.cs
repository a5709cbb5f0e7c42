using ScottPlot;
using ScottPlot.Panels;
using SkiaSharp;

namespace ReparamPS.Charting;

/// <summary>One plot of a picture, and what is fitted to its room before it is drawn.</summary>
/// <param name="plot">The plot.</param>
/// <param name="fonts">The fonts of the picture.</param>
internal sealed class ChartPanel(Plot plot, ChartFonts fonts) : IDisposable
{
    // A share of the panel that tick labels may take.
    private const float LabelShare = 0.3f, SmallShare = 0.12f, SmallHeight = 140, Edge = 2, TickRoom = 9, LabelGap = 5;
    private const int Passes = 4;

    // Smaller than a marker or two, an area shows nothing.
    private const float SmallestArea = 8;

    /// <summary>The plot.</summary>
    public Plot Plot { get; } = plot;

    /// <summary>The fonts of the picture.</summary>
    public ChartFonts Fonts { get; } = fonts;

    /// <summary>The title above the panel.</summary>
    public string Title { get; set; } = "";

    /// <summary>The label of the horizontal axis.</summary>
    public string XLabel { get; set; } = "";

    /// <summary>The label of the vertical axis.</summary>
    public string YLabel { get; set; } = "";

    /// <summary>The number of categories of the horizontal axis; null for numbers. All of them are shown, also those without a value.</summary>
    public int? XCategories { get; init; }

    /// <summary>The number of categories of the vertical axis; null for numbers.</summary>
    public int? YCategories { get; init; }

    /// <summary>The bar that explains colors, if there is one.</summary>
    public ColorBar? Colors { get; set; }

    /// <summary>The label of that bar.</summary>
    public string ColorLabel { get; set; } = "";

    /// <summary>Fits the marks to the rectangle of the data, in pixels.</summary>
    public Action<PixelRect>? FitMarks { get; set; }

    /// <summary>Draws the panel.</summary>
    public void Draw(SKCanvas canvas, PixelRect room)
    {
        // The canvas is white; a cleared one would be transparent at the edges.
        Plot.RenderManager.ClearCanvasBeforeEachRender = false;
        // A plot is drawn again until its axes stay: that must not leave everything twice in an SVG file. The marks do not matter for that, and may be many.
        IPlottable[] marks = [.. Plot.GetPlottables()];
        foreach (IPlottable mark in marks) mark.IsVisible = false;
        using (var nothing = new SKNoDrawCanvas((int)Math.Ceiling(room.Right), (int)Math.Ceiling(room.Bottom)))
        {
            for (int pass = 0; pass < Passes; pass++)
            {
                Plot.Render(nothing, room);
                Fit(room, Plot.RenderManager.LastRender.DataRect);
            }
            foreach (IPlottable mark in marks) mark.IsVisible = true;
            PixelRect left = Plot.RenderManager.LastRender.DataRect;
            if (Missing(left.Width) + Missing(left.Height) > 0) throw new NoRoomException(Missing(left.Width), Missing(left.Height));
            FitMarks?.Invoke(Plot.RenderManager.LastRender.DataRect);
        }
        canvas.Save();
        canvas.ClipRect(new SKRect(room.Left, room.Top, room.Right, room.Bottom));
        Plot.Render(canvas, room);
        canvas.Restore();
    }

    /// <inheritdoc/>
    public void Dispose() => Plot.Dispose();

    // A plot without any room may have an area of NaN.
    private static float Missing(float length) => length >= SmallestArea ? 0 : float.IsFinite(length) ? SmallestArea - length : 1;

    private void Fit(PixelRect room, PixelRect data)
    {
        FitLabel(Plot.Axes.Title.Label, Title, 2 * Math.Min(data.HorizontalCenter - room.Left, room.Right - data.HorizontalCenter) - Edge);
        FitLabel(Plot.Axes.Bottom.Label, XLabel, 2 * Math.Min(data.HorizontalCenter - room.Left, room.Right - data.HorizontalCenter) - Edge);
        FitLabel(Plot.Axes.Left.Label, YLabel, 2 * Math.Min(data.VerticalCenter - room.Top, room.Bottom - data.VerticalCenter) - Edge);
        float wantedLeft = 0;
        if (Plot.Axes.Bottom.TickGenerator is FittedTicks bottom)
        {
            (bottom.Before, bottom.After, bottom.Across) = (data.Left - room.Left - Edge, room.Right - data.Right - Edge, (room.Height < SmallHeight ? SmallShare : LabelShare) * room.Height);
            SetSize(Plot.Axes.Bottom, bottom.Depth, LabelHeight(Plot.Axes.Bottom));
            wantedLeft = Math.Min(bottom.WantedBefore + Edge, LabelShare / 2 * room.Width);
        }
        if (Plot.Axes.Left.TickGenerator is FittedTicks left)
        {
            (left.Before, left.After, left.Across) = (room.Bottom - data.Bottom - Edge, data.Top - room.Top, LabelShare * room.Width);
            SetSize(Plot.Axes.Left, left.Depth, LabelHeight(Plot.Axes.Left));
            if (Plot.Axes.Left.MinimumSize < wantedLeft) Plot.Axes.Left.MinimumSize = Plot.Axes.Left.MaximumSize = wantedLeft;
        }
        if (Colors is null) return;
        FitLabel(Colors.LabelStyle, ColorLabel, 2 * Math.Min(data.VerticalCenter - room.Top, room.Bottom - data.VerticalCenter) - Edge);
        if (Colors.Axis.TickGenerator is FittedTicks shades) (shades.Before, shades.After, shades.Across) = (room.Bottom - data.Bottom, data.Top - room.Top, LabelShare * room.Width);
    }

    private static float LabelHeight(IAxis axis) => string.IsNullOrEmpty(axis.Label.Text) ? 0 : ChartFonts.LineHeight(axis.Label.FontSize) + LabelGap;

    private static void SetSize(IAxis axis, float depth, float label) => axis.MinimumSize = axis.MaximumSize = TickRoom + depth + label + Edge;

    private void FitLabel(LabelStyle style, string text, float width)
    {
        string fitted = Fonts.Fit(text, style.FontSize, width);
        style.FontName = Fonts.NameFor(fitted);
        style.Text = Fonts.Drawn(fitted);
    }
}

/// <summary>Labels leave no area for the data.</summary>
/// <param name="width">The pixels that the area lacks in width.</param>
/// <param name="height">The pixels that it lacks in height.</param>
internal sealed class NoRoomException(float width, float height) : Exception
{
    /// <summary>The pixels that the area lacks in width.</summary>
    public float Width { get; } = width;

    /// <summary>The pixels that it lacks in height.</summary>
    public float Height { get; } = height;
}
