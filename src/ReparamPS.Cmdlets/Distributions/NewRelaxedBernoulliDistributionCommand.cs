using System.Management.Automation;
using ReparamPS.Distributions;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>
/// Creates a relaxed Bernoulli (binary concrete) distribution.
/// </summary>
/// <remarks>
/// On [0, 1], with density T α x^(−T−1) (1 − x)^(−T−1) / (α x^(−T) + (1 − x)^(−T))², α = exp(Logits), T = Temperature. Give Probs or Logits. Samples are
/// reparameterized: z = sigmoid((Logits + log u − log(1 − u)) / Temperature), u uniform; they approach 0 and 1 as the temperature falls.
/// The counterpart of torch.distributions.RelaxedBernoulli.
/// </remarks>
/// <example>
/// <para>Draws that carry gradients</para>
/// <code>New-RelaxedBernoulliDistribution 0.5 -Probs 0.3 -RequiresGrad |
///     Invoke-RSample -Count 5 -Seed 1</code>
/// </example>
/// <example>
/// <para>The gradient of the mean with respect to Logits</para>
/// <code>$d = New-RelaxedBernoulliDistribution 0.5 -Logits 0.2 -RequiresGrad
/// ($d | Invoke-RSample -Count 1000 -Seed 1 -AsTensor).mean().backward()
/// $d.Logits.grad</code>
/// </example>
[Cmdlet(VerbsCommon.New, "RelaxedBernoulliDistribution", DefaultParameterSetName = ByValue), OutputType(typeof(RelaxedBernoulli))]
public sealed class NewRelaxedBernoulliDistributionCommand() : NewDistributionCommandBase(RelaxedBernoulli.Definition)
{
    /// <summary>The temperature: the smaller, the closer to a Bernoulli distribution. Allowed: positive; a number, nested arrays of numbers, or a tensor.</summary>
    [Parameter(ParameterSetName = ByValue, Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    public object? Temperature { get; set; }

    /// <summary>The probability of a 1. Allowed: 0 to 1; a number, nested arrays of numbers, or a tensor.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    public object? Probs { get; set; }

    /// <summary>The log-odds of a 1, instead of Probs. Allowed: a number, nested arrays of numbers, or a tensor.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public object? Logits { get; set; }
}
