using System.Globalization;
using ReparamPS.Distributions;
using ReparamPS.Distributions.Parameters;
using ReparamPS.Messages;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Policies.Problems;

/// <summary>
/// A control problem: states s, actions u, a cost per step c(s, u), and dynamics, as tensor functions over batches of trajectories. The objective is
/// J = E Σ γᵗ c(sₜ, uₜ) over <see cref="Horizon"/> steps; a cost, without a terminal cost.
/// </summary>
public abstract class ControlProblem
{
    /// <summary>The name of problems whose dynamics and cost are functions of a user.</summary>
    internal const string CustomName = "Functions";

    private const string DrawsLabel = "Draws=";

    private readonly Dictionary<ScalarType, Tensor> processNoise = [];

    /// <summary>Checks and keeps what all problems share.</summary>
    protected ControlProblem(string name, int stateSize, int actionSize, Distribution initialState, ControlProblemSettings settings)
    {
        if (stateSize < 1) throw new ArgumentException($"StateSize must be at least 1; got {stateSize}.", nameof(stateSize));
        if (actionSize < 1) throw new ArgumentException($"ActionSize must be at least 1; got {actionSize}.", nameof(actionSize));
        settings.Validate(stateSize);
        (Name, StateSize, ActionSize, InitialState, Settings) = (name, stateSize, actionSize, initialState, settings);
        Starts = new InitialStates(initialState, stateSize);
    }

    /// <summary>The problem's name.</summary>
    public string Name { get; }

    /// <summary>The number of state variables.</summary>
    public int StateSize { get; }

    /// <summary>The number of action variables.</summary>
    public int ActionSize { get; }

    /// <summary>Numbers per observation, which is what a policy sees.</summary>
    public virtual int ObservationSize => StateSize;

    /// <summary>Steps per trajectory.</summary>
    public int Horizon => Settings.Horizon;

    /// <summary>γ: the factor by which each further step counts less.</summary>
    public double Discount => Settings.Discount;

    /// <summary>The standard deviation of the noise added to each state after a step; one for all, or one per state; null for none.</summary>
    public IReadOnlyList<double>? ProcessNoise => Settings.ProcessNoise;

    /// <summary>Actions of bounded policies lie within ± this number; null if the problem names no bound.</summary>
    public double? ActionBound => Settings.ActionBound;

    /// <summary>The distribution of the first state.</summary>
    public Distribution InitialState { get; }

    internal ControlProblemSettings Settings { get; }

    internal InitialStates Starts { get; }

    /// <summary>Whether first states, dynamics and cost can be computed on several threads at once.</summary>
    internal virtual bool IsThreadSafe => !CustomDistribution.IsPartOf(InitialState);

    /// <summary>What the problem is, as text; problems with equal texts are the same.</summary>
    internal string Definition => string.Join('\n', [Name, Settings.ToString(), FirstStateText, DynamicsText]);

    // Its lines: the name of the distribution, its parameters, and draws.
    private string FirstStateText => string.Join('\n', [InitialState.Name, .. InitialState.Parameters.Select(Text), .. FirstDraws()]);

    /// <summary>A definition as it was stored before it had draws.</summary>
    internal static string WithoutDraws(string definition) => string.Join('\n', definition.Split('\n').Where(line => !line.StartsWith(DrawsLabel, StringComparison.Ordinal)));

    /// <summary>What differs between the problem of an earlier run and this one, as clauses of a message; empty if they are the same.</summary>
    /// <param name="earlier">The definition of the earlier problem.</param>
    internal IReadOnlyList<string> DifferencesFrom(string earlier)
    {
        string current = Definition;
        if (earlier == current || earlier == WithoutDraws(current)) return [];
        // Name, settings, distribution of first states (several lines), dynamics (several lines): see Definition.
        string[] before = earlier.Split('\n', 4);
        if (before.Length < 4 || before[0] != Name) return [SettingChange.Of("the problem", Kind(before[0]), Kind(Name))];
        List<string> differences = [.. SettingChange.OfLists(before[1], Settings.ToString(), "")];
        string rest = $"{before[2]}\n{before[3]}";
        // Draws follow the parameters, if they were stored.
        string firstState = FirstStateText, older = WithoutDraws(firstState);
        string? start = rest.StartsWith($"{firstState}\n", StringComparison.Ordinal) ? firstState
            : rest.StartsWith($"{older}\n", StringComparison.Ordinal) && !rest.StartsWith($"{older}\n{DrawsLabel}", StringComparison.Ordinal) ? older : null;
        if (start is null) differences.Add(before[2] == InitialState.Name ? $"{nameof(InitialState)} is another distribution now" : SettingChange.Of(nameof(InitialState), before[2], InitialState.Name));
        bool hasSameDynamics = start is null ? rest.EndsWith($"\n{DynamicsText}", StringComparison.Ordinal) : rest[(start.Length + 1)..] == DynamicsText;
        if (!hasSameDynamics) differences.Add(OtherDynamics);
        return differences.Count > 0 ? differences : ["the settings of the problem differ"];

        static string Kind(string name) => name == CustomName ? "a custom one" : name;
    }

