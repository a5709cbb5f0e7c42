namespace ReparamPS.Charting;

/// <summary>Charts of plain text: lines and points on a grid of characters, bars and histograms as rows of blocks.</summary>
public static class TextChart
{
    /// <summary>The smallest width, in characters.</summary>
    public const int MinWidth = 30;

    private const int MinHeight = 5;

    private const string Markers = "*o+x#@%&ABCDEFGHIJKLMNPQRSTUVWYZabcdefghijklmnpqrstuvwyz";
    private const int ShortestBar = 4, ShortestLabel = 5;

    private static readonly char[] Eighths = ['▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'];

    /// <summary>The chart's lines of text.</summary>
    /// <param name="data">The rows.</param>
    /// <param name="options">What to draw; the width and height are in characters, and bars take a line each.</param>
    /// <exception cref="ArgumentException">A column is missing or holds nothing that can be drawn, or the kind is not one of text.</exception>
    public static IReadOnlyList<string> Render(ChartData data, ChartOptions options)
    {
        if (data.Count == 0) throw data.NoRows();
        if (options.Width < MinWidth || options.Height < MinHeight) throw new ArgumentException($"Width must be at least {MinWidth} and Height at least {MinHeight} in a text chart; got Width {options.Width} and Height {options.Height}.", nameof(options));
        ChartKind kind = options.EffectiveKind;
        if (kind is ChartKind.HeatMap or ChartKind.ParallelCoordinates) throw new ArgumentException($"Kind: a chart of kind {kind} cannot be drawn as text. Use Export-Chart.", nameof(options));
        options.CheckKind();
        if (options.LogY && kind is ChartKind.Bar or ChartKind.Histogram) throw new ArgumentException($"LogY requires Kind Line or Scatter in a text chart; got {kind}. Leave out -LogY, or use Export-Chart.", nameof(options));
        options.CheckColumns(data.Columns);
        List<string> lines = string.IsNullOrEmpty(options.Title) ? [] : [Fit(options.Title, options.Width)];
        lines.AddRange(kind switch
        {
            ChartKind.Histogram => Bars(Counts(data, options), data, options),
            ChartKind.Bar => Bars(Means(data, options), data, options),
            _ => Grid(data, options, connected: kind == ChartKind.Line),
        });
        return lines;
    }

    /// <summary>Warnings about values that the chart does not show, and about series that look the same.</summary>
    /// <inheritdoc cref="Render"/>
    public static IReadOnlyList<string> Warnings(ChartData data, ChartOptions options)
    {
        var plan = new ChartPlan(data, options);
        string? repeated = plan.Kind is ChartKind.Line or ChartKind.Scatter && plan.Names.Count > Markers.Length
            ? $"Several series share a marker: a text chart has {Markers.Length} different markers, but there are {plan.Names.Count} series. Draw fewer series, or use Export-Chart." : null;
        return [.. new[] { plan.Skipped.Warning, repeated }.OfType<string>()];
    }

    private static IEnumerable<(string Label, double Value)> Counts(ChartData data, ChartOptions options)
    {
        IReadOnlyList<object?> cells = data.Cells(options.X, "X");
        ChartScale x = ChartScale.Of(cells, options.LogX, categories: false, options.X);
        double[] values = [.. cells.Select(x.Place).Where(double.IsFinite)];
        if (x.Kind == ScaleKind.Category || values.Length == 0) throw data.NotNumeric("X", [options.X], options.LogX);
        bool centred = options.Bins is null && x is { Kind: ScaleKind.Number, IsLogarithmic: false } && Histogram.CanCentre(values);
        double[] edges = Histogram.Edges(values, options.Bins, centred, options.Height, x.Kind == ScaleKind.Date);
        IReadOnlyList<ChartGroup> groups = ChartGroup.Of(data, options.GroupBy);
        int room = options.Width / 2;
        string[] names = [.. groups.Select(group => group.Name is null ? "" : Fit(group.Name, Math.Max(ShortestLabel, room / 2 - 2)) + ", ")];
        string[] bins = Bins(edges, x, centred, room - names.Max(name => name.Length));
        for (int group = 0; group < groups.Count; group++)
        {
            double[] counts = Histogram.Counts([.. groups[group].Rows.Select(row => x.Place(cells[row])).Where(double.IsFinite)], edges);
            for (int i = 0; i < counts.Length; i++) yield return (names[group] + bins[i], counts[i]);
        }
    }

