using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Cmdlets.Common.Blocks;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Distributions;
using ReparamPS.Distributions.Parameters;
using static TorchSharp.torch;
using ReparamPS.Messages;
using ReparamPS.Torch;

namespace ReparamPS.Cmdlets.Inference;

/// <summary>
/// A script block of a model, with the session's variables as they were when the model was made. It gets the parameters as its argument and as $_: a table from names to tensors.
/// </summary>
internal sealed class ModelBlock
{
    /// <summary>The role of a prior, before the name of its parameter.</summary>
    public const string PriorOf = "The prior of ";

    private static readonly string[] NoiseMethods = [nameof(DrawNoise.Uniform), nameof(DrawNoise.Normal), nameof(DrawNoise.Exponential), nameof(DrawNoise.Gamma), nameof(DrawNoise.From)];
    private static readonly string[] Underscore = ["_"];

    private readonly CapturedBlock block;
    private readonly ScriptBlock script;
    private readonly string role;
    private readonly string[] arguments;
    private readonly bool readsUnderscore;

    /// <summary>Captures the variables that a block reads.</summary>
    /// <param name="script">The block.</param>
    /// <param name="role">What it is, for errors.</param>
    /// <param name="owner">The kind of object that is made from it, for errors.</param>
    /// <param name="session">The session's variables.</param>
    /// <param name="parameters">The parameters that it may read.</param>
    /// <param name="arguments">The names that its arguments have in the help; the first is the table of parameters.</param>
    /// <exception cref="ArgumentException">It reads another parameter.</exception>
    public ModelBlock(ScriptBlock script, string role, string owner, PSVariableIntrinsics session, IReadOnlyCollection<string> parameters, params string[] arguments)
        : this(new CapturedBlock(script, role, owner, session, arguments))
    {
        CheckArguments(parameters);
        CheckNames(parameters);
    }

    private ModelBlock(CapturedBlock block)
    {
        (this.block, script, role, arguments) = (block, block.Script, block.Role, block.ArgumentNames);
        readsUnderscore = script.Ast.FindAll(part => part is VariableExpressionAst { VariablePath.UserPath: "_" or "PSItem" }, searchNestedScriptBlocks: true).Any();
    }

    /// <summary>The names of the variables that were captured.</summary>
    public IEnumerable<string> CapturedNames => block.Variables.Keys;

    /// <summary>Whether it runs in the current runspace.</summary>
    public bool IsHere => block.IsHere;

    /// <summary>The value of a captured variable.</summary>
    public object? CapturedValue(string name) => TensorInput.Unwrap(block.Variables[name]);

    /// <summary>The same block with other values of captured variables.</summary>
    public ModelBlock With(IReadOnlyDictionary<string, object?> values) => new(block.With(values));

    /// <summary>The same block for any runspace.</summary>
    public ModelBlock Unbound() => new(block.Unbound());

    /// <summary>The block's result as a tensor.</summary>
    public Tensor LogLikelihood(IReadOnlyDictionary<string, Tensor> parameters) => Advised(parameters) switch
    {
        Tensor tensor => tensor,
        var other => throw new ArgumentException(BlockMessages.NotTensor(role, other, takesTable: true), role),
    };

    /// <summary>The block's result as a distribution.</summary>
    public Distribution Prior(IReadOnlyDictionary<string, Tensor> parameters) => Advised(parameters) switch
    {
        Distribution prior => prior,
        var other => throw new ArgumentException($"{role} must return a distribution, such as one from New-NormalDistribution; got {NestedNumbers.Quoted(other)}.", role),
    };

    /// <summary>The block's one result.</summary>
    /// <param name="parameters">The parameters.</param>
    /// <param name="arguments">Further arguments.</param>
    /// <exception cref="ParameterConstraintException">A distribution in the block refuses a parameter's value.</exception>
    /// <exception cref="CustomFunctionException">The block fails; the message names the line and the shapes of the parameters.</exception>
    public object? Result(IReadOnlyDictionary<string, Tensor> parameters, params object[] arguments)
    {
        var table = new Hashtable(parameters.Count, StringComparer.OrdinalIgnoreCase);
        foreach ((string name, Tensor value) in parameters) table[name] = value;
        try
        {
            object?[] results = [.. block.Invoke(readsUnderscore ? Underscore : [], [table, .. arguments]).Where(result => result is not null)];
            return results.Length == 1 ? results[0] : throw new ArgumentException(BlockMessages.NotOne(role, results) + (results.Length == 0 ? block.NullHint(parameters.Keys) : ""), role);
        }
        catch (RuntimeException error) when (RefusalIn(error) is { } refusal)
        {
            throw new ParameterConstraintException(refusal, role, "");
        }
        catch (RuntimeException error) when (error is not PipelineStoppedException)
        {
            string shapes = string.Join(", ", parameters.Select(entry => $"{entry.Key} {TensorShapes.Format(entry.Value.shape)}"));
            throw BlockMessages.Failed(role, error, Hint(error, parameters) + (shapes.Length > 0 ? $" The parameters had the shapes {shapes}." : ""));
        }
    }