    /// <summary>The values of the variables that dynamics and cost read, as text.</summary>
    internal virtual IReadOnlyDictionary<string, string> Variables => new Dictionary<string, string>();

    /// <summary>The dynamics and cost as text.</summary>
    protected abstract string DynamicsText { get; }

    /// <summary>The clause of a message that says that the dynamics or the cost differ from those of an earlier run.</summary>
    private protected virtual string OtherDynamics => "the dynamics or the cost differ";

    /// <summary>What a policy sees of states.</summary>
    /// <param name="state">States, [trajectories, states].</param>
    /// <returns>[trajectories, observations].</returns>
    public virtual Tensor Observe(Tensor state) => state;

    /// <summary>The cost of a step.</summary>
    /// <param name="state">States, [trajectories, states].</param>
    /// <param name="action">Actions, [trajectories, actions].</param>
    /// <returns>[trajectories].</returns>
    public abstract Tensor Cost(Tensor state, Tensor action);

    /// <summary>The states after a step, without noise.</summary>
    /// <param name="state">States, [trajectories, states].</param>
    /// <param name="action">Actions, [trajectories, actions].</param>
    /// <returns>[trajectories, states].</returns>
    public abstract Tensor Next(Tensor state, Tensor action);

    /// <summary>What tells problems apart: PowerShell compares and groups objects by their text.</summary>
    public override string ToString() => string.Join(' ', [Name, .. Settings.ToString().Split(' ').Where(setting => !setting.EndsWith('=')), $"InitialState={InitialState}", .. ShownDynamics]);

    /// <summary>The dynamics and cost, as far as problems of this name differ in them.</summary>
    private protected virtual string[] ShownDynamics => [ShortText.Of(DynamicsText)];

    /// <summary>The standard deviations of the process noise as a tensor; null for none.</summary>
    internal Tensor? ProcessScale(ScalarType dtype) => ProcessNoise is null ? null : Cached(processNoise, dtype, () => tensor([.. ProcessNoise], ScalarType.Float64));

    /// <summary>A constant tensor in a given type, made once.</summary>
    protected static Tensor Cached(Dictionary<ScalarType, Tensor> cache, ScalarType dtype, Func<Tensor> make)
    {
        lock (cache)
        {
            if (cache.TryGetValue(dtype, out Tensor? made)) return made;
            using var scope = NewDisposeScope();
            return cache[dtype] = make().to(dtype).contiguous().DetachFromDisposeScope();
        }
    }

    // Parameters do not tell apart distributions that are made of others, or of the user's functions. Nine digits: other CPUs round differently.
    private IEnumerable<string> FirstDraws()
    {
        if (InitialState is not (TransformedDistribution or Independent or MixtureSameFamily or CustomDistribution)) yield break;
        using var scope = NewDisposeScope();
        using var random = new RandomSource(0);
        yield return DrawsLabel + string.Join(' ', ManagedValues.ToDoubles(InitialState.Sample([8], random)).Select(value => value.ToString("G9", CultureInfo.InvariantCulture)));
    }

    // All digits, unlike the text that is shown.
    private static string Text(DistributionParameter parameter) =>
        $"{parameter.Name}={string.Join(' ', ManagedValues.ToDoubles(parameter.Value).Select(value => value.ToString("R", CultureInfo.InvariantCulture)))}";

    /// <summary>The error for a function that returns another shape than it should.</summary>
    protected static ShapeMismatchException WrongShape(string function, Tensor state, Tensor action, long[] wanted, long[] came) => new(
        $"{function} must return a tensor of shape {TensorShapes.Format(wanted)} for states {TensorShapes.Format(state.shape)} and actions {TensorShapes.Format(action.shape)}; got {TensorShapes.Format(came)}.{(wanted.Length == 1 && (came.Length == 0 || (came.Length == 2 && came[0] == wanted[0])) ? " Sum over the last dimension only, with .sum(-1)." : "")}", function);
}
