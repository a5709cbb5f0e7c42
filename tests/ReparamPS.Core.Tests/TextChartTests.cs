using System.Globalization;
using ReparamPS.Charting;
using ReparamPS.Data;

namespace ReparamPS.Core.Tests;

public sealed class TextChartTests
{
    [Fact]
    public void A_line_is_drawn_within_its_size_between_the_ticks_of_its_ends()
    {
        IReadOnlyList<string> lines = TextChart.Render(Line(), new ChartOptions { X = "X", Y = ["Y"], Width = 40, Height = 9, Title = "Title" });
        Assert.Equal("Title", lines[0]);
        Assert.Equal(12, lines.Count);
        Assert.All(lines, line => Assert.InRange(line.Length, 1, 40));
        Assert.StartsWith("100 ┤", lines[1], StringComparison.Ordinal);
        Assert.EndsWith("*", lines[1], StringComparison.Ordinal);
        Assert.StartsWith("  0 ┤*", lines[9], StringComparison.Ordinal);
        Assert.Equal(11, lines.Sum(line => line.Count(character => character == '*')));
    }

    [Fact]
    public void Several_lines_have_markers_of_their_own_and_a_legend()
    {
        IReadOnlyList<string> lines = TextChart.Render(Line(), new ChartOptions { X = "X", Y = ["Y", "Z"], Width = 50, Height = 10 });
        Assert.EndsWith("* Y   o Z", lines[^1], StringComparison.Ordinal);
        Assert.Contains(lines, line => line.Contains('o', StringComparison.Ordinal) && line.Contains('*', StringComparison.Ordinal));
    }

    [Fact]
    public void Bars_are_as_long_as_their_values_are_large()
    {
        var data = new ChartData();
        foreach ((string name, double value) in new[] { ("a", 1.0), ("b", 2.0), ("a", 3.0), ("c", 0.0) }) data.Add(new ExperimentRow(["N", "V"], [name, value]));
        string[] lines = [.. TextChart.Render(data, new ChartOptions { X = "N", Y = ["V"], Kind = ChartKind.Bar, Width = 30, Height = 10 })];
        int room = lines[0].Count(character => character == '█');
        Assert.Equal([$"a │{new string('█', room)} 2", $"b │{new string('█', room)} 2", "c │ 0"], lines);
    }

    [Fact]
    public void A_histogram_counts_every_value()
    {
        IReadOnlyList<string> lines = TextChart.Render(Line(), new ChartOptions { X = "X", Bins = 2, Width = 40, Height = 10 });
        Assert.Equal(["5", "6"], lines.Select(line => line.Split(' ')[^1]));
    }

    [Fact]
    public void Bars_of_negative_values_are_drawn_to_the_left_of_zero()
    {
        static string[] Bars(params double[] values)
        {
            var data = new ChartData();
            for (int i = 0; i < values.Length; i++) data.Add(new ExperimentRow(["N", "V"], [$"{(char)('a' + i)}", values[i]]));
            return [.. TextChart.Render(data, new ChartOptions { X = "N", Y = ["V"], Kind = ChartKind.Bar, Width = 34, Height = 10 })];
        }

        // 34 columns leave 25 for the bars: five for each unit of −3 … 2.
        Assert.Equal([$"a {Blocks(15)}│ -3", $"b {Gap(15)}│{Blocks(10)} 2", $"c {Gap(15)}│ 0", $"d {Gap(7)}▐{Blocks(7)}│ -1.5"], Bars(-3, 2, 0, -1.5));
        Assert.Equal([$"a {Blocks(27)}│ -4", $"b {Gap(13)}▐{Blocks(13)}│ -2"], Bars(-4, -2));
        Assert.All(Bars(-1, 1e-3, 0.7, -0.33333), line => Assert.InRange(line.Length, 1, 34));

        static string Blocks(int count) => new('█', count);
        static string Gap(int count) => new(' ', count);
    }

