using System.Management.Automation;
using ReparamPS.Distributions;
using TorchSharp;

namespace ReparamPS.Cmdlets.Probability;

/// <summary>Evaluates the logarithm of a distribution's density or mass.</summary>
/// <remarks>
/// The counterpart of PyTorch's log_prob(). Outside the support it is −∞. Values broadcast against the distribution's batch. For a multivariate distribution, a value is a vector or a matrix.
/// </remarks>
/// <example>
/// <para>At three values</para>
/// <code>New-NormalDistribution | Get-LogProbability -Value 0, 1, 2</code>
/// </example>
/// <example>
/// <para>The gradient of the log-likelihood in the parameters</para>
/// <code>$d = New-NormalDistribution 0 1 -RequiresGrad
/// ($d | Get-LogProbability -Value 0.3, -0.2, 1.4 -AsTensor).sum().backward()
/// $d.Loc.grad.item()</code>
/// </example>
[Cmdlet(VerbsCommon.Get, "LogProbability", DefaultParameterSetName = Positions), OutputType(typeof(double), typeof(torch.Tensor))]
public sealed class GetLogProbabilityCommand : ProbabilityCommandBase
{
    /// <summary>The values. Allowed: numbers, nested arrays of numbers, or a tensor.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = PipedDistribution)]
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = Positions)]
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = PipedValue)]
    public object Value { get; set; } = null!;

    /// <inheritdoc/>
    protected override void Process() => Write(Value, nameof(Value), Distribution.LogProb);
}
