using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using ReparamPS.Data;

namespace ReparamPS.Charting.Html;

/// <summary>Writes pages with charts of plotly.js, which is part of each page.</summary>
public sealed class PageWriter : IPageWriter
{
    // The browser itself refuses every address outside the page.
    private const string Policy = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:";

    private const string Style = """
        body { font-family: "DejaVu Sans", Verdana, sans-serif; color: #333; background: #fff; margin: 24px auto; padding: 0 16px; max-width: 1200px; }
        h1 { font-size: 24px; } h2 { font-size: 19px; margin-top: 32px; }
        .table { overflow-x: auto; max-height: 480px; overflow-y: auto; }
        table { border-collapse: collapse; font-size: 13px; } th, td { padding: 3px 10px; border-bottom: 1px solid #e4e4e4; text-align: left; }
        th { position: sticky; top: 0; background: #fff; } td.n { text-align: right; font-variant-numeric: tabular-nums; } img { max-width: 100%; image-rendering: pixelated; }
        """;

    private const string Script = """
        for (const figure of JSON.parse(document.getElementById("figures").textContent)) {
          const place = document.getElementById(figure.id);
          Plotly.newPlot(place, figure.data, figure.layout, { responsive: true, displaylogo: false, doubleClickDelay: 400 }).then(() => place.setAttribute("data-drawn", "true"));
        }
        """;

    /// <inheritdoc/>
    public IReadOnlyList<string> Save(string path, ReportPage page, ExistingFile existing)
    {
        (string text, IReadOnlyList<string> warnings) = Render(page);
        using var file = new AtomicFile(path, existing);
        file.Stream.Write(Encoding.UTF8.GetBytes(text));
        file.Commit();
        return warnings;
    }

    /// <summary>The page as text.</summary>
    public static (string Html, IReadOnlyList<string> Warnings) Render(ReportPage page)
    {
        List<string> warnings = [];
        var figures = new JsonArray();
        bool heatMaps = false;
        var body = new StringBuilder();
        // The title of a single chart is in the chart.
        if (page.Title.Length > 0 && page.Blocks.Count > 1) body.Append(CultureInfo.InvariantCulture, $"<h1>{Text(page.Title)}</h1>\n");
        foreach (ReportBlock block in page.Blocks)
        {
            if (block is not ChartBlock chart)
            {
                Append(body, block);
                continue;
            }
            PlotlyFigure figure = PlotlyFigure.Of(chart.Data, chart.Options);
            // An empty chart among others must not cost the page.
            if (figure.IsEmpty && page.Blocks.Count == 1) throw chart.Data.NothingToDraw(chart.Options);
            string id = $"chart{figures.Count + 1}";
            figures.Add((JsonNode)new JsonObject { ["id"] = id, ["data"] = figure.Traces, ["layout"] = figure.Layout });
            warnings.AddRange(figure.Warnings);
            heatMaps |= figure.NeedsHeatMaps;
            body.Append(CultureInfo.InvariantCulture, $"<div id=\"{id}\" class=\"chart\" style=\"height:{figure.Height}px;max-width:{chart.Options.Width}px\"></div>\n");
        }
        return (Page(page.Title, body.ToString(), figures, heatMaps), warnings);
    }

    private static string Page(string title, string body, JsonArray figures, bool heatMaps)
    {
        var html = new StringBuilder();
        html.Append(CultureInfo.InvariantCulture, $"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" content=\"{Policy}\">\n");
        html.Append(CultureInfo.InvariantCulture, $"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{Text(title.Length > 0 ? title : "Chart")}</title>\n<style>\n{Style}\n</style>\n</head>\n<body>\n{body}");
        if (figures.Count > 0)
        {
            // The encoder of System.Text.Json writes < > & as \u003C …, so that no text can end the element.
            html.Append("<noscript>The charts of this page need JavaScript.</noscript>\n<script type=\"application/json\" id=\"figures\">").Append(figures.ToJsonString()).Append("</script>\n<script>");
            html.Append(Library(heatMaps ? "plotly" : "plotly-basic").Replace("</script", "<\\/script", StringComparison.OrdinalIgnoreCase)).Append("</script>\n<script>\n").Append(Script).Append("\n</script>\n");
        }
        return html.Append("</body>\n</html>\n").ToString();
    }

    private static void Append(StringBuilder body, ReportBlock block)
    {
        switch (block)
        {
            case HeadingBlock heading:
                body.Append(CultureInfo.InvariantCulture, $"<h2>{Text(heading.Text)}</h2>\n");
                break;
            case ParagraphBlock paragraph:
                body.Append(CultureInfo.InvariantCulture, $"<p>{Text(paragraph.Text)}</p>\n");
                break;
            case ImageBlock image:
                body.Append(CultureInfo.InvariantCulture, $"<p><img alt=\"{Text(image.Description)}\" src=\"data:image/png;base64,{Convert.ToBase64String(image.Png)}\"></p>\n");
                break;
            case TableBlock table:
                body.Append("<div class=\"table\"><table>\n<tr>").Append(string.Concat(table.Columns.Select(column => $"<th>{Text(column)}</th>"))).Append("</tr>\n");
                foreach (IReadOnlyList<object?> row in table.Rows) body.Append("<tr>").Append(string.Concat(row.Select(Cell))).Append("</tr>\n");
                body.Append("</table></div>\n");
                break;
            default:
                throw new ArgumentException($"An HTML page cannot show a block of type {block.GetType().Name}.", nameof(block));
        }
    }

    private static string Cell(object? value)
    {
        // Integers, such as seeds, and decimal numbers with all their digits.
        if (value is int or long or ulong or decimal) return $"<td class=\"n\">{Text(ExperimentValue.Format(value))}</td>";
        object? known = value is string ? value : ChartScale.Read(value);
        return known is double number ? $"<td class=\"n\">{Text(ChartText.Number(number))}</td>" : $"<td>{Text(value is null ? "" : ChartScale.Name(value))}</td>";
    }

    private static string Text(string text) => WebUtility.HtmlEncode(text);

    private static string Library(string name)
    {
        using Stream packed = typeof(PageWriter).Assembly.GetManifestResourceStream($"ReparamPS.Charting.Html.{name}.js.gz")!;
        using var reader = new StreamReader(new GZipStream(packed, CompressionMode.Decompress), Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
