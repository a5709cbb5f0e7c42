using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace ReparamPS.Cmdlets.Tests;

/// <summary>Text is for one reading: no phrase of a known hard kind, no endless sentence, and every parameter states what it allows and its default.</summary>
public sealed partial class PlainEnglishTests
{
    private const int MaxWords = 35;

    private static readonly string Module = Path.Combine(ModuleRunspace.Root, "module", "ReparamPS");

    private static readonly XNamespace Text = "http://schemas.microsoft.com/maml/2004/10", Command = "http://schemas.microsoft.com/maml/dev/command/2004/10", Dev = "http://schemas.microsoft.com/maml/dev/2004/10";

    private static readonly Lazy<XElement[]> Help = new(() => [.. XDocument.Load(Path.Combine(Module, "en-US", "ReparamPS.Cmdlets.dll-Help.xml")).Descendants(Command + "command")]);

    [Theory]
    [InlineData("Scale must be positive, but -1 came.")]
    [InlineData("'x.npy' is no NumPy file.")]
    [InlineData("All is done anew.")]
    [InlineData("At most so many rows.")]
    [InlineData("Goes on with the run in OutPath.")]
    [InlineData("An exact gradient is not to be had.")]
    [InlineData("1 unless given.")]
    public void A_phrase_that_is_hard_to_read_is_found(string text) => Assert.Matches(HardPhrase(), text);

    [Theory]
    [InlineData("The file is no longer there.")]
    [InlineData("There is no CDF.")]
    [InlineData("If there are no rows, nothing is written.")]
    [InlineData("The name came from the file, but the seed did not.")]
    [InlineData("The run is resumed.")]
    public void Good_English_passes(string text) => Assert.DoesNotMatch(HardPhrase(), text);

    [Fact]
    public void No_source_file_help_text_or_document_has_a_hard_phrase()
    {
        string[] found = [.. Files().SelectMany(file => File.ReadLines(file).Select((line, index) => (file, line, index)))
            .Where(at => HardPhrase().IsMatch(at.line))
            .Select(at => $"{Path.GetRelativePath(ModuleRunspace.Root, at.file)}:{at.index + 1}: {at.line.Trim()}")];
        Assert.True(found.Length == 0, string.Join(Environment.NewLine, found));
    }

    [Fact]
    public void No_sentence_of_the_help_has_more_than_35_words()
    {
        // The list of properties that bind by name is not a sentence.
        string[] found = [.. Help.Value.SelectMany(cmdlet => cmdlet.Descendants(Text + "para").Where(para => !para.Ancestors(Command + "inputTypes").Any()).SelectMany(para => SentenceEnd().Split(para.Value))
            .Where(sentence => sentence.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length > MaxWords)
            .Select(sentence => $"{NameOf(cmdlet)}: {sentence}")).Distinct()];
        Assert.True(found.Length == 0, string.Join(Environment.NewLine, found));
    }

    [Fact]
    public void Every_parameter_with_a_default_or_allowed_values_states_them()
    {
        List<string> found = [];
        foreach (XElement cmdlet in Help.Value)
        {
            foreach (XElement parameter in cmdlet.Element(Command + "parameters")!.Elements(Command + "parameter"))
            {
                string description = string.Join(' ', parameter.Element(Text + "description")!.Elements(Text + "para").Select(para => para.Value));
                string @default = parameter.Element(Dev + "defaultValue")?.Value ?? "None";
                bool hasDefault = @default is not ("None" or "False") && (string?)parameter.Attribute("required") != "true";
                if (hasDefault && !description.Contains("Default", StringComparison.Ordinal)) found.Add($"{NameOf(cmdlet)} -{parameter.Element(Text + "name")!.Value} does not state its default {@default}.");
                if (parameter.Element(Command + "parameterValueGroup") is not null && !description.Contains("Allowed:", StringComparison.Ordinal)) found.Add($"{NameOf(cmdlet)} -{parameter.Element(Text + "name")!.Value} does not state its allowed values.");
            }
        }
        Assert.True(found.Count == 0, string.Join(Environment.NewLine, found));
    }

