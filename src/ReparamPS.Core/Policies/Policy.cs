using ReparamPS.Distributions.SpecialFunctions;
using ReparamPS.Messages;
using ReparamPS.Optimization;
using ReparamPS.Policies.Problems;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Policies;

/// <summary>
/// A stochastic policy: x = mean(observation) + σ ε with ε ~ N(0, I), and the action u is x or a function of it. Reparameterized, so that costs can be
/// differentiated through actions; its density is known, so that the score function can be used as well.
/// </summary>
public abstract class Policy : IDisposable
{
    /// <summary>The name of the parameter σ.</summary>
    public const string ScaleName = "Scale";

    private const int MaxShown = 20;

    /// <summary>The policy's name.</summary>
    public abstract string Name { get; }

    /// <summary>The element type of the parameters and of trajectories.</summary>
    public abstract ScalarType DType { get; }

    /// <summary>The parameters by name, σ last. They are the policy's own: not to be disposed.</summary>
    /// <exception cref="InvalidOperationException">The policy does not know its sizes yet; they are those of the first problem that it is used on.</exception>
    public IReadOnlyList<(string Name, Tensor Value)> GetParameters() => ((string Name, Tensor Value)[])[.. Flat.Layout.Zip(Flat.Views, (entry, view) => (entry.Name, view))];

    /// <summary>The number of parameters.</summary>
    public long ParameterCount => Flat.Layout.Sum(entry => TensorShapes.Count(entry.Shape));

    /// <summary>Whether the policy has parameters; a neural one has them once it was used on a problem.</summary>
    public virtual bool HasParameters => true;

    /// <summary>σ, one number per action.</summary>
    public virtual double[] Scale => ManagedValues.ToDoubles(ScaleTensor);

    /// <summary>The hashes of the parameters from which trainings of this policy started: a trained policy can resume its run.</summary>
    internal HashSet<string> FirstParameters { get; } = [];

    /// <summary>All parameters in one buffer.</summary>
    internal abstract FlatParameters Flat { get; }

    internal Tensor ScaleTensor => Flat.Views[^1];

    /// <summary>The settings that make a policy of this kind, as text; without the weights.</summary>
    internal abstract string Definition { get; }

    /// <summary>Makes the policy ready for a problem: takes its sizes, or checks that they fit.</summary>
    /// <exception cref="ShapeMismatchException">The policy has other sizes.</exception>
    public abstract void FitTo(ControlProblem problem);

    /// <summary>An independent copy with the same parameters.</summary>
    public abstract Policy Clone();

    /// <summary>Takes over the parameters of a policy of equal sizes.</summary>
    /// <exception cref="ShapeMismatchException">The sizes differ.</exception>
    public void CopyParametersFrom(Policy other)
    {
        string shapes = ShapesOf(this), others = ShapesOf(other);
        if (shapes != others) throw new ShapeMismatchException($"{Name} and {other.Name} must have parameters of the same shapes; got {ShortText.Of(shapes)} and {ShortText.Of(others)}.", nameof(other));
        using var noGrad = no_grad();
        Flat.Buffer.copy_(other.Flat.Buffer);
    }

    /// <summary>The mean of x.</summary>
    /// <param name="observation">[…, observations].</param>
    /// <returns>[…, actions].</returns>
    public abstract Tensor Mean(Tensor observation);

    /// <summary>The action that x stands for.</summary>
    /// <param name="x">[…, actions].</param>
    /// <param name="bound">The bound of actions that the problem names, if any.</param>
    public virtual Tensor Action(Tensor x, double? bound) => x;

    /// <summary>log π(u) of the action that x stands for, as far as it depends on x with ε held fixed: −log |du/dx|, summed over actions; null for 0.</summary>
    /// <param name="x">[…, actions].</param>
    /// <param name="bound">The bound of actions that the problem names, if any.</param>
    internal virtual Tensor? LogDensityOfAction(Tensor x, double? bound) => null;

    /// <summary>log π(u | observation) of the action that x stands for, exact also far in the tails.</summary>
    /// <param name="observation">[…, observations].</param>
    /// <param name="x">[…, actions], before <see cref="Action"/>.</param>
    /// <param name="bound">The bound of actions that the problem names, if any.</param>
    public Tensor LogProb(Tensor observation, Tensor x, double? bound = null)
    {
        using var scope = NewDisposeScope();
        Tensor normal = LogDensityOfNoise((x - Mean(observation)) / ScaleTensor);
        return (LogDensityOfAction(x, bound) is { } change ? normal + change : normal.alias()).MoveToOuterDisposeScope();
    }

    /// <summary>log N(x; mean, σ²) by ε = (x − mean) / σ, summed over actions.</summary>
    internal Tensor LogDensityOfNoise(Tensor noise) => StandardNormal.LogDensityOfVectors(noise) - ScaleTensor.log().sum(-1);

    /// <summary>The product of sensitivities of the mean with its Jacobian, for each parameter but σ.</summary>
    /// <param name="observations">[steps, trajectories, observations].</param>
    /// <param name="sensitivities">The derivatives of a cost in the means, [steps, trajectories, actions].</param>
    /// <param name="isPerTrajectory">Whether trajectories are kept apart: results are then [trajectories, …parameter], otherwise summed to [parameter].</param>
    internal abstract IReadOnlyList<Tensor> MeanGradients(Tensor observations, Tensor sensitivities, bool isPerTrajectory);

    /// <summary>Numbers per trajectory that <see cref="MeanGradients"/> holds at a time, about.</summary>
    internal abstract long WorkPerStep { get; }

    /// <summary>What tells policies apart: PowerShell compares and groups objects by their text.</summary>
    public override string ToString() => HasParameters ? $"{Definition} {Flat.LastText(MaxShown)}" : Definition;

    private static string ShapesOf(Policy policy) => string.Join(", ", policy.Flat.Layout.Select(entry => $"{entry.Name} {TensorShapes.Format(entry.Shape)}"));

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases the parameters.</summary>
    protected abstract void Dispose(bool disposing);

    /// <summary>Σ over steps of sensitivity ⊗ input, over all trajectories or for each.</summary>
    /// <param name="sensitivities">[steps, trajectories, outputs].</param>
    /// <param name="inputs">[steps, trajectories, inputs].</param>
    /// <param name="isPerTrajectory">Whether trajectories are kept apart.</param>
    private protected static Tensor OuterSum(Tensor sensitivities, Tensor inputs, bool isPerTrajectory) => isPerTrajectory
        ? sensitivities.permute(1, 2, 0).bmm(inputs.permute(1, 0, 2))
        : sensitivities.flatten(0, 1).t().matmul(inputs.flatten(0, 1));

    /// <summary>Σ over steps, and over trajectories unless they are kept apart.</summary>
    private protected static Tensor Sum(Tensor sensitivities, bool isPerTrajectory) => isPerTrajectory ? sensitivities.sum(0L) : sensitivities.flatten(0, 1).sum(0L);
}
