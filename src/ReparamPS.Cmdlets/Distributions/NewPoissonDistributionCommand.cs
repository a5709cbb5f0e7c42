using System.Management.Automation;
using ReparamPS.Distributions;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>
/// Creates a Poisson distribution.
/// </summary>
/// <remarks>
/// A draw is a count. P(x) = Rate^x exp(−Rate) / x! for whole x ≥ 0, where Rate is the mean. Draws carry no gradient: use Invoke-Sample. PyTorch's counterpart is torch.distributions.Poisson.
/// </remarks>
/// <example>
/// <para>Ten draws</para>
/// <code>New-PoissonDistribution 3.5 | Invoke-Sample -Count 10 -Seed 1</code>
/// </example>
/// <example>
/// <para>The probability of no event</para>
/// <code>New-PoissonDistribution 3.5 | Get-CumulativeProbability -Value 0</code>
/// </example>
[Cmdlet(VerbsCommon.New, "PoissonDistribution", DefaultParameterSetName = ByValue), OutputType(typeof(Poisson))]
public sealed class NewPoissonDistributionCommand() : NewDistributionCommandBase(Poisson.Definition)
{
    /// <summary>The mean. Allowed: values of at least 0, as a number, a (nested) array or a tensor.</summary>
    [Parameter(ParameterSetName = ByValue, Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    public object? Rate { get; set; }
}
