using System.Management.Automation;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Policies;
using ReparamPS.Torch.Randomness;

namespace ReparamPS.Cmdlets.Policies;

/// <summary>Measures the mean return of a policy over episodes.</summary>
/// <remarks>
/// <para>The column Return is the mean of the negative discounted cost per episode. Episodes start at the points of a Sobol sequence: evenly spread, and always the same, so that policies are compared from the same initial states. If the distribution of initial states has no quantile function, they are drawn at random.</para>
/// <para>Actions are drawn from the policy. With -Deterministic, they have no noise.</para>
/// </remarks>
/// <example>
/// <para>The return of a linear policy on a linear-quadratic problem</para>
/// <code>$lqr = @{
///     A = @(@(1, 0.1), @(0, 1)); B = @(@(0), @(0.1))
///     Q = @(@(1, 0), @(0, 1)); R = 0.1
/// }
/// $problem = New-ControlProblem Lqr @lqr
/// $problem |
///     Measure-PolicyReturn -Policy (
///         New-LinearPolicy 1, 1 -Scale 0.5
///     ) -Episodes 10000</code>
/// </example>
/// <example>
/// <para>An untrained policy on the pendulum, without noise</para>
/// <code>New-ControlProblem Pendulum |
///     Measure-PolicyReturn -Policy (
///         New-NeuralPolicy -Distribution TanhNormal
///     ) -Episodes 750 -Deterministic</code>
/// </example>
[Cmdlet(VerbsDiagnostic.Measure, "PolicyReturn"), OutputType(typeof(PolicyReturn))]
public sealed class MeasurePolicyReturnCommand : PolicyCommandBase
{
    /// <summary>The number of episodes to simulate. With one episode, StandardDeviation and StandardError are NaN. Allowed: at least 1. Default: 1000.</summary>
    [Parameter, AllowedRange(1), Exact<int>]
    public int Episodes { get; set; } = 1000;

    /// <summary>Uses the actions of the policy without noise. The process noise of the problem remains.</summary>
    [Parameter, Exact<SwitchParameter>]
    public SwitchParameter Deterministic { get; set; }

    /// <summary>The seed of the noise, and of the initial states if they are random. Default: 0.</summary>
    [Parameter, Exact<long>]
    public long Seed { get; set; }

    /// <summary>
    /// The random number generator. Torch: PyTorch's generator. Philox: draws in parallel, with the same noise for any number of threads; see about_ReparamPS_Random. Default: Torch.
    /// </summary>
    [Parameter, Exact<RandomGenerator>]
    public RandomGenerator Generator { get; set; }

    private protected override void Measure() => WriteObject(PolicyReturn.Measure(Problem, Policy, Episodes, Deterministic, new RandomSeed(Seed, Generator), Cancellation));
}
