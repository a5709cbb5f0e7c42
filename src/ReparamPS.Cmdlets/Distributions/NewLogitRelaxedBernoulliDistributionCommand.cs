using System.Management.Automation;
using ReparamPS.Distributions;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>
/// Creates the distribution of the logit of a relaxed Bernoulli variable.
/// </summary>
/// <remarks>
/// <para>A draw is log(y / (1 − y)), where y is a draw of New-RelaxedBernoulliDistribution with the same parameters. Give either Probs or Logits.</para>
/// <para>The density is that of a logistic distribution: T exp(s) / (1 + exp(s))², where s = Logits − T x and T = Temperature. Samples are reparameterized: z =
/// (Logits + log u − log(1 − u)) / T with u uniform on [0, 1]. PyTorch's counterpart is torch.distributions.relaxed_bernoulli.LogitRelaxedBernoulli.</para>
/// </remarks>
/// <example>
/// <para>The gradient of E[z²] with respect to Probs</para>
/// <code>$d = New-LogitRelaxedBernoulliDistribution 0.5 0.3 -RequiresGrad
/// $z = $d | Invoke-RSample -Count 1000 -Seed 1 -AsTensor
/// $z.square().mean().backward()
/// $d.Probs.grad</code>
/// </example>
/// <example>
/// <para>Mean and standard deviation</para>
/// <code>New-LogitRelaxedBernoulliDistribution 0.5 -Logits 1 |
///     ForEach-Object { $_.Mean, $_.StdDev }</code>
/// </example>
[Cmdlet(VerbsCommon.New, "LogitRelaxedBernoulliDistribution", DefaultParameterSetName = ByValue), OutputType(typeof(LogitRelaxedBernoulli))]
public sealed class NewLogitRelaxedBernoulliDistributionCommand() : NewDistributionCommandBase(LogitRelaxedBernoulli.Definition)
{
    /// <summary>The temperature: the smaller, the closer y is to 0 or 1. Allowed: positive values, as a number, a (nested) array or a tensor.</summary>
    [Parameter(ParameterSetName = ByValue, Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    public object? Temperature { get; set; }

    /// <summary>The probability of a 1 under the Bernoulli distribution that y approximates. Allowed: values from 0 to 1, as a number, a (nested) array or a tensor.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    public object? Probs { get; set; }

    /// <summary>The log-odds log(Probs / (1 − Probs)), instead of Probs. Allowed: a number, a (nested) array or a tensor.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public object? Logits { get; set; }
}
