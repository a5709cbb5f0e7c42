using System.Management.Automation;
using ReparamPS.Distributions;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>
/// Creates a multinomial distribution.
/// </summary>
/// <remarks>
/// A draw is a vector that counts how often each category occurs in TotalCount trials. P(x) = n! Π p_i^x_i / x_i!, where n = TotalCount and p = Probs / Σ Probs.
/// Give either Probs or Logits. Draws carry no gradient: use Invoke-Sample. PyTorch's counterpart is torch.distributions.Multinomial.
/// </remarks>
/// <example>
/// <para>Three draws</para>
/// <code>New-MultinomialDistribution 10 (0.2, 0.5, 0.3) |
///     Invoke-Sample -Count 3 -Seed 1</code>
/// </example>
/// <example>
/// <para>The log-probability of counts</para>
/// <code>New-MultinomialDistribution 10 (0.2, 0.5, 0.3) |
///     Get-LogProbability -Value (2, 5, 3)</code>
/// </example>
[Cmdlet(VerbsCommon.New, "MultinomialDistribution", DefaultParameterSetName = ByValue), OutputType(typeof(Multinomial))]
public sealed class NewMultinomialDistributionCommand() : NewDistributionCommandBase(Multinomial.Definition)
{
    /// <summary>The number of trials. Allowed: integers of at least 0, as a number, a (nested) array or a tensor. Default: 1.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    public object? TotalCount { get; set; }

    /// <summary>The weights of the categories along the last dimension. They need not sum to 1. Allowed: non-negative values, not all 0, as a (nested) array or a tensor.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    public object? Probs { get; set; }

    /// <summary>The logarithms of the weights, instead of Probs. A logit of −∞ excludes its category. Allowed: a (nested) array or a tensor.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public object? Logits { get; set; }
}
