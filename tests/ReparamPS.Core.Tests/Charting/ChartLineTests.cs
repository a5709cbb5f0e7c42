using ReparamPS.Charting;
using ReparamPS.Data;

namespace ReparamPS.Core.Tests.Charting;

/// <summary>Lines through several rows per X, and the labels of logarithmic axes.</summary>
public sealed class ChartLineTests
{
    [Theory]
    [InlineData(2e-3, 8e-2, new[] { "0.002", "0.005", "0.01", "0.02", "0.05" })]
    [InlineData(1e-4, 1, new[] { "0.0001", "0.001", "0.01", "0.1", "1" })]
    [InlineData(1, 2e5, new[] { "1", "10", "100", "1000", "10000", "100000" })]
    [InlineData(1e-6, 1, new[] { "10⁻⁶", "10⁻⁵", "10⁻⁴", "10⁻³", "10⁻²", "10⁻¹", "10⁰" })]
    [InlineData(2e-6, 8e-5, new[] { "2·10⁻⁶", "5·10⁻⁶", "10⁻⁵", "2·10⁻⁵", "5·10⁻⁵" })]
    [InlineData(1e3, 1e7, new[] { "10³", "10⁴", "10⁵", "10⁶", "10⁷" })]
    public void Labels_of_a_logarithmic_axis_have_one_notation(double low, double high, string[] expected)
    {
        var data = new ChartData();
        for (int k = 0; k <= 8; k++) data.Add(new ExperimentRow(["X", "Y"], [low * Math.Pow(high / low, k / 8.0), 50 + k / 8.0]));
        string[] texts = ChartAxisTests.Texts(ChartWriter.Render(data, new ChartOptions { X = "X", Y = ["Y"], LogX = true }, svg: true).Picture);
        string[] labels = [.. texts.Where(text => text is not ("X" or "Y") && !text.StartsWith("50", StringComparison.Ordinal) && !text.StartsWith("51", StringComparison.Ordinal))];
        Assert.Equal(expected, labels);
    }

    // Rows of several seeds, one below the other.
    private static ChartData Seeds(int seeds, params string[] groups)
    {
        var data = new ChartData();
        for (int seed = 0; seed < seeds; seed++)
            foreach (string group in groups)
                for (int epoch = 1; epoch <= 5; epoch++) data.Add(new ExperimentRow(["Epoch", "Loss", "Seed", "Name"], [epoch, seed + group[0] + 1.0 / epoch, seed, group]));
        return data;
    }

    [Theory]
    [InlineData(2, false, true)]
    [InlineData(3, false, true)]
    [InlineData(1, false, false)]
    [InlineData(3, true, false)]
    public void Several_rows_per_X_in_one_line_are_a_warning(int seeds, bool banded, bool warns)
    {
        ChartData data = Seeds(seeds, "a");
        var options = new ChartOptions { X = "Epoch", Y = ["Loss"], Band = banded ? ChartBand.StandardError : ChartBand.None };
        const string Warning = "Several rows of one line have the same X ('Epoch'), so the line jumps between them. To draw one line per group, name the settings that differ with -GroupBy. To draw the mean, use Export-Chart -Band StandardError, or Measure-ExperimentRun before the chart.";
        string[] expected = warns ? [Warning] : [];
        Assert.Equal(expected, ChartWriter.Render(data, options).Warnings);
        Assert.Equal(expected, ReparamPS.Charting.Html.PageWriter.Render(new ReportPage("", [new ChartBlock(data, options)])).Warnings);
        if (!banded) Assert.Equal(expected, TextChart.Warnings(data, options));
    }

    [Fact]
    public void Rows_that_groups_panels_or_columns_separate_are_no_repetitions()
    {
        ChartData data = Seeds(1, "a", "b", "c");
        var options = new ChartOptions { X = "Epoch", Y = ["Loss"] };
        Assert.Single(ChartWriter.Render(data, options).Warnings);
        Assert.Empty(ChartWriter.Render(data, options with { GroupBy = ["Name"] }).Warnings);
        Assert.Empty(ChartWriter.Render(data, options with { Facet = "Name" }).Warnings);
        Assert.Empty(ChartWriter.Render(data, options with { Kind = ChartKind.Scatter }).Warnings);
        Assert.Single(ChartWriter.Render(Seeds(2, "a", "b", "c"), options with { GroupBy = ["Name"] }).Warnings);
    }

    // A path in a plane returns to some X, and a step has two Y at one X: both are meant.
    [Fact]
    public void A_path_and_steps_are_no_repetitions()
    {
        var path = new ChartData();
        for (int i = 0; i < 100; i++) path.Add(new ExperimentRow(["X", "Y"], [Math.Cos(i * 0.1), Math.Sin(i * 0.1)]));
        var steps = new ChartData();
        for (int i = 0; i < 9; i++)
        {
            steps.Add(new ExperimentRow(["X", "Y"], [i, i]));
            steps.Add(new ExperimentRow(["X", "Y"], [i + 1, i]));
        }
        var options = new ChartOptions { X = "X", Y = ["Y"] };
        Assert.Empty(ChartWriter.Render(path, options).Warnings);
        Assert.Empty(ChartWriter.Render(steps, options).Warnings);
    }
}