    // The labels become shorter until they fit: fewer digits, and then only the start of each bin.
    private static string[] Bins(double[] edges, ChartScale x, bool centred, int room)
    {
        double width = edges[1] - edges[0], inset = centred ? 0.5 : 0;
        string[] labels = [];
        foreach (bool isWhole in new[] { true, false })
        {
            foreach (int? spare in new int?[] { null, 3, 2, 1 })
            {
                labels = [.. edges.Zip(edges.Skip(1), (low, high) => Bin(Edge(low + inset, spare), Edge(high - inset, spare), isWhole))];
                if (labels.Max(label => label.Length) <= room) return labels;
            }
        }
        return labels;

        string Bin(string low, string high, bool isWhole) => centred && width == 1 ? low : isWhole ? $"{low} … {high}" : $"from {low}";

        // Bins of a day or more start at any time of day.
        string Edge(double place, int? spare) => x.Kind == ScaleKind.Date && width >= 1 ? ChartText.Date(ChartText.DateAt(place).Date) : Text(place, x, centred ? 1 : width, spare);
    }

    private static IEnumerable<(string Label, double Value)> Means(ChartData data, ChartOptions options)
    {
        ChartScale x = ChartScale.Of(data.Cells(options.X, "X"), options.LogX, categories: true, options.X);
        List<ChartSeries> all = ChartSeries.Of(data, options, x, NumericY(data, options), average: true);
        foreach (ChartSeries series in all)
        {
            for (int i = 0; i < series.X.Length; i++)
            {
                string label = x.Labels[(int)series.X[i]];
                yield return (Fit(all.Count == 1 ? label : $"{series.Name}, {label}", options.Width / 2), series.Y[i]);
            }
        }
    }

    private static IEnumerable<string> Bars(IEnumerable<(string Label, double Value)> bars, ChartData data, ChartOptions options)
    {
        (string Label, double Value)[] all = [.. bars.Where(bar => double.IsFinite(bar.Value))];
        if (all.Length == 0) throw data.NothingToDraw(options);
        double low = all.Min(bar => bar.Value), high = all.Max(bar => bar.Value), zero = Math.Max(0, -low), range = zero + Math.Max(0, high);
        string[] texts = Array.ConvertAll(all, bar => ChartText.Number(bar.Value, (high - low) / 10));
        // A space, the axis, and a space.
        int room = options.Width - texts.Max(text => text.Length) - 3, labelWidth = Math.Min(all.Max(bar => bar.Label.Length), Math.Max(room - ShortestBar - 1, Math.Min(room, ShortestLabel)));
        double unit = range == 0 ? 0 : Math.Max(0, room - labelWidth - 1) / range;
        int left = (int)Math.Ceiling(zero * unit);
        for (int i = 0; i < all.Length; i++)
        {
            (string label, double value) = all[i];
            yield return $"{Fit(label, labelWidth).PadLeft(labelWidth)} {(value < 0 ? BlocksToLeft(-value * unit) : "").PadLeft(left)}│{(value > 0 ? Blocks(value * unit) : "")} {texts[i]}";
        }
    }

    private static string Blocks(double length)
    {
        int eighths = (int)Math.Round(length * 8);
        return new string('█', eighths / 8) + (eighths % 8 > 0 ? Eighths[eighths % 8 - 1].ToString() : "");
    }

    // Of blocks at the right of their cell there is only the half.
    private static string BlocksToLeft(double length)
    {
        int halves = (int)Math.Round(length * 2);
        return (halves % 2 > 0 ? "▐" : "") + new string('█', halves / 2);
    }

