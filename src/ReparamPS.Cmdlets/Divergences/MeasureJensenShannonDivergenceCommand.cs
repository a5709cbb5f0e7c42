using System.Management.Automation;
using ReparamPS.Distributions;
using ReparamPS.Divergences;
using TorchSharp;

namespace ReparamPS.Cmdlets.Divergences;

/// <summary>
/// Estimates the Jensen–Shannon divergence of two distributions.
/// </summary>
/// <remarks>
/// ½ KL(P ‖ M) + ½ KL(Q ‖ M) in nats, with M = ½ (P + Q). It is symmetric and lies between 0 and log 2. It has no closed form even for two normal distributions, so it is always estimated
/// from -Count draws of each, with its standard error.
/// </remarks>
/// <example>
/// <para>Two normal distributions</para>
/// <code>Measure-JensenShannonDivergence -P (New-NormalDistribution 0 1) -Q (New-NormalDistribution 1 2) -Seed 1</code>
/// </example>
/// <example>
/// <para>Disjoint distributions: log 2</para>
/// <code>Measure-JensenShannonDivergence (New-UniformDistribution 0 1) (New-UniformDistribution 2 3) -Count 1000 -Seed 1</code>
/// </example>
[Cmdlet(VerbsDiagnostic.Measure, "JensenShannonDivergence"), OutputType(typeof(DivergenceRow), typeof(torch.Tensor))]
public sealed class MeasureJensenShannonDivergenceCommand() : MeasureCommandBase("JensenShannon")
{
    /// <summary>One distribution.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    public Distribution P { get; set; } = null!;

    /// <summary>The other distribution.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    public Distribution Q { get; set; } = null!;

    /// <inheritdoc/>
    protected override object? ErrorTarget => P;

    /// <inheritdoc/>
    protected override void Process() => WriteEstimate(P, Q, random => MonteCarloEstimate.JensenShannon(P, Q, Count, random));
}
