using ScottPlot;
using ScottPlot.Panels;

namespace ReparamPS.Charting;

/// <summary>How all charts look: colors that colour-blind readers can tell apart (Okabe and Ito), a light grid, no frame.</summary>
internal static class ChartStyle
{
    /// <summary>The size of tick labels.</summary>
    public const float TickSize = 13;

    /// <summary>The size of axis labels and of the legend.</summary>
    public const float LabelSize = 15;

    /// <summary>The size of the title.</summary>
    public const float TitleSize = 20;

    private static readonly Color[] Palette =
    [
        Color.FromHex("#0072B2"), Color.FromHex("#D55E00"), Color.FromHex("#009E73"), Color.FromHex("#CC79A7"),
        Color.FromHex("#E69F00"), Color.FromHex("#56B4E9"), Color.FromHex("#000000"), Color.FromHex("#B2A300"),
        Color.FromHex("#882255"), Color.FromHex("#999999"),
    ];

    private static readonly MarkerShape[] Shapes = [MarkerShape.FilledCircle, MarkerShape.FilledSquare, MarkerShape.FilledTriangleUp, MarkerShape.FilledDiamond];

    /// <summary>The color of text and axes.</summary>
    public static Color Ink { get; } = Color.FromHex("#333333");

    /// <summary>The color of a series. If there are more series than colors in the palette, they are shades of one scale, in their order.</summary>
    public static Color ColorOf(int series, int count) => count <= Palette.Length ? Palette[series] : new ScottPlot.Colormaps.Viridis().GetColor(0.92 * series / (count - 1));

    /// <summary>The marker of the n-th series.</summary>
    public static MarkerShape ShapeOf(int series) => Shapes[series % Shapes.Length];

    /// <summary>Gives a plot its looks.</summary>
    public static void Apply(Plot plot)
    {
        plot.FigureBackground.Color = Colors.White;
        plot.DataBackground.Color = Colors.White;
        plot.Grid.MajorLineColor = Color.FromHex("#E4E4E4");
        plot.Grid.MajorLineWidth = 1;
        plot.Grid.MinorLineWidth = 0;
        plot.Axes.Color(Ink);
        plot.Axes.Right.FrameLineStyle.Width = 0;
        plot.Axes.Top.FrameLineStyle.Width = 0;
        // Half of a long label stands out beyond the last tick.
        plot.Axes.Right.MinimumSize = 2 * TickSize;
        foreach (IAxis axis in plot.Axes.GetAxes())
        {
            axis.TickLabelStyle.FontSize = TickSize;
            axis.Label.FontSize = LabelSize;
            axis.Label.Bold = false;
            axis.MinorTickStyle.Length = 0;
            axis.FrameLineStyle.Color = Color.FromHex("#888888");
            axis.MajorTickStyle.Color = Color.FromHex("#888888");
            axis.MinorTickStyle.Color = Color.FromHex("#888888");
        }
        plot.Axes.Title.Label.FontSize = LabelSize;
        plot.Axes.Title.Label.Bold = false;
        plot.Axes.Title.Label.ForeColor = Ink;
        plot.Legend.IsVisible = false;
    }

    /// <summary>Adds the bar that explains colors.</summary>
    /// <param name="plot">The plot.</param>
    /// <param name="low">The number of the first color.</param>
    /// <param name="high">The number of the last color.</param>
    /// <param name="colors">The colors.</param>
    /// <param name="fonts">The fonts of the picture.</param>
    public static ColorBar AddColors(Plot plot, double low, double high, IColormap colors, ChartFonts fonts)
    {
        ColorBar bar = plot.Add.ColorBar(new Shades(new ScottPlot.Range(low, high), colors));
        bar.LabelStyle.FontSize = LabelSize;
        bar.LabelStyle.Bold = false;
        bar.LabelStyle.ForeColor = Ink;
        bar.Axis.TickGenerator = ChartTicks.Numbers(fonts);
        bar.Axis.TickLabelStyle.FontSize = TickSize;
        bar.Axis.MinorTickStyle.Length = 0;
        return bar;
    }

    private sealed record Shades(ScottPlot.Range Range, IColormap Colormap) : IHasColorAxis
    {
        public ScottPlot.Range GetRange() => Range;
    }
}