    // The result; a value that a distribution refuses comes with advice.
    private object? Advised(IReadOnlyDictionary<string, Tensor> parameters)
    {
        try
        {
            return Result(parameters);
        }
        catch (ParameterConstraintException refusal) when (Advice(refusal) is { } advice)
        {
            throw new ParameterConstraintException((ParameterConstraintException)refusal.InnerException!, role, advice);
        }
    }

    // A function with the right range; null if there is no simple one, or if the block reads no single parameter.
    private string? Advice(ParameterConstraintException refusal)
    {
        if (ReadParameter() is not { } read) return null;
        (string Function, string Range)? fitting = refusal.Constraint switch
        {
            "positive" or "non-negative" => ("exp", "positive"),
            "in [0, 1]" or "in (0, 1]" or "in [0, 1)" => ("sigmoid", "between 0 and 1"),
            _ => null,
        };
        return fitting is { } known ? $" If {refusal.ParamName} depends on {read.Split('.')[1]}, use {read}.{known.Function}(), or a prior whose values are {known.Range}." : null;
    }

    // The only parameter that the block reads, such as $p.Mu.
    private string? ReadParameter()
    {
        string[] read = [.. Members().Select(member => $"${member.Variable}.{member.Name}").Distinct(StringComparer.OrdinalIgnoreCase)];
        return read.Length == 1 ? read[0] : null;
    }

    private string Hint(RuntimeException error, IReadOnlyDictionary<string, Tensor> parameters) => BlockMessages.IsOfNull(error) ? block.NullHint(parameters.Keys) : IsOfShapes(error) ? ShapeHint(parameters) : IsOfTable(error) ? TableHint(parameters) : NoiseHint();

    private static bool IsOfShapes(RuntimeException error) =>
        error.GetBaseException() is ShapeMismatchException || error.ErrorRecord?.Exception is ShapeMismatchException || BlockMessages.Reason(error).Contains("must match the size", StringComparison.Ordinal);

    private static bool IsOfTable(RuntimeException error) => BlockMessages.Reason(error).Replace(" ", "", StringComparison.Ordinal).Contains("hashtable", StringComparison.OrdinalIgnoreCase);

    // The table of parameters that is used as if it were one of them.
    private string TableHint(IReadOnlyDictionary<string, Tensor> parameters)
    {
        string table = Declared is [var first, ..] ? first.Name.VariablePath.UserPath : "_";
        bool isUsed = script.Ast.Find(part => part is VariableExpressionAst { Parent: InvokeMemberExpressionAst or not (MemberExpressionAst or ParameterAst) } && IsVariable(part, table), searchNestedScriptBlocks: false) is not null;
        // The name of a later argument stands first.
        if (isUsed && arguments.Skip(1).Contains(table, StringComparer.OrdinalIgnoreCase)) return $" The first argument is the table of parameters. Begin the block with param({string.Join(", ", arguments.Select(name => "$" + name))}).";
        return isUsed && parameters.Count > 0 ? $" ${table} is the table of all parameters: read ${table}.{parameters.Keys.First()}." : "";
    }

    // In a model, draws come first in a parameter's shape, so that neither a scalar nor a vector broadcasts with data of many rows.
    private string ShapeHint(IReadOnlyDictionary<string, Tensor> parameters)
    {
        if (arguments.Length > 1) return "";
        string? First(int dimensions) => Members().Where(member => parameters.TryGetValue(member.Name, out Tensor? value) && value.dim() == dimensions).Select(member => $"${member.Variable}.{member.Name}").FirstOrDefault();
        if (First(1) is { } scalar) return $" A scalar parameter such as {scalar} has the shape [draws]; {scalar}.unsqueeze(-1), of shape [draws, 1], broadcasts with data of shape [rows].";
        if (First(2) is not { } vector) return "";
        long size = parameters[vector[(vector.IndexOf('.') + 1)..]].shape[1];
        return $" A vector parameter such as {vector} has the shape [draws, {size}]; {vector}.unsqueeze(1), of shape [draws, 1, {size}], broadcasts with data of shape [rows, {size}].";
    }

