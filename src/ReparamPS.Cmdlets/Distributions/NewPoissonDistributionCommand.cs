using System.Management.Automation;
using ReparamPS.Distributions;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>
/// Creates a Poisson distribution.
/// </summary>
/// <remarks>
/// On 0, 1, 2, …, with mass Rate^x exp(−Rate) / x!. It is not reparameterized. The counterpart of torch.distributions.Poisson.
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
    /// <summary>The mean. Allowed: at least 0; a number, nested arrays of numbers, or a tensor.</summary>
    [Parameter(ParameterSetName = ByValue, Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    public object? Rate { get; set; }
}
