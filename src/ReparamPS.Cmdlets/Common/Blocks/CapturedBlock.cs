using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Distributions;
using static TorchSharp.torch;

namespace ReparamPS.Cmdlets.Common.Blocks;

/// <summary>A script block with the session's variables as they were when an object was made from it.</summary>
internal sealed class CapturedBlock
{
    // The names under which a function of tensors finds its first argument.
    private static readonly string[] FirstNames = ["_", "PSItem", "z"];

    private readonly string owner;
    private readonly Lazy<string[]> missing;
    private readonly HomeRunspace? home;
    private readonly bool isWriting;

    /// <summary>Captures the variables that a block reads.</summary>
    /// <param name="script">The block.</param>
    /// <param name="role">What it is, for errors.</param>
    /// <param name="owner">The kind of object that is made from it, for errors.</param>
    /// <param name="session">The session's variables.</param>
    /// <param name="arguments">The names that its arguments have in the help.</param>
    public CapturedBlock(ScriptBlock script, string role, string owner, PSVariableIntrinsics session, params string[] arguments)
        : this(script, role, owner, arguments, Capture(script, session), new Lazy<string[]>([.. OuterVariables.Missing(script, session)]), HomeRunspace.Of(script)) { }

    private CapturedBlock(ScriptBlock script, string role, string owner, string[] arguments, IReadOnlyDictionary<string, object?> variables, Lazy<string[]> missing, HomeRunspace? home)
    {
        (Script, Role, this.owner, ArgumentNames, Variables, this.missing, this.home) = (script, role, owner, arguments, variables, missing, home);
        isWriting = InPlaceCalls.Has(script);
    }

    /// <summary>A block that is called at once, and captures no variables. Its text is searched for missing ones only if it fails.</summary>
    /// <param name="script">The block.</param>
    /// <param name="role">What it is, for errors.</param>
    /// <param name="owner">The kind of object that is made from it, for errors.</param>
    /// <param name="session">The session's variables.</param>
    public static CapturedBlock CalledAtOnce(ScriptBlock script, string role, string owner, PSVariableIntrinsics session) =>
        new(script, role, owner, [], new Dictionary<string, object?>(), new Lazy<string[]>(() => [.. OuterVariables.Missing(script, session)]), HomeRunspace.Of(script));

    /// <summary>The block.</summary>
    public ScriptBlock Script { get; }

    /// <summary>What it is, for errors.</summary>
    public string Role { get; }

    /// <summary>The names that its arguments have in the help.</summary>
    public string[] ArgumentNames { get; }

    /// <summary>The variables that were captured.</summary>
    public IReadOnlyDictionary<string, object?> Variables { get; }

    /// <summary>Whether it runs in the current runspace.</summary>
    public bool IsHere => home?.IsHere ?? true;

    /// <summary>The same block with other values of captured variables.</summary>
    public CapturedBlock With(IReadOnlyDictionary<string, object?> values)
    {
        var all = Variables.ToDictionary(entry => entry.Key, entry => entry.Value, StringComparer.OrdinalIgnoreCase);
        foreach ((string name, object? value) in values) all[name] = value;
        return new CapturedBlock(Script, Role, owner, ArgumentNames, all, missing, home);
    }

    /// <summary>A copy of the block that runs in any runspace.</summary>
    public CapturedBlock Unbound() => new(ScriptBlock.Create(Script.ToString()), Role, owner, ArgumentNames, Variables, missing, home: null);

    /// <summary>Runs the block.</summary>
    /// <param name="first">The names under which it finds its first argument, besides its own parameter.</param>
    /// <param name="arguments">The arguments. A block that may write into tensors gets copies.</param>
    /// <exception cref="OtherRunspaceException">The block belongs to another runspace.</exception>
    public IEnumerable<object?> Invoke(IReadOnlyList<string> first, params object[] arguments)
    {
        home?.Check(Role, owner);
        if (isWriting) arguments = Array.ConvertAll(arguments, argument => argument is Hashtable table ? Copy(table) : Own(argument)!);
        // Only what the script reads, because setting a variable often costs more than the block itself.
        var variables = new List<PSVariable>(Variables.Count + first.Count + 1);
        // An error in the block, as of a cmdlet for a negative scale or of a method, must end it: without its last value, it would be said to return nothing.
        variables.Add(new PSVariable("ErrorActionPreference", ActionPreference.Stop));
        foreach (string name in first) variables.Add(new PSVariable(name, arguments[0]));
        foreach ((string name, object? value) in Variables) variables.Add(new PSVariable(name, isWriting ? Own(value) : value));
        try
        {
            return Script.InvokeWithContext(null, variables, arguments).Select(TensorInput.Unwrap);
        }
        // Only the binding of arguments throws it as it is; errors within the block come wrapped.
        catch (PSInvalidCastException error) when (Unfit(arguments) is { } reason)
        {
            throw new CustomFunctionException($"{Role}: {reason}", error);
        }
    }

