using System.Management.Automation;
using ReparamPS.Distributions;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>
/// Creates a Student's t distribution.
/// </summary>
/// <remarks>
/// The density is proportional to (1 + y²/ν)^(−(ν + 1)/2), where y = (x − Loc) / Scale and ν = Df. Samples are reparameterized: directly in Loc and Scale, and in
/// Df implicitly, through the CDF. PyTorch's counterpart is torch.distributions.StudentT.
/// </remarks>
/// <example>
/// <para>Log-density, CDF and a quantile</para>
/// <code>$d = New-StudentTDistribution -Df 4
/// $d | Get-LogProbability -Value 2.5
/// $d | Get-CumulativeProbability -Value 2.5
/// $d | Get-Quantile -Probability 0.975</code>
/// </example>
/// <example>
/// <para>The gradient of E[log(1 + z²)] with respect to Df and Scale</para>
/// <code>$d = New-StudentTDistribution 4 0 1 -RequiresGrad
/// $z = $d | Invoke-RSample -Count 10000 -Seed 1 -AsTensor
/// $z.square().add(1).log().mean().backward()
/// $d.Df.grad, $d.Scale.grad</code>
/// </example>
[Cmdlet(VerbsCommon.New, "StudentTDistribution", DefaultParameterSetName = ByValue), OutputType(typeof(StudentT))]
public sealed class NewStudentTDistributionCommand() : NewDistributionCommandBase(StudentT.Definition)
{
    /// <summary>The degrees of freedom. Allowed: positive values, whole or not, as a number, a (nested) array or a tensor.</summary>
    [Parameter(ParameterSetName = ByValue, Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    public object? Df { get; set; }

    /// <summary>The center. Allowed: a number, a (nested) array or a tensor. Default: 0.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    public object? Loc { get; set; }

    /// <summary>The scale. Allowed: positive values, as a number, a (nested) array or a tensor. Default: 1.</summary>
    [Parameter(Position = 2, ValueFromPipelineByPropertyName = true)]
    public object? Scale { get; set; }
}