    // The noise of a sampler that is used as if it were a tensor.
    private string NoiseHint()
    {
        if (arguments is not [_, "noise", "shape"]) return "";
        string noise = Argument(1), shape = Argument(2);
        bool isValue = script.Ast.Find(part => part is VariableExpressionAst { Parent: not (MemberExpressionAst or ParameterAst) } && IsVariable(part, noise), searchNestedScriptBlocks: true) is not null;
        bool isOther = script.Ast.Find(part => part is MemberExpressionAst { Member: StringConstantExpressionAst { Value: var name } } member && IsVariable(member.Expression, noise) && !NoiseMethods.Contains(name, StringComparer.OrdinalIgnoreCase), searchNestedScriptBlocks: true) is not null;
        return isValue || isOther ? $" ${noise} is not a tensor: draw one from it, such as ${noise}.Normal(${shape}). Its methods are {string.Join(", ", NoiseMethods)}." : "";
    }

    private static bool IsVariable(Ast part, string name) => part is VariableExpressionAst variable && variable.VariablePath.UserPath.Equals(name, StringComparison.OrdinalIgnoreCase);

    private IReadOnlyList<ParameterAst>? Declared => (script.Ast as ScriptBlockAst)?.ParamBlock?.Parameters;

    // The name of an argument in the block.
    private string Argument(int index) => Declared is { } declared && index < declared.Count ? declared[index].Name.VariablePath.UserPath : arguments[index];

    // A value outside a parameter's constraint makes a point undefined; all else is an error of the block.
    private static ParameterConstraintException? RefusalIn(Exception? error)
    {
        for (; error is not null; error = error.InnerException)
        {
            if (error is ParameterConstraintException refusal) return refusal;
            if (error is RuntimeException { ErrorRecord.Exception: { } inner } && !ReferenceEquals(inner, error) && RefusalIn(inner) is { } found) return found;
        }
        return null;
    }

    // Arguments that never come would be null. One with a default value is a constant of the block.
    private void CheckArguments(IReadOnlyCollection<string> parameters)
    {
        int count = Declared?.Count(parameter => parameter.DefaultValue is null) ?? 0;
        if (count <= arguments.Length) return;
        string list = string.Join(", ", arguments.Select(argument => "$" + argument));
        throw new ArgumentException(
            arguments.Length > 1 ? $"{role} gets {arguments.Length} arguments, {list}; this block declares {count}. Begin it with param({list})."
                : $"{role} gets one argument, which holds all parameters; this block declares {count}. Begin it with param({list}){(parameters.Count == 0 ? "" : $", and read {string.Join(" and ", parameters.Take(2).Select(name => $"{list}.{name}"))}")}.",
            role);
    }

    // A name that a table has not is $null in PowerShell, which would fail far from where the mistake is.
    private void CheckNames(IReadOnlyCollection<string> parameters)
    {
        foreach ((string variable, string name) in Members())
        {
            if (parameters.Contains(name, StringComparer.OrdinalIgnoreCase)) continue;
            string? owner = role.StartsWith(PriorOf, StringComparison.Ordinal) ? role[PriorOf.Length..] : null;
            throw new ArgumentException($"{role} reads ${variable}.{name}{(parameters.Count > 0 ? $"; it can read {(owner is null ? "" : $"only the parameters before {owner}: ")}{ShortText.List(parameters)}"
                : owner is null ? $", but Parameter is empty. Add {name} to Parameter" : $", but no parameter stands before {owner} in Parameter. If {name} is a parameter, put it first: [ordered]@{{ {name} = …; {owner} = … }}")}.", role);
        }
    }

    // The members of the table that the block reads. In a nested block, such as that of ForEach-Object, $_ is another object.
    private IEnumerable<(string Variable, string Name)> Members()
    {
        string? argument = (script.Ast as ScriptBlockAst)?.ParamBlock?.Parameters.FirstOrDefault()?.Name.VariablePath.UserPath;
        foreach (MemberExpressionAst member in script.Ast.FindAll(part => part is MemberExpressionAst and not InvokeMemberExpressionAst, searchNestedScriptBlocks: argument is not null).Cast<MemberExpressionAst>())
        {
            if (member.Static || member.Expression is not VariableExpressionAst { VariablePath.UserPath: var variable } || member.Member is not StringConstantExpressionAst { Value: var name }) continue;
            bool isTable = argument is null ? variable is "_" or "PSItem" : variable.Equals(argument, StringComparison.OrdinalIgnoreCase);
            if (isTable && name is not ("Keys" or "Values" or "Count")) yield return (variable, name);
        }
    }
}
