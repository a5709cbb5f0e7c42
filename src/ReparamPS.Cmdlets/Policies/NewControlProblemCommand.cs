using System.Management.Automation;
using System.Runtime.InteropServices;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Distributions;
using ReparamPS.Policies.Problems;
using ReparamPS.Torch;
using TorchSharp;

namespace ReparamPS.Cmdlets.Policies;

/// <summary>Creates a control problem: the linear-quadratic regulator, the pendulum, or a custom one.</summary>
/// <remarks>
/// <para>A problem has states s, actions u, a cost per step c(s, u) and dynamics. The objective is J = E Σ γᵗ c(sₜ, uₜ) over Horizon steps, without a terminal cost.</para>
/// <para>Lqr: s' = A s + B u, cost sᵀQ s + uᵀR u.</para>
/// <para>Pendulum: swing a pendulum up and keep it upright (m = l = 1, g = 10, steps of 0.05 s). The torque u is clipped to ±2. The cost of a step is wrap(θ)² + 0.1 θ̇² + 0.001 u², evaluated before the step; there are 200 steps. Initially θ is uniform on [−π, π] and θ̇ on [−1, 1]. The policy sees cos θ, sin θ and θ̇.</para>
/// <para>Custom: -Dynamics and -Cost are script blocks or delegates of states [trajectories, states] and actions [trajectories, actions].</para>
/// </remarks>
/// <example>
/// <para>A linear-quadratic regulator, and the gain that is best for it</para>
/// <code>$lqr = @{
///     A = @(@(1, 0.1), @(0, 1)); B = @(@(0), @(0.1))
///     Q = @(@(1, 0), @(0, 1)); R = 0.1
/// }
/// $problem = New-ControlProblem Lqr @lqr -Discount 0.99
/// $problem.OptimalGain</code>
/// </example>
/// <example>
/// <para>The pendulum</para>
/// <code>New-ControlProblem Pendulum |
///     Measure-PolicyReturn -Policy (
///         New-NeuralPolicy -HiddenSize 16 -Distribution TanhNormal
///     ) -Episodes 100</code>
/// </example>
/// <example>
/// <para>A custom problem: steer to the origin with little effort</para>
/// <code>$start = New-NormalDistribution 0 1
/// $blocks = @{
///     Dynamics = { param($s, $u) $s.add($u.mul(0.1)) }
///     Cost = { param($s, $u) $s.square().add($u.square()).sum(-1) }
///     StateSize = 1; ActionSize = 1; InitialState = $start
/// }
/// $problem = New-ControlProblem @blocks
/// $policy = New-LinearPolicy 1 -Scale 0.5
/// $problem |
///     Measure-PolicyGradient -Policy $policy -Trajectories 1000 -Seed 1</code>
/// </example>
[Cmdlet(VerbsCommon.New, "ControlProblem", DefaultParameterSetName = NamedSet), OutputType(typeof(ControlProblem))]
public sealed class NewControlProblemCommand : ReparamCmdlet
{
    private const string NamedSet = "Named", FunctionSet = "Functions";

    /// <summary>A built-in problem.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = NamedSet), AllowedNames("Lqr", "Pendulum"), ValidateSet("Lqr", "Pendulum"), Exact<string>]
    public string Name { get; set; } = "";

    /// <summary>Matrix A of Lqr, [states, states], as nested arrays. Required for Lqr.</summary>
    [Parameter(ParameterSetName = NamedSet)]
    public object? A { get; set; }

    /// <summary>Matrix B of Lqr, [states, actions], as nested arrays; a flat list is one column. Required for Lqr.</summary>
    [Parameter(ParameterSetName = NamedSet)]
    public object? B { get; set; }

    /// <summary>Matrix Q of Lqr, [states, states], as nested arrays; positive semidefinite. Required for Lqr.</summary>
    [Parameter(ParameterSetName = NamedSet)]
    public object? Q { get; set; }

    /// <summary>Matrix R of Lqr, [actions, actions], as nested arrays, or a number for one action; positive definite. Required for Lqr.</summary>
    [Parameter(ParameterSetName = NamedSet)]
    public object? R { get; set; }

    /// <summary>The next states: a script block or delegate of states [trajectories, states] and actions [trajectories, actions] that returns [trajectories, states].</summary>
    [Parameter(Mandatory = true, ParameterSetName = FunctionSet)]
    public object? Dynamics { get; set; }

