using System.Management.Automation;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Distributions;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>
/// Turns batch dimensions of a distribution into dimensions of one draw, whose elements are independent.
/// </summary>
/// <remarks>
/// The last ReinterpretedBatchNdims batch dimensions of BaseDistribution become event dimensions, the dimensions of one draw. Log-densities are summed over them.
/// Samples are reparameterized if those of BaseDistribution are. PyTorch's counterpart is torch.distributions.Independent.
/// </remarks>
/// <example>
/// <para>A diagonal normal on vectors of three</para>
/// <code>New-NormalDistribution -Loc 0, 1, 2 -Scale 1 |
///     New-IndependentDistribution -ReinterpretedBatchNdims 1</code>
/// </example>
/// <example>
/// <para>One log-density for a whole vector</para>
/// <code>New-IndependentDistribution (
///     New-LaplaceDistribution -Loc 0, 1 -Scale 1
/// ) 1 | Get-LogProbability -Value 0.5, 0.5</code>
/// </example>
[Cmdlet(VerbsCommon.New, "IndependentDistribution", DefaultParameterSetName = Given), OutputType(typeof(Independent))]
public sealed class NewIndependentDistributionCommand() : NewDistributionCommandBase(Independent.Definition)
{
    // PyTorch's order of arguments; what comes from the pipeline takes no place in it.
    private const string Given = "Given", Piped = "Piped";

    /// <summary>The distribution whose last batch dimensions become event dimensions. Required here or in -InputObject.</summary>
    [Parameter(ParameterSetName = Piped, Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Parameter(ParameterSetName = Given, Position = 0, ValueFromPipelineByPropertyName = true), Exact<Distribution>]
    public Distribution? BaseDistribution { get; set; }

    /// <summary>The number of batch dimensions, counted from the last, that become event dimensions. Required here or in -InputObject. Allowed: 0 to the number of batch dimensions.</summary>
    [Parameter(ParameterSetName = Given, Position = 1, ValueFromPipelineByPropertyName = true)]
    [Parameter(ParameterSetName = Piped, Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    public object? ReinterpretedBatchNdims { get; set => field = Once(value); }
}
