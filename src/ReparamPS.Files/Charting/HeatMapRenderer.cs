using ScottPlot;
using ScottPlot.Plottables;

namespace ReparamPS.Charting;

/// <summary>Draws the mean of Z over two settings as colors.</summary>
internal sealed class HeatMapRenderer(ChartData all, ChartOptions options, ChartFonts fonts) : IPanelRenderer
{
    private const float Space = 4;

    private static readonly Color Empty = Color.FromHex("#EEEEEE");
    private static readonly IColormap Shades = new ScottPlot.Colormaps.Viridis();

    private readonly HeatMapGrid grid = new(all, options);

    /// <inheritdoc/>
    public IReadOnlyList<LegendEntry> Legend => [];

    /// <inheritdoc/>
    public SkippedValues Skipped => grid.Skipped;

    /// <inheritdoc/>
    public ChartPanel Draw(ChartData data)
    {
        double[,] cells = grid.Cells(data);
        var plot = new Plot();
        ChartStyle.Apply(plot);
        plot.Grid.MajorLineWidth = 0;
        plot.Axes.Bottom.TickGenerator = ChartTicks.Of(grid.X, false, fonts);
        plot.Axes.Left.TickGenerator = ChartTicks.Of(grid.Y, false, fonts);
        plot.Axes.Bottom.MajorTickStyle.Length = 0;
        plot.Axes.Left.MajorTickStyle.Length = 0;
        if (cells.Cast<double>().Any(double.IsFinite))
        {
            Heatmap map = plot.Add.Heatmap(TopRowFirst(cells));
            map.Colormap = Shades;
            map.NaNCellColor = Empty;
            map.ManualRange = new ScottPlot.Range(grid.Low, grid.High);
        }
        // The library refuses a map without a number, such as a panel whose cells are all empty.
        else plot.DataBackground.Color = Empty;
        var panel = new ChartPanel(plot, fonts)
        {
            XLabel = grid.XLabel,
            YLabel = grid.YLabel,
            Colors = ChartStyle.AddColors(plot, grid.Low, grid.High, Shades, fonts),
            ColorLabel = grid.ZLabel,
        };
        plot.Axes.SetLimits(-0.5, cells.GetLength(1) - 0.5, -0.5, cells.GetLength(0) - 0.5);
        panel.FitMarks = area => DrawNumbers(plot, cells, area);
        return panel;
    }

    // The numbers are drawn if every one of them has room in its cell.
    private void DrawNumbers(Plot plot, double[,] cells, PixelRect area)
    {
        (int rows, int columns) = (cells.GetLength(0), cells.GetLength(1));
        if (area.Height / rows < ChartFonts.LineHeight(ChartStyle.TickSize)) return;
        if (cells.Cast<double>().Where(double.IsFinite).Any(value => fonts.Width(Short(value), ChartStyle.TickSize) + Space > area.Width / columns)) return;
        for (int row = 0; row < rows; row++)
        {
            for (int place = 0; place < columns; place++)
            {
                if (!double.IsFinite(cells[row, place])) continue;
                Text text = plot.Add.Text(Short(cells[row, place]), place, row);
                text.LabelFontSize = ChartStyle.TickSize;
                text.LabelAlignment = Alignment.MiddleCenter;
                Color under = Shades.GetColor((cells[row, place] - grid.Low) / (grid.High - grid.Low));
                text.LabelFontColor = 0.3 * under.R + 0.59 * under.G + 0.11 * under.B > 130 ? Colors.Black : Colors.White;
            }
        }
    }

    private string Short(double value) => ChartText.ShortNumber(value, (grid.High - grid.Low) / 10);

    private static double[,] TopRowFirst(double[,] cells)
    {
        double[,] turned = new double[cells.GetLength(0), cells.GetLength(1)];
        for (int row = 0; row < cells.GetLength(0); row++)
        {
            for (int place = 0; place < cells.GetLength(1); place++) turned[cells.GetLength(0) - 1 - row, place] = cells[row, place];
        }
        return turned;
    }
}
