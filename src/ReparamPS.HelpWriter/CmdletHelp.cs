namespace ReparamPS.HelpWriter;

/// <summary>The help of one cmdlet, ready to be written.</summary>
/// <param name="Name">Verb-Noun.</param>
/// <param name="Synopsis">What it does, in a sentence.</param>
/// <param name="Description">The rest, in paragraphs.</param>
/// <param name="ParameterSets">Its parameters, set by set.</param>
/// <param name="Inputs">The types it takes from the pipeline.</param>
/// <param name="InputProperties">The properties of piped objects that bind to parameters, with their other names.</param>
/// <param name="Outputs">The types it emits.</param>
/// <param name="Examples">Its examples.</param>
/// <param name="Links">Related links: text and address; an empty address for other help.</param>
internal sealed record CmdletHelp(
    string Name,
    string Synopsis,
    IReadOnlyList<string> Description,
    IReadOnlyList<IReadOnlyList<ParameterHelp>> ParameterSets,
    IReadOnlyList<string> Inputs,
    IReadOnlyList<string> InputProperties,
    IReadOnlyList<string> Outputs,
    IReadOnlyList<ExampleHelp> Examples,
    IReadOnlyList<(string Text, string Uri)> Links)
{
    /// <summary>Every parameter once, as its first set has it; whether it takes input from the pipeline is said for all sets.</summary>
    public IReadOnlyList<ParameterHelp> Parameters =>
        [.. ParameterSets.SelectMany(set => set).GroupBy(parameter => parameter.Name)
            .Select(group => group.First() with { PipelineInput = group.Max(parameter => parameter.PipelineInput)! })
            .OrderBy(parameter => parameter.Name, StringComparer.Ordinal)];
}

/// <summary>A parameter in one parameter set.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">What it is.</param>
/// <param name="Type">Its type, as PowerShell writes it.</param>
/// <param name="IsSwitch">Whether it takes no value.</param>
/// <param name="IsArray">Whether it takes several values.</param>
/// <param name="IsRequired">Whether it must be given.</param>
/// <param name="Position">Its position; null where it is named only.</param>
/// <param name="PipelineInput">How it binds from the pipeline, as MAML says it.</param>
/// <param name="Aliases">Its other names.</param>
/// <param name="Default">Its default; null where there is none.</param>
/// <param name="Values">The values to choose from; none where it is free.</param>
/// <param name="HasWildcards">Whether a value may be a pattern.</param>
internal sealed record ParameterHelp(
    string Name,
    string Description,
    string Type,
    bool IsSwitch,
    bool IsArray,
    bool IsRequired,
    int? Position,
    string PipelineInput,
    IReadOnlyList<string> Aliases,
    string? Default,
    IReadOnlyList<string> Values,
    bool HasWildcards = false);

/// <summary>An example.</summary>
/// <param name="Title">What it shows.</param>
/// <param name="Code">What to type.</param>
internal sealed record ExampleHelp(string Title, string Code);
