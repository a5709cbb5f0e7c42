using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Cmdlets.Sweeps;
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
    private readonly ScriptBlock script;
    private readonly string role;
    private readonly IReadOnlyDictionary<string, object?> captured;
    private readonly bool readsUnderscore;

    /// <summary>Captures the variables that a block reads.</summary>
    /// <param name="script">The block.</param>
    /// <param name="role">What it is, for errors.</param>
    /// <param name="session">The session's variables.</param>
    /// <param name="parameters">The parameters that it may read.</param>
    /// <exception cref="ArgumentException">It reads another parameter.</exception>
    public ModelBlock(ScriptBlock script, string role, PSVariableIntrinsics session, IReadOnlyCollection<string> parameters)
        : this(script, role, OuterVariables.Of(script, session).ToDictionary(name => name, name => (object?)session.GetValue(name), StringComparer.OrdinalIgnoreCase)) => CheckNames(parameters);

    private ModelBlock(ScriptBlock script, string role, IReadOnlyDictionary<string, object?> captured)
    {
        (this.script, this.role, this.captured) = (script, role, captured);
        readsUnderscore = script.Ast.FindAll(part => part is VariableExpressionAst { VariablePath.UserPath: "_" or "PSItem" }, searchNestedScriptBlocks: true).Any();
    }

    /// <summary>The names of the variables that were captured.</summary>
    public IEnumerable<string> CapturedNames => captured.Keys;

    /// <summary>The same block with other values of captured variables.</summary>
    public ModelBlock With(IReadOnlyDictionary<string, object?> values)
    {
        var all = new Dictionary<string, object?>(captured, StringComparer.OrdinalIgnoreCase);
        foreach ((string name, object? value) in values) all[name] = value;
        return new ModelBlock(script, role, all);
    }

    /// <summary>The same block for another runspace than the one in which it was written.</summary>
    public ModelBlock Unbound() => new(ScriptBlock.Create(script.ToString()), role, captured);

    /// <summary>The block's result as a tensor.</summary>
    public Tensor LogLikelihood(IReadOnlyDictionary<string, Tensor> parameters) => Result(parameters) as Tensor
        ?? throw new ArgumentException($"{role} must return a tensor. A number has no gradient. Remove .item() and [double].", role);

    /// <summary>The block's result as a distribution.</summary>
    public Distribution Prior(IReadOnlyDictionary<string, Tensor> parameters) => Result(parameters) as Distribution
        ?? throw new ArgumentException($"{role} must return a distribution, such as one from New-NormalDistribution.", role);

    /// <summary>The block's one result.</summary>
    /// <param name="parameters">The parameters.</param>
    /// <param name="arguments">Further arguments.</param>
    /// <exception cref="ParameterConstraintException">A distribution in the block refuses a parameter's value.</exception>
    /// <exception cref="CustomFunctionException">The block fails; the message names the line and the shapes of the parameters.</exception>
    public object? Result(IReadOnlyDictionary<string, Tensor> parameters, params object[] arguments)
    {
        var table = new Hashtable(parameters.Count, StringComparer.OrdinalIgnoreCase);
        foreach ((string name, Tensor value) in parameters) table[name] = value;
        // An error of a cmdlet in the block, as for a negative scale, must end it.
        List<PSVariable> variables = [new("ErrorActionPreference", ActionPreference.Stop)];
        if (readsUnderscore) variables.Add(new PSVariable("_", table));
        foreach ((string name, object? value) in captured) variables.Add(new PSVariable(name, value));
        try
        {
            object?[] results = [.. script.InvokeWithContext(null, variables, [table, .. arguments]).Select(TensorInput.Unwrap).Where(result => result is not null)];
            return results.Length == 1 ? results[0] : throw new ArgumentException($"{role} must return one object; it returned {(results.Length == 0 ? "nothing" : $"{results.Length}")}.", role);
        }
        catch (RuntimeException error) when (RefusalIn(error) is { } refusal)
        {
            throw refusal;
        }
        catch (RuntimeException error) when (error is not PipelineStoppedException)
        {
            string place = error.ErrorRecord?.InvocationInfo is { ScriptLineNumber: > 0 and var line } ? $" in line {line}" : "";
            string shapes = string.Join(", ", parameters.Select(entry => $"{entry.Key} {TensorShapes.Format(entry.Value.shape)}"));
            throw new CustomFunctionException($"{role} failed{place}: {Reason(error)}{(shapes.Length > 0 ? $" The parameters had the shapes {shapes}." : "")}", error);
        }
    }

    private static string Reason(RuntimeException error)
    {
        string text = ErrorRecords.ReasonOf(error).Split(" (Parameter '")[0].Trim();
        return text.EndsWith('.') ? text : text + ".";
    }

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

    // A name that a table has not is $null in PowerShell, which would fail far from where the mistake is.
    private void CheckNames(IReadOnlyCollection<string> parameters)
    {
        string? argument = (script.Ast as ScriptBlockAst)?.ParamBlock?.Parameters.FirstOrDefault()?.Name.VariablePath.UserPath;
        foreach (MemberExpressionAst member in script.Ast.FindAll(part => part is MemberExpressionAst and not InvokeMemberExpressionAst, searchNestedScriptBlocks: true).Cast<MemberExpressionAst>())
        {
            if (member.Static || member.Expression is not VariableExpressionAst { VariablePath.UserPath: var variable } || member.Member is not StringConstantExpressionAst { Value: var name }) continue;
            bool isTable = argument is null ? variable is "_" or "PSItem" : variable.Equals(argument, StringComparison.OrdinalIgnoreCase);
            if (!isTable || parameters.Contains(name, StringComparer.OrdinalIgnoreCase) || name is "Keys" or "Values" or "Count") continue;
            throw new ArgumentException($"{role} reads ${variable}.{name}; {(parameters.Count == 0 ? "no parameter comes before it" : $"it can read {ShortText.List(parameters)}")}.", role);
        }
    }
}
