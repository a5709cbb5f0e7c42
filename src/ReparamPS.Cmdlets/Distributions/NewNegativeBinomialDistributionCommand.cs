using System.Management.Automation;
using ReparamPS.Distributions;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>
/// Creates a negative binomial distribution.
/// </summary>
/// <remarks>
/// A draw is the number of successes before TotalCount failures have occurred. P(x) = Γ(r + x) / (Γ(r) x!) Probs^x (1 − Probs)^r for whole x ≥ 0, where
/// r = TotalCount, which need not be whole. Give either Probs or Logits. Draws carry no gradient: use Invoke-Sample. PyTorch's counterpart is torch.distributions.NegativeBinomial.
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
    /// <summary>The number of failures at which counting stops. Allowed: values of at least 0, as a number, a (nested) array or a tensor.</summary>
    [Parameter(ParameterSetName = ByValue, Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    public object? TotalCount { get; set; }

    /// <summary>The probability of a success. Allowed: values of at least 0 and less than 1, as a number, a (nested) array or a tensor.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    public object? Probs { get; set; }

    /// <summary>The log-odds of a success, log(Probs / (1 − Probs)), instead of Probs. Allowed: a number, a (nested) array or a tensor.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public object? Logits { get; set; }
}
