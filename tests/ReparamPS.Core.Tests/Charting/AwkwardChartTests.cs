using ReparamPS.Charting;
using SkiaSharp;

namespace ReparamPS.Core.Tests.Charting;

public sealed class AwkwardChartTests
{
    public static TheoryData<string> Kinds => [.. AwkwardCharts.Kinds];

    [Fact]
    public void There_are_at_least_200_awkward_charts() => Assert.True(AwkwardCharts.Kinds.Count * AwkwardCharts.Troubles.Count >= 200);

    [Theory, MemberData(nameof(Kinds))]
    public void No_text_is_cut_or_overlaps_another_and_no_pixel_is_transparent(string kind)
    {
        List<string> faults = [];
        string? folder = Environment.GetEnvironmentVariable("REPARAMPS_CHARTS");
        foreach (string trouble in AwkwardCharts.Troubles)
        {
            (ChartData data, ChartOptions options) = AwkwardCharts.Make(kind, trouble);
            byte[] svg = ChartWriter.Render(data, options, svg: true).Picture, png = ChartWriter.Render(data, options).Picture;
            if (folder is not null) File.WriteAllBytes(Path.Combine(folder, $"{kind}-{trouble}.png"), png);
            faults.AddRange(SvgTexts.Faults(svg, options.Width, options.Height).Select(fault => $"{kind} {trouble}: {fault}"));
            if (!SvgTexts.Read(svg).Any()) faults.Add($"{kind} {trouble}: no text");
            using SKBitmap bitmap = SKBitmap.Decode(png);
            if (bitmap.Pixels.Any(pixel => pixel.Alpha < 255)) faults.Add($"{kind} {trouble}: transparent pixels");
        }
        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }
}
