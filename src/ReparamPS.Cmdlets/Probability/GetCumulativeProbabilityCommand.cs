using System.Management.Automation;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Distributions;
using TorchSharp;

namespace ReparamPS.Cmdlets.Probability;

/// <summary>Evaluates the cumulative distribution function (CDF), F(x) = P(X ≤ x).</summary>
/// <remarks>
/// The counterpart of PyTorch's cdf(). -UpperTail and -Log stay accurate far out in the tails, where 1 − F(x) or F(x) would round to 0.
/// For a TransformedDistribution, x is first mapped back to a value y of the base distribution. If y rounds to the upper end of the base's support, a small upper-tail probability is inaccurate. For example, with a uniform base and the logit transform, x = 40 gives y = sigmoid(40), which rounds to 1.
/// Values broadcast against the distribution's batch. If the module has no CDF of the distribution, as for multivariate ones, there is an error.
/// </remarks>
/// <example>
/// <para>The probability of at most 1.96</para>
/// <code>New-NormalDistribution | Get-CumulativeProbability -Value 1.96</code>
/// </example>
/// <example>
/// <para>Far in the tails</para>
/// <code>New-NormalDistribution | Get-CumulativeProbability -Value -40 -Log
/// New-NormalDistribution | Get-CumulativeProbability -Value 12 -UpperTail</code>
/// </example>
[Cmdlet(VerbsCommon.Get, "CumulativeProbability", DefaultParameterSetName = Positions), OutputType(typeof(double), typeof(torch.Tensor))]
public sealed class GetCumulativeProbabilityCommand : ProbabilityCommandBase
{
    /// <summary>The values x at which F is evaluated. Allowed: numbers, nested arrays of numbers, a tensor, or the result of Invoke-RSample or Invoke-Sample.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = PipedDistribution)]
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = Positions)]
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = PipedValue)]
    public object Value { get; set => field = Once(value); } = null!;

    private protected override string Argument => nameof(Value);

    /// <summary>Returns the survival function 1 − F(x) = P(X > x).</summary>
    [Parameter, Exact<SwitchParameter>]
    public SwitchParameter UpperTail { get; set; }

    /// <summary>Returns the natural logarithm of the probability.</summary>
    [Parameter, Exact<SwitchParameter>]
    public SwitchParameter Log { get; set; }

    /// <inheritdoc/>
    protected override void Process() => Write(Value, Function(Distribution));

    private Func<torch.Tensor, torch.Tensor> Function(Distribution distribution) => (UpperTail.IsPresent, Log.IsPresent) switch
    {
        (false, false) => distribution.Cdf,
        (false, true) => distribution.LogCdf,
        (true, false) => distribution.Survival,
        (true, true) => distribution.LogSurvival,
    };
}
