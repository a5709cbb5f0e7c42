using System.Management.Automation;
using ReparamPS.Distributions;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>
/// Creates a geometric distribution.
/// </summary>
/// <remarks>
/// The number of failures before the first success, 0, 1, 2, …, with mass Probs (1 − Probs)^x. Give Probs or Logits. It is not reparameterized. The
/// counterpart of torch.distributions.Geometric.
/// </remarks>
/// <example>
/// <para>Ten draws</para>
/// <code>New-GeometricDistribution 0.3 | Invoke-Sample -Count 10 -Seed 1</code>
/// </example>
/// <example>
/// <para>The number of failures that is exceeded once in a thousand times</para>
/// <code>New-GeometricDistribution 0.3 | Get-Quantile -Probability 0.999</code>
/// </example>
[Cmdlet(VerbsCommon.New, "GeometricDistribution", DefaultParameterSetName = ByValue), OutputType(typeof(Geometric))]
public sealed class NewGeometricDistributionCommand() : NewDistributionCommandBase(Geometric.Definition)
{
    /// <summary>The probability of a success. Allowed: above 0, at most 1; a number, nested arrays of numbers, or a tensor.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    public object? Probs { get; set; }

    /// <summary>The log-odds of a success, above 0, instead of Probs. Allowed: a number, nested arrays of numbers, or a tensor.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public object? Logits { get; set; }
}