    [Theory]
    [InlineData("Import-VaeModel", "Properties of these names set parameters of the cmdlet: Path (or FullName, OutPath).")]
    [InlineData("Get-ExperimentRun", "Returns only runs in these states. Allowed: Pending, Running, Done, Pruned, Failed, TimedOut, OutOfMemory, Died. Default: all states.")]
    public void Help_lists_the_other_names_of_properties_and_the_values_of_lists(string cmdlet, string expected) =>
        Assert.Contains(expected, Help.Value.Single(help => NameOf(help) == cmdlet).Descendants(Text + "para").Select(para => para.Value));

    [Fact]
    public void Syntax_shows_that_a_parameter_takes_a_list() =>
        Assert.All(
            Help.Value.SelectMany(help => help.Descendants(Command + "syntaxItem")).Elements(Command + "parameter").Where(parameter => (string?)parameter.Attribute("variableLength") == "true"),
            parameter => Assert.EndsWith("[]", parameter.Element(Command + "parameterValue")!.Value, StringComparison.Ordinal));

    [Fact]
    public void Every_synopsis_starts_with_a_verb_and_fits_on_one_line()
    {
        string[] found = [.. Help.Value.Select(cmdlet => (Name: NameOf(cmdlet), Synopsis: cmdlet.Descendants(Text + "para").First().Value))
            .Where(help => help.Synopsis.Length > 120 || !Verb().IsMatch(help.Synopsis))
            .Select(help => $"{help.Name}: {help.Synopsis}")];
        Assert.True(found.Length == 0, string.Join(Environment.NewLine, found));
    }

    [Fact]
    public void Topics_fit_in_80_columns()
    {
        string[] found = [.. Directory.GetFiles(Module, "about_*.help.txt", SearchOption.AllDirectories)
            .SelectMany(file => File.ReadLines(file).Where(line => Columns(line) > 80).Select(line => $"{Path.GetFileName(file)}: {line}"))];
        Assert.True(found.Length == 0, string.Join(Environment.NewLine, found));
    }

    // The first wide characters of Japanese text begin at U+2E80; each takes two columns.
    private static int Columns(string line) => line.Sum(character => character < 0x2E80 ? 1 : 2);

    private static IEnumerable<string> Files()
    {
        string root = ModuleRunspace.Root;
        foreach (string file in Directory.EnumerateFiles(Path.Combine(root, "src"), "*.cs", SearchOption.AllDirectories))
        {
            if (!file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)) yield return file;
        }
        foreach (string pattern in new[] { "*.ps1", "*.psm1", "*.psd1", "*.txt", "*.xml" })
        {
            foreach (string folder in new[] { Path.Combine(Module, "en-US"), Path.Combine(root, "examples") })
                foreach (string file in Directory.EnumerateFiles(folder, pattern)) yield return file;
            foreach (string file in Directory.EnumerateFiles(Module, pattern)) yield return file;
        }
        foreach (string file in new[] { "README.md", "CONTRIBUTING.md", "CHANGELOG.md" }) yield return Path.Combine(root, file);
    }

    private static string NameOf(XElement cmdlet) => cmdlet.Descendants(Command + "name").First().Value;

    [GeneratedRegex(@", but [^.]{1,80} (came|comes)\b|(?<!there )\b(is|are|was|were) no (?!longer\b|more than\b|less than\b)[a-z]+|\banew\b|\bso many\b|\bgo(es)? on with\b|\bto be had\b|\btells of\b|\b(one|a) row a \b|\bunless given\b", RegexOptions.IgnoreCase)]
    private static partial Regex HardPhrase();

    [GeneratedRegex(@"(?<=[.!?:;])\s+")]
    private static partial Regex SentenceEnd();

    [GeneratedRegex(@"^[A-Z][a-z]+s\b")]
    private static partial Regex Verb();
}
