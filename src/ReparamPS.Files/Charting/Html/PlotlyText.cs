using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using ScottPlot;

namespace ReparamPS.Charting.Html;

/// <summary>Texts, numbers and axes as plotly.js expects them.</summary>
internal static class PlotlyText
{
    private const int MaxLabel = 40, MaxListed = 40;

    /// <summary>A text that plotly.js shows as it is: it would read tags as markup.</summary>
    public static string Escape(string text) => WebUtility.HtmlEncode(ChartText.OneLine(text));

    /// <summary>A text without its middle, if it is long.</summary>
    public static string Short(string text)
    {
        if (text.Length <= MaxLabel) return text;
        int[] starts = StringInfo.ParseCombiningCharacters(text);
        return starts.Length <= MaxLabel ? text : text[..starts[MaxLabel / 2]] + "…" + text[starts[^(MaxLabel / 2)]..];
    }

    /// <summary>A color.</summary>
    public static string Color(Color color, double opacity = 1) => opacity == 1
        ? $"#{color.Red:x2}{color.Green:x2}{color.Blue:x2}"
        : string.Create(CultureInfo.InvariantCulture, $"rgba({color.Red},{color.Green},{color.Blue},{opacity})");

    /// <summary>A place on a scale as a number, a date or the number of a category; null is a gap.</summary>
    public static JsonNode? Value(double place, ChartScale scale) => Value(place, scale.Kind == ScaleKind.Date, scale.IsLogarithmic);

    /// <summary>Places on a scale.</summary>
    public static JsonArray Values(IEnumerable<double> places, ChartScale scale) => [.. places.Select(place => Value(place, scale))];

    /// <summary>Plain numbers; null is a gap.</summary>
    public static JsonArray Numbers(IEnumerable<double> numbers) => [.. numbers.Select(number => Value(number, false, false))];

    /// <summary>An axis in the looks of all charts.</summary>
    /// <param name="scale">The scale; null for plain numbers.</param>
    /// <param name="label">The label.</param>
    public static JsonObject Axis(ChartScale? scale, string label)
    {
        var axis = new JsonObject
        {
            ["title"] = new JsonObject { ["text"] = Escape(Short(label)), ["standoff"] = 8, ["font"] = new JsonObject { ["size"] = ChartStyle.LabelSize } },
            ["automargin"] = true,
            ["gridcolor"] = "#e4e4e4",
            ["linecolor"] = "#888888",
            ["showline"] = true,
            ["zeroline"] = false,
            ["ticks"] = "outside",
            ["tickcolor"] = "#888888",
        };
        if (scale is { Kind: ScaleKind.Category }) AddCategories(axis, scale);
        else if (scale is { Kind: ScaleKind.Date }) axis["type"] = "date";
        else axis["type"] = scale is { IsLogarithmic: true } ? "log" : "linear";
        return axis;
    }

    // Categories are at whole numbers. If there are many, every n-th has a label.
    private static void AddCategories(JsonObject axis, ChartScale scale)
    {
        int step = (scale.Labels.Count + MaxListed - 1) / MaxListed;
        int[] shown = [.. Enumerable.Range(0, scale.Labels.Count).Where(i => i % Math.Max(1, step) == 0)];
        axis["type"] = "linear";
        axis["tickmode"] = "array";
        axis["tickvals"] = new JsonArray([.. shown.Select(i => (JsonNode)i)]);
        axis["ticktext"] = new JsonArray([.. shown.Select(i => (JsonNode)Escape(Short(scale.Labels[i])))]);
        axis["range"] = new JsonArray(-0.6, scale.Labels.Count - 0.4);
    }

    private static JsonNode? Value(double place, bool date, bool logarithmic)
    {
        if (!double.IsFinite(place)) return null;
        if (date) return ChartText.DateAt(place).ToString("yyyy-MM-dd'T'HH:mm:ss.fff", CultureInfo.InvariantCulture);
        // The power of a logarithm has one digit less.
        return logarithmic ? double.Parse(Math.Pow(10, place).ToString("G14", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture) : place;
    }
}
