using Newtonsoft.Json;
using Newtonsoft.Json.Converters;
using ReparamPS.Messages;

namespace ReparamPS.Charting;

/// <summary>What a chart draws.</summary>
[JsonConverter(typeof(StringEnumConverter))]
public enum ChartKind
{
    /// <summary>A line through the points, in the order of X.</summary>
    Line,

    /// <summary>The points.</summary>
    Scatter,

    /// <summary>A bar for each value of X.</summary>
    Bar,

    /// <summary>How often the values of X occur.</summary>
    Histogram,

    /// <summary>The values of Z as colors over X and Y.</summary>
    HeatMap,

    /// <summary>Each row as a line across parallel axes, X and then each Y, colored by Z, by group, or by the last axis.</summary>
    ParallelCoordinates,
}

/// <summary>What is drawn around the mean of rows that share their X and their group.</summary>
[JsonConverter(typeof(StringEnumConverter))]
public enum ChartBand
{
    /// <summary>Nothing, and lines are not averaged.</summary>
    None,

    /// <summary>From the smallest to the largest value.</summary>
    MinMax,

    /// <summary>One standard error of the mean to each side.</summary>
    StandardError,
}

/// <summary>What to draw, of which columns, and how.</summary>
public sealed record ChartOptions
{
    /// <summary>The column of the horizontal axis.</summary>
    public required string X { get; init; }

    /// <summary>The columns of the vertical axis: one line each.</summary>
    public IReadOnlyList<string> Y { get; init; } = [];

    /// <summary>The column of a heat map's colors.</summary>
    public string? Z { get; init; }

    /// <summary>The columns whose values tell one line from the other.</summary>
    public IReadOnlyList<string> GroupBy { get; init; } = [];

    /// <summary>The column that gives each of its values a panel of its own.</summary>
    public string? Facet { get; init; }

    /// <summary>The kind of chart; null is a heat map with Z, a histogram without Y, and otherwise lines.</summary>
    public ChartKind? Kind { get; init; }

    /// <summary>The title above.</summary>
    public string? Title { get; init; }

    /// <summary>The label of the horizontal axis; null is the column's name.</summary>
    public string? XLabel { get; init; }

    /// <summary>The label of the vertical axis; null is the column's name.</summary>
    public string? YLabel { get; init; }

    /// <summary>Whether the horizontal axis is logarithmic.</summary>
    public bool LogX { get; init; }

    /// <summary>Whether the vertical axis is logarithmic.</summary>
    public bool LogY { get; init; }

    /// <summary>The number of a histogram's bins; null chooses it from the data.</summary>
    public int? Bins { get; init; }

    /// <summary>Whether a histogram shows densities, with a smooth estimate over them.</summary>
    public bool Density { get; init; }

    /// <summary>What is drawn around means.</summary>
    public ChartBand Band { get; init; }

    /// <summary>The picture's width in pixels.</summary>
    public int Width { get; init; } = 1000;

    /// <summary>The picture's height in pixels.</summary>
    public int Height { get; init; } = 600;

    /// <summary>Whether the picture becomes higher than <see cref="Height"/> if its panels need it: 240 pixels per row.</summary>
    public bool GrowsWithPanels { get; init; }

    /// <summary>The kind that is drawn.</summary>
    public ChartKind EffectiveKind => Kind ?? (Z is not null ? ChartKind.HeatMap : Y.Count == 0 ? ChartKind.Histogram : ChartKind.Line);

    /// <summary>Whether rows that share X and group become one, their mean.</summary>
    internal bool IsAveraged => EffectiveKind == ChartKind.Bar || (EffectiveKind == ChartKind.Line && Band != ChartBand.None);

    /// <summary>The parameters that name the columns of this kind of chart, as they are typed; what is not given is a placeholder.</summary>
    public string Call()
    {
        const string Column = "<column>";
        ChartKind kind = EffectiveKind;
        string x = X.Length == 0 ? Column : X, y = Y.Count > 0 ? ShortText.List(Y) : kind is ChartKind.ParallelCoordinates ? "<columns of the other axes>" : Column;
        return $"-Kind {kind} -X {ShortText.Of(x)}{(kind is ChartKind.Histogram ? "" : $" -Y {y}")}{(kind is ChartKind.HeatMap ? $" -Z {ShortText.Of(Z ?? Column)}" : "")}";
    }

    /// <summary>The error of a parameter that this kind of chart needs.</summary>
    /// <param name="option">The parameter.</param>
    /// <param name="columns">The columns of the rows.</param>
    internal ArgumentException Lacks(string option, IEnumerable<string> columns) =>
        new($"{option} is required for a chart of kind {EffectiveKind}: the name of a column. The columns are {ShortText.List(columns)}. Write {Call()}.", option);

    /// <summary>Refuses a chart without one of the columns that its kind needs.</summary>
    /// <exception cref="ArgumentException">Y or Z is missing.</exception>
    internal void CheckColumns(IEnumerable<string> columns)
    {
        if (EffectiveKind is not ChartKind.Histogram && Y.Count == 0) throw Lacks(nameof(Y), columns);
        if (EffectiveKind is ChartKind.HeatMap && Z is null) throw Lacks(nameof(Z), columns);
    }

    /// <summary>Refuses options that this kind of chart would ignore.</summary>
    /// <exception cref="ArgumentException">An option does not apply to the kind.</exception>
    internal void CheckKind()
    {
        ChartKind kind = EffectiveKind;
        if (kind is ChartKind.Histogram && Y.Count > 0) throw new ArgumentException("Y: a histogram uses only X. Leave out Y, or choose another Kind.", nameof(Y));
        Check(nameof(Bins), Bins is not null, kind is ChartKind.Histogram, "Histogram");
        Check(nameof(Density), Density, kind is ChartKind.Histogram, "Histogram");
        Check(nameof(LogX), LogX, kind is not ChartKind.Bar, "Line, Scatter or Histogram");
        Check(nameof(Band), Band != ChartBand.None, kind is ChartKind.Line or ChartKind.Bar, "Line or Bar");
        Check(nameof(Z), Z is not null, kind is ChartKind.HeatMap or ChartKind.ParallelCoordinates, "HeatMap or ParallelCoordinates");
        Check(nameof(GroupBy), GroupBy.Count > 0, kind is not ChartKind.HeatMap, "Line, Scatter, Bar, Histogram or ParallelCoordinates");
        Check(nameof(XLabel), XLabel is not null, kind is not ChartKind.ParallelCoordinates, "Line, Scatter, Bar, Histogram or HeatMap");
        Check(nameof(YLabel), YLabel is not null, kind is not ChartKind.ParallelCoordinates, "Line, Scatter, Bar, Histogram or HeatMap");

        void Check(string option, bool isGiven, bool applies, string kinds)
        {
            if (isGiven && !applies) throw new ArgumentException($"{option} applies only to charts of kind {kinds}; got kind {kind}.", option);
        }
    }
}
