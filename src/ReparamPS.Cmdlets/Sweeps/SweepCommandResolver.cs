using System.Management.Automation.Language;
using System.Management.Automation;
using ReparamPS.Cmdlets.Sweeps.Points;
using ReparamPS.Data;
using ReparamPS.Messages;
using ReparamPS.Sweeps.Store;

namespace ReparamPS.Cmdlets.Sweeps;

/// <summary>The command of a sweep, found and checked before anything is run.</summary>
internal sealed class SweepCommandResolver
{
    private readonly HashSet<string>? parameters;
    private readonly string described;
    private readonly Ast? script;
    private readonly string[] shown;
    private readonly HashSet<string> refused = new(StringComparer.OrdinalIgnoreCase);

    private SweepCommandResolver(SweepCommand command, IEnumerable<string>? parameters, string described, Ast? script = null, IEnumerable<string>? shown = null)
    {
        this.shown = [.. shown ?? parameters ?? []];
        Command = command;
        this.described = described;
        this.script = script;
        this.parameters = parameters is null ? null : new HashSet<string>(parameters, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>The script block or function of this session that the runs execute; null for other commands.</summary>
    public ScriptBlock? SessionScript { get; private init; }

    /// <summary>The command, described for another process.</summary>
    public SweepCommand Command { get; }

    /// <summary>Whether the command gets its settings as parameters, and not in $_.</summary>
    public bool HasParameters => parameters is not null;

    /// <summary>What the command is, for messages, such as "the script block".</summary>
    public string Described => described;

    /// <summary>Whether the command has a parameter of a name.</summary>
    public bool Takes(string parameter) => parameters?.Contains(parameter) ?? false;

    /// <summary>A cmdlet or function by its name; one of this module also by its name without the session's prefix.</summary>
    public static SweepCommandResolver OfCommand(string name, CommandInvocationIntrinsics commands, string prefix)
    {
        CommandInfo? found = commands.GetCommand(name, CommandTypes.All) ?? OwnCommands.Find(name, prefix, commands);
        if (found is AliasInfo alias) found = alias.ResolvedCommand;
        if (found is null && name.Trim().Contains(' ', StringComparison.Ordinal))
            throw new ArgumentException($"Command must be the name of a cmdlet or function, without arguments; got {ShortText.Quoted(name)}. To run a program, give a script block: {{ {ShortText.Of(name.Trim(' ', '{', '}'))} }}.", nameof(Command));
        if (found is null) throw new ArgumentException($"Command: this session has no cmdlet or function '{ShortText.Of(name)}'. Check the name, or import its module first.", nameof(Command));
        if (found is FunctionInfo { Module: null } function) return OfScriptBlock(function.ScriptBlock, $"the function {name}", nameof(Command));
        if (found is not (CmdletInfo or FunctionInfo)) throw new ArgumentException($"Command must be a cmdlet or a function; '{ShortText.Of(name)}' is of type {found.CommandType}.{(found.CommandType == CommandTypes.ExternalScript ? $" For a script file, use -ScriptPath {ShortText.Of(name)}." : found.CommandType == CommandTypes.Application ? $" To run a program, give a script block: {{ {ShortText.Of(name)} }}." : "")}", nameof(Command));

        string? own = OwnCommands.NameOf(found);
        string? module = own is not null || found.Module is null || found.ModuleName.StartsWith("Microsoft.PowerShell.", StringComparison.Ordinal) ? null : found.Module.Path;
        var command = new SweepCommand(SweepCommandKind.Command, own ?? found.Name, module, Parameters: true, $"{found.ModuleName} {found.Version}");
        IEnumerable<string> shown = found.Parameters.Keys.Except(Cmdlet.CommonParameters, StringComparer.OrdinalIgnoreCase);
        return new SweepCommandResolver(command, found.Parameters.Values.SelectMany(parameter => parameter.Aliases.Prepend(parameter.Name)), found.Name, shown: shown);
    }

    /// <summary>A script block, or the body of a function.</summary>
    /// <param name="block">The block.</param>
    /// <param name="described">What it is, for messages.</param>
    /// <param name="parameter">The cmdlet's parameter that it was given as, for errors.</param>
    public static SweepCommandResolver OfScriptBlock(ScriptBlock block, string described = "the script block", string parameter = nameof(ScriptBlock))
    {
        IReadOnlyList<ParameterAst>? own = ParametersOf(block.Ast);
        if (block.Ast.Find(part => part is UsingExpressionAst, searchNestedScriptBlocks: true) is { } outside)
        {
            throw new ArgumentException($"{parameter}: {ShortText.Of(outside.Extent.Text)} is a variable of this session. {NotSet(own is not null)}", parameter);
        }
        string text = (block.Ast is FunctionDefinitionAst definition ? TextOf(definition) : block.ToString()).ReplaceLineEndings("\n");
        var command = new SweepCommand(SweepCommandKind.ScriptBlock, text, null, own is not null, text.Trim());
        return new SweepCommandResolver(command, Names(own), described, block.Ast) { SessionScript = block };
    }

    /// <summary>Why a variable of the session is null in a run, and what to do.</summary>
    /// <param name="hasParameters">Whether the command gets its settings as parameters, and not in $_.</param>
    public static string NotSet(bool hasParameters) =>
        $"Runs execute in another process, where it is not set. {(hasParameters ? "Make it a parameter, and add it as a property to the objects that you pipe to the sweep." : "Add it as a property to the objects that you pipe to the sweep, and read it from $_.")}";

    /// <summary>A script file.</summary>
    public static SweepCommandResolver OfScriptFile(string path)
    {
        RegularFile.CheckReadable(path);
        if (!path.EndsWith(".ps1", StringComparison.OrdinalIgnoreCase)) throw new ArgumentException($"ScriptPath must end in .ps1; got '{ShortText.Of(Path.GetFileName(path))}'.", "ScriptPath");
        string text = File.ReadAllText(path);
        ScriptBlockAst script = Parser.ParseInput(text, path, out _, out ParseError[] errors);
        if (errors.Length > 0) throw new ArgumentException($"ScriptPath: '{ShortText.Of(path)}' has a syntax error in line {errors[0].Extent.StartLineNumber}: {errors[0].Message}", "ScriptPath");
        var command = new SweepCommand(SweepCommandKind.ScriptFile, path, null, script.ParamBlock is not null, text.ReplaceLineEndings("\n").TrimEnd());
        return new SweepCommandResolver(command, Names(script.ParamBlock?.Parameters), $"'{ShortText.Of(path)}'", script);
    }

    /// <summary>Refuses a budget that is not a parameter of the command.</summary>
    public void CheckBudget(string budget)
    {
        if (parameters?.Contains(budget) == false) throw new ArgumentException($"BudgetParameter: {described} has no parameter '{ShortText.Of(budget)}'. Name the parameter that takes the budget of a run.", nameof(budget));
    }

    /// <summary>Refuses settings that are not parameters of the command, and a budget that is a setting already. Each setting is refused once: the other points mostly have it too.</summary>
    /// <returns>False if the point has a setting that was refused before.</returns>
    /// <exception cref="ArgumentException">The point is the first one with a wrong setting.</exception>
    public bool Check(ExperimentRow settings, string? budget)
    {
        if (budget is not null && settings.Columns.Contains(budget, StringComparer.OrdinalIgnoreCase))
            return Refuse(budget, $"The setting {ShortText.Of(budget)} must not be in the points, because the strategy sets it. Remove it from the points, or name another parameter with -BudgetParameter.");
        if (parameters is null || settings.Columns.FirstOrDefault(column => !parameters.Contains(column)) is not { } name) return true;
        return Refuse(name, $"The setting {ShortText.Of(name)} is not a parameter of {described}, so points with it are not run. {Parameters()}{UnknownColumn.DelimiterHint(name) ?? NearNames.Hint(name, parameters)}");
    }

    /// <summary>Whether a point was refused.</summary>
    public bool HasRefused => refused.Count > 0;

    /// <summary>Whether the command may use a setting: a script that reads $_ has to name it.</summary>
    public bool Reads(string setting) => script is null || parameters is not null || PointReads.Mentions(script, setting);

    /// <summary>The settings that the script surely does not read.</summary>
    public IEnumerable<string> Ignored(IEnumerable<string> settings) => script is null || parameters is not null ? [] : settings.Where(setting => PointReads.Ignores(script, setting));

    /// <summary>Refuses a script that reads a misspelled setting from $_, and warns of other names that no point has: a script may use them for what can be absent.</summary>
    /// <param name="settings">The names of the settings of all points.</param>
    /// <param name="isSet">Whether a variable that the script does not set has a value in a run, or was warned of.</param>
    /// <param name="warn">Takes a warning.</param>
    public void CheckReads(IEnumerable<string> settings, Func<string, bool> isSet, Action<string> warn)
    {
        if (script is null) return;
        if (parameters is null) PointReads.Check(script, described, settings, isSet, warn);
        else foreach (string found in MissedReads.OfPoint(script, described, parameters)) warn(found);
    }

    /// <summary>The functions of the session that the script calls and does not define.</summary>
    public IEnumerable<string> SessionFunctions(CommandInvocationIntrinsics session) => script is null ? [] : Common.Blocks.SessionFunctions.CalledBy(script, session);

    private bool Refuse(string setting, string message) => refused.Add(setting) ? throw new ArgumentException(message, setting) : false;

    private string Parameters() => shown.Length == 0 ? $"{FirstLetter.Upper(described)} has no parameters." : $"The parameters of {described}: {ShortText.List(shown)}.";

    private static IReadOnlyList<ParameterAst>? ParametersOf(Ast ast) => ast switch
    {
        ScriptBlockAst script => script.ParamBlock?.Parameters,
        FunctionDefinitionAst function => function.Parameters ?? function.Body.ParamBlock?.Parameters,
        _ => null,
    };

    // The parameters of 'function F($X) { … }' are outside its body.
    private static string TextOf(FunctionDefinitionAst definition)
    {
        string body = definition.Body.Extent.Text[1..^1];
        return definition.Parameters is { } outside ? $"param({string.Join(", ", outside.Select(parameter => parameter.Extent.Text))})\n{body}" : body;
    }

    private static IEnumerable<string>? Names(IReadOnlyList<ParameterAst>? parameters) => parameters?.SelectMany(parameter =>
        parameter.Attributes.OfType<AttributeAst>()
            .Where(attribute => attribute.TypeName.Name.Equals("Alias", StringComparison.OrdinalIgnoreCase))
            .SelectMany(attribute => attribute.PositionalArguments.OfType<StringConstantExpressionAst>().Select(alias => alias.Value))
            .Prepend(parameter.Name.VariablePath.UserPath));
}
