using ReparamPS.Messages;

namespace ReparamPS.Charting;

/// <summary>The axes of parallel coordinates, one per column, and what decides the color of a row: a number or its group.</summary>
internal sealed class ParallelAxes
{
    private readonly IReadOnlyList<string> groupBy;
    private readonly List<string> names = [];

    /// <summary>Settles axes and colors from all rows.</summary>
    /// <exception cref="ArgumentException">The columns do not make parallel coordinates.</exception>
    public ParallelAxes(ChartData data, ChartOptions options)
    {
        if (options.LogX || options.LogY) throw new ArgumentException("LogX and LogY do not apply to parallel coordinates. Leave them out: an axis becomes logarithmic by itself if its values are positive and the largest is at least 100 times the smallest.", nameof(options));
        Axes = [Axis(options.X, "X"), .. options.Y.Select(column => Axis(column, "Y"))];
        ShadeColumn = options.Z ?? Axes[^1].Column;
        ShadeLabel = data.LabelOf(ShadeColumn);
        foreach (ParallelAxis axis in Axes)
        {
            Skipped.CheckTexts(axis.Column, data.Cells(axis.Column, "Y"), axis.Scale);
            Skipped.Count(data.Cells(axis.Column, "Y"), axis.Scale);
        }
        groupBy = options.GroupBy;
        if (options.GroupBy.Count == 0 || options.Z is not null) FindShade(data, options);
        if (Shade is null) names.AddRange(ChartGroup.Of(data, groupBy).Select(NameOf));
        else groupBy = [];

        ParallelAxis Axis(string column, string parameter) => ParallelAxis.Of(column, data.Cells(column, parameter), parameter) with { Label = data.LabelOf(column) };
    }

    private void FindShade(ChartData data, ChartOptions options)
    {
        IReadOnlyList<object?> cells = data.Cells(ShadeColumn, "Z");
        ChartScale scale = ChartScale.Of(cells, false, categories: false, ShadeColumn);
        double[] values = [.. cells.Select(scale.Place).Where(double.IsFinite)];
        if (options.Z is not null && !Axes.Any(axis => axis.Column.Equals(options.Z, StringComparison.OrdinalIgnoreCase))) Skipped.Count(cells, scale);
        if (scale.Kind == ScaleKind.Number && values.Length > 0) (Shade, Low, High) = (scale, values.Min(), values.Max());
        else if (options.Z is not null) throw data.NotNumeric("Z", [ShadeColumn]);
    }

    /// <summary>The axes, from the left.</summary>
    public IReadOnlyList<ParallelAxis> Axes { get; }

    /// <summary>The column whose numbers are colors.</summary>
    public string ShadeColumn { get; }

    /// <summary>The label of the colors.</summary>
    public string ShadeLabel { get; }

    /// <summary>The scale of the colors; null if the group decides.</summary>
    public ChartScale? Shade { get; private set; }

    /// <summary>The smallest number among the colors.</summary>
    public double Low { get; private set; }

    /// <summary>The largest number among the colors.</summary>
    public double High { get; private set; }

    /// <summary>The names of all groups, also of those without a row to draw; none if numbers are the colors.</summary>
    public IReadOnlyList<string> Names => names;

    /// <summary>The values that are not drawn.</summary>
    public SkippedValues Skipped { get; } = new();

    /// <summary>The groups of some of the rows, and the place of each among all; one group of all rows if numbers are the colors.</summary>
    public IEnumerable<(ChartGroup Group, int Place)> Groups(ChartData data) => ChartGroup.Of(data, groupBy).Select(group => (group, Math.Max(0, names.IndexOf(NameOf(group)))));

    /// <summary>Where a number is on the scale of colors, between 0 and 1.</summary>
    public double ShadeOf(double value) => High > Low ? (value - Low) / (High - Low) : 0.5;

    private static string NameOf(ChartGroup group) => group.Name ?? "";
}

/// <summary>One axis: a column, and where its values are between 0 and 1.</summary>
internal sealed record ParallelAxis(string Column, ChartScale Scale, double Low, double High, IReadOnlyList<double> Ticked)
{
    private const double LogarithmicFrom = 100;
    private const int MaxValues = 8;

    /// <summary>The label: the column, with its unit if it has one.</summary>
    public string Label { get; init; } = Column;

    /// <summary>The axis that fits a column.</summary>
    /// <param name="column">The column.</param>
    /// <param name="cells">Its cells.</param>
    /// <param name="parameter">What names the column, for the error.</param>
    public static ParallelAxis Of(string column, IReadOnlyList<object?> cells, string parameter)
    {
        ChartScale scale = ChartScale.Of(cells, false, categories: false, column);
        object?[] drawn = [.. cells.Where(cell => double.IsFinite(scale.Raw(cell))).Select(ChartScale.Read)];
        if (drawn.Length == 0) throw new ArgumentException($"{parameter}: column '{ShortText.Of(column)}' holds no values to draw.", parameter);
        if (scale.Kind == ScaleKind.Number && drawn.Min() is double and > 0 and var low && (double)drawn.Max()! / low >= LogarithmicFrom) scale = ChartScale.Of(cells, true, categories: false, column);
        double[] places = [.. cells.Select(scale.Place).Where(double.IsFinite).Distinct().Order()];
        // The values themselves if they are few, as in a grid; otherwise five ticks from end to end.
        double[] ticked = places.Length <= MaxValues ? places : [.. Enumerable.Range(0, 5).Select(i => places[0] + (places[^1] - places[0]) * i / 4)];
        if (scale is { Kind: ScaleKind.Number, IsLogarithmic: false } && Array.TrueForAll(places, place => place == Math.Floor(place))) ticked = [.. ticked.Select(place => Math.Round(place)).Distinct()];
        return new ParallelAxis(column, scale, places[0], places[^1], ticked);
    }

    /// <summary>The height of a cell; NaN if it has none.</summary>
    public double Height(object? cell) => At(Scale.Place(cell));

    /// <summary>The labels, from below.</summary>
    public IEnumerable<(double Height, string Label)> Ticks() => Scale.Kind == ScaleKind.Category
        ? Scale.Labels.Select((label, i) => (At(i), label))
        : Ticked.Zip(ChartText.Gaps(Scale.IsLogarithmic ? [.. Ticked.Select(Unscaled)] : Ticked), (place, gap) => (At(place), Text(place, gap)));

    private double At(double place) => High > Low ? (place - Low) / (High - Low) : double.IsNaN(place) ? place : 0.5;

    private string Text(double place, double gap) => Scale.Kind == ScaleKind.Date ? DateText(ChartText.DateAt(place), gap) : ChartText.ShortNumber(Unscaled(place), gap);

    private string DateText(DateTime date, double gap) => ChartText.Date(High - Low > 4 ? date.Date : date, gap);

    private double Unscaled(double place) => Scale.IsLogarithmic ? Math.Pow(10, place) : place;
}
