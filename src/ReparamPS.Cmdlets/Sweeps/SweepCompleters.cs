using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Data;
using ReparamPS.Sweeps.Analysis;
using ReparamPS.Sweeps.Store;
using ReparamPS.Messages;

namespace ReparamPS.Cmdlets.Sweeps;

/// <summary>Completes names that the sweep folder of -Path holds.</summary>
public abstract class SweepFolderCompleter : IArgumentCompleter
{
    // Enough to know a sweep's columns; a folder may hold 100,000 runs.
    private const int MaxRuns = 1_000;

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        CompletionAnswer.Of(wordToComplete, Complete(Runs(fakeBoundParameters["Path"])), "No run in the sweep folder matches the typed text.");

    /// <summary>The names, each with its tool tip.</summary>
    private protected abstract IEnumerable<(string Value, string ToolTip)> Complete(IEnumerable<RunRow> runs);

    /// <summary>The runs of a folder; none if it cannot be read.</summary>
    internal static IReadOnlyList<RunRow> Runs(object? path)
    {
        try
        {
            return path is not null && Resolve(path.ToString()!) is { } resolved ? [.. SweepFolder.Open(resolved).ReadRuns(_ => { }).Take(MaxRuns)] : [];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return [];
        }
    }

    /// <summary>The path in the file system; null if it is not one.</summary>
    internal static string? Resolve(string path)
    {
        using var shell = PowerShell.Create(RunspaceMode.CurrentRunspace);
        return shell.AddScript("$ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($args[0])", useLocalScope: true).AddArgument(path).Invoke<string>().FirstOrDefault();
    }
}

/// <summary>Completes the ids of runs.</summary>
public sealed class RunIdCompleter : SweepFolderCompleter
{
    private protected override IEnumerable<(string Value, string ToolTip)> Complete(IEnumerable<RunRow> runs) => runs.Select(run => (
        run.Spec.Id, $"{run.Status}: {string.Join(", ", run.Spec.Settings.Columns.Zip(run.Spec.Settings.Values, (name, value) => ShortText.Of($"{name} {RowText.Value(value)}")))}"));
}

/// <summary>Completes the settings of runs.</summary>
public sealed class SettingCompleter : SweepFolderCompleter
{
    private protected override IEnumerable<(string Value, string ToolTip)> Complete(IEnumerable<RunRow> runs) =>
        runs.SelectMany(run => run.Spec.Settings.Columns).Append(RunMeasurement.CommandColumn).Select(name => (name, name));
}

/// <summary>Completes the numeric columns of runs; before there are any, the metrics that the module knows.</summary>
public sealed class MetricCompleter : SweepFolderCompleter
{
    private protected override IEnumerable<(string Value, string ToolTip)> Complete(IEnumerable<RunRow> runs)
    {
        string[] columns = [.. runs.Select(run => run.Last).OfType<ExperimentRow>().SelectMany(row => row.Columns.Where((_, i) => row.Values[i] is int or long or double or decimal))];
        return (columns.Length > 0 ? columns : MetricDirection.Known).Select(name => (name, name));
    }
}

/// <summary>Completes the commands of the session.</summary>
public sealed class CommandNameCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        string word = wordToComplete.Trim('\'', '"');
        // A word with a separator would be completed as a path.
        CompletionResult[] results = word.Contains('/') || word.Contains('\\') ? []
            : [.. (CompletionCompleters.CompleteCommand(word, null, CommandTypes.Cmdlet | CommandTypes.Function | CommandTypes.Alias) ?? []).Where(result => result.ResultType == CompletionResultType.Command)];
        return results.Length > 0 ? results : [CompletionAnswer.None(wordToComplete, "No command of the session matches.")];
    }
}
