using System.Management.Automation;
using ReparamPS.Distributions;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>
/// Creates a Fisher-Snedecor (F) distribution.
/// </summary>
/// <remarks>
/// A draw is the ratio of two chi-squared draws, each divided by its degrees of freedom, Df1 and Df2. Samples are reparameterized implicitly, through the CDF, in
/// both parameters. PyTorch's counterpart is torch.distributions.FisherSnedecor.
/// </remarks>
/// <example>
/// <para>Log-density, CDF and a quantile</para>
/// <code>$d = New-FisherSnedecorDistribution -Df1 5 -Df2 7
/// $d | Get-LogProbability -Value 2.5
/// $d | Get-CumulativeProbability -Value 2.5
/// $d | Get-Quantile -Probability 0.95</code>
/// </example>
/// <example>
/// <para>The gradient of E[log z] with respect to Df1 and Df2</para>
/// <code>$d = New-FisherSnedecorDistribution 5 7 -RequiresGrad
/// $z = $d | Invoke-RSample -Count 10000 -Seed 1 -AsTensor
/// $z.log().mean().backward()
/// $d.Df1.grad, $d.Df2.grad</code>
/// </example>
[Cmdlet(VerbsCommon.New, "FisherSnedecorDistribution", DefaultParameterSetName = ByValue), OutputType(typeof(FisherSnedecor))]
public sealed class NewFisherSnedecorDistributionCommand() : NewDistributionCommandBase(FisherSnedecor.Definition)
{
    /// <summary>The numerator's degrees of freedom. Allowed: positive values, as a number, a (nested) array or a tensor.</summary>
    [Parameter(ParameterSetName = ByValue, Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    public object? Df1 { get; set; }

    /// <summary>The denominator's degrees of freedom. Allowed: positive values, as a number, a (nested) array or a tensor.</summary>
    [Parameter(ParameterSetName = ByValue, Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    public object? Df2 { get; set; }
}
