using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using ScottPlot;
using SkiaSharp;

namespace ReparamPS.Charting;

/// <summary>Puts panels, the legend and the title beside each other on one picture.</summary>
internal static class ChartCanvas
{
    private const float Gap = 12, SmallestTitle = 13;

    /// <summary>The error of a picture whose labels leave no area for the data; it states a size that is enough.</summary>
    public static ArgumentException TooSmall(ChartDrawing drawing, ChartOptions options)
    {
        (int width, int height) = (options.Width, options.Height);
        while (Lacking(drawing, options with { Width = width, Height = height }) is { } lack)
        {
            (width, height) = (width + (int)Math.Ceiling(lack.Width), height + (int)Math.Ceiling(lack.Height));
            if (Math.Max(width, height) > ChartFile.MaxSize) return new ArgumentException("The labels leave no room for the data in a picture of any size. Draw fewer panels or groups.", nameof(options));
        }
        return new ArgumentException($"A picture of {options.Width} × {options.Height} pixels has no room for the data beside the labels; Width {width} and Height {height} are enough.", nameof(options));
    }

    /// <summary>The options of a picture that is high enough for its panels, if it may grow.</summary>
    public static ChartOptions Grown(ChartDrawing drawing, ChartOptions options)
    {
        // A higher picture may have more rows in turn.
        while (options.GrowsWithPanels)
        {
            using var nothing = new SKNoDrawCanvas(options.Width, options.Height);
            int height = ChartPanels.HeightFor(DrawFrame(nothing, drawing, options).Rows, options.Height);
            if (height == options.Height) break;
            options = options with { Height = height };
        }
        return options;
    }

    /// <summary>A bitmap.</summary>
    public static byte[] Png(ChartDrawing drawing, ChartOptions options)
    {
        using SKSurface surface = SKSurface.Create(new SKImageInfo(options.Width, options.Height, SKColorType.Rgba8888, SKAlphaType.Premul))
            ?? throw new ArgumentException($"A picture of {options.Width} × {options.Height} pixels does not fit into memory. Use a smaller Width or Height.", nameof(options));
        Draw(surface.Canvas, drawing, options);
        using SKImage image = surface.Snapshot();
        using SKData data = image.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }

    /// <summary>A vector graphic, whose text stays text.</summary>
    public static byte[] Svg(ChartDrawing drawing, ChartOptions options)
    {
        using var stream = new MemoryStream();
        using (SKCanvas canvas = SKSvgCanvas.Create(new SKRect(0, 0, options.Width, options.Height), stream)) Draw(canvas, drawing, options);
        XDocument picture = XDocument.Parse(Encoding.UTF8.GetString(stream.ToArray()));
        foreach (XElement text in picture.Descendants().Where(element => element.Name.LocalName == "text"))
        {
            XAttribute font = text.Attribute("font-family")!;
            text.Value = drawing.Fonts.Original(font.Value, text.Value.Trim());
            if (RightToLeft.IsIn(text.Value)) Center(text, drawing.Fonts);
            // A viewer without the font takes its own.
            font.Value += ", Verdana, sans-serif";
        }
        using var written = new MemoryStream();
        using (var writer = XmlWriter.Create(written, new XmlWriterSettings { Encoding = new UTF8Encoding(false), Indent = false })) picture.Save(writer);
        return written.ToArray();
    }

    // A viewer arranges text from right to left, if the characters have no places of their own.
    private static void Center(XElement text, ChartFonts fonts)
    {
        float left = Number(text.Attribute("x")!.Value.Split(',')[0]);
        text.SetAttributeValue("x", left + fonts.Width(text.Value, Number(text.Attribute("font-size")!.Value)) / 2);
        text.SetAttributeValue("text-anchor", "middle");
        if (RightToLeft.Starts(text.Value)) text.SetAttributeValue("direction", "rtl");

        static float Number(string value) => float.Parse(value, CultureInfo.InvariantCulture);
    }

    /// <summary>Draws a text whose capitals have their middle at a height, in whichever font.</summary>
    public static void DrawText(SKCanvas canvas, string text, float size, float x, float middle, SKTextAlign align, ChartFonts fonts)
    {
        const float halfCapital = 0.365f;
        using var font = new SKFont(ChartFonts.Face(fonts.NameFor(text)), size) { Subpixel = true };
        using var paint = new SKPaint { Color = ChartStyle.Ink.ToSKColor(), IsAntialias = true };
        string drawn = fonts.Drawn(text);
        float left = align == SKTextAlign.Center ? x - font.MeasureText(drawn) / 2 : x;
        canvas.DrawText(drawn, left, middle + halfCapital * size, SKTextAlign.Left, font, paint);
    }

    private static void Draw(SKCanvas canvas, ChartDrawing drawing, ChartOptions options)
    {
        canvas.Clear(SKColors.White);
        (float top, float right, int rows, int columns) = DrawFrame(canvas, drawing, options);
        float width = right / columns, height = (options.Height - top) / rows;
        for (int i = 0; i < drawing.Panels.Count; i++)
        {
            float left = i % columns * width, upper = top + i / columns * height;
            drawing.Panels[i].Draw(canvas, new PixelRect(left + Gap, left + width, upper + height - Gap / 2, upper));
        }
    }

    // The title and the legend; what they leave to the panels, and the grid of these.
    private static (float Top, float Right, int Rows, int Columns) DrawFrame(SKCanvas canvas, ChartDrawing drawing, ChartOptions options)
    {
        float top = DrawTitle(canvas, drawing.Fonts, options);
        float right = options.Width - ChartLegend.Draw(canvas, drawing.Legend, drawing.Fonts, new SKRect(0, top, options.Width, options.Height));
        int count = drawing.Panels.Count, columns = Columns(count, right / Math.Max(1, options.Height - top));
        return (top, right, (count + columns - 1) / columns, columns);
    }

    private static NoRoomException? Lacking(ChartDrawing drawing, ChartOptions options)
    {
        try
        {
            using var nothing = new SKNoDrawCanvas(options.Width, options.Height);
            Draw(nothing, drawing, options);
            return null;
        }
        catch (NoRoomException lack)
        {
            return lack;
        }
    }

    private static float DrawTitle(SKCanvas canvas, ChartFonts fonts, ChartOptions options)
    {
        if (string.IsNullOrEmpty(options.Title)) return 0;
        // A long title shrinks, and then loses its middle, rather than leaving the picture.
        float width = options.Width - 2 * Gap, size = Math.Clamp(ChartStyle.TitleSize * width / fonts.Width(options.Title, ChartStyle.TitleSize), SmallestTitle, ChartStyle.TitleSize);
        float height = ChartFonts.LineHeight(size);
        DrawText(canvas, fonts.Fit(options.Title, size, width), size, options.Width / 2f, Gap + height / 2, SKTextAlign.Center, fonts);
        return height + 2 * Gap;
    }

    // As many columns as make the panels about half as wide again as high, with few places left empty.
    private static int Columns(int count, float aspect) => Enumerable.Range(1, count).MinBy(columns =>
    {
        int rows = (count + columns - 1) / columns;
        return Math.Abs(Math.Log(aspect * rows / columns / 1.5)) + 0.5 * (rows * columns - count) / count;
    });
}
