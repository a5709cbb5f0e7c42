using System.Management.Automation;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Distributions;
using ReparamPS.Divergences;
using TorchSharp;

namespace ReparamPS.Cmdlets.Divergences;

/// <summary>
/// Measures the cross-entropy of two distributions.
/// </summary>
/// <remarks>
/// <para>The cross-entropy is the expectation of −log Q(x) for draws x of P, in nats. If P or Q is a batch of distributions, the batches broadcast and there is one row per element. If the entropy of P and KL(P ‖ Q) have closed forms, the result is their sum.</para>
/// <para>Otherwise, -MonteCarlo is required: it estimates the cross-entropy from draws of P, with a standard error.</para>
/// </remarks>
/// <example>
/// <para>Measure two categorical distributions</para>
/// <code>Measure-CrossEntropy -P (New-CategoricalDistribution 0.2, 0.8) -Q (
///     New-CategoricalDistribution 0.5, 0.5
/// )</code>
/// </example>
/// <example>
/// <para>Estimate a cross-entropy that has no closed form</para>
/// <code>$p = New-NormalDistribution 0 1
/// $q = New-CauchyDistribution 0 1
/// Measure-CrossEntropy $p $q -MonteCarlo -Draws 10000 -Seed 1</code>
/// </example>
[Cmdlet(VerbsDiagnostic.Measure, "CrossEntropy"), OutputType(typeof(DivergenceRow), typeof(torch.Tensor))]
public sealed class MeasureCrossEntropyCommand() : DivergenceCommandBase("CrossEntropy")
{
    /// <summary>Estimates from draws, even if there is a closed form. Without -MonteCarlo, -Draws is an error, and -Seed and -Generator have no effect.</summary>
    [Parameter, Exact<SwitchParameter>]
    public SwitchParameter MonteCarlo { get; set; }

    /// <inheritdoc/>
    protected override void Process(Distribution p, Distribution q)
    {
        if (MonteCarlo) WriteEstimate(p, q, "The cross-entropy", random => MonteCarloEstimate.CrossEntropy(p, q, Draws, random));
        else WriteClosedForm(p, q, () => KullbackLeibler.CrossEntropy(p, q));
    }
}
