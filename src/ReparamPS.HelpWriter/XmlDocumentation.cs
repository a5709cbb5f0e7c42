using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;

namespace ReparamPS.HelpWriter;

/// <summary>The compiler's XML documentation file, read as plain text.</summary>
internal sealed partial class XmlDocumentation
{
    private readonly Dictionary<string, XElement> members;

    /// <summary>Reads the file.</summary>
    public XmlDocumentation(string path) =>
        members = XDocument.Load(path, LoadOptions.PreserveWhitespace | LoadOptions.SetLineInfo).Descendants("member").ToDictionary(member => (string)member.Attribute("name")!);

    /// <summary>A class's summary in one line; empty where there is none.</summary>
    public string Summary(Type type) => Line(Member(type)?.Element("summary"));

    /// <summary>A class's remarks, a string for each paragraph.</summary>
    public IReadOnlyList<string> Remarks(Type type) => Paragraphs(Member(type)?.Element("remarks"));

    /// <summary>A class's examples.</summary>
    public IReadOnlyList<ExampleHelp> Examples(Type type) =>
        [.. (Member(type)?.Elements("example") ?? []).Select(example => new ExampleHelp(Line(example.Element("para")), Code(example.Element("code"))))];

    /// <summary>The full names of the classes that a class's <c>seealso</c> elements point to.</summary>
    public string[] SeeAlso(Type type) =>
        [.. (Member(type)?.Elements("seealso") ?? []).Select(element => ((string?)element.Attribute("cref") ?? "").Split(':')[^1])];

    /// <summary>A property's summary, its own or that of the property it overrides; empty where there is none.</summary>
    public string Summary(PropertyInfo property)
    {
        for (Type? type = property.DeclaringType; type is not null; type = type.BaseType)
        {
            Type declared = type.IsGenericType ? type.GetGenericTypeDefinition() : type;
            if (members.TryGetValue($"P:{Id(declared)}.{property.Name}", out XElement? member) && member.Element("summary") is { } summary) return Line(summary);
        }
        return "";
    }

    private static string Id(Type type) => type.FullName!.Replace('+', '.');

    private XElement? Member(Type type) => members.GetValueOrDefault("T:" + Id(type));

    private static string Line(XElement? element) => string.Join(' ', Paragraphs(element));

    private static List<string> Paragraphs(XElement? element)
    {
        List<string> paragraphs = [""];
        if (element is not null) Collect(element, paragraphs);
        return [.. paragraphs.Select(text => WhiteSpace().Replace(text, " ").Trim()).Where(text => text.Length > 0)];
    }

    private static void Collect(XElement element, List<string> paragraphs)
    {
        foreach (XNode node in element.Nodes())
        {
            switch (node)
            {
                case XText text:
                    paragraphs[^1] += text.Value;
                    break;
                case XElement { Name.LocalName: "para" or "item" } block:
                    paragraphs.Add("");
                    Collect(block, paragraphs);
                    paragraphs.Add("");
                    break;
                case XElement { IsEmpty: true } reference:
                    string target = (string?)reference.Attribute("cref") ?? (string?)reference.Attribute("name") ?? (string?)reference.Attribute("langword") ?? "";
                    paragraphs[^1] += target.Split(':')[^1].Split('(')[0].Split('.')[^1];
                    break;
                case XElement inner:
                    Collect(inner, paragraphs);
                    break;
            }
        }
    }

    /// <summary>Code with its line breaks, less the indentation that the documentation file adds to all lines but the first.</summary>
    private static string Code(XElement? element)
    {
        if (element is null) return "";
        string[] lines = element.Value.ReplaceLineEndings("\n").Trim('\n').TrimEnd().Split('\n');
        // The compiler indents all lines as it does the element itself.
        int indent = element is IXmlLineInfo place && place.HasLineInfo() ? place.LinePosition - "<c".Length : 0;
        return string.Join('\n', lines.Select(line => line[Math.Min(indent, line.Length - line.TrimStart().Length)..].TrimEnd()));
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex WhiteSpace();
}
