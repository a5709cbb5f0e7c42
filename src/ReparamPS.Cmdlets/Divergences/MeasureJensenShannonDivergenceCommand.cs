using System.Management.Automation;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Distributions;
using ReparamPS.Divergences;
using TorchSharp;

namespace ReparamPS.Cmdlets.Divergences;

/// <summary>
/// Estimates the Jensen–Shannon divergence of two distributions.
/// </summary>
/// <remarks>
/// <para>Estimates ½ KL(P ‖ M) + ½ KL(Q ‖ M) in nats, where M = ½ (P + Q) is the mixture of P and Q. The divergence is symmetric and lies between 0 and log 2.</para>
/// <para>In general it has no closed form, not even for two normal distributions. It is therefore estimated from draws of P and Q, with a standard error. P and Q must both be discrete or both continuous.</para>
/// </remarks>
/// <example>
/// <para>Two normal distributions</para>
/// <code>$p = New-NormalDistribution 0 1
/// $q = New-NormalDistribution 1 2
/// Measure-JensenShannonDivergence -P $p -Q $q -Seed 1</code>
/// </example>
/// <example>
/// <para>Two distributions that do not overlap: log 2</para>
/// <code>$p = New-UniformDistribution 0 1
/// $q = New-UniformDistribution 2 3
/// Measure-JensenShannonDivergence $p $q -Draws 1000 -Seed 1</code>
/// </example>
[Cmdlet(VerbsDiagnostic.Measure, "JensenShannonDivergence"), OutputType(typeof(DivergenceRow), typeof(torch.Tensor))]
public sealed class MeasureJensenShannonDivergenceCommand() : DivergenceCommandBase("JensenShannon")
{
    /// <summary>The number of draws of P, and of Q.</summary>
    [Parameter, AllowedRange(2, int.MaxValue), Alias("Count"), Exact<long>]
    public override long Draws { get; set; } = 100_000;

    /// <inheritdoc/>
    protected override void Process(Distribution p, Distribution q) => WriteEstimate(p, q, null, random => MonteCarloEstimate.JensenShannon(p, q, Draws, random));
}
