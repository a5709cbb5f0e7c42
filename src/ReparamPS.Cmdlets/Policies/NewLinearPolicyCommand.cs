using System.Management.Automation;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Policies;
using ReparamPS.Torch;

namespace ReparamPS.Cmdlets.Policies;

/// <summary>Makes a linear policy: u = −K s + σ ε with ε ~ N(0, I).</summary>
/// <remarks>Its parameters are Gain (K) and Scale (σ). On the pendulum s is what the policy sees: cos θ, sin θ and θ̇.</remarks>
/// <example>
/// <para>A policy of two states and one action, and its gradient on a linear-quadratic problem</para>
/// <code>$lqr = @{
///     A = @(@(1, 0.1), @(0, 1)); B = @(@(0), @(0.1))
///     Q = @(@(1, 0), @(0, 1)); R = 0.1
/// }
/// $problem = New-ControlProblem Lqr @lqr
/// $problem |
///     Measure-PolicyGradient -Policy (
///         New-LinearPolicy 1, 1 -Scale 0.5
///     ) -Trajectories 2000 -Seed 1</code>
/// </example>
/// <example>
/// <para>Two actions, each with its own noise</para>
/// <code>$policy = New-LinearPolicy @(@(1, 0), @(0, 2)) -Scale 0.5, 0.1
/// $policy.Scale</code>
/// </example>
[Cmdlet(VerbsCommon.New, "LinearPolicy"), OutputType(typeof(LinearPolicy))]
public sealed class NewLinearPolicyCommand : ReparamCmdlet
{
    /// <summary>K: nested arrays, [actions, states]. A flat list is one row, for one action.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    public object? Gain { get; set; }

    /// <summary>σ: one number, or one per action. Allowed: at least 0. Default: 1.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public object Scale { get; set; } = 1.0;

    /// <summary>The element type of parameters and trajectories: float32 or float64. Default: float64.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), ArgumentCompleter(typeof(DTypeCompleter)), Exact<string>]
    public string DType { get; set; } = "float64";

    /// <inheritdoc/>
    protected override void Process() => WriteObject(new LinearPolicy(
        MatrixInput.Matrix(Gain, nameof(Gain), MatrixInput.FlatList.Row), MatrixInput.List(Scale, nameof(Scale)), TorchTypes.Parse(DType)));
}