    [Theory]
    [InlineData(12345.5, 0.1)]
    [InlineData(1234567.1, 0.1)]
    [InlineData(-1234567.1, 1e-4)]
    [InlineData(0.1, 1e-9)]
    [InlineData(0, 1e-20)]
    [InlineData(1e-20, 1e-26)]
    [InlineData(1e15, 0.5)]
    [InlineData(1e100, 1e90)]
    [InlineData(3e8, 1)]
    public void Labels_of_a_narrow_range_differ_and_are_the_numbers_at_their_places(double start, double step)
    {
        double[] values = [.. Enumerable.Range(1, 5).Select(k => start + step * k)];
        foreach (bool logarithmic in new[] { false, true })
        {
            // Logarithms of numbers this near are equal.
            if (logarithmic && values[0] <= 0 || logarithmic && step < 1e-13 * start) continue;
            string[] lines = [.. TextChart.Render(Rows(values), new ChartOptions { X = "V", Y = ["V"], LogY = logarithmic, Width = 70, Height = 5 })];
            double[] ticks = [.. lines.Take(5).Select(line => Number(line.Split('┤')[0]))];
            double[] places = [.. values.Select((value, i) => logarithmic ? values[0] * Math.Pow(values[4] / values[0], i / 4.0) : value)];
            Assert.Equal(places.Reverse(), ticks, (a, b) => Math.Abs(a - b) <= 0.05 * step + 2e-16 * Math.Abs(start));
            string[] ends = lines[6].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal((values[0], values[4]), (Number(ends[0]), Number(ends[^1])), (a, b) => Math.Abs(a.Item1 - b.Item1) <= 0.05 * step && Math.Abs(a.Item2 - b.Item2) <= 0.05 * step);
        }
        string[] bars = [.. TextChart.Render(Rows(values), new ChartOptions { X = "V", Y = ["V"], Kind = ChartKind.Bar, Width = 90, Height = 5 })];
        Assert.Equal(values, bars.Select(line => Number(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[0])), (a, b) => Math.Abs(a - b) <= 0.05 * step);
        Assert.Equal(values, bars.Select(line => Number(line.Split(' ')[^1])), (a, b) => Math.Abs(a - b) <= 0.05 * step);
        string[] bins = [.. TextChart.Render(Rows(values), new ChartOptions { X = "V", Bins = 3, Width = 120, Height = 5 }).Select(line => line.Split('│')[0])];
        Assert.Equal(values[0], Number(bins[0].Split('…')[0]), 0.05 * step);
        Assert.Equal(values[4], Number(bins[2].Split('…')[1]), 0.05 * step);
        Assert.Equal(3, bins.Distinct().Count());
    }

    [Fact]
    public void Dates_within_milliseconds_have_labels_that_differ()
    {
        var data = new ChartData();
        for (int i = 1; i <= 5; i++) data.Add(new ExperimentRow(["T", "V"], [new DateTime(2026, 1, 1).AddMilliseconds(i), i]));
        IReadOnlyList<string> lines = TextChart.Render(data, new ChartOptions { X = "T", Y = ["V"], Width = 70, Height = 5 });
        Assert.StartsWith("2026-01-01 00:00:00.001 ", lines[6].Trim(), StringComparison.Ordinal);
        Assert.EndsWith(" 2026-01-01 00:00:00.005", lines[6], StringComparison.Ordinal);
        data.Add(new ExperimentRow(["T", "V"], [new DateTime(2026, 1, 1).AddTicks(10_001), 6]));
        lines = TextChart.Render(data, new ChartOptions { X = "T", Y = ["V"], Kind = ChartKind.Bar, Width = 70 });
        Assert.Equal(["2026-01-01 00:00:00.001", "2026-01-01 00:00:00.0010001", "2026-01-01 00:00:00.002"], lines.Take(3).Select(line => line.Split('│')[0].Trim()));
    }

    [Theory]
    [InlineData("NA", 2, ChartKind.Scatter, "Column 'V' holds text in 1 of 3 rows, such as 'NA', so its values are drawn as categories. To draw them to scale, leave out this row.")]
    [InlineData("3", 2, ChartKind.Scatter, null)]
    [InlineData("NA", "none", ChartKind.Scatter, null)]
    [InlineData("NA", 2, ChartKind.Bar, null)]
    public void A_text_among_numbers_is_a_warning_if_it_makes_them_categories(string text, object second, ChartKind kind, string? warning)
    {
        var data = new ChartData();
        foreach (object cell in new[] { 1, second, text }) data.Add(new ExperimentRow(["V", "N"], [cell, 1]));
        Assert.Equal(warning is null ? [] : [warning], TextChart.Warnings(data, new ChartOptions { X = "V", Y = ["N"], Kind = kind }));
        if (kind == ChartKind.Scatter) Assert.Equal(warning is null ? [] : [warning], TextChart.Warnings(data, new ChartOptions { X = "N", Y = ["V"], Kind = kind }));
    }

