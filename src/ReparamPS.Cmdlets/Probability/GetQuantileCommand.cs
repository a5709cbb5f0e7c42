using System.Management.Automation;
using ReparamPS.Distributions;
using TorchSharp;

namespace ReparamPS.Cmdlets.Probability;

/// <summary>Evaluates the quantile function, the inverse of the CDF.</summary>
/// <remarks>
/// The counterpart of PyTorch's icdf(). For a discrete distribution it is the smallest value whose cumulative probability reaches the given one. Outside [0, 1] it is NaN.
/// </remarks>
/// <example>
/// <para>The central 95 % of a standard normal</para>
/// <code>New-NormalDistribution | Get-Quantile -Probability 0.025, 0.975</code>
/// </example>
/// <example>
/// <para>The median, as a tensor whose gradient reaches the parameters</para>
/// <code>$d = New-NormalDistribution 1 2 -RequiresGrad
/// ($d | Get-Quantile -Probability 0.5 -AsTensor).sum().backward()
/// $d.Loc.grad.item()</code>
/// </example>
[Cmdlet(VerbsCommon.Get, "Quantile", DefaultParameterSetName = Positions), OutputType(typeof(double), typeof(torch.Tensor))]
public sealed class GetQuantileCommand : ProbabilityCommandBase
{
    /// <summary>The probabilities; the result is NaN outside [0, 1]. Allowed: numbers, nested arrays of numbers, or a tensor.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = PipedDistribution)]
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = Positions)]
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = PipedValue)]
    public object Probability { get; set; } = null!;

    /// <inheritdoc/>
    protected override void Process() => Write(Probability, nameof(Probability), probability => Distribution.Icdf(probability, Cancellation));
}
