using System.Management.Automation;
using ReparamPS.Distributions;
using ReparamPS.Divergences;
using TorchSharp;

namespace ReparamPS.Cmdlets.Divergences;

/// <summary>
/// Estimates the Jensen–Shannon divergence of two distributions.
/// </summary>
/// <remarks>
/// Estimates ½ KL(P ‖ M) + ½ KL(Q ‖ M) in nats, with M = ½ (P + Q). It is symmetric and lies between 0 and log 2. It has no closed form even for two normal distributions, so it is always estimated
/// from -Draws draws of each, with its standard error.
/// </remarks>
/// <example>
/// <para>Two normal distributions</para>
/// <code>$p = New-NormalDistribution 0 1
/// $q = New-NormalDistribution 1 2
/// Measure-JensenShannonDivergence -P $p -Q $q -Seed 1</code>
/// </example>
/// <example>
/// <para>Disjoint distributions: log 2</para>
/// <code>$p = New-UniformDistribution 0 1
/// $q = New-UniformDistribution 2 3
/// Measure-JensenShannonDivergence $p $q -Draws 1000 -Seed 1</code>
/// </example>
[Cmdlet(VerbsDiagnostic.Measure, "JensenShannonDivergence"), OutputType(typeof(DivergenceRow), typeof(torch.Tensor))]
public sealed class MeasureJensenShannonDivergenceCommand() : DivergenceCommandBase("JensenShannon")
{
    /// <inheritdoc/>
    protected override void Process(Distribution p, Distribution q) => WriteEstimate(p, q, random => MonteCarloEstimate.JensenShannon(p, q, Draws, random));
}