    [Fact]
    public void A_number_whose_differences_overflow_is_counted_or_refused()
    {
        ChartData data = Rows(1, 2, 1e308);
        var options = new ChartOptions { X = "V", Y = ["V"], Width = 60, Height = 5 };
        Assert.Equal(["2 values are not drawn, because they are beyond ±1e300 on a linear axis."], TextChart.Warnings(data, options));
        Assert.Equal([2, 1.75, 1.5, 1.25, 1], TextChart.Render(data, options).Take(5).Select(line => Number(line.Split('┤')[0])));
        data = Rows(1e308, -1e308);
        foreach (ChartOptions one in new[] { options, options with { Y = [], Bins = 3 }, options with { Kind = ChartKind.Bar, X = "N" } })
            Assert.Contains("a linear axis can show only numbers from -1e300 to 1e300; column 'V' holds others.", Assert.Throws<ArgumentException>(() => TextChart.Render(data, one)).Message, StringComparison.Ordinal);
        // The ends of what a linear axis shows, and beyond on a logarithmic one.
        Assert.Equal([1e300, 5e299, 0, -5e299, -1e300], TextChart.Render(Rows(1e300, -1e300), options).Take(5).Select(line => Number(line.Split('┤')[0])));
        Assert.Equal(1e308, Number(TextChart.Render(Rows(1e304, 1e308), options with { LogX = true, LogY = true })[0].Split('┤')[0]));
        Assert.StartsWith("1e300 ", TextChart.Render(Rows(1e300, 1e300), options with { X = "One", Kind = ChartKind.Bar })[0].Split(' ')[^1] + " ", StringComparison.Ordinal);
    }

    [Fact]
    public void Series_have_56_different_markers_and_a_warning_beyond()
    {
        ChartData Groups(int count)
        {
            var data = new ChartData();
            for (int i = 0; i < count; i++) data.Add(new ExperimentRow(["X", "G"], [i, i]));
            return data;
        }

        var options = new ChartOptions { X = "X", Y = ["X"], GroupBy = ["G"], Width = 60, Height = 5 };
        string[] legend = [.. TextChart.Render(Groups(56), options).Skip(7)];
        Assert.Equal(56, string.Concat(legend).Split(" = ").SkipLast(1).Select(entry => entry[^3]).Distinct().Count());
        Assert.All(legend, line => Assert.InRange(line.Length, 1, 60));
        Assert.Empty(TextChart.Warnings(Groups(56), options));
        Assert.Equal(["Several series share a marker: a text chart has 56 different markers, but there are 57 series. Draw fewer series, or use Export-Chart."], TextChart.Warnings(Groups(57), options));
    }

    [Theory, InlineData(30), InlineData(60)]
    public void No_text_is_wider_than_the_chart_or_breaks_its_row(int width)
    {
        var data = new ChartData();
        for (int i = 0; i < 6; i++) data.Add(new ExperimentRow(["X\nx", "Y", "G", "T", "D"], [$"a\tname\r\nof a category that is much too long {i}", i, $"a group\u2028whose name is much too long {i % 2}", -1.123456789012345e-299 - i * 1e-314, new DateTime(2026, 1, 1).AddTicks(i)]));
        var options = new ChartOptions { X = "X\nx", Y = ["Y"], GroupBy = ["G"], Title = string.Concat(Enumerable.Repeat("a long\ntitle ", 20)), Width = width, Height = 6 };
        foreach (ChartOptions one in new[]
        {
            options, options with { Kind = ChartKind.Bar }, options with { X = "D" }, options with { X = "Y", Y = [] }, options with { X = "D", Y = [] },
            options with { X = "T", Y = ["T"] }, options with { X = "T", Y = ["Y"], Kind = ChartKind.Bar },
        })
        {
            IReadOnlyList<string> lines = TextChart.Render(data, one);
            Assert.All(lines, line => Assert.InRange(line.Length, 1, width));
            Assert.DoesNotContain(string.Concat(lines), character => char.IsControl(character) || character == '\u2028');
        }
        Assert.EndsWith("title ", TextChart.Render(data, options)[0], StringComparison.Ordinal);
        string[] legend = [.. TextChart.Render(data, options).TakeLast(2)];
        Assert.Equal(["0", "1"], legend.Select(line => line[^1..]));
    }

