using System.Management.Automation;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Policies;
using ReparamPS.Torch;

namespace ReparamPS.Cmdlets.Policies;

/// <summary>Creates a linear policy: in state s, the action is u = −K s + σ ε with ε ~ N(0, I).</summary>
/// <remarks>
/// <para>The parameters of the policy are Gain (K) and Scale (σ). Invoke-PolicyTraining changes both, but a Scale of 0 stays 0.</para>
/// <para>For the Pendulum problem, s is the vector (cos θ, sin θ, ω) of angle and angular speed, so -Gain needs three numbers.</para>
/// </remarks>
/// <seealso cref="NewControlProblemCommand"/>
/// <seealso cref="NewNeuralPolicyCommand"/>
/// <seealso cref="InvokePolicyTrainingCommand"/>
/// <seealso cref="MeasurePolicyGradientCommand"/>
/// <example>
/// <para>Create a policy for two state variables and one action variable, and measure the gradient of its cost</para>
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
/// <para>Create a policy with two action variables, each with its own noise</para>
/// <code>$policy = New-LinearPolicy @(@(1, 0), @(0, 2)) -Scale 0.5, 0.1
/// $policy.Scale</code>
/// </example>
[Cmdlet(VerbsCommon.New, "LinearPolicy"), OutputType(typeof(LinearPolicy))]
public sealed class NewLinearPolicyCommand : ReparamCmdlet
{
    /// <summary>The matrix K of shape [action variables, state variables], as nested arrays. A number or a flat list is a single row, for one action variable.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    public object? Gain { get; set; }

    /// <summary>The standard deviation σ of the noise: one number, or one per action variable. Allowed: at least 0. Default: 1.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public object Scale { get; set; } = 1.0;

    /// <summary>The element type of parameters and trajectories. Allowed: float64, float32. Default: float64.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), ArgumentCompleter(typeof(DTypeCompleter)), Exact<string>]
    public string DType { get; set; } = "float64";

    /// <inheritdoc/>
    protected override void Process()
    {
        RefuseUnread([nameof(Gain)], MyInvocation.MyCommand.Name);
        WriteObject(new LinearPolicy(MatrixInput.Matrix(Gain, nameof(Gain), MatrixInput.FlatList.Row), MatrixInput.List(Scale, nameof(Scale)), TorchTypes.ParseFloat(DType)));
    }
}