    /// <summary>The cost of a step: a script block or delegate of states and actions that returns one number per trajectory.</summary>
    [Parameter(Mandatory = true, ParameterSetName = FunctionSet)]
    public object? Cost { get; set; }

    /// <summary>The number of state variables.</summary>
    [Parameter(Mandatory = true, ParameterSetName = FunctionSet), AllowedRange(1), Exact<int>]
    public int StateSize { get; set; }

    /// <summary>The number of action variables.</summary>
    [Parameter(Mandatory = true, ParameterSetName = FunctionSet), AllowedRange(1), Exact<int>]
    public int ActionSize { get; set; }

    /// <summary>Actions of TanhNormal policies lie within ± this number. Default: 1; 2 for Pendulum.</summary>
    [Parameter(ParameterSetName = FunctionSet), Exact<double?>]
    public double? ActionBound { get; set; }

    /// <summary>The distribution of the first state: a vector with one element per state variable, or a scalar distribution that all of them share. Default: N(0, I); uniform for Pendulum.</summary>
    [Parameter(ParameterSetName = NamedSet), Parameter(Mandatory = true, ParameterSetName = FunctionSet), Exact<Distribution>]
    public Distribution? InitialState { get; set; }

    /// <summary>Steps per trajectory. Default: 50; 200 for Pendulum.</summary>
    [Parameter, AllowedRange(1), Exact<int>]
    public int Horizon { get; set; }

    /// <summary>The discount factor γ per step: above 0 and at most 1. Default: 1.</summary>
    [Parameter, Exact<double>]
    public double Discount { get; set; } = 1;

    /// <summary>The standard deviation of normal noise added to the state after each step: one number, or one per state. Default: none.</summary>
    [Parameter]
    public object? ProcessNoise { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        bool isPendulum = ParameterSetName == NamedSet && Name.Equals("Pendulum", StringComparison.OrdinalIgnoreCase);
        var settings = new ControlProblemSettings
        {
            Horizon = Horizon > 0 ? Horizon : isPendulum ? PendulumProblem.DefaultHorizon : new ControlProblemSettings().Horizon,
            Discount = Discount,
            ProcessNoise = ProcessNoise is null ? null : MatrixInput.List(ProcessNoise, nameof(ProcessNoise)),
            ActionBound = ActionBound,
        };
        WriteObject(ParameterSetName == FunctionSet ? Functions(settings) : isPendulum ? Pendulum(settings) : Lqr(settings));
    }

    private PendulumProblem Pendulum(ControlProblemSettings settings)
    {
        foreach ((string name, object? value) in new[] { (nameof(A), A), (nameof(B), B), (nameof(Q), Q), (nameof(R), R) })
        {
            if (value is not null) throw new ArgumentException($"{name} belongs to Lqr; Pendulum has no such matrix.", name);
        }
        return new PendulumProblem(InitialState, settings);
    }

    private LqrProblem Lqr(ControlProblemSettings settings) => new(
        MatrixInput.Matrix(Needed(A, nameof(A)), nameof(A)),
        MatrixInput.Matrix(Needed(B, nameof(B)), nameof(B), MatrixInput.FlatList.Column),
        MatrixInput.Matrix(Needed(Q, nameof(Q)), nameof(Q)),
        MatrixInput.Matrix(Needed(R, nameof(R)), nameof(R)),
        InitialState,
        settings);

    private static object Needed(object? value, string name) => value ?? throw new ArgumentException($"Lqr needs the matrices A, B, Q and R; {name} is missing.", name);

    private FunctionProblem Functions(ControlProblemSettings settings) => new(
        Function(Dynamics, nameof(Dynamics)), Function(Cost, nameof(Cost)), StateSize, ActionSize, InitialState!, settings, $"{TensorInput.Unwrap(Dynamics)}\n{TensorInput.Unwrap(Cost)}");

    private static Func<torch.Tensor, torch.Tensor, torch.Tensor> Function(object? value, string name)
    {
        ScriptFunction function = ScriptFunction.From(value, name);
        return (state, action) =>
        {
            try
            {
                return function.Function([state, action]) is [var single] ? single : throw new ArgumentException($"{name} must return one tensor; got several.", name);
            }
            catch (Exception error) when (error is (RuntimeException and not PipelineStoppedException) or ExternalException or ArgumentException)
            {
                string reason = error.GetBaseException().Message.Split('\n')[0].Trim();
                throw new ArgumentException($"{name} failed for states {TensorShapes.Format(state.shape)} and actions {TensorShapes.Format(action.shape)}: {reason}", name, error);
            }
        };
    }
}
