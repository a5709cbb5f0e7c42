using System.Management.Automation;
using ReparamPS.Distributions;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>
/// Creates a Bernoulli distribution.
/// </summary>
/// <remarks>
/// 1 with probability Probs, otherwise 0, with mass Probs^x (1 − Probs)^(1 − x). Give Probs or Logits. It is not reparameterized: Invoke-Sample draws from it, and
/// RelaxedBernoulli is the stand-in whose samples carry gradients. The counterpart of torch.distributions.Bernoulli.
/// </remarks>
/// <example>
/// <para>Twenty draws</para>
/// <code>New-BernoulliDistribution 0.3 | Invoke-Sample -Count 20 -Seed 1</code>
/// </example>
/// <example>
/// <para>A distribution by its log-odds has no reparameterized sample</para>
/// <code>(New-BernoulliDistribution -Logits -1.5).HasRSample</code>
/// </example>
[Cmdlet(VerbsCommon.New, "BernoulliDistribution", DefaultParameterSetName = ByValue), OutputType(typeof(Bernoulli))]
public sealed class NewBernoulliDistributionCommand() : NewDistributionCommandBase(Bernoulli.Definition)
{
    /// <summary>The probability of a 1. Allowed: 0 to 1; a number, nested arrays of numbers, or a tensor.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    public object? Probs { get; set; }

    /// <summary>The log-odds of a 1, instead of Probs. Allowed: a number, nested arrays of numbers, or a tensor.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public object? Logits { get; set; }
}
