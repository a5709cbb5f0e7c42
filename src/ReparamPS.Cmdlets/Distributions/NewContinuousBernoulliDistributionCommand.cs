using System.Management.Automation;
using ReparamPS.Distributions;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>
/// Creates a continuous Bernoulli distribution.
/// </summary>
/// <remarks>
/// On the interval from 0 to 1, with density λ exp(λ x) / (exp(λ) − 1), λ = Logits = log(Probs / (1 − Probs)). Give Probs or Logits. Samples are
/// reparameterized by the inverse CDF. The counterpart of torch.distributions.ContinuousBernoulli.
/// </remarks>
/// <example>
/// <para>Density, CDF and a quantile</para>
/// <code>$d = New-ContinuousBernoulliDistribution -Probs 0.3
/// $d | Get-LogProbability -Value 0.5
/// $d | Get-CumulativeProbability -Value 0.5
/// $d | Get-Quantile -Probability 0.95</code>
/// </example>
/// <example>
/// <para>The gradient of E[z] with respect to Logits</para>
/// <code>$d = New-ContinuousBernoulliDistribution -Logits 1 -RequiresGrad
/// $z = $d | Invoke-RSample -Count 10000 -Seed 1 -AsTensor
/// $z.mean().backward()
/// $d.Logits.grad</code>
/// </example>
[Cmdlet(VerbsCommon.New, "ContinuousBernoulliDistribution", DefaultParameterSetName = ByValue), OutputType(typeof(ContinuousBernoulli))]
public sealed class NewContinuousBernoulliDistributionCommand() : NewDistributionCommandBase(ContinuousBernoulli.Definition)
{
    /// <summary>The parameter from 0 to 1. Allowed: a number, nested arrays of numbers, or a tensor.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    public object? Probs { get; set; }

    /// <summary>Its log-odds, instead of Probs. Allowed: a number, nested arrays of numbers, or a tensor.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public object? Logits { get; set; }
}
