using System.Management.Automation;
using ReparamPS.Distributions;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>
/// Creates a geometric distribution.
/// </summary>
/// <remarks>
/// A draw is the number of failures before the first success. P(x) = Probs (1 − Probs)^x for whole x ≥ 0. Give either Probs or Logits. Draws carry no gradient: use
/// Invoke-Sample. PyTorch's counterpart is torch.distributions.Geometric.
/// </remarks>
/// <example>
/// <para>Ten draws</para>
/// <code>New-GeometricDistribution 0.3 | Invoke-Sample -Count 10 -Seed 1</code>
/// </example>
/// <example>
/// <para>The 99.9 % quantile of the number of failures</para>
/// <code>New-GeometricDistribution 0.3 | Get-Quantile -Probability 0.999</code>
/// </example>
[Cmdlet(VerbsCommon.New, "GeometricDistribution", DefaultParameterSetName = ByValue), OutputType(typeof(Geometric))]
public sealed class NewGeometricDistributionCommand() : NewDistributionCommandBase(Geometric.Definition)
{
    /// <summary>The probability of a success. Allowed: values above 0 and at most 1, as a number, a (nested) array or a tensor.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    public object? Probs { get; set; }

    /// <summary>The log-odds of a success, log(Probs / (1 − Probs)), instead of Probs. Allowed: a number, a (nested) array or a tensor.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public object? Logits { get; set; }
}
