using System.Globalization;
using System.Xml.Linq;

namespace ReparamPS.HelpWriter;

/// <summary>Writes MAML, the help format of the engine.</summary>
internal static class Maml
{
    private static readonly XNamespace Text = "http://schemas.microsoft.com/maml/2004/10";
    private static readonly XNamespace Command = "http://schemas.microsoft.com/maml/dev/command/2004/10";
    private static readonly XNamespace Dev = "http://schemas.microsoft.com/maml/dev/2004/10";

    /// <summary>Writes the help of cmdlets to a file.</summary>
    public static void Write(IEnumerable<CmdletHelp> cmdlets, string path)
    {
        XNamespace root = "http://msh";
        var document = new XDocument(new XElement(root + "helpItems", new XAttribute("schema", "maml"), cmdlets.Select(Cmdlet)));
        document.Save(path);
    }

    private static XElement Cmdlet(CmdletHelp help) => new(
        Command + "command",
        new XAttribute(XNamespace.Xmlns + "maml", Text.NamespaceName),
        new XAttribute(XNamespace.Xmlns + "command", Command.NamespaceName),
        new XAttribute(XNamespace.Xmlns + "dev", Dev.NamespaceName),
        new XElement(
            Command + "details",
            new XElement(Command + "name", help.Name),
            new XElement(Command + "verb", help.Name.Split('-')[0]),
            new XElement(Command + "noun", help.Name.Split('-')[1]),
            new XElement(Text + "description", Paragraph(help.Synopsis))),
        new XElement(Text + "description", (help.Description.Count > 0 ? help.Description : [help.Synopsis]).Select(Paragraph)),
        new XElement(Command + "syntax", help.ParameterSets.Select(set => new XElement(Command + "syntaxItem", new XElement(Text + "name", help.Name), set.Select(parameter => Parameter(parameter, forSyntax: true))))),
        new XElement(Command + "parameters", help.Parameters.Select(parameter => Parameter(parameter, forSyntax: false))),
        new XElement(Command + "inputTypes", Inputs(help)),
        new XElement(Command + "returnValues", help.Outputs.DefaultIfEmpty("None").Select(type => new XElement(Command + "returnValue", TypeOf(type)))),
        new XElement(Command + "examples", help.Examples.Select(Example)),
        new XElement(Command + "relatedLinks", help.Links.Select(Link)));

    private static IEnumerable<XElement> Inputs(CmdletHelp help)
    {
        if (help.Inputs.Count == 0 && help.InputProperties.Count == 0) return [Input("None", "")];
        IEnumerable<XElement> inputs = help.Inputs.Select(type => Input(type, ""));
        return help.InputProperties.Count == 0 ? inputs : inputs.Append(Input("Any object", $"Properties of these names set parameters of the cmdlet: {string.Join(", ", help.InputProperties)}."));
    }

    private static XElement Input(string type, string description) =>
        new(Command + "inputType", TypeOf(type), description.Length == 0 ? null : new XElement(Text + "description", Paragraph(description)));

    private static XElement Link((string Text, string Uri) link) =>
        new(Text + "navigationLink", new XElement(Text + "linkText", link.Text), new XElement(Text + "uri", link.Uri));

    private static XElement Parameter(ParameterHelp parameter, bool forSyntax) => new(
        Command + "parameter",
        new XAttribute("required", Flag(parameter.IsRequired)),
        new XAttribute("variableLength", Flag(parameter.IsArray)),
        new XAttribute("globbing", Flag(parameter.HasWildcards)),
        new XAttribute("pipelineInput", parameter.PipelineInput),
        new XAttribute("position", parameter.Position?.ToString(CultureInfo.InvariantCulture) ?? "named"),
        new XAttribute("aliases", parameter.Aliases.Count > 0 ? string.Join(", ", parameter.Aliases) : "none"),
        new XElement(Text + "name", parameter.Name),
        new XElement(Text + "description", Paragraph(parameter.Description)),
        // Choices in the syntax would hide that several are taken.
        parameter.Values.Count > 0 && !(forSyntax && parameter.IsArray)
            ? new XElement(Command + "parameterValueGroup", parameter.Values.Select(value => new XElement(Command + "parameterValue", new XAttribute("required", "false"), new XAttribute("variableLength", "false"), value)))
            : null,
        // In the syntax a switch stands without a value.
        parameter.IsSwitch && forSyntax ? null : new XElement(Command + "parameterValue", new XAttribute("required", Flag(!parameter.IsSwitch)), new XAttribute("variableLength", Flag(parameter.IsArray)), parameter.Type),
        TypeOf(parameter.Type),
        new XElement(Dev + "defaultValue", parameter.Default ?? "None"));

    private static XElement Example(ExampleHelp example, int index) => new(
        Command + "example",
        new XElement(Text + "title", $"Example {index + 1}: {example.Title}"),
        new XElement(Dev + "code", example.Code),
        new XElement(Dev + "remarks", Paragraph("")));

    private static XElement TypeOf(string type) => new(Dev + "type", new XElement(Text + "name", type), new XElement(Text + "uri"));

    private static XElement Paragraph(string text) => new(Text + "para", text);

    private static string Flag(bool value) => value ? "true" : "false";
}
