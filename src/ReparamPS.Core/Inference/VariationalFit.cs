using System.Globalization;
using ReparamPS.Distributions;
using ReparamPS.Inference.Gaussians;
using ReparamPS.Inference.Models;
using ReparamPS.Messages;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Inference;

/// <summary>A fitted approximation of a posterior, with what is known of how it came about.</summary>
public sealed class VariationalFit
{
    internal VariationalFit(BayesianModel model, VariationalOptions options, GaussianState state) => (Model, Options, State) = (model, options, state);

    /// <summary>The model.</summary>
    public BayesianModel Model { get; }

    /// <summary>How it was fitted.</summary>
    public VariationalOptions Options { get; }

    /// <summary>The family.</summary>
    public VariationalFamily Family => Options.Family;

    /// <summary>What was optimized.</summary>
    public VariationalObjective Objective => Options.Objective;

    /// <summary>The approximation as a joint normal distribution over the unconstrained vector. The caller owns its tensors.</summary>
    public MultivariateNormal GetPosterior()
    {
        int size = Model.Dimension;
        double[] factor = State.Factor;
        if (Family == VariationalFamily.MeanField)
        {
            factor = new double[size * size];
            for (int i = 0; i < size; i++) factor[i * size + i] = State.Factor[i];
        }
        return new MultivariateNormal(tensor(State.Location), scaleTril: tensor(factor, [size, size]));
    }

    /// <summary>The rows of all gradient evaluations.</summary>
    public IReadOnlyList<FitTraceRow> GetTrace() => Trace;

    internal IReadOnlyList<FitTraceRow> Trace { get; init; } = [];

    /// <summary>Gradient evaluations of the final fit.</summary>
    public int Evaluations { get; internal init; }

    /// <summary>Gradient evaluations with doublings and restarts.</summary>
    public int TotalEvaluations { get; internal init; }

    /// <summary>Draws per evaluation of the final fit.</summary>
    public int FitDraws { get; internal init; }

    /// <summary>The bound on noise that no fit has seen.</summary>
    public double Bound { get; internal init; }

    /// <summary>The norm of the bound's gradient at the end, in the metric of the approximation: half its square is about what the bound can still gain, in nats. For Adam, it is estimated from fresh draws, without their bias; 0 if it is not above their noise.</summary>
    public double GradientNorm { get; internal init; }

    /// <summary>The largest gradient norm that counts as converged.</summary>
    public double GradientTolerance { get; internal init; }

    /// <summary>By how much the bounds of the last two fits differ, in nats, but no less than rounding and the optimizer can resolve; NaN if there was one fit only.</summary>
    public double Disagreement { get; internal init; }

    /// <summary>Whether the last two fits agree within the tolerance.</summary>
    public bool Agrees { get; internal init; }

    /// <summary>Whether the fit converged: the gradient norm is within its tolerance, and the last two fits agree.</summary>
    public bool Converged => Agrees && GradientNorm <= GradientTolerance;

    /// <summary>The time of the fit.</summary>
    public double Seconds { get; internal init; }

    /// <summary>The seed.</summary>
    public long Seed => Options.Seed;

    /// <summary>The generator.</summary>
    public RandomGenerator Generator => Options.Generator;

    /// <summary>What tells fits apart: PowerShell compares and groups objects by their text. The duration is left out, so that a repeated fit is equal.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"VariationalFit {{ Model = {ShortText.Of(Model)}, Family = {Family}, Objective = {Objective}, Seed = {Seed}, Generator = {Generator}, Bound = {Bound:R}, Location = {ShortText.Numbers(State.Location)} }}");

    /// <summary>The approximation as numbers.</summary>
    internal GaussianState State { get; }
}