    private static IEnumerable<string> Grid(ChartData data, ChartOptions options, bool connected)
    {
        ChartScale x = ChartScale.Of(data.Cells(options.X, "X"), options.LogX, categories: false, options.X), y = NumericY(data, options);
        List<ChartSeries> all = ChartSeries.Of(data, options, x, y, average: options.Band != ChartBand.None);
        (double X, double Y)[] points = [.. all.SelectMany(series => series.X.Zip(series.Y)).Where(point => double.IsFinite(point.Second))];
        if (points.Length == 0) throw data.NothingToDraw(options);
        (double left, double right) = Range(points.Select(point => point.X));
        (double bottom, double top) = Range(points.Select(point => point.Y));
        int height = options.Height, labelled = Math.Max(1, (height - 1) / 4);
        string[] labels = [.. Enumerable.Range(0, height).Select(row => row % labelled == 0 || row == height - 1 ? Text(top - (top - bottom) * row / (height - 1), y, (top - bottom) / (height - 1)) : "")];
        int margin = labels.Max(label => label.Length), width = options.Width - margin - 2;

        char[][] cells = [.. Enumerable.Range(0, height).Select(_ => Enumerable.Repeat(' ', width).ToArray())];
        for (int i = 0; i < all.Count; i++)
        {
            char marker = Markers[i % Markers.Length];
            foreach ((int start, int length) in all[i].Stretches())
            {
                (int Column, int Row)[] path =
                [
                    .. Enumerable.Range(start, length).Select(at => (
                        (int)Math.Round((all[i].X[at] - left) / (right - left) * (width - 1)),
                        (int)Math.Round((top - all[i].Y[at]) / (top - bottom) * (height - 1)))),
                ];
                if (connected) Connect(cells, path);
                foreach ((int column, int row) in path) cells[row][column] = marker;
            }
        }
        for (int row = 0; row < height; row++) yield return $"{labels[row].PadLeft(margin)} {(labels[row].Length > 0 ? '┤' : '│')}{new string(cells[row]).TrimEnd()}";
        yield return new string(' ', margin) + " └" + new string('─', width);
        foreach (string line in Ends(Text(left, x, right - left), Text(right, x, right - left), options.XLabel ?? data.LabelOf(options.X), margin + 2, options.Width)) yield return line;
        if (all.Count == 1) yield break;
        foreach (string line in Legend(all, Math.Min(margin + 2, options.Width / 3), options.Width)) yield return line;
    }

    private static IEnumerable<string> Legend(List<ChartSeries> all, int indent, int width)
    {
        const string gap = "   ";
        string line = "";
        for (int i = 0; i < all.Count; i++)
        {
            string entry = $"{Markers[i % Markers.Length]} {Fit(all[i].Name, width - indent - 2)}";
            if (line.Length > 0 && indent + line.Length + gap.Length + entry.Length > width)
            {
                yield return new string(' ', indent) + line;
                line = "";
            }
            line += line.Length == 0 ? entry : gap + entry;
        }
        yield return new string(' ', indent) + line;
    }

    // Dots between points, so that the points stay to be seen.
    private static void Connect(char[][] cells, (int Column, int Row)[] path)
    {
        for (int i = 1; i < path.Length; i++)
        {
            ((int fromColumn, int fromRow), (int toColumn, int toRow)) = (path[i - 1], path[i]);
            int steps = Math.Max(Math.Abs(toColumn - fromColumn), Math.Abs(toRow - fromRow));
            for (int step = 1; step < steps; step++)
            {
                int column = fromColumn + (int)Math.Round((double)(toColumn - fromColumn) * step / steps), row = fromRow + (int)Math.Round((double)(toRow - fromRow) * step / steps);
                if (cells[row][column] == ' ') cells[row][column] = '.';
            }
        }
    }

    private static ChartScale NumericY(ChartData data, ChartOptions options)
    {
        ChartScale y = ChartScale.OfY(data, options);
        return y.Kind == ScaleKind.Number ? y : throw data.NotNumeric("Y", options.Y);
    }

    private static (double Low, double High) Range(IEnumerable<double> places)
    {
        (double low, double high) = (places.Min(), places.Max());
        double margin = Math.Max(0.5, 1e-3 * Math.Abs(low));
        return low < high ? (low, high) : (low - margin, high + margin);
    }

    // The ends of the horizontal axis and its name; ends that do not fit side by side are on two lines.
    private static IEnumerable<string> Ends(string left, string right, string middle, int indent, int width)
    {
        (left, right) = (Fit(left, width), Fit(right, width));
        int free = width - indent - left.Length - right.Length;
        if (free < 1)
        {
            yield return new string(' ', Math.Min(indent, width - left.Length)) + left;
            yield return right.PadLeft(width);
            yield break;
        }
        middle = Fit(middle, free - 2);
        free -= middle.Length;
        yield return new string(' ', indent) + left + new string(' ', free / 2) + middle + new string(' ', free - free / 2) + right;
    }

    private static string Fit(string text, int width) => ChartText.Fit(text, shown => shown.Length <= width);

    private static string Text(double place, ChartScale scale, double step, int? spare = null) => scale.Kind switch
    {
        ScaleKind.Date => ChartText.Date(ChartText.DateAt(place), step),
        ScaleKind.Category => scale.Labels[Math.Clamp((int)Math.Round(place), 0, scale.Labels.Count - 1)],
        _ when scale.IsLogarithmic => Number(Math.Pow(10, place), Math.Pow(10, place) * Math.Min(1, Math.Pow(10, step) - 1), spare),
        _ => Number(place, step, spare),
    };

    private static string Number(double value, double step, int? spare) => spare is { } more ? ChartText.Number(value, step, more) : ChartText.ShortNumber(value, step);
}
