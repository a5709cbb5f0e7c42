using ReparamPS.Distributions;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Gradients.Estimators;

/// <summary>The gradient of f through a relaxed draw, or through a discrete one that passes the gradient of its mean.</summary>
internal sealed class RelaxedEstimator(EstimationProblem problem, double temperature, bool straightThrough) : GradientEstimator(problem)
{
    /// <inheritdoc/>
    protected override string Name => straightThrough ? "StraightThrough" : "GumbelSoftmax";

    /// <inheritdoc/>
    public override DrawGradients Estimate(long draws, RandomSource random)
    {
        RepeatedParameters repeated = Repeat(draws, random);
        DiscreteRelaxation relaxation = DiscreteRelaxation.Of(repeated.Distribution)
            ?? throw NotFor("only Bernoulli, Categorical and OneHotCategorical can be relaxed");
        Tensor noise = relaxation.Noise(random), mean = relaxation.Mean;
        Tensor sample = straightThrough ? relaxation.Harden(noise) + mean - mean.detach() : relaxation.Soften(noise, temperature);
        Tensor values = Problem.Objective(sample, repeated.Leading);
        return new DrawGradients(ThroughDraws(repeated, values), draws);
    }
}

/// <summary>
/// (f(b) − c(z̃)) ∂ log p(b) + ∂c(z) − ∂c(z̃), unbiased for every continuous c. z is the noise of the draw b, and z̃ is other noise given b.
/// Here c = Σ w_j c_j(relaxed draw at temperature τ_j), and the weights, in which the gradient is linear, minimize the variance over pilot draws.
/// </summary>
internal abstract class ControlledEstimator(EstimationProblem problem, double[] temperatures, bool withConstant, RandomSeed seed) : GradientEstimator(problem)
{
    private const long PilotDraws = 2000;
    private const long PilotSeedOffset = 0x5eed;
    private double[]? weights;

    private sealed record Terms(RepeatedParameters Repeated, Tensor Value, Tensor Score, Tensor[] AtNoise, Tensor[] AtOther);

    /// <summary>Receives draws from which c can be fitted.</summary>
    protected abstract void Learn(DiscreteRelaxation relaxation, Tensor noise, Tensor values, RandomSource random);

    /// <summary>c at one temperature.</summary>
    protected abstract Tensor Control(DiscreteRelaxation relaxation, Tensor noise, double temperature, RepeatedParameters repeated);

    /// <inheritdoc/>
    public override void Prepare()
    {
        using var random = (seed + PilotSeedOffset).Open(Distribution.Device);
        (RepeatedParameters repeated, DiscreteRelaxation relaxation) = Relaxed(PilotDraws, random);
        using (no_grad())
        {
            Tensor noise = relaxation.Noise(random);
            Learn(relaxation, noise, Problem.Objective(relaxation.Harden(noise), repeated.Leading), random);
        }
        Terms terms = Evaluate(PilotDraws, random);
        Tensor plain = terms.Repeated.Columns(terms.Value * terms.Score);
        Tensor[] controls = [.. terms.AtNoise.Zip(terms.AtOther, (at, other) => terms.Repeated.Columns(at - other - other.detach() * terms.Score))];
        if (withConstant) controls = [.. controls, terms.Repeated.Columns(-terms.Score)];
        Tensor Centred(Tensor each) => (each - each.mean([0])).flatten();
        Tensor columns = stack([.. controls.Select(Centred)], 1).nan_to_num(0, 0, 0), target = Centred(plain).unsqueeze(1);
        Tensor normal = columns.mT.matmul(columns);
        Tensor ridge = 1e-10 * normal.diagonal().sum() * eye(controls.Length, dtype: normal.dtype, device: normal.device) + 1e-300 * eye(controls.Length, dtype: normal.dtype, device: normal.device);
        weights = ManagedValues.ToDoubles(-linalg.solve(normal + ridge, columns.mT.matmul(target)));
    }

