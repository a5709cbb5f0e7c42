using System.Management.Automation;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Distributions;
using ReparamPS.Divergences;
using TorchSharp;

namespace ReparamPS.Cmdlets.Divergences;

/// <summary>
/// Measures the Kullback–Leibler divergence of two distributions.
/// </summary>
/// <remarks>
/// <para>Computes KL(P ‖ Q) = E_P[log P − log Q] in nats, one row per element of the batch. Closed forms exist for all pairs that PyTorch registers, and some more.
/// Independent and TransformedDistribution follow from their base distributions.</para>
/// <para>A pair without a closed form is an error, unless -MonteCarlo is given: it estimates the divergence from draws of P, with a standard error. The standard error is 0 if a draw shows that the divergence is infinite.
/// A discrete and a continuous distribution cannot be compared.</para>
/// </remarks>
/// <example>
/// <para>Two normal distributions</para>
/// <code>$p = New-NormalDistribution 0 1
/// $q = New-NormalDistribution 1 2
/// Measure-KLDivergence -P $p -Q $q</code>
/// </example>
/// <example>
/// <para>An estimate for a pair without a closed form</para>
/// <code>$p = New-LaplaceDistribution 0 1
/// $q = New-CauchyDistribution 0 1
/// Measure-KLDivergence $p $q -MonteCarlo -Draws 10000 -Seed 1</code>
/// </example>
[Cmdlet(VerbsDiagnostic.Measure, "KLDivergence"), OutputType(typeof(DivergenceRow), typeof(torch.Tensor))]
public sealed class MeasureKLDivergenceCommand() : DivergenceCommandBase("KL")
{
    /// <summary>Estimates from draws, even if there is a closed form.</summary>
    [Parameter, Exact<SwitchParameter>]
    public SwitchParameter MonteCarlo { get; set; }

    /// <inheritdoc/>
    protected override void Process(Distribution p, Distribution q)
    {
        if (MonteCarlo) WriteEstimate(p, q, random => MonteCarloEstimate.Divergence(p, q, Draws, random));
        else WriteClosedForm(p, q, () => KullbackLeibler.Divergence(p, q));
    }
}
