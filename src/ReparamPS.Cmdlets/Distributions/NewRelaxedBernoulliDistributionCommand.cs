using System.Management.Automation;
using ReparamPS.Distributions;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>
/// Creates a relaxed Bernoulli (binary concrete) distribution.
/// </summary>
/// <remarks>
/// <para>A draw is a number in [0, 1] that approaches 0 or 1 as Temperature falls. Give either Probs or Logits.</para>
/// <para>The density is T α x^(−T−1) (1 − x)^(−T−1) / (α x^(−T) + (1 − x)^(−T))², where α = exp(Logits) and T = Temperature. Samples are reparameterized: z =
/// sigmoid((Logits + log u − log(1 − u)) / T) with u uniform on [0, 1]. PyTorch's counterpart is torch.distributions.RelaxedBernoulli.</para>
/// </remarks>
/// <example>
/// <para>Five draws</para>
/// <code>New-RelaxedBernoulliDistribution 0.5 -Probs 0.3 |
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
    /// <summary>The temperature: the smaller, the closer to a Bernoulli distribution. Allowed: positive values, as a number, a (nested) array or a tensor.</summary>
    [Parameter(ParameterSetName = ByValue, Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    public object? Temperature { get; set; }

    /// <summary>The probability of a 1 under the Bernoulli distribution that is approximated. Allowed: values from 0 to 1, as a number, a (nested) array or a tensor.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    public object? Probs { get; set; }

    /// <summary>The log-odds log(Probs / (1 − Probs)), instead of Probs. Allowed: a number, a (nested) array or a tensor.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public object? Logits { get; set; }
}