    [Fact]
    public void A_histogram_of_dates_has_their_bins()
    {
        var data = new ChartData();
        for (int i = 0; i < 8; i++) data.Add(new ExperimentRow(["D", "H", "T"], [new DateTime(2026, 1, 1).AddDays(i), new DateTime(2026, 1, 1).AddHours(i), "text"]));
        string[] Labels(string column, int width) => [.. TextChart.Render(data, new ChartOptions { X = column, Bins = 2, Width = width, Height = 5 }).Select(line => line.Split('│')[0].Trim())];
        Assert.Equal(["2026-01-01 … 2026-01-04", "2026-01-04 … 2026-01-08"], Labels("D", 60));
        Assert.Equal(["2026-01-01 … 2026-01-01 03:30:00", "2026-01-01 03:30:00 … 2026-01-01 07:00:00"], Labels("H", 90));
        Assert.Equal(["from 2026-01-01", "from 2026-01-01 03:30:00"], Labels("H", 60));
        Assert.StartsWith("X must name a column of only numbers or only dates for a histogram; column 'T' holds 'text'.", Assert.Throws<ArgumentException>(() => Labels("T", 60)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(80, "-1e300 … -3.33333e299", "-3.33333e299 … 3.33333e299", "3.33333e299 … 1e300")]
    [InlineData(40, "-1e300 … -3.33e299", "-3.33e299 … 3.33e299", "3.33e299 … 1e300")]
    [InlineData(30, "-1e300 … -3e299", "-3e299 … 3e299", "3e299 … 1e300")]
    public void Labels_of_bins_lose_digits_and_keep_their_exponent(int width, params string[] labels) =>
        Assert.Equal(labels, TextChart.Render(Rows(1e300, -1e300), new ChartOptions { X = "V", Bins = 3, Width = width, Height = 5 }).Select(line => line.Split('│')[0].Trim()));

    [Fact]
    public void Labels_of_bins_that_need_all_digits_are_their_starts()
    {
        string[] lines = [.. TextChart.Render(Rows(123456789012, 123456789912), new ChartOptions { X = "V", Width = 40, Height = 10 })];
        Assert.Equal("from 123456789012", lines[0].Split('│')[0].Trim());
        Assert.Equal(lines.Length, lines.Select(line => line.Split('│')[0]).Distinct().Count());
        var grouped = new ChartOptions { X = "V", GroupBy = ["N"], Bins = 3, Width = 40, Height = 10 };
        Assert.Equal(["n, -1e300 … -3e299", "n, -3e299 … 3e299", "n, 3e299 … 1e300"], TextChart.Render(Rows(1e300, -1e300), grouped).Select(line => line.Split('│')[0].Trim()));
    }

    [Fact]
    public void A_small_number_on_a_logarithmic_axis_is_not_zero()
    {
        ChartData data = Rows(1e-300, 1e300);
        Assert.Equal(["1e-300 … 1e-100", "1e-100 … 1e100", "1e100 … 1e300"], TextChart.Render(data, new ChartOptions { X = "V", LogX = true, Bins = 3, Width = 60, Height = 5 }).Select(line => line.Split('│')[0].Trim()));
        Assert.StartsWith("1e-10 ", TextChart.Render(Rows(1e-10, 10), new ChartOptions { X = "V", Y = ["V"], LogX = true, Width = 60, Height = 5 })[^1].Trim(), StringComparison.Ordinal);
    }

    [Fact]
    public void Values_that_are_not_positive_on_a_logarithmic_axis_are_named_with_the_largest()
    {
        ChartData data = Rows(-3, -1, -2);
        var options = new ChartOptions { X = "One", Y = ["V"], LogY = true, Width = 60, Height = 5 };
        foreach ((ChartOptions one, string message) in new[]
        {
            (options, "There is nothing to draw: a logarithmic axis can show only positive numbers; the largest value of column 'V' is -1. Leave out -LogY. (Parameter 'Y')"),
            (new ChartOptions { X = "V", Y = ["One"], LogX = true, Width = 60, Height = 5 }, "There is nothing to draw: a logarithmic axis can show only positive numbers; the largest value of column 'V' is -1. Leave out -LogX. (Parameter 'X')"),
            (new ChartOptions { X = "V", LogX = true, Width = 60, Height = 5 }, "X: column 'V' holds no numbers to draw, because a logarithmic axis can show only positive numbers; the largest value of column 'V' is -1. Leave out -LogX. (Parameter 'X')"),
        })
        {
            Assert.Equal(message, Assert.Throws<ArgumentException>(() => TextChart.Render(data, one)).Message);
            Assert.Equal(message, Assert.Throws<ArgumentException>(() => ChartWriter.Render(data, one with { Width = 300, Height = 200 })).Message);
            Assert.Equal(message, Assert.Throws<ArgumentException>(() => ReparamPS.Charting.Html.PageWriter.Render(new ReportPage("", [new ChartBlock(data, one with { Width = 300, Height = 200 })]))).Message);
        }
        // One value is positive, and the mean is not.
        Assert.Contains("only positive means", Assert.Throws<ArgumentException>(() => ChartWriter.Render(Rows(1, -5), new ChartOptions { X = "One", Y = ["V"], Kind = ChartKind.Bar, LogY = true })).Message, StringComparison.Ordinal);
        // A page keeps its other parts.
        Assert.NotEmpty(ReparamPS.Charting.Html.PageWriter.Render(new ReportPage("", [new HeadingBlock("Curves"), new ChartBlock(data, options with { Width = 300, Height = 200 })])).Html);
    }

    [Fact]
    public void Several_columns_that_cannot_be_drawn_are_named_as_such()
    {
        var data = new ChartData();
        foreach (object? other in new object?[] { null, double.NaN }) data.Add(new ExperimentRow(["One", "A", "B", "Name"], [1, other, null, "n"]));
        var options = new ChartOptions { X = "One", Y = ["A", "B"], Width = 60, Height = 5 };
        string Message(ChartOptions one) => Assert.Throws<ArgumentException>(() => TextChart.Render(data, one)).Message;
        Assert.StartsWith("There is nothing to draw: the columns A, B are empty or NaN in every row.", Message(options), StringComparison.Ordinal);
        Assert.StartsWith("There is nothing to draw: column 'B' is empty in every row.", Message(options with { Y = ["B"] }), StringComparison.Ordinal);
        Assert.StartsWith("A logarithmic axis needs numbers; column 'Name' holds 'n'. Leave out rows without a number, or leave out -LogY.", Message(options with { Y = ["One", "Name"], LogY = true }), StringComparison.Ordinal);
        Assert.StartsWith("A logarithmic axis needs numbers; column 'Name' holds 'n'. Leave out rows without a number, or leave out -LogX.", Message(options with { X = "Name", Y = ["One"], LogX = true }), StringComparison.Ordinal);
    }

    [Theory, InlineData(29, 18), InlineData(60, 4)]
    public void A_chart_that_is_too_small_names_its_parameters(int width, int height) =>
        Assert.StartsWith($"Width must be at least 30 and Height at least 5 in a text chart; got Width {width} and Height {height}.",
            Assert.Throws<ArgumentException>(() => TextChart.Render(Rows(1), new ChartOptions { X = "V", Width = width, Height = height })).Message, StringComparison.Ordinal);

    [Fact]
    public void One_large_value_has_a_place()
    {
        string[] lines = [.. TextChart.Render(Rows(1e17), new ChartOptions { X = "V", Y = ["V"], Width = 60, Height = 5 })];
        Assert.Contains('*', lines[2]);
        Assert.StartsWith("1e17", lines[2].Trim(), StringComparison.Ordinal);
        Assert.Equal(5, lines.Take(5).Select(line => line.Split('┤')[0]).Distinct().Count());
    }

    [Fact]
    public void What_can_not_be_drawn_is_an_error()
    {
        Assert.Throws<ArgumentException>(() => TextChart.Render(new ChartData(), new ChartOptions { X = "X", Width = 80, Height = 10 }));
        Assert.Throws<ArgumentException>(() => TextChart.Render(Line(), new ChartOptions { X = "X", Y = ["Y"], Z = "Z", Width = 80, Height = 10 }));
        Assert.Throws<ArgumentException>(() => TextChart.Render(Line(), new ChartOptions { X = "Nope", Width = 80, Height = 10 }));
        Assert.Throws<ArgumentException>(() => TextChart.Render(Line(), new ChartOptions { X = "X", Y = ["Y"], Width = 10, Height = 10 }));
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static ChartData Rows(params double[] values)
    {
        var data = new ChartData();
        foreach (double value in values) data.Add(new ExperimentRow(["V", "N", "One"], [value, "n", 1]));
        return data;
    }

    private static ChartData Line()
    {
        var data = new ChartData();
        for (int i = 0; i <= 10; i++) data.Add(new ExperimentRow(["X", "Y", "Z"], [i, i * i, 100 - i]));
        return data;
    }
}
