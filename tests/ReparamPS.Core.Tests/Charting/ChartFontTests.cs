using ReparamPS.Charting;
using ReparamPS.Data;
using SkiaSharp;

namespace ReparamPS.Core.Tests.Charting;

public sealed class ChartFontTests
{
    private const string Japanese = "学習率 エポック", Chinese = "一批量大小", Korean = "한국어 학습률";

    [Theory, InlineData(Japanese), InlineData(Chinese), InlineData(Korean)]
    public void Text_in_another_script_has_a_font_of_the_system_and_stays_text(string label)
    {
        SkipWithoutFont();
        (byte[] svg, IReadOnlyList<string> warnings) = Render(label, svg: true);
        Assert.Empty(warnings);
        Assert.Contains(label, ChartAxisTests.Texts(svg));
        // Two characters that a font lacks look alike.
        using SKBitmap one = SKBitmap.Decode(Render(label[..1], svg: false).Picture), other = SKBitmap.Decode(Render(label[1..2], svg: false).Picture);
        Assert.NotEqual(one.Bytes, other.Bytes);
    }

    [Fact]
    public void Characters_that_no_font_has_are_one_warning_that_names_a_package()
    {
        EmbeddedFont.Install();
        var fonts = new ChartFonts(families: []);
        Assert.Equal(EmbeddedFont.Name, fonts.NameFor("日本"));
        fonts.NameFor("日経");
        Assert.Equal("No installed font has the 3 characters 日本経. Install a font that has them, such as those of the Debian package fonts-noto-cjk.", fonts.Warning);
        Assert.Null(new ChartFonts().Warning);
    }

    [Fact]
    public void Text_that_no_font_here_has_stays_text_in_a_vector_graphic()
    {
        // No font has characters of a private area.
        const string Label = "a\U000F0000b\U000F0001";
        (byte[] svg, IReadOnlyList<string> warnings) = Render(Label, svg: true);
        Assert.StartsWith("No installed font has the 2 characters", Assert.Single(warnings), StringComparison.Ordinal);
        string[] texts = [.. ChartAxisTests.Texts(svg)];
        Assert.Equal(2, texts.Count(text => text == Label));
        Assert.DoesNotContain(texts, text => text.Length == 0);
        Assert.Empty(SvgTexts.Faults(svg, Size.Width, Size.Height));
    }

    [Fact]
    public void Shortening_keeps_both_ends_and_never_splits_a_character()
    {
        EmbeddedFont.Install();
        var fonts = new ChartFonts(families: []);
        string text = string.Concat(Enumerable.Repeat("a😀", 30)), shortened = fonts.Fit(text, 13, 200);
        Assert.InRange(fonts.Width(shortened, 13), 100, 200);
        Assert.Contains('…', shortened);
        Assert.Equal(shortened, string.Concat(shortened.EnumerateRunes()));
        Assert.Equal("one line", fonts.Fit("one\nline", 13, 200));
    }

    private static ChartOptions Size => new() { X = "X" };

    private static (byte[] Picture, IReadOnlyList<string> Warnings) Render(string label, bool svg)
    {
        var data = new ChartData();
        for (int i = 0; i < 3; i++) data.Add(new ExperimentRow(["X", "Y"], [$"{label}", i]));
        return ChartWriter.Render(data, new ChartOptions { X = "X", Y = ["Y"], Title = label, Kind = ChartKind.Bar }, svg);
    }

    private static void SkipWithoutFont()
    {
        EmbeddedFont.Install();
        var fonts = new ChartFonts();
        fonts.NameFor(Japanese + Chinese + Korean);
        Assert.SkipWhen(fonts.Warning is not null, "No font with Chinese, Japanese and Korean characters is installed, such as the package fonts-noto-cjk.");
    }
}
