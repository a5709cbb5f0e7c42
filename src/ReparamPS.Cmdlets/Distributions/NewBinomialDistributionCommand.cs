using System.Management.Automation;
using ReparamPS.Distributions;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>
/// Creates a binomial distribution.
/// </summary>
/// <remarks>
/// A draw is the number of successes in TotalCount trials, each with probability Probs. P(x) = (n choose x) Probs^x (1 − Probs)^(n − x), where n = TotalCount.
/// Give either Probs or Logits. Draws carry no gradient: use Invoke-Sample. PyTorch's counterpart is torch.distributions.Binomial.
/// </remarks>
/// <example>
/// <para>Ten draws</para>
/// <code>New-BinomialDistribution 20 0.3 | Invoke-Sample -Count 10 -Seed 1</code>
/// </example>
/// <example>
/// <para>The probability of at most 4 successes</para>
/// <code>New-BinomialDistribution 20 0.3 | Get-CumulativeProbability -Value 4</code>
/// </example>
[Cmdlet(VerbsCommon.New, "BinomialDistribution", DefaultParameterSetName = ByValue), OutputType(typeof(Binomial))]
public sealed class NewBinomialDistributionCommand() : NewDistributionCommandBase(Binomial.Definition)
{
    /// <summary>The number of trials. Allowed: integers of at least 0, as a number, a (nested) array or a tensor. Default: 1.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    public object? TotalCount { get; set; }

    /// <summary>The probability of a success. Allowed: values from 0 to 1, as a number, a (nested) array or a tensor.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    public object? Probs { get; set; }

    /// <summary>The log-odds of a success, log(Probs / (1 − Probs)), instead of Probs. Allowed: a number, a (nested) array or a tensor.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public object? Logits { get; set; }
}
