using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using ReparamPS.Vae;

namespace ReparamPS.Cmdlets.Vae;

/// <summary>Completes the settings of VAE runs that are one of a few names, by the parameter's name.</summary>
public sealed class VaeChoiceCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        NamesOf(parameterName)
            .Where(name => name.StartsWith(wordToComplete.Trim('\'', '"'), StringComparison.OrdinalIgnoreCase))
            .Select(name => new CompletionResult(name, name, CompletionResultType.ParameterValue, name));

    private static IReadOnlyList<string> NamesOf(string parameter) =>
        parameter.Equals("Part", StringComparison.OrdinalIgnoreCase) ? VaeParts.Names : VaeSettings.Table.Find(parameter)?.Allowed.Names ?? [];
}
