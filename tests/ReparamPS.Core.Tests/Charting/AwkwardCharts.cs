using ReparamPS.Charting;
using ReparamPS.Data;

namespace ReparamPS.Core.Tests.Charting;

/// <summary>Every kind of chart over every kind of awkward data.</summary>
internal static class AwkwardCharts
{
    private static readonly string[] Columns = ["X", "Y", "Y2", "G", "C", "D"];

    /// <summary>The kinds of chart.</summary>
    public static IReadOnlyList<string> Kinds { get; } = ["Line", "LineBand", "LineGroups", "Scatter", "ScatterGroups", "Bar", "BarGroups", "Histogram", "HistogramGroups", "HeatMap", "Parallel", "ParallelGroups", "Facet"];

    /// <summary>The kinds of data.</summary>
    public static IReadOnlyList<string> Troubles { get; } =
    [
        "Plain", "LongLabels", "ManyClasses", "NaN", "SinglePoint", "Constant", "Huge", "Small", "Narrow", "EastAsian", "Dates", "Seconds", "Negative", "NegativeOnLog", "Log", "NarrowLog", "SmallPicture", "LongTitle",
    ];

    /// <summary>The rows and options of one chart.</summary>
    public static (ChartData Data, ChartOptions Options) Make(string kind, string trouble)
    {
        var data = new ChartData();
        int rows = trouble == "SinglePoint" ? 1 : trouble == "ManyClasses" ? 120 : 24;
        for (int i = 0; i < rows; i++) data.Add(new ExperimentRow(Columns, [Place(trouble, i), Value(trouble, i), Value(trouble, 2 * i + 1), Group(trouble, i), Category(trouble, i), Category(trouble, i / 5)]));
        bool logs = trouble is "Log" or "NegativeOnLog" or "NarrowLog";
        bool axes = !kind.StartsWith("Heat", StringComparison.Ordinal) && !kind.StartsWith("Parallel", StringComparison.Ordinal);
        ChartOptions options = Options(kind, trouble) with { LogX = logs && axes && kind is not ("Bar" or "BarGroups") && trouble == "Log", LogY = logs && axes, Title = "The title" };
        options = trouble switch
        {
            "SmallPicture" => options with { Width = 320, Height = kind == "Facet" ? 280 : 220 },
            "LongTitle" => options with
            {
                Title = string.Concat(Enumerable.Repeat("A title that goes on and on ", 12)), XLabel = string.Concat(Enumerable.Repeat("a long label of the axis ", 12)), YLabel = string.Concat(Enumerable.Repeat("a long label of the axis ", 12)),
            },
            "EastAsian" => options with { Title = "再パラメータ化の損失 重参数化 재매개변수화", XLabel = "エポック", YLabel = "損失" },
            _ => options,
        };
        // Each of the parallel axes has the name of its column.
        return (data, kind.StartsWith("Parallel", StringComparison.Ordinal) ? options with { XLabel = null, YLabel = null } : options);
    }

    private static ChartOptions Options(string kind, string trouble)
    {
        // Names are the horizontal axis where they are the trouble.
        string x = trouble is "LongLabels" or "ManyClasses" or "EastAsian" ? "C" : "X";
        string[] groups = kind.EndsWith("Groups", StringComparison.Ordinal) ? ["G"] : [];
        return kind switch
        {
            "Line" => new ChartOptions { X = x, Y = ["Y", "Y2"] },
            "LineBand" => new ChartOptions { X = x, Y = ["Y"], GroupBy = ["G"], Band = ChartBand.StandardError },
            "LineGroups" => new ChartOptions { X = x, Y = ["Y"], GroupBy = groups },
            "Scatter" or "ScatterGroups" => new ChartOptions { X = x, Y = ["Y"], GroupBy = groups, Kind = ChartKind.Scatter },
            "Bar" or "BarGroups" => new ChartOptions { X = x == "X" && trouble is "Dates" or "Seconds" ? "X" : "C", Y = ["Y"], GroupBy = groups, Kind = ChartKind.Bar },
            "Histogram" or "HistogramGroups" => new ChartOptions { X = trouble is "Dates" or "Seconds" ? "X" : "Y", GroupBy = groups, Density = trouble == "Plain" },
            "HeatMap" => new ChartOptions { X = x, Y = ["D"], Z = "Y2" },
            "Parallel" or "ParallelGroups" => new ChartOptions { X = x, Y = ["C", "Y", "Y2"], GroupBy = groups, Kind = ChartKind.ParallelCoordinates, Z = groups.Length == 0 ? "Y" : null },
            _ => new ChartOptions { X = x, Y = ["Y"], Facet = trouble == "ManyClasses" ? "D" : "G", GroupBy = ["D"] },
        };
    }

    private static object? Place(string trouble, int i) => trouble switch
    {
        "Dates" => new DateTime(2026, 1, 28).AddDays(3 * i),
        "Seconds" => new DateTimeOffset(2026, 1, 28, 23, 59, 50, TimeSpan.Zero).AddSeconds(0.9 * i),
        "NaN" => i % 7 == 3 ? null : i % 7 == 4 ? double.PositiveInfinity : i,
        "Constant" => 5,
        "Narrow" => 1234567.5 + 1e-3 * i,
        _ => 1 + i,
    };

    private static object? Value(string trouble, int i) => trouble switch
    {
        "NaN" => i % 3 == 0 ? double.NaN : i % 5 == 0 ? null : Math.Sin(i),
        "Constant" => 3.25,
        "Huge" => 1e290 * (1 + i % 7),
        "Small" => 1e-290 * (1 + i % 7),
        "Narrow" => 1234567 + 0.25 * (i % 9),
        "Negative" or "NegativeOnLog" => 10 * Math.Cos(i),
        "Log" => Math.Pow(10, i % 12 - 5),
        "NarrowLog" => 101 + 0.5 * (i % 6),
        _ => Math.Exp(-0.1 * i) + 0.1 * Math.Sin(3.0 * i),
    };

    private static object Group(string trouble, int i) => trouble switch
    {
        "LongLabels" => $"a group with a very long name that nobody could ever read in a legend beside the data, number {i % 4}",
        "ManyClasses" => $"group {i % 60}",
        "EastAsian" => ((string[])["日本語の系列", "中文系列", "한국어 계열"])[i % 3],
        "NaN" => i % 4 == 3 ? double.NaN : i % 4,
        _ => $"g{i % 3}",
    };

    private static object Category(string trouble, int i) => trouble switch
    {
        "LongLabels" => $"category number {i % 9} whose name is much longer than any axis, with details at its end {i % 9}",
        "ManyClasses" => $"class {i}",
        "EastAsian" => ((string[])["学習率が高い設定", "批量大小", "학습률", "正規分布"])[i % 4] + i % 8,
        "Dates" => new DateTime(2025, 11, 1).AddMonths(i % 8),
        "Seconds" => new DateTimeOffset(2026, 1, 28, 23, 59, 50, TimeSpan.Zero).AddSeconds(i % 8),
        "Huge" => 1e200 * (i % 8),
        "Small" => 1e-200 * (i % 8),
        _ => $"c{i % 6}",
    };
}
