using System.Management.Automation;
using ReparamPS.Distributions;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>
/// Creates a generalized Pareto distribution.
/// </summary>
/// <remarks>
/// <para>This is the distribution of values above a threshold Loc. The density is (1 + ξ y)^(−1/ξ − 1) / Scale, where y = (x − Loc) / Scale and ξ =
/// Concentration. For ξ = 0 the distribution is exponential; for ξ &lt; 0 draws are at most Loc − Scale / ξ.</para>
/// <para>Samples are reparameterized by the inverse CDF: z = Loc + Scale · ((1 − u)^(−ξ) − 1) / ξ with u uniform on [0, 1].</para>
/// </remarks>
/// <example>
/// <para>Log-density, CDF and a quantile</para>
/// <code>$d = New-GeneralizedParetoDistribution -Loc 0 -Scale 1 -Concentration 0.2
/// $d | Get-LogProbability -Value 1.5
/// $d | Get-CumulativeProbability -Value 1.5
/// $d | Get-Quantile -Probability 0.999</code>
/// </example>
/// <example>
/// <para>The gradient of E[log(1 + z)] with respect to Scale and Concentration</para>
/// <code>$d = New-GeneralizedParetoDistribution 0 1 0.2 -RequiresGrad
/// $z = $d | Invoke-RSample -Count 10000 -Seed 1 -AsTensor
/// $z.log1p().mean().backward()
/// $d.Scale.grad, $d.Concentration.grad</code>
/// </example>
[Cmdlet(VerbsCommon.New, "GeneralizedParetoDistribution", DefaultParameterSetName = ByValue), OutputType(typeof(GeneralizedPareto))]
public sealed class NewGeneralizedParetoDistributionCommand() : NewDistributionCommandBase(GeneralizedPareto.Definition)
{
    /// <summary>The threshold, the lower bound of draws. Allowed: a number, a (nested) array or a tensor. Default: 0.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    public object? Loc { get; set; }

    /// <summary>The scale. Allowed: positive values, as a number, a (nested) array or a tensor. Default: 1.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    public object? Scale { get; set; }

    /// <summary>The shape parameter ξ. Allowed: a number, a (nested) array or a tensor.</summary>
    [Parameter(ParameterSetName = ByValue, Mandatory = true, Position = 2, ValueFromPipelineByPropertyName = true)]
    public object? Concentration { get; set; }
}
