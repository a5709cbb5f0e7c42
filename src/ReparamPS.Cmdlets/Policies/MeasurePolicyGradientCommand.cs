using System.Management.Automation;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Policies;
using ReparamPS.Policies.Gradients;
using ReparamPS.Torch.Randomness;

namespace ReparamPS.Cmdlets.Policies;

/// <summary>Estimates the gradient of a policy's expected cost by several estimators, and shows the exact gradient if it is known.</summary>
/// <remarks>
/// <para>The gradient is that of the expected discounted cost of a trajectory, with respect to the parameters of the policy. There is one row per estimator, baseline and element of a parameter.</para>
/// <para>Pathwise differentiates the cost of each trajectory through the dynamics, with the noise held fixed; it has no baseline.
/// ScoreFunction and RewardToGo multiply the score of each action (the gradient of its log-probability) by a weight. For ScoreFunction, the weight is the cost of the whole trajectory; for RewardToGo, the cost from the step of the action to the end. If the policy's Scale is 0 (no noise), ScoreFunction and RewardToGo are an error: use -Estimator Pathwise.</para>
/// <para>The column Truth is the exact gradient for a linear policy on Lqr if the means and covariances of the initial state are known and finite, otherwise null. ZScore is (Estimate − Truth) / StandardError.</para>
/// <para>If Pathwise and another estimator differ by more than six standard errors, there is a warning. Pathwise is then probably biased: the dynamics or the cost have jumps, or part of their gradient is cut and the check described below missed it.</para>
/// <para>Before Pathwise is used on a custom problem, the gradients of its script blocks (-Dynamics and -Cost of New-ControlProblem) are compared with finite differences at a few states. A wrong gradient is an error. A typical cause is New-Tensor, .detach(), .item() or .ToArray() applied to states or actions: each cuts the gradient. ScoreFunction and RewardToGo do not need these gradients. Blocks that return random values are not checked, nor are blocks in which the result of one trajectory depends on other trajectories.</para>
/// </remarks>
/// <seealso cref="NewControlProblemCommand"/>
/// <seealso cref="NewLinearPolicyCommand"/>
/// <seealso cref="NewNeuralPolicyCommand"/>
/// <seealso cref="InvokePolicyTrainingCommand"/>
/// <example>
/// <para>Compare all estimators with the exact gradient of a linear-quadratic problem</para>
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
/// <para>See how much variance a baseline removes</para>
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

    /// <summary>The estimators to run. Default: all.</summary>
    [Parameter, Exact<PolicyGradientEstimator[]>(RefusesNull = true)]
    public PolicyGradientEstimator[] Estimator { get; set; } = [.. Defaults.Estimators];

    /// <summary>What ScoreFunction and RewardToGo subtract from the weight (see the description) to lower the variance. Time: for each step, the mean weight of the other trajectories at that step; an error if Pathwise is the only -Estimator. Default: None.</summary>
    [Parameter, Exact<PolicyBaseline[]>(RefusesNull = true)]
    public PolicyBaseline[] Baseline { get; set; } = [.. Defaults.Baselines];

    /// <summary>The number of trajectories.</summary>
    [Parameter, AllowedRange(2), Exact<long>]
    public long Trajectories { get; set; } = Defaults.Trajectories;

    /// <summary>The seed of initial states and noise. Default: 0.</summary>
    [Parameter, Exact<long>]
    public long Seed { get; set; } = Defaults.Seed;

    /// <summary>
    /// The random number generator. Torch: PyTorch's generator. Philox: draws in parallel, with the same noise for any number of threads; see about_ReparamPS_Random. Default: Torch.
    /// </summary>
    [Parameter, Exact<RandomGenerator>]
    public RandomGenerator Generator { get; set; }

    /// <inheritdoc/>
    protected override void Begin()
    {
        CheckUsed(nameof(Baseline), Baseline.All(baseline => baseline == PolicyBaseline.None) || Estimator.Any(estimator => estimator != PolicyGradientEstimator.Pathwise), "Estimator ScoreFunction or RewardToGo", $"{PolicyGradientEstimator.Pathwise}");
    }

    private protected override void Measure()
    {
        var options = new PolicyGradientOptions { Estimators = Estimator, Baselines = Baseline, Trajectories = Trajectories, Seed = Seed, Generator = Generator };
        WriteObject(PolicyGradientMeasurement.Run(Problem, Policy, options, WriteWarning, Cancellation), enumerateCollection: true);
    }
}
