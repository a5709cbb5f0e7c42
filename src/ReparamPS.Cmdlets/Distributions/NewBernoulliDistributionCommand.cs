using System.Management.Automation;
using ReparamPS.Distributions;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>
/// Creates a Bernoulli distribution.
/// </summary>
/// <remarks>
/// A draw is 1 with probability Probs, otherwise 0. Give either Probs or Logits. Draws carry no gradient: use Invoke-Sample. New-RelaxedBernoulliDistribution
/// approximates this distribution by draws between 0 and 1 that carry a gradient. PyTorch's counterpart is torch.distributions.Bernoulli.
/// </remarks>
/// <example>
/// <para>Twenty draws</para>
/// <code>New-BernoulliDistribution 0.3 | Invoke-Sample -Count 20 -Seed 1</code>
/// </example>
/// <example>
/// <para>Log-odds instead of a probability; HasRSample is False</para>
/// <code>(New-BernoulliDistribution -Logits -1.5).HasRSample</code>
/// </example>
[Cmdlet(VerbsCommon.New, "BernoulliDistribution", DefaultParameterSetName = ByValue), OutputType(typeof(Bernoulli))]
public sealed class NewBernoulliDistributionCommand() : NewDistributionCommandBase(Bernoulli.Definition)
{
    /// <summary>The probability of a 1. Allowed: values from 0 to 1, as a number, a (nested) array or a tensor.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    public object? Probs { get; set; }

    /// <summary>The log-odds of a 1, log(Probs / (1 − Probs)), instead of Probs. Allowed: a number, a (nested) array or a tensor.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public object? Logits { get; set; }
}
