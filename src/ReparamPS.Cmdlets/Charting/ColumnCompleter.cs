using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using ReparamPS.Cmdlets.Common;

namespace ReparamPS.Cmdlets.Charting;

/// <summary>Completes the columns of the rows that a chart draws: of -InputObject, or of the previous element of the pipeline.</summary>
public sealed class ColumnCompleter : IArgumentCompleter
{
    // Its property names are what PowerShell infers for the pipeline.
    private const string Probe = " | Where-Object -Property ";

    // Objects of unknown type have these in PowerShell's answer; rows do not.
    private static readonly HashSet<string> OfWrapper = new(StringComparer.Ordinal) { "BaseObject", "ImmediateBaseObject", "Members", "Methods", "Properties", "TypeNames" };

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        IEnumerable<string> columns = fakeBoundParameters["InputObject"] is { } given ? RowColumns.OfValue(given) : Producer(commandAst) is { } producer ? Columns(producer) : [];
        return CompletionAnswer.Of(wordToComplete, columns.Select(name => (name, name)), "No known column starts with this text.");
    }

    // Elements that only choose or order rows are skipped.
    private static Ast[]? Producer(CommandAst command)
    {
        if (command.Parent is not PipelineAst pipeline) return null;
        Ast[] before = [.. pipeline.PipelineElements.TakeWhile(element => element != command)];
        return before.Length == 0 ? null : before;
    }

    private static IEnumerable<string> Columns(Ast[] elements)
    {
        int last = elements.Length - 1;
        while (last > 0 && RowColumns.KeepsRows(elements[last])) last--;
        if (RowColumns.Of(elements[last]) is { } known) return known;
        string[] inferred = [.. Inferred(elements[0].Extent, elements[last].Extent)];
        return inferred.Length > 0 ? inferred : RowColumns.OfOutputType(elements[last]);
    }

    private static IEnumerable<string> Inferred(IScriptExtent first, IScriptExtent last)
    {
        string whole = first.StartScriptPosition.GetFullScript();
        string text = whole[first.StartOffset..last.EndOffset] + Probe;
        try
        {
            return CommandCompletion.CompleteInput(text, text.Length, null).CompletionMatches
                .Where(match => match.ResultType == CompletionResultType.Property).Select(match => match.ListItemText).Where(name => !OfWrapper.Contains(name));
        }
        // A host without PowerShell's own modules cannot infer types.
        catch (Exception error) when (error is ArgumentException or RuntimeException)
        {
            return [];
        }
    }
}