    /// <inheritdoc/>
    public override DrawGradients Estimate(long draws, RandomSource random)
    {
        Terms terms = Evaluate(draws, random);
        Tensor c = Weighted(terms.AtNoise), other = Weighted(terms.AtOther);
        double constant = withConstant ? weights![^1] : 0;
        return new DrawGradients(terms.Repeated.Gradients((terms.Value - other.detach() - constant) * terms.Score + c - other), draws);
    }

    private Tensor Weighted(Tensor[] values) => values.Select((value, j) => value * weights![j]).Aggregate((sum, next) => sum + next);

    private Terms Evaluate(long draws, RandomSource random)
    {
        (RepeatedParameters repeated, DiscreteRelaxation relaxation) = Relaxed(draws, random);
        Tensor noise = relaxation.Noise(random), draw = relaxation.Harden(noise), other = relaxation.NoiseGivenDraw(noise, random), value;
        using (no_grad()) value = Problem.Objective(draw, repeated.Leading).to(Distribution.DType);
        Tensor[] At(Tensor source) => [.. temperatures.Select(temperature => Control(relaxation, source, temperature, repeated))];
        return new Terms(repeated, value, repeated.LogProb(draw), At(noise), At(other));
    }

    private (RepeatedParameters, DiscreteRelaxation) Relaxed(long draws, RandomSource random)
    {
        RepeatedParameters repeated = Repeat(draws, random);
        return (repeated, DiscreteRelaxation.Of(repeated.Distribution)
            ?? throw NotFor("only Bernoulli, Categorical and OneHotCategorical can be relaxed"));
    }
}

/// <summary>c is f at relaxed draws, so f must be continuous there and carry its gradient.</summary>
internal sealed class RebarEstimator(EstimationProblem problem, double temperature, RandomSeed seed) : ControlledEstimator(problem, [temperature], withConstant: false, seed)
{
    /// <inheritdoc/>
    protected override void Learn(DiscreteRelaxation relaxation, Tensor noise, Tensor values, RandomSource random)
    {
        Tensor Ends(long number) => DiscreteRelaxation.Of(Problem.Repeat(number, 1).Distribution)!.Anywhere(random).squeeze(1);
        if (SmoothObjective.Objection(Problem, Ends) is { } objection)
            throw new EstimatorNotApplicableException($"Rebar does not apply: {objection}. Rebar evaluates the objective and its gradient between the discrete values. Use Relax, ScoreFunction or Enumerated.");
    }

    /// <inheritdoc/>
    protected override Tensor Control(DiscreteRelaxation relaxation, Tensor noise, double temperature, RepeatedParameters repeated) =>
        Problem.Objective(relaxation.Soften(noise, temperature), repeated.Leading);
}

/// <summary>c is linear in the relaxed draw and fitted: its coefficient for each possible value is the mean of f over the pilot draws with that value. f is evaluated at draws only.</summary>
internal sealed class RelaxEstimator(EstimationProblem problem, double temperature, RandomSeed seed)
    : ControlledEstimator(problem, [temperature / 4, temperature, temperature * 4], withConstant: true, seed)
{
    private Tensor? means;

    /// <inheritdoc/>
    protected override void Learn(DiscreteRelaxation relaxation, Tensor noise, Tensor values, RandomSource random)
    {
        Tensor hard = relaxation.HardWeights(noise), own = values.to(hard.dtype), centred = (own - own.mean()).reshape([.. values.shape, .. hard.shape[2..].Select(_ => 1L)]);
        means = (hard * centred).sum([0L, 1L]) / hard.sum([0L, 1L]).clamp_min(1);
    }

    /// <inheritdoc/>
    protected override Tensor Control(DiscreteRelaxation relaxation, Tensor noise, double temperature, RepeatedParameters repeated) =>
        (relaxation.Weights(noise, temperature) * means!).flatten(2).sum(-1);
}
