using System.Text.RegularExpressions;

namespace ReparamPS.Cmdlets.Tests;

/// <summary>A translation keeps the headings of its original, so that neither falls behind.</summary>
public sealed partial class TranslationTests
{
    private static readonly string Module = Path.Combine(ModuleRunspace.Root, "module", "ReparamPS");

    public static TheoryData<string> Topics => [.. Directory.GetFiles(Path.Combine(Module, "ja-JP"), "*.help.txt").Select(path => Path.GetFileName(path)!)];

    [Fact]
    public void Three_topics_are_translated() =>
        Assert.Equal(["about_ReparamPS.help.txt", "about_ReparamPS_Gradients.help.txt", "about_ReparamPS_Tutorial.help.txt"], Topics.Select(row => row.Data).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Topics))]
    public void A_translated_topic_has_the_headings_of_the_English_one(string file)
    {
        string[] english = Headings(Path.Combine(Module, "en-US", file)), japanese = Headings(Path.Combine(Module, "ja-JP", file));
        Assert.True(english.Length > 4);
        Assert.Equal(english, japanese.Select(heading => Translation().Replace(heading, "")));
    }

    [Theory]
    [MemberData(nameof(Topics))]
    public void A_translated_topic_shows_the_commands_of_the_English_one(string file) =>
        Assert.Equal(Commands(Path.Combine(Module, "en-US", file)), Commands(Path.Combine(Module, "ja-JP", file)));

    [Fact]
    public void The_translated_readme_has_the_sections_of_the_English_one()
    {
        string[] english = [.. Sections("README.md").Select(Slug)];
        string[] japanese = [.. Sections("README.ja.md").Select(line => Anchor().Match(line) is { Success: true } match ? match.Groups[1].Value : Slug(line))];
        Assert.True(english.Length > 4);
        Assert.Equal(english, japanese);
    }

    // Versions and measurements; single digits may be words in English.
    [Fact]
    public void The_translated_readme_has_the_figures_of_the_English_one()
    {
        static string[] Figures(string file) => [.. Figure().Matches(File.ReadAllText(Path.Combine(ModuleRunspace.Root, file))).Select(match => match.Value).Order(StringComparer.Ordinal)];
        string[] english = Figures("README.md");
        Assert.True(english.Length > 40);
        Assert.Equal(english, Figures("README.ja.md"));
    }

    private static string[] Headings(string path) => [.. File.ReadAllLines(path).Where(line => line.Length > 0 && !char.IsWhiteSpace(line[0]))];

    // Lines that begin a command are the same in every language. Lists of cmdlets have their explanation after several spaces.
    private static string[] Commands(string path) =>
        [.. File.ReadAllLines(path).Where(line => line.StartsWith("        ", StringComparison.Ordinal) && Command().IsMatch(line)).Select(line => line.Trim().Split("   ")[0])];

    private static IEnumerable<string> Sections(string file) =>
        File.ReadAllLines(Path.Combine(ModuleRunspace.Root, file)).Where(line => line.StartsWith("## ", StringComparison.Ordinal)).Select(line => line[3..].Trim());

    // As GitHub makes the anchor of a heading.
    private static string Slug(string heading) => NotSlug().Replace(heading.ToLowerInvariant(), "").Replace(' ', '-');

    [GeneratedRegex(@" \([^)]*[^\x00-\x7F][^)]*\)$")]
    private static partial Regex Translation();

    [GeneratedRegex(@"<a id=""([^""]+)""></a>")]
    private static partial Regex Anchor();

    [GeneratedRegex(@"^\s+(\$|New-|Get-|Test-|Invoke-|Compare-|Sort-|Format-|\||mu |sigma |d |z )")]
    private static partial Regex Command();

    [GeneratedRegex(@"\d+(?:[.,]\d+)+")]
    private static partial Regex Figure();

    [GeneratedRegex(@"[^a-z0-9 -]")]
    private static partial Regex NotSlug();
}
