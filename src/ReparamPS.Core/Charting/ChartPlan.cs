namespace ReparamPS.Charting;

/// <summary>What lines, points, bars and histograms share, whatever draws them: scales, the names of all series, and the bins.</summary>
internal sealed class ChartPlan
{
    private const int DensityPoints = 400;

    private readonly Dictionary<string, int> places = [];

    /// <summary>Settles everything from all rows.</summary>
    /// <exception cref="ArgumentException">A column is missing or holds values of another type than the kind of chart needs.</exception>
    public ChartPlan(ChartData data, ChartOptions options)
    {
        Options = options;
        Kind = options.EffectiveKind;
        IReadOnlyList<object?> xs = data.Cells(options.X, "X");
        object?[] ys = [.. options.Y.SelectMany(column => data.Cells(column, "Y"))];
        X = ChartScale.Of(xs, options.LogX, categories: Kind is ChartKind.Bar, options.X);
        Y = Kind == ChartKind.Histogram ? ChartScale.Of([], options.LogY, false, "Count") : ChartScale.OfY(data, options);
        bool dates = Kind == ChartKind.Line && !IsAveraged;
        if (Kind == ChartKind.Histogram && X.Kind == ScaleKind.Category) throw data.NotNumeric("X", [options.X]);
        if (Kind is ChartKind.Line or ChartKind.Bar && Y.Kind != ScaleKind.Number && !(dates && Y.Kind == ScaleKind.Date)) throw data.NotNumeric("Y", options.Y);
        XLabel = options.XLabel ?? data.LabelOf(options.X);
        YLabel = options.YLabel ?? (Kind == ChartKind.Histogram ? (options.Density ? "Density" : "Count") : options.Y.Count == 1 ? data.LabelOf(options.Y[0]) : "Value");
        HasWholeNumbers = xs.All(cell => X.Raw(cell) is var place && (double.IsNaN(place) || place == Math.Floor(place)));
        foreach (ChartGroup group in ChartGroup.Of(data, options.GroupBy))
        {
            foreach (string name in Kind == ChartKind.Histogram ? [group.Name ?? options.X] : ChartSeries.Names(group, options.Y)) places.TryAdd(name, places.Count);
        }
        if (Kind is not ChartKind.Bar) Skipped.CheckTexts(options.X, xs, X);
        foreach (string column in options.Y) Skipped.CheckTexts(column, data.Cells(column, "Y"), Y);
        Skipped.Count(xs, X);
        Skipped.Count(ys, Y, IsAveraged);
        if (IsAveraged && Y.IsLogarithmic)
        {
            ChartScale plain = ChartScale.Of(ys, false, false, "Y");
            Skipped.CountNotPositive(ChartPanels.Parts(data, options.Facet).SelectMany(part => ChartSeries.Of(part, options, X, plain, average: true)).Sum(series => series.Y.Count(mean => mean <= 0)));
        }
        if (Kind == ChartKind.Line && !IsAveraged && Repeats(data, xs)) Skipped.NoteRepeats(options.X);
        if (Kind == ChartKind.Histogram) Edges = BinEdges(data, xs);
    }

    /// <summary>What to draw.</summary>
    public ChartOptions Options { get; }

    /// <summary>The kind of chart.</summary>
    public ChartKind Kind { get; }

    /// <summary>The horizontal scale.</summary>
    public ChartScale X { get; }

    /// <summary>The vertical scale.</summary>
    public ChartScale Y { get; }

    /// <summary>Whether every X is a whole number, as of epochs.</summary>
    public bool HasWholeNumbers { get; }

    /// <summary>Whether rows that share X and group become one, their mean.</summary>
    public bool IsAveraged => Options.IsAveraged;

    /// <summary>The values that are not drawn.</summary>
    public SkippedValues Skipped { get; } = new();

    /// <summary>The edges of a histogram's bins, the same for all groups and panels; empty for other kinds.</summary>
    public double[] Edges { get; } = [];

    /// <summary>The names of all series, also of those without a value to draw.</summary>
    public IReadOnlyCollection<string> Names => places.Keys;

    /// <summary>The label of the horizontal axis.</summary>
    public string XLabel { get; }

    /// <summary>The label of the vertical axis.</summary>
    public string YLabel { get; }

    /// <summary>The number of a series, which decides its color.</summary>
    public int PlaceOf(string name) => places[name];

    /// <summary>The series of some of the rows.</summary>
    public List<ChartSeries> Series(ChartData data) => ChartSeries.Of(data, Options, X, Y, IsAveraged);

    /// <summary>The series of all panels, each with the means of its own rows.</summary>
    public List<ChartSeries> SeriesOfPanels(ChartData all) => [.. ChartPanels.Parts(all, Options.Facet).SelectMany(Series)];

    /// <summary>The histograms of some of the rows: the name, the values, and the height of each bin, NaN if a logarithmic axis can't show it.</summary>
    public IEnumerable<(string Name, double[] Values, double[] Heights)> Histograms(ChartData data)
    {
        IReadOnlyList<object?> cells = data.Cells(Options.X, "X");
        foreach (ChartGroup group in ChartGroup.Of(data, Options.GroupBy))
        {
            double[] values = [.. group.Rows.Select(row => X.Place(cells[row])).Where(double.IsFinite)];
            double unit = HistogramUnit(values.Length);
            if (values.Length > 0) yield return (group.Name ?? Options.X, values, Array.ConvertAll(Histogram.Counts(values, Edges), count => count * unit));
        }
    }

    /// <summary>Where a histogram's bars begin: below one value, on a logarithmic axis.</summary>
    /// <param name="count">The number of rows.</param>
    public double HistogramFloor(int count) => Y.IsLogarithmic ? 0.5 * HistogramUnit(count) : 0;

    /// <summary>The smooth estimate of the density of a histogram's values: points across all bins, and the height at each.</summary>
    /// <param name="values">The values.</param>
    /// <param name="floor">Where the bars begin. Heights below are NaN: the tails of a logarithmic density would make the bars small.</param>
    public (double[] At, double[] Heights) DensityOf(double[] values, double floor)
    {
        double[] at = [.. Enumerable.Range(0, DensityPoints).Select(i => Edges[0] + (Edges[^1] - Edges[0]) * i / (DensityPoints - 1))];
        return (at, Array.ConvertAll(Histogram.Density(values, at), height => height < floor ? double.NaN : height));
    }

    /// <summary>What one value adds to the height of its bin.</summary>
    public double HistogramUnit(int count) => Options.Density ? 1 / (count * (Edges[1] - Edges[0])) : 1;

    // Two rows per X on average come from repetitions, such as seeds. A path that returns to a place, or a vertical step, has fewer.
    private bool Repeats(ChartData data, IReadOnlyList<object?> xs)
    {
        if (xs.Count < 2 * xs.Select(X.Raw).Distinct().Count()) return false;
        return SeriesOfPanels(data).Exists(series =>
        {
            (double X, double Y)[] points = [.. series.X.Zip(series.Y).Where(point => double.IsFinite(point.Second)).Distinct()];
            return points.DistinctBy(point => point.X).Count() is > 1 and var count && points.Length >= 2 * count;
        });
    }

    private double[] BinEdges(ChartData data, IReadOnlyList<object?> cells)
    {
        double[] values = [.. cells.Select(X.Place).Where(double.IsFinite)];
        if (values.Length == 0) throw data.NotNumeric("X", [Options.X], Options.LogX);
        return Histogram.Edges(values, Options.Bins, wholeNumbers: HasWholeNumbers && X is { Kind: ScaleKind.Number, IsLogarithmic: false }, dates: X.Kind == ScaleKind.Date);
    }
}
