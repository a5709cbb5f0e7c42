using System.Management.Automation;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Policies;
using ReparamPS.Torch.Randomness;

namespace ReparamPS.Cmdlets.Policies;

/// <summary>Measures the return of a policy over episodes: the mean of −cost.</summary>
/// <remarks>
/// Episodes start at the points of a Sobol sequence, which are evenly spread and always the same, so that policies are compared on equal starts. If the distribution of first states has no quantile
/// function, starts are drawn at random. Actions are drawn from the policy; with -Deterministic they are those without noise.
/// </remarks>
/// <example>
/// <para>The return of a linear policy: minus its cost J</para>
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
    /// <summary>The number of episodes. Default: 1000.</summary>
    [Parameter, AllowedRange(1), Exact<int>]
    public int Episodes { get; set; } = 1000;

    /// <summary>Takes the policy's actions without noise. The problem's process noise remains.</summary>
    [Parameter, Exact<SwitchParameter>]
    public SwitchParameter Deterministic { get; set; }

    /// <summary>The seed of the noise, and of the starts if they are random. Default: 0.</summary>
    [Parameter, Exact<long>]
    public long Seed { get; set; }

    /// <summary>
    /// The random number generator. Torch: PyTorch's draws. Philox: draws in parallel, with the same result for any number of threads; see about_ReparamPS_Random. Default: Torch.
    /// </summary>
    [Parameter, Exact<RandomGenerator>]
    public RandomGenerator Generator { get; set; }

    /// <inheritdoc/>
    protected override void Process() => WriteObject(PolicyReturn.Measure(Problem, Policy, Episodes, Deterministic, new RandomSeed(Seed, Generator), Cancellation));
}
