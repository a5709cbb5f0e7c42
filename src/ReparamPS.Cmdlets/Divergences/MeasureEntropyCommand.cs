using System.Management.Automation;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Distributions;
using ReparamPS.Divergences;
using TorchSharp;

namespace ReparamPS.Cmdlets.Divergences;

/// <summary>
/// Measures the entropy of a distribution.
/// </summary>
/// <remarks>
/// <para>The entropy is −E[log p] in nats: the differential entropy of a continuous distribution, the Shannon entropy of a discrete one. There is one row per distribution of a batch.</para>
/// <para>If the entropy can be computed neither in closed form nor by quadrature, the cmdlet reports an error, unless -MonteCarlo is given. -MonteCarlo estimates the entropy from draws, with a standard error.</para>
/// </remarks>
/// <example>
/// <para>The entropy of three normal distributions</para>
/// <code>New-NormalDistribution 0 1, 2, 3 | Measure-Entropy</code>
/// </example>
/// <example>
/// <para>An estimate for a mixture, whose entropy has no closed form</para>
/// <code>New-MixtureSameFamilyDistribution (New-CategoricalDistribution 0.3, 0.7) (
///     New-NormalDistribution (-1, 2) 1
/// ) | Measure-Entropy -MonteCarlo -Draws 10000 -Seed 1</code>
/// </example>
[Cmdlet(VerbsDiagnostic.Measure, "Entropy"), OutputType(typeof(DivergenceRow), typeof(torch.Tensor))]
public sealed class MeasureEntropyCommand() : MeasureCommandBase("Entropy")
{
    /// <summary>The distribution, or a batch of distributions.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true), Exact<Distribution>(IsOnlyInput = true)]
    public Distribution Distribution { get; set; } = null!;

    /// <summary>Estimates the entropy from draws, even if it can be computed without them. Without -MonteCarlo, -Draws is an error, and -Seed and -Generator have no effect.</summary>
    [Parameter, Exact<SwitchParameter>]
    public SwitchParameter MonteCarlo { get; set; }

    /// <inheritdoc/>
    protected override object? ErrorTarget => Distribution;

    /// <inheritdoc/>
    protected override void Process()
    {
        if (MonteCarlo) WriteEstimate(Distribution, null, "The entropy", random => MonteCarloEstimate.Entropy(Distribution, Draws, random));
        else WriteClosedForm(Distribution, null, ClosedForm);
    }

    private torch.Tensor ClosedForm() => Distribution.HasEntropy
        ? Distribution.Entropy
        : throw new NotSupportedException(!Distribution.HasLogProb ? $"{Distribution.Name} has no log-density, so its entropy cannot be computed.{(Distribution is CustomDistribution ? " Give -LogProbability to New-CustomDistribution, and use Measure-Entropy -MonteCarlo." : "")}"
            : $"{Distribution.Name} has no closed-form entropy. Use Measure-Entropy -MonteCarlo for an estimate with a standard error.");
}
