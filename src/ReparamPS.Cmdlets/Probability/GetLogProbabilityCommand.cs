using System.Management.Automation;
using ReparamPS.Distributions;
using TorchSharp;

namespace ReparamPS.Cmdlets.Probability;

/// <summary>Evaluates the logarithm of a distribution's density or mass.</summary>
/// <remarks>
/// The counterpart of PyTorch's log_prob(). The result is −∞ outside the support. Values broadcast against the distribution's batch. For a multivariate distribution, each value is a vector or a matrix of the shape $d.EventShape, where $d is the distribution; the shape of -Value ends with these dimensions. The results are numbers in row-major order, or a tensor with -AsTensor.
/// </remarks>
/// <example>
/// <para>Evaluate the log-density at three values</para>
/// <code>New-NormalDistribution | Get-LogProbability -Value 0, 1, 2</code>
/// </example>
/// <example>
/// <para>Get the gradient of the log-likelihood with respect to Loc</para>
/// <code>$d = New-NormalDistribution 0 1 -RequiresGrad
/// ($d | Get-LogProbability -Value 0.3, -0.2, 1.4 -AsTensor).sum().backward()
/// $d.Loc.grad.item()</code>
/// </example>
[Cmdlet(VerbsCommon.Get, "LogProbability", DefaultParameterSetName = Positions), OutputType(typeof(double), typeof(torch.Tensor))]
public sealed class GetLogProbabilityCommand : ProbabilityCommandBase
{
    /// <summary>The values at which the density or mass is evaluated. Allowed: numbers, nested arrays of numbers, a tensor, or the result of Invoke-RSample or Invoke-Sample.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = PipedDistribution)]
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = Positions)]
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = PipedValue)]
    public object Value { get; set => field = Once(value); } = null!;

    private protected override string Argument => nameof(Value);

    /// <inheritdoc/>
    protected override void Process() => Write(Value, Distribution.LogProb);
}
