using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using ReparamPS.Charting;
using SkiaSharp;

namespace ReparamPS.Core.Tests.Charting;

/// <summary>Measures the texts of a vector graphic: where each one is, whether it is cut, and whether two overlap.</summary>
internal static partial class SvgTexts
{
    // Faces touch their neighbors by less than this.
    private const float Slack = 1f;

    /// <summary>One sentence per fault.</summary>
    public static IReadOnlyList<string> Faults(byte[] svg, float width, float height)
    {
        List<string> faults = [];
        (string Text, SKPoint[] Corners)[] all = [.. Read(svg)];
        foreach ((string text, SKPoint[] corners) in all)
        {
            if (corners.Any(corner => corner.X < -Slack || corner.Y < -Slack || corner.X > width + Slack || corner.Y > height + Slack)) faults.Add($"'{text}' is cut: {string.Join(' ', corners)}");
        }
        for (int i = 0; i < all.Length; i++)
        {
            for (int j = 0; j < i; j++)
            {
                if (Overlap(all[i].Corners, all[j].Corners)) faults.Add($"'{all[i].Text}' and '{all[j].Text}' overlap: {all[i].Corners[0]} {all[j].Corners[0]}");
            }
        }
        return faults;
    }

    /// <summary>Each text with the corners of the rectangle that its ink fills.</summary>
    public static IEnumerable<(string Text, SKPoint[] Corners)> Read(byte[] svg)
    {
        foreach (XElement element in XDocument.Parse(Encoding.UTF8.GetString(svg)).Descendants().Where(element => element.Name.LocalName == "text"))
        {
            string text = element.Value, family = element.Attribute("font-family")!.Value.Split(',')[0];
            float size = Number(element, "font-size"), x = Numbers(element.Attribute("x")?.Value)[0], y = Numbers(element.Attribute("y")?.Value)[0];
            using var font = new SKFont(ChartFonts.Face(family) ?? throw new InvalidOperationException($"The picture names the unknown font {family}."), size) { Subpixel = true };
            font.MeasureText(text, out SKRect ink);
            ink.Offset(x, y);
            SKMatrix place = element.AncestorsAndSelf().Select(node => Matrix(node.Attribute("transform")?.Value)).Aggregate(SKMatrix.Identity, (inner, outer) => outer.PreConcat(inner));
            yield return (text, place.MapPoints([new SKPoint(ink.Left, ink.Top), new SKPoint(ink.Right, ink.Top), new SKPoint(ink.Right, ink.Bottom), new SKPoint(ink.Left, ink.Bottom)]));
        }
    }

    // Two convex shapes are apart if a line along one of their sides separates them.
    private static bool Overlap(SKPoint[] a, SKPoint[] b)
    {
        foreach (SKPoint[] shape in new[] { a, b })
        {
            for (int i = 0; i < 2; i++)
            {
                SKPoint along = shape[i + 1] - shape[i], normal = new(-along.Y / along.Length, along.X / along.Length);
                float[] first = Array.ConvertAll(a, Project), second = Array.ConvertAll(b, Project);
                if (first.Max() <= second.Min() + Slack || second.Max() <= first.Min() + Slack) return false;

                float Project(SKPoint point) => point.X * normal.X + point.Y * normal.Y;
            }
        }
        return true;
    }

    private static SKMatrix Matrix(string? transform)
    {
        SKMatrix matrix = SKMatrix.Identity;
        foreach (Match part in Parts().Matches(transform ?? ""))
        {
            float[] n = Numbers(part.Groups[2].Value);
            matrix = matrix.PreConcat(part.Groups[1].Value switch
            {
                "translate" => SKMatrix.CreateTranslation(n[0], n.Length > 1 ? n[1] : 0),
                "rotate" => n.Length == 1 ? SKMatrix.CreateRotationDegrees(n[0]) : SKMatrix.CreateRotationDegrees(n[0], n[1], n[2]),
                "scale" => SKMatrix.CreateScale(n[0], n.Length > 1 ? n[1] : n[0]),
                "matrix" => new SKMatrix(n[0], n[2], n[4], n[1], n[3], n[5], 0, 0, 1),
                var other => throw new InvalidOperationException($"Unknown transform {other}."),
            });
        }
        return matrix;
    }

    private static float Number(XElement element, string attribute) => Numbers(element.Attribute(attribute)!.Value)[0];

    private static float[] Numbers(string? list) => [.. (list ?? "0").Split([' ', ','], StringSplitOptions.RemoveEmptyEntries).Select(number => float.Parse(number, CultureInfo.InvariantCulture))];

    [GeneratedRegex(@"(\w+)\(([^)]*)\)")]
    private static partial Regex Parts();
}
