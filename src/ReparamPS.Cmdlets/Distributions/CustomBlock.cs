using System.Management.Automation;
using System.Management.Automation.Runspaces;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Cmdlets.Common.Blocks;
using ReparamPS.Cmdlets.Inference;
using ReparamPS.Distributions;
using ReparamPS.Distributions.Parameters;
using ReparamPS.Messages;
using static TorchSharp.torch;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>A script block of a custom distribution. It runs in the runspace in which it was written; in another one, as a copy with the variables that it captured.</summary>
internal sealed class CustomBlock
{
    private readonly ModelBlock block;
    private readonly string role;
    private ModelBlock? copy;

    private CustomBlock(ScriptBlock script, string parameter, string name, PSVariableIntrinsics session, IReadOnlyCollection<string> parameters, params string[] arguments)
    {
        role = $"{parameter} of {name}";
        block = new ModelBlock(script, role, "distribution", session, parameters, arguments);
    }

    /// <summary>A sampler; null if there is no block.</summary>
    public static CustomSampler? Sampler(ScriptBlock? script, string parameter, string name, PSVariableIntrinsics session, IReadOnlyCollection<string> parameters)
    {
        if (script is null) return null;
        var block = new CustomBlock(script, parameter, name, session, parameters, "p", "noise", "shape");
        return (values, noise, shape) => block.Result(values, noise, shape);
    }

    /// <summary>A function of a value; null if there is no block.</summary>
    public static CustomFunction? Function(ScriptBlock? script, string parameter, string name, PSVariableIntrinsics session, IReadOnlyCollection<string> parameters)
    {
        if (script is null) return null;
        var block = new CustomBlock(script, parameter, name, session, parameters, "p", parameter == nameof(CustomFunctions.Quantile) ? "q" : "x");
        return (values, value) => block.Result(values, value);
    }

    private Tensor Result(IReadOnlyDictionary<string, Tensor> values, params object[] arguments)
    {
        object? result;
        try
        {
            result = Here().Result(values, arguments);
        }
        // The count of results; a value that a parameter must not have says so itself.
        catch (ArgumentException error) when (error is not ParameterConstraintException)
        {
            throw new CustomFunctionException(ShortText.Message(error), error);
        }
        return result as Tensor ?? throw new CustomFunctionException(BlockMessages.NotTensor(role, result, takesTable: true));
    }

    private ModelBlock Here()
    {
        if (block.IsHere) return block;
        if (Runspace.DefaultRunspace is null) throw new CustomFunctionException(HomeRunspace.None(role, "distribution"));
        return copy ??= block.Unbound();
    }
}
