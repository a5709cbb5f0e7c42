using System.Management.Automation;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Distributions;
using ReparamPS.Messages;
using ReparamPS.Settings;
using ReparamPS.Torch;
using TorchSharp;

namespace ReparamPS.Cmdlets.Probability;

/// <summary>Evaluates a function of each piped distribution.</summary>
public abstract class ProbabilityCommandBase : ReparamCmdlet
{
    /// <summary>The parameter set of piped distributions.</summary>
    protected const string PipedDistribution = "PipedDistribution";

    /// <summary>The parameter set of a distribution before its argument.</summary>
    protected const string Positions = "Positions";

    /// <summary>The parameter set of piped arguments.</summary>
    protected const string PipedValue = "PipedValue";

    // Mandatory only from the pipeline. Otherwise the engine would say that it cannot tell the parameter sets apart, or that the distribution is missing where it comes second.
    /// <summary>The distribution.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = PipedDistribution)]
    [Parameter(Position = 0, ParameterSetName = Positions)]
    [Parameter(ParameterSetName = PipedValue), CheckedMandatory, Exact<Distribution>]
    public Distribution Distribution { get; set; } = null!;

    /// <summary>Returns a tensor, with its autograd graph, instead of numbers.</summary>
    [Parameter, Exact<SwitchParameter>]
    public SwitchParameter AsTensor { get; set; }

    /// <inheritdoc/>
    protected override object? ErrorTarget => Distribution;

    /// <summary>The parameter at whose value the function is evaluated.</summary>
    private protected abstract string Argument { get; }

    /// <inheritdoc/>
    protected override void Begin()
    {
        bool hasDistribution = MyInvocation.BoundParameters.ContainsKey(nameof(Distribution)), hasArgument = MyInvocation.BoundParameters.ContainsKey(Argument);
        if (!hasDistribution && hasArgument && !MyInvocation.ExpectingInput)
            throw new ArgumentException($"Distribution is missing. Pipe distributions, or write {MyInvocation.MyCommand.Name} $distribution 0.5.", nameof(Distribution));
        if (hasDistribution || hasArgument) return;
        throw new ArgumentException($"{nameof(Distribution)} and {Argument} are both required. Pipe distributions and give -{Argument}, or pipe values and give -{nameof(Distribution)}.", Argument);
    }

    /// <inheritdoc/>
    private protected override ArgumentException Surplus(string name, object? first, object? second)
    {
        if (TensorInput.Unwrap(second) is Distribution)
            return new ArgumentException($"The distribution comes first, then the value: {MyInvocation.MyCommand.Name} $distribution 0.5.", name);
        ArgumentException error = base.Surplus(name, first, second);
        return ArgumentRules.IsFlag(TensorInput.Unwrap(second)) || !MyInvocation.ExpectingInput ? error : new ArgumentException($"{ShortText.Message(error)} Write several values as a list, such as -{name} 0.1, 0.5.", name);
    }

    /// <summary>Evaluates, and writes numbers (row-major) or the tensor.</summary>
    protected void Write(object argument, Func<torch.Tensor, torch.Tensor> function)
    {
        torch.Tensor given = TensorInput.ToTensor(argument, Argument, Distribution.DType, Distribution.Device);
        try
        {
            Write(given, function);
        }
        finally
        {
            if (!ReferenceEquals(given, TensorInput.Unwrap(argument))) given.Dispose();
        }
    }

    private void Write(torch.Tensor given, Func<torch.Tensor, torch.Tensor> function)
    {
        // The work may outlive the cmdlet, and the caller may dispose of the tensor then.
        torch.Tensor own = TensorAlias.Of(given);
        torch.Tensor result = RunLong(Math.Max(given.numel(), TensorShapes.RealCount(Distribution.BatchShape)), Distribution, () =>
        {
            using (own) return function(own);
        });
        if (AsTensor)
        {
            WriteObject(result);
        }
        else
        {
            foreach (double number in ManagedValues.ToDoubles(result)) WriteObject(number);
            result.Dispose();
        }
    }
}
