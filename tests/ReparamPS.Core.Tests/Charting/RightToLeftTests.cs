using System.Text;
using System.Xml.Linq;
using ReparamPS.Charting;
using ReparamPS.Data;

namespace ReparamPS.Core.Tests.Charting;

public sealed class RightToLeftTests
{
    // What a reader sees, from the left; the joined shapes of Arabic letters are those of the Unicode chart "Arabic Presentation Forms-B".
    [Theory]
    [InlineData("שלום", "םולש")]
    [InlineData("לא (טוב)!", "!(בוט) אל")]
    [InlineData("سلام", "م\uFEFC\uFEB3")]
    [InlineData("بيت", "\uFE96\uFEF4\uFE91")]
    [InlineData("שלו…ום", "םו…ולש")]
    public void Text_of_one_direction_is_reversed_and_joined(string text, string drawn)
    {
        EmbeddedFont.Install();
        Assert.Equal(drawn, RightToLeft.Arrange(text, EmbeddedFont.Typeface));
        Assert.Equal(drawn, new ChartFonts().Drawn(text));
        Assert.Equal(text, new ChartFonts(isText: true).Drawn(text));
    }

    [Theory, InlineData("שלום ABC"), InlineData("שלום 12"), InlineData("שָׁלוֹם"), InlineData("سلام ٣")]
    public void A_bitmap_of_text_of_both_directions_has_a_warning(string text)
    {
        Assert.Equal(
            [$"A .png file cannot show '{text}' in the right order, because this text is written from right to left and has marks, digits or letters of another script. Use .svg or .html."],
            Render(text, svg: false).Warnings);
        Assert.Empty(Render(text, svg: true).Warnings);
    }

    // A place for each character would keep a viewer from arranging them.
    [Theory, InlineData("שלום", true), InlineData("שלום ABC", true), InlineData("ABC שלום", false)]
    public void A_viewer_of_a_vector_graphic_arranges_text_around_its_middle(string text, bool startsAtRight)
    {
        XElement title = XDocument.Parse(Encoding.UTF8.GetString(Render(text, svg: true).Picture)).Descendants().First(element => element.Name.LocalName == "text" && element.Value == text);
        Assert.Equal(500, (float)title.Attribute("x")!, 0.01);
        Assert.Equal("middle", (string)title.Attribute("text-anchor")!);
        Assert.Equal(startsAtRight ? "rtl" : null, (string?)title.Attribute("direction"));
    }

    [Fact]
    public void Other_text_keeps_the_place_of_each_character()
    {
        XElement title = XDocument.Parse(Encoding.UTF8.GetString(Render("Plain", svg: true).Picture)).Descendants().First(element => element.Name.LocalName == "text" && element.Value == "Plain");
        Assert.Null(title.Attribute("text-anchor"));
        Assert.Equal(5, title.Attribute("x")!.Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Length);
        Assert.Empty(Render("Plain", svg: false).Warnings);
    }

    private static (byte[] Picture, IReadOnlyList<string> Warnings) Render(string title, bool svg)
    {
        var data = new ChartData();
        for (int i = 0; i < 3; i++) data.Add(new ExperimentRow(["X", "Y"], [i, i]));
        return ChartWriter.Render(data, new ChartOptions { X = "X", Y = ["Y"], Title = title }, svg);
    }
}