    // The first parameter whose type an argument does not convert to.
    private string? Unfit(object[] arguments)
    {
        IEnumerable<ParameterAst> parameters = (Script.Ast as ScriptBlockAst)?.ParamBlock?.Parameters ?? Enumerable.Empty<ParameterAst>();
        (ParameterAst Parameter, object Argument)[] unfit = [.. parameters.Zip(arguments).Where(pair => !LanguagePrimitives.TryConvertTo(pair.Second, pair.First.StaticType, out _))];
        if (unfit is not [var (parameter, argument), ..]) return null;
        string type = parameter.Attributes.OfType<TypeConstraintAst>().LastOrDefault()?.Extent.Text ?? $"[{parameter.StaticType.Name}]";
        return $"its parameter {type}{parameter.Name.Extent.Text} cannot take {ArgumentRules.Got(argument)}. Write {parameter.Name.Extent.Text} without {type}.";
    }

    /// <summary>What is null in a block that fails because something is; empty if that is not known.</summary>
    /// <param name="members">The names of the values in its first argument, a table.</param>
    /// <param name="tensors">The number of arguments of a function of tensors; 0 for another block.</param>
    public string NullHint(IEnumerable<string>? members = null, int tensors = 0)
    {
        string[] unset = [.. missing.Value.Where(name => (!Variables.ContainsKey(name) || Variables[name] is null) && !(tensors > 0 && FirstNames.Contains(name, StringComparer.OrdinalIgnoreCase)))];
        if (unset is not [var first, ..]) return "";
        if (ArgumentNames.Contains(first, StringComparer.OrdinalIgnoreCase)) return BeginWith(ArgumentNames);
        ParamBlockAst? declared = (Script.Ast as ScriptBlockAst)?.ParamBlock;
        if (members?.Contains(first, StringComparer.OrdinalIgnoreCase) == true)
            return $" ${first} is null; write ${declared?.Parameters.FirstOrDefault()?.Name.VariablePath.UserPath ?? ArgumentNames[0]}.{first}.{(declared is null ? BeginWith(ArgumentNames) : "")}";
        if (tensors > 0) return $" ${first} is null.{(declared is null && unset.Length >= tensors && !ReadsFirst ? BeginWith(unset.Take(tensors))[..^1] + (tensors == 1 ? ", or use $_." : ".") : "")}";
        bool isTable = declared is null && Script.Ast.Find(part => part is MemberExpressionAst { Expression: VariableExpressionAst variable } and not InvokeMemberExpressionAst && variable.VariablePath.UserPath.Equals(first, StringComparison.OrdinalIgnoreCase), searchNestedScriptBlocks: true) is not null;
        return isTable ? BeginWith(ArgumentNames.Skip(1).Prepend(first)) : $" ${first} is null.";

        static string BeginWith(IEnumerable<string> names) => $" Begin the block with param(${string.Join(", $", names)}).";
    }

    private bool ReadsFirst => Script.Ast.Find(part => part is VariableExpressionAst { VariablePath.UserPath: var name } && FirstNames.Contains(name, StringComparer.OrdinalIgnoreCase), searchNestedScriptBlocks: true) is not null;

    private static Dictionary<string, object?> Capture(ScriptBlock script, PSVariableIntrinsics session) =>
        OuterVariables.Of(script, session).ToDictionary(variable => variable.Name, variable => (object?)variable.Value, StringComparer.OrdinalIgnoreCase);

    private static object? Own(object? value) => TensorInput.Unwrap(value) is Tensor tensor ? tensor.clone() : value;

    private static Hashtable Copy(Hashtable table)
    {
        var copy = new Hashtable(table.Count, StringComparer.OrdinalIgnoreCase);
        foreach (DictionaryEntry entry in table) copy[entry.Key] = Own(entry.Value);
        return copy;
    }
}
