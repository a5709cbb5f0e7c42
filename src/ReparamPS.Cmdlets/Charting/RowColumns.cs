using System.Management.Automation;
using System.Management.Automation.Language;
using ReparamPS.Cmdlets.Common.Rows;
using ReparamPS.Cmdlets.Sweeps;
using ReparamPS.Data;
using ReparamPS.Sweeps.Points;

namespace ReparamPS.Cmdlets.Charting;

/// <summary>The columns of rows that a pipeline would produce, without running it.</summary>
internal static class RowColumns
{
    private const int MaxItems = 100;

    private static readonly HashSet<string> Selecting = new(StringComparer.OrdinalIgnoreCase) { "Where-Object", "?", "where", "Sort-Object", "sort", "Tee-Object", "tee", "Get-Random" };

    private static readonly HashSet<string> Importing = new(StringComparer.OrdinalIgnoreCase) { "Import-ExperimentData", "Import-Csv", "ipcsv" };

    private static readonly HashSet<string> OfSweep = new(StringComparer.OrdinalIgnoreCase) { "Get-ExperimentRun", "Invoke-ExperimentSweep", "Receive-ExperimentSweep" };

    private static readonly HashSet<string> OfPoints = new(StringComparer.OrdinalIgnoreCase) { "New-ExperimentGrid", "New-ExperimentSearch" };

    /// <summary>Whether a command passes its input rows on as they are.</summary>
    public static bool KeepsRows(Ast element) => element is CommandAst command && command.GetCommandName() is { } name && Selecting.Contains(name);

    /// <summary>The columns of a variable's value, or of a file or folder that a command with literal arguments reads; null for anything else.</summary>
    public static IEnumerable<string>? Of(Ast element) => element switch
    {
        CommandExpressionAst { Expression: VariableExpressionAst variable } => OfVariable(variable.VariablePath.UserPath),
        CommandAst command when command.GetCommandName() is { } name => Importing.Contains(name) ? OfFile(command) : OfSweep.Contains(name) ? OfFolder(command) : OfPoints.Contains(name) ? OfSettings(command) : OfLiteral(command),
        _ => OfLiteral(element),
    };

    /// <summary>The properties of the types that a command says it returns.</summary>
    public static IEnumerable<string> OfOutputType(Ast element)
    {
        if (element is not CommandAst command || command.GetCommandName() is not { } name) return [];
        using var shell = PowerShell.Create(RunspaceMode.CurrentRunspace);
        CommandInfo? info = shell.AddScript("$ExecutionContext.InvokeCommand.GetCommand($args[0], 'Cmdlet, Function, Alias')", useLocalScope: true).AddArgument(name).Invoke<CommandInfo>().FirstOrDefault();
        return info?.OutputType.SelectMany(type => type.Type?.GetProperties() ?? []).Select(property => property.Name) ?? [];
    }

    /// <summary>The columns of a value or of the items of a list.</summary>
    public static IEnumerable<string> OfValue(object value)
    {
        var reader = new RowReader();
        var items = LanguagePrimitives.GetEnumerable(value)?.Cast<object?>() ?? [value];
        return items.Take(MaxItems).Where(item => RowReader.Fault(item) is null).SelectMany(item => reader.Read(PSObject.AsPSObject(item)).Columns).Distinct(StringComparer.OrdinalIgnoreCase);
    }

    // The last [pscustomobject]@{ … } within an element, such as the block of ForEach-Object.
    private static IEnumerable<string>? OfLiteral(Ast element) =>
        element.FindAll(part => part is ConvertExpressionAst { Child: HashtableAst, StaticType: var type } && type == typeof(PSObject), searchNestedScriptBlocks: true)
            .LastOrDefault() is ConvertExpressionAst { Child: HashtableAst table } ? Keys(table) : null;

    private static IEnumerable<string> Keys(HashtableAst table) => table.KeyValuePairs.Select(pair => pair.Item1).OfType<StringConstantExpressionAst>().Select(key => key.Value);

    private static IEnumerable<string>? OfVariable(string name) => Value(name) is { } value ? OfValue(value) : null;

    private static object? Value(string name)
    {
        using var shell = PowerShell.Create(RunspaceMode.CurrentRunspace);
        return shell.AddScript(", $ExecutionContext.SessionState.PSVariable.GetValue($args[0])", useLocalScope: true).AddArgument(name).Invoke<object>().FirstOrDefault();
    }

    private static IEnumerable<string>? OfFile(CommandAst command)
    {
        if (LiteralPath(command) is not { } path || SweepFolderCompleter.Resolve(path) is not { } file || !File.Exists(file)) return null;
        try
        {
            return ExperimentFile.Read(file, Table(command), Dialect(command), CancellationToken.None).FirstOrDefault()?.Columns;
        }
        catch (Exception error) when (error is IOException or ArgumentException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string? Table(CommandAst command) =>
        StaticParameterBinder.BindCommand(command).BoundParameters.TryGetValue("Table", out ParameterBindingResult? table) ? table.ConstantValue?.ToString() : null;

    private static CsvDialect? Dialect(CommandAst command)
    {
        Dictionary<string, ParameterBindingResult> bound = StaticParameterBinder.BindCommand(command).BoundParameters;
        char? delimiter = bound.TryGetValue("Delimiter", out ParameterBindingResult? given) && given.ConstantValue?.ToString() is { Length: 1 } text ? text[0] : null;
        bool hasDecimalComma = bound.ContainsKey("DecimalComma");
        return delimiter is null && !hasDecimalComma ? null : new CsvDialect { Delimiter = delimiter, HasDecimalComma = hasDecimalComma };
    }

    private static IEnumerable<string>? OfFolder(CommandAst command) =>
        LiteralPath(command) is { } path && SweepFolderCompleter.Runs(path) is { Count: > 0 } runs ? runs.SelectMany(run => run.ToRow().Columns).Distinct(StringComparer.OrdinalIgnoreCase) : null;

    private static IEnumerable<string>? OfSettings(CommandAst command) =>
        command.CommandElements.OfType<HashtableAst>().FirstOrDefault() is { } table ? Keys(table).Append(ExperimentGrid.SeedAxis) : null;

    private static string? LiteralPath(CommandAst command)
    {
        Dictionary<string, ParameterBindingResult> bound = StaticParameterBinder.BindCommand(command).BoundParameters;
        return bound.TryGetValue("Path", out ParameterBindingResult? path) || bound.TryGetValue("LiteralPath", out path) ? path.ConstantValue?.ToString() : null;
    }
}
