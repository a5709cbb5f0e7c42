using System.Management.Automation;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Distributions;
using ReparamPS.Divergences;
using TorchSharp;

namespace ReparamPS.Cmdlets.Divergences;

/// <summary>
/// Measures the Kullback–Leibler divergence KL(P ‖ Q) of two distributions.
/// </summary>
/// <remarks>
/// <para>Computes KL(P ‖ Q) = E_P[log P(x) − log Q(x)] in nats. If P or Q is a batch of distributions, the batches broadcast and there is one row per element. The closed form is used. It exists for every pair that PyTorch's kl_divergence() supports, and for some others.
/// Two distributions from New-IndependentDistribution have a closed form if their base distributions have one. The same holds for two transformed distributions with the same transforms.</para>
/// <para>If there is no closed form, the cmdlet reports an error. Use -MonteCarlo then: it estimates the divergence from draws of P, with a standard error. If a draw of P lies where Q has no mass, the divergence is infinite, and the standard error is 0.
/// P and Q must both be discrete or both continuous.</para>
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
    /// <summary>Estimates the divergence from draws of P, even if there is a closed form. Without -MonteCarlo, -Draws is an error, and -Seed and -Generator have no effect.</summary>
    [Parameter, Exact<SwitchParameter>]
    public SwitchParameter MonteCarlo { get; set; }

    /// <inheritdoc/>
    protected override void Process(Distribution p, Distribution q)
    {
        if (MonteCarlo) WriteEstimate(p, q, "KL(P ‖ Q)", random => MonteCarloEstimate.Divergence(p, q, Draws, random));
        else WriteClosedForm(p, q, () => KullbackLeibler.Divergence(p, q));
    }
}
