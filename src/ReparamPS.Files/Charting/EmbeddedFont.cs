using ReparamPS.Libraries;
using ScottPlot;
using SkiaSharp;

namespace ReparamPS.Charting;

/// <summary>The font that comes along: a chart looks the same on every machine, also on one without any font.</summary>
internal sealed class EmbeddedFont : IFontResolver
{
    /// <summary>The font's name.</summary>
    public const string Name = "DejaVu Sans";

    private static readonly Lazy<SKTypeface> Face = new(Load);
    private static readonly Lazy<bool> Installed = new(InstallOnce);

    /// <summary>The font.</summary>
    public static SKTypeface Typeface => Face.Value;

    /// <summary>Makes it the font of all charts, once a process, and loads Skia before.</summary>
    public static void Install() => _ = Installed.Value;

    /// <inheritdoc/>
    public SKTypeface? CreateTypeface(string fontName, FontWeight weight, FontSlant slant, FontSpacing spacing) => ChartFonts.Face(fontName);

    /// <inheritdoc/>
    public SKTypeface? CreateTypeface(string fontName, bool bold, bool italic) => ChartFonts.Face(fontName);

    private static SKTypeface Load()
    {
        using Stream file = typeof(EmbeddedFont).Assembly.GetManifestResourceStream("ReparamPS.Charting.Fonts.DejaVuSans.ttf")!;
        return SKTypeface.FromStream(file);
    }

    private static bool InstallOnce()
    {
        FileLibraries.LoadSkia();
        ScottPlot.Fonts.FontResolvers.Insert(0, new EmbeddedFont());
        ScottPlot.Fonts.Default = Name;
        return true;
    }
}
