using System.Management.Automation;
using ReparamPS.Distributions;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>
/// Creates a negative binomial distribution.
/// </summary>
/// <remarks>
/// The number of successes before TotalCount failures, 0, 1, 2, …, with mass Γ(r + x) / (Γ(r) x!) Probs^x (1 − Probs)^r, r = TotalCount, which need not
/// be whole. Give Probs or Logits. It is not reparameterized. The counterpart of torch.distributions.NegativeBinomial.
/// </remarks>
/// <example>
/// <para>Ten draws</para>
/// <code>New-NegativeBinomialDistribution 4.5 0.4 | Invoke-Sample -Count 10 -Seed 1</code>
/// </example>
/// <example>
/// <para>Mean and variance</para>
/// <code>New-NegativeBinomialDistribution 4.5 -Logits -0.4 |
///     ForEach-Object { $_.Mean, $_.Variance }</code>
/// </example>
[Cmdlet(VerbsCommon.New, "NegativeBinomialDistribution", DefaultParameterSetName = ByValue), OutputType(typeof(NegativeBinomial))]
public sealed class NewNegativeBinomialDistributionCommand() : NewDistributionCommandBase(NegativeBinomial.Definition)
{
    /// <summary>The number of failures to stop at. Allowed: at least 0; a number, nested arrays of numbers, or a tensor.</summary>
    [Parameter(ParameterSetName = ByValue, Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    public object? TotalCount { get; set; }

    /// <summary>The probability of a success. Allowed: 0 to below 1; a number, nested arrays of numbers, or a tensor.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    public object? Probs { get; set; }

    /// <summary>The log-odds of a success, below 1, instead of Probs. Allowed: a number, nested arrays of numbers, or a tensor.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public object? Logits { get; set; }
}
