using System.Management.Automation;
using System.Runtime.InteropServices;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Cmdlets.Common.Blocks;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Distributions;
using ReparamPS.Policies.Problems;
using ReparamPS.Torch;
using TorchSharp;

namespace ReparamPS.Cmdlets.Policies;

/// <summary>Creates a control problem: a linear-quadratic regulator (Lqr), a pendulum, or a custom one.</summary>
/// <remarks>
/// <para>In each step, a policy sees the state s and chooses the action u. The step costs c(s, u), and the dynamics return the next state s'. The goal is a policy that minimizes the expected discounted cost J = E Σ γᵗ c(sₜ, uₜ) over Horizon steps.</para>
/// <para>Lqr: s' = A s + B u, with the cost sᵀQ s + uᵀR u. The property OptimalGain is the gain K of the policy u = −K s that is best over an infinite horizon. A policy trained over the finite -Horizon approaches another gain: the shorter the horizon, the more they differ. OptimalGain is null if no gain has a finite cost (for example, A = 1, B = 0, Discount 1 and Q > 0), or if 100,000 iterations of the Riccati equation do not converge.</para>
/// <para>Pendulum: swing a pendulum up and keep it upright, as in Gymnasium's Pendulum-v1 (mass 1, length 1, g = 10, steps of 0.05 s). The state is the angle θ, with 0 upright, and the angular speed ω. The policy sees cos θ, sin θ and ω. The action u is a torque, clipped to ±2; ω is clipped to ±8. The cost of a step is θ² + 0.1 ω² + 0.001 u², from the state before the step, with θ wrapped to [−π, π]. Initially, θ is uniform on [−π, π] and ω on [−1, 1].</para>
/// <para>Custom: -Dynamics and -Cost are script blocks or delegates. Both get two tensors, as in { param($s, $u) … }: the states [trajectories, state variables] and the actions [trajectories, action variables] of all trajectories at once. -InitialState is required. Variables of the session that a script block reads are captured when the problem is created. Tensors that a block makes are disposed after the call. If several calls use a tensor, make it before the block, not inside it.</para>
/// <para>The estimator Pathwise differentiates -Dynamics and -Cost. The results of New-Tensor, .detach(), .item() and .ToArray() count as constants: use them for true constants, such as a target, but not for values computed from states or actions. Measure-PolicyGradient and Invoke-PolicyTraining compare the gradients of both blocks with finite differences before they use Pathwise, and report an error if a gradient is wrong.</para>
/// </remarks>
/// <example>
/// <para>A linear-quadratic regulator and the gain that is optimal for an infinite horizon</para>
/// <code>$lqr = @{
///     A = @(@(1, 0.1), @(0, 1)); B = @(@(0), @(0.1))
///     Q = @(@(1, 0), @(0, 1)); R = 0.1
/// }
/// $problem = New-ControlProblem Lqr @lqr -Discount 0.99
/// $problem.OptimalGain</code>
/// </example>
/// <example>
/// <para>The return (negative cost) of an untrained policy on the pendulum</para>
/// <code>New-ControlProblem Pendulum |
///     Measure-PolicyReturn -Policy (
///         New-NeuralPolicy -HiddenSize 16 -Distribution TanhNormal
///     ) -Episodes 100</code>
/// </example>
/// <example>
/// <para>The gradient of a policy's cost in a custom problem: steer to the origin with little effort</para>
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

    /// <summary>The built-in problem.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = NamedSet), AllowedNames("Lqr", "Pendulum", Hint = "A custom problem has -Dynamics, -Cost, -StateSize, -ActionSize and -InitialState instead of a name."), ValidateSet("Lqr", "Pendulum"), Exact<string>]
    public string Name { get; set; } = "";

    /// <summary>The matrix A of Lqr: [n, n] for n state variables, as nested arrays, or a number if n = 1. Required for Lqr.</summary>
    [Parameter(ParameterSetName = NamedSet)]
    public object? A { get; set; }

    /// <summary>The matrix B of Lqr: [n, m] for n state variables and m action variables, as nested arrays, a flat list if m = 1, or a number if n = m = 1. Required for Lqr.</summary>
    [Parameter(ParameterSetName = NamedSet)]
    public object? B { get; set; }

    /// <summary>The positive semidefinite matrix Q of Lqr: [n, n] for n state variables, as nested arrays, or a number if n = 1. Required for Lqr.</summary>
    [Parameter(ParameterSetName = NamedSet)]
    public object? Q { get; set; }

    /// <summary>The positive semidefinite matrix R of Lqr: [m, m] for m action variables, as nested arrays, or a number if m = 1. Required for Lqr.</summary>
    [Parameter(ParameterSetName = NamedSet)]
    public object? R { get; set; }

    /// <summary>A script block or delegate that gets the tensors of states and actions, and returns the next states, [trajectories, state variables]. To train with Estimator Pathwise, compute the result from states and actions with tensor operations. Use New-Tensor, .detach(), .item() and .ToArray() only for constants, such as a target.</summary>
    [Parameter(Mandatory = true, ParameterSetName = FunctionSet)]
    public object? Dynamics { get; set; }

    /// <summary>A script block or delegate that gets the tensors of states and actions, and returns the cost of the step for each trajectory, [trajectories]. To train with Estimator Pathwise, compute the result from states and actions with tensor operations. Use New-Tensor, .detach(), .item() and .ToArray() only for constants, such as a target.</summary>
    [Parameter(Mandatory = true, ParameterSetName = FunctionSet)]
    public object? Cost { get; set; }

    /// <summary>The number of state variables of a custom problem.</summary>
    [Parameter(Mandatory = true, ParameterSetName = FunctionSet), AllowedRange(1), Exact<int>]
    public int StateSize { get; set; }

    /// <summary>The number of action variables of a custom problem.</summary>
    [Parameter(Mandatory = true, ParameterSetName = FunctionSet), AllowedRange(1), Exact<int>]
    public int ActionSize { get; set; }

    // In both sets, so that the error for a built-in problem can name it.
    /// <summary>Only for custom problems: with Lqr or Pendulum, it is an error, although the syntax shows it there. A TanhNormal policy (see New-NeuralPolicy) chooses actions between −ActionBound and +ActionBound; other policies are not limited. Allowed: positive. Default: 1.</summary>
    [Parameter(ParameterSetName = NamedSet), Parameter(ParameterSetName = FunctionSet), OptionalNumber<double>]
    public double? ActionBound { get; set; }

    /// <summary>The distribution of the first state: one over vectors with one element per state variable, or a univariate one, from which each state variable is drawn independently. Required with -Dynamics. Default: N(0, I) for Lqr, uniform for Pendulum.</summary>
    [Parameter(ParameterSetName = NamedSet), Parameter(Mandatory = true, ParameterSetName = FunctionSet), Exact<Distribution>]
    public Distribution? InitialState { get; set; }

    /// <summary>The number of steps per trajectory. Default: 50, or 200 for Pendulum.</summary>
    [Parameter, AllowedRange(1), Exact<int>]
    public int Horizon { get; set; }

    /// <summary>The discount factor γ per step. Allowed: above 0 and at most 1. Default: 1.</summary>
    [Parameter, Exact<double>]
    public double Discount { get; set; } = 1;

    /// <summary>The standard deviation of normal noise that is added to the state after each step: one number, or one per state variable. Default: no noise.</summary>
    [Parameter]
    public object? ProcessNoise { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        if (ParameterSetName == NamedSet && ActionBound is not null) throw new ArgumentException($"ActionBound belongs to custom problems; {Name} does not use it. Leave out -ActionBound.", nameof(ActionBound));
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
            if (value is not null) throw new ArgumentException($"{name} belongs to Lqr; Pendulum has no such matrix. Leave out -{name}.", name);
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

    private FunctionProblem Functions(ControlProblemSettings settings)
    {
        ScriptFunction dynamics = Function(Dynamics, nameof(Dynamics)), cost = Function(Cost, nameof(Cost));
        CapturedBlock[] blocks = [.. new[] { dynamics.Block, cost.Block }.OfType<CapturedBlock>()];
        var problem = new FunctionProblem(
            Guarded(dynamics, nameof(Dynamics)), Guarded(cost, nameof(Cost)), StateSize, ActionSize, InitialState!, settings, $"{TensorInput.Unwrap(Dynamics)}\n{TensorInput.Unwrap(Cost)}", () => CapturedText.Of(blocks));
        if (problem.RandomWarning() is { } warning) WriteWarning(warning);
        return problem;
    }

    private ScriptFunction Function(object? value, string name) => ScriptFunction.From(value, name, SessionState.PSVariable, owner: "problem", arguments: ["s", "u"]);

    private static Func<torch.Tensor, torch.Tensor, torch.Tensor> Guarded(ScriptFunction function, string name) => (state, action) =>
    {
        try
        {
            IReadOnlyList<torch.Tensor> results = function.Function([state, action]);
            return results is [var single] ? single : throw new ArgumentException($"{name} must return one tensor; it returned {results.Count}. Assign other output to $null.", name);
        }
        catch (ArgumentException error) when (error.Message.StartsWith($"{name} must return", StringComparison.Ordinal))
        {
            // It says enough.
            throw;
        }
        catch (Exception error) when (error is (RuntimeException and not PipelineStoppedException) or ExternalException or ArgumentException)
        {
            string hint = error is RuntimeException failure && BlockMessages.IsOfNull(failure) ? function.NullHint(2) : "";
            throw new ArgumentException($"{name} failed{BlockMessages.Place(error)} for states of shape {TensorShapes.Format(state.shape)} and actions of shape {TensorShapes.Format(action.shape)}: {BlockMessages.Reason(error, hint)}", name, error);
        }
    };
}
