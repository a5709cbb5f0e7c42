using System.Management.Automation;
using ReparamPS.Distributions;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>
/// Creates a continuous Bernoulli distribution.
/// </summary>
/// <remarks>
/// The density on [0, 1] is λ exp(λ x) / (exp(λ) − 1), where λ = Logits = log(Probs / (1 − Probs)). For λ = 0 it is uniform. Give either Probs or Logits. Samples are
/// reparameterized by the inverse CDF. PyTorch's counterpart is torch.distributions.ContinuousBernoulli.
/// </remarks>
/// <example>
/// <para>Log-density, CDF and a quantile</para>
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
    /// <summary>The shape parameter (not the mean): the density rises with x if Probs is above ½, and falls if it is below. Allowed: values from 0 to 1, as a number, a (nested) array or a tensor.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    public object? Probs { get; set; }

    /// <summary>The log-odds log(Probs / (1 − Probs)), instead of Probs. Allowed: a number, a (nested) array or a tensor.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public object? Logits { get; set; }
}
