using System.Management.Automation;
using ReparamPS.Distributions.Constraints;
using ReparamPS.Distributions.Parameters;
using TorchSharp;

namespace ReparamPS.Cmdlets.Probability;

/// <summary>Evaluates the quantile function, the inverse of the CDF.</summary>
/// <remarks>
/// The counterpart of PyTorch's icdf(). The quantile of a discrete distribution is the smallest value whose cumulative probability is at least the given probability. A probability outside [0, 1] is an error; NaN returns NaN.
/// </remarks>
/// <example>
/// <para>The central 95 % of a standard normal</para>
/// <code>New-NormalDistribution | Get-Quantile -Probability 0.025, 0.975</code>
/// </example>
/// <example>
/// <para>The median, as a tensor whose gradient reaches the parameters</para>
/// <code>$d = New-NormalDistribution 1 2 -RequiresGrad
/// ($d | Get-Quantile -Probability 0.5 -AsTensor).sum().backward()
/// $d.Loc.grad.item()</code>
/// </example>
[Cmdlet(VerbsCommon.Get, "Quantile", DefaultParameterSetName = Positions), OutputType(typeof(double), typeof(torch.Tensor))]
public sealed class GetQuantileCommand : ProbabilityCommandBase
{
    /// <summary>The probabilities. Allowed: numbers from 0 to 1, nested arrays of them, or a tensor.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = PipedDistribution)]
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = Positions)]
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = PipedValue)]
    public object Probability { get; set => field = Once(value); } = null!;

    private protected override string Argument => nameof(Probability);

    /// <inheritdoc/>
    protected override void Process() => Write(Probability, probability =>
    {
        Check(probability);
        return Distribution.Icdf(probability, Cancellation);
    });

    // NaN stays NaN, as a missing value does elsewhere.
    private static void Check(torch.Tensor probability)
    {
        using var scope = torch.NewDisposeScope();
        torch.Tensor given = probability.detach().flatten();
        given = given.masked_fill(given.isnan(), 0.5);
        if (Constraints.UnitInterval.IsMetBy(given)) return;
        torch.Tensor first = given.masked_select((given < 0) | (given > 1))[0];
        throw new ParameterConstraintException(new DistributionParameter(new ParameterInfo(nameof(Probability), Constraints.UnitInterval), first));
    }
}
