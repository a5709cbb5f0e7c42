using System.Runtime.InteropServices;
using ReparamPS.Distributions;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Policies.Problems;

/// <summary>A control problem whose dynamics and cost are functions that a user gave.</summary>
public sealed class FunctionProblem : ControlProblem
{
    private const int ProbedStates = 4;

    private readonly Func<Tensor, Tensor, Tensor> dynamics, cost;
    private readonly Func<IReadOnlyDictionary<string, string>>? variables;

    /// <summary>Creates the problem.</summary>
    /// <param name="dynamics">From states [trajectories, states] and actions [trajectories, actions] to the next states.</param>
    /// <param name="cost">From states and actions to one cost per trajectory.</param>
    /// <param name="stateSize">The number of state variables.</param>
    /// <param name="actionSize">The number of action variables.</param>
    /// <param name="initialState">The distribution of the first state.</param>
    /// <param name="settings">Horizon and the like; null takes the defaults.</param>
    /// <param name="text">The functions as text, by which runs of different problems are told apart.</param>
    /// <param name="variables">The values of the variables that the functions read, as text, by which runs are told apart too.</param>
    public FunctionProblem(
        Func<Tensor, Tensor, Tensor> dynamics, Func<Tensor, Tensor, Tensor> cost, int stateSize, int actionSize, Distribution initialState, ControlProblemSettings? settings = null, string text = "",
        Func<IReadOnlyDictionary<string, string>>? variables = null)
        : base(CustomName, stateSize, actionSize, initialState, settings ?? new()) => (this.dynamics, this.cost, DynamicsText, this.variables) = (dynamics, cost, text, variables);

    internal override IReadOnlyDictionary<string, string> Variables => variables?.Invoke() ?? base.Variables;

    /// <inheritdoc/>
    protected override string DynamicsText { get; }

    private protected override string OtherDynamics => $"Dynamics or {nameof(Cost)} is another script block now";

    // A script block runs on the thread of its runspace.
    internal override bool IsThreadSafe => false;

    /// <summary>The warning that a function is random: it returns other values for the same states and actions; null if none is, or if one fails, which its user will see.</summary>
    public string? RandomWarning()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var random = new RandomSource(0);
        try
        {
            Tensor state = Starts.Draw(ProbedStates, random, ScalarType.Float64), action = random.Normal([ProbedStates, ActionSize], ScalarType.Float64);
            string? name = IsRandom(Next, state, action) ? "Dynamics" : IsRandom(Cost, state, action) ? "Cost" : null;
            return name is null ? null
                : $"{name} is random: for the same states and actions, it returned different values. -Seed then does not make results reproducible.{(name == "Dynamics" ? " For normal noise, use -ProcessNoise." : "")}";
        }
        catch (Exception error) when (error is ArgumentException or ExternalException)
        {
            return null;
        }
    }

    private static bool IsRandom(Func<Tensor, Tensor, Tensor> function, Tensor state, Tensor action) =>
        !ManagedValues.ToDoubles(function(state, action).detach()).SequenceEqual(ManagedValues.ToDoubles(function(state, action).detach()));

    /// <inheritdoc/>
    public override Tensor Cost(Tensor state, Tensor action)
    {
        Tensor result = Of(cost, state, action);
        long count = state.shape[0];
        if (result.shape.AsSpan().SequenceEqual([count])) return result;
        return result.shape.AsSpan().SequenceEqual([count, 1]) ? result.squeeze(-1) : throw WrongShape("Cost", state, action, [count], result.shape);
    }

    /// <inheritdoc/>
    public override Tensor Next(Tensor state, Tensor action)
    {
        Tensor result = Of(dynamics, state, action);
        return result.shape.AsSpan().SequenceEqual(state.shape) ? result : throw WrongShape("Dynamics", state, action, state.shape, result.shape);
    }

    // With copies: a function that works in place must not change states and actions, which are used afterwards.
    private static Tensor Of(Func<Tensor, Tensor, Tensor> function, Tensor state, Tensor action)
    {
        Tensor result = function(state.clone(), action.clone());
        return result.dtype == state.dtype ? result : result.to(state.dtype);
    }
}
