using System.Management.Automation;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Policies;
using ReparamPS.Policies.Gradients;
using ReparamPS.Torch.Randomness;

namespace ReparamPS.Cmdlets.Policies;

/// <summary>Estimates the gradient of a policy's cost by several estimators, beside the exact gradient where it is known.</summary>
/// <remarks>
/// <para>Gradients are those of J, the expected cost. Pathwise differentiates each trajectory's cost through dynamics and cost, with its noise held fixed. ScoreFunction weights the score of each step by the cost of the whole trajectory, RewardToGo by the cost from that step on. There is one row per estimator, baseline and parameter element; Pathwise has no baseline.</para>
/// <para>Truth is exact for a linear policy on Lqr, by a recursion of the state's second moment; it is null otherwise.</para>
/// <para>A warning says if Pathwise and another estimator are more than six standard errors apart: the dynamics or the cost then probably jump, and Pathwise is biased there.</para>
/// </remarks>
/// <example>
/// <para>All estimators on a linear-quadratic problem, beside the exact gradient</para>
/// <code>$lqr = @{
///     A = @(@(1, 0.1), @(0, 1)); B = @(@(0), @(0.1))
///     Q = @(@(1, 0), @(0, 1)); R = 0.1
/// }
/// $problem = New-ControlProblem Lqr @lqr
/// $problem |
///     Measure-PolicyGradient -Policy (
///         New-LinearPolicy 1, 1 -Scale 0.5
///     ) -Seed 1</code>
/// </example>
/// <example>
/// <para>What a baseline saves</para>
/// <code>$problem = New-ControlProblem Lqr -A 1 -B 1 -Q 1 -R 1
/// $settings = @{
///     Policy = New-LinearPolicy 0.5 -Scale 0.2
///     Estimator = 'RewardToGo'; Baseline = 'None', 'Time'
///     Trajectories = 2000; Seed = 1
/// }
/// $problem | Measure-PolicyGradient @settings</code>
/// </example>
[Cmdlet(VerbsDiagnostic.Measure, "PolicyGradient"), OutputType(typeof(PolicyGradientRow))]
public sealed class MeasurePolicyGradientCommand : PolicyCommandBase
{
    private static readonly PolicyGradientOptions Defaults = new();

    /// <summary>The estimators: Pathwise, ScoreFunction, RewardToGo. Default: all.</summary>
    [Parameter, Exact<PolicyGradientEstimator[]>]
    public PolicyGradientEstimator[] Estimator { get; set; } = [.. Defaults.Estimators];

    /// <summary>What is subtracted from the weights of ScoreFunction and RewardToGo: None, or Time for each step's mean over the other trajectories. Default: None.</summary>
    [Parameter, Exact<PolicyBaseline[]>]
    public PolicyBaseline[] Baseline { get; set; } = [.. Defaults.Baselines];

    /// <summary>The number of trajectories. Default: 10,000.</summary>
    [Parameter, AllowedRange(2), Exact<long>]
    public long Trajectories { get; set; } = Defaults.Trajectories;

    /// <summary>The seed of first states and noise. Default: 0.</summary>
    [Parameter, Exact<long>]
    public long Seed { get; set; } = Defaults.Seed;

    /// <summary>
    /// The random number generator. Torch: PyTorch's draws. Philox: draws in parallel, with the same result for any number of threads; see about_ReparamPS_Random. Default: Torch.
    /// </summary>
    [Parameter, Exact<RandomGenerator>]
    public RandomGenerator Generator { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        var options = new PolicyGradientOptions { Estimators = Estimator, Baselines = Baseline, Trajectories = Trajectories, Seed = Seed, Generator = Generator };
        WriteObject(PolicyGradientMeasurement.Run(Problem, Policy, options, WriteWarning, Cancellation), enumerateCollection: true);
    }
}
