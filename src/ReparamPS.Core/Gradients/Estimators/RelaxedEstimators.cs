using ReparamPS.Runtime;
using static TorchSharp.torch;

namespace ReparamPS.Gradients.Estimators;

/// <summary>The gradient of f through a relaxed draw, or through a discrete one that passes the gradient of its mean.</summary>
internal sealed class RelaxedEstimator(EstimationProblem problem, double temperature, bool straightThrough) : GradientEstimator(problem)
{
    /// <inheritdoc/>
    public override DrawGradients Estimate(long draws, RandomSource random)
    {
        RepeatedParameters repeated = Repeat(draws, random);
        DiscreteRelaxation relaxation = DiscreteRelaxation.Of(repeated.Distribution)
            ?? throw new NotSupportedException($"{(straightThrough ? "StraightThrough" : "GumbelSoftmax")} does not apply to {Distribution.Name}: there are relaxations of Bernoulli, Categorical and OneHotCategorical.");
        Tensor noise = relaxation.Noise(random), mean = relaxation.Mean;
        Tensor sample = straightThrough ? relaxation.Harden(noise) + mean - mean.detach() : relaxation.Soften(noise, temperature);
        Tensor values = Problem.Objective(sample, repeated.Leading);
        return new DrawGradients(repeated.Gradients(values), draws);
    }
}

/// <summary>
/// (f(b) − c(z̃)) ∂ log p(b) + ∂c(z) − ∂c(z̃), unbiased for every c: z is the noise behind the draw b, z̃ other noise given b.
/// Here c = Σ w_j f(relaxed draw at temperature τ_j), and the weights, in which the gradient is linear, make the variance over pilot draws least.
/// </summary>
internal sealed class ControlledEstimator(EstimationProblem problem, double[] temperatures, bool withConstant, long seed) : GradientEstimator(problem)
{
    private const long PilotDraws = 2000;
    private const long PilotSeedOffset = 0x5eed;
    private double[]? weights;

    private sealed record Terms(RepeatedParameters Repeated, Tensor Value, Tensor Score, Tensor[] AtNoise, Tensor[] AtOther);

    /// <inheritdoc/>
    public override void Prepare()
    {
        using var random = new RandomSource(seed + PilotSeedOffset, Distribution.Device);
        Terms terms = Evaluate(PilotDraws, random);
        Tensor plain = AllGradients(terms, terms.Value * terms.Score);
        Tensor[] controls = [.. terms.AtNoise.Zip(terms.AtOther, (at, other) => AllGradients(terms, at - other - other.detach() * terms.Score))];
        if (withConstant) controls = [.. controls, AllGradients(terms, -terms.Score)];
        Tensor Centred(Tensor each) => (each - each.mean([0])).flatten();
        Tensor columns = stack([.. controls.Select(Centred)], 1).nan_to_num(0, 0, 0), target = Centred(plain).unsqueeze(1);
        Tensor normal = columns.mT.matmul(columns);
        Tensor ridge = 1e-10 * normal.diagonal().sum() * eye(controls.Length, dtype: normal.dtype) + 1e-300 * eye(controls.Length, dtype: normal.dtype);
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
        RepeatedParameters repeated = Repeat(draws, random);
        DiscreteRelaxation relaxation = DiscreteRelaxation.Of(repeated.Distribution)
            ?? throw new NotSupportedException($"Rebar and Relax do not apply to {Distribution.Name}: there are relaxations of Bernoulli, Categorical and OneHotCategorical.");
        Tensor noise = relaxation.Noise(random), draw = relaxation.Harden(noise), other = relaxation.NoiseGivenDraw(noise, random), value;
        using (no_grad()) value = Problem.Objective(draw, repeated.Leading);
        Tensor[] At(Tensor source) => [.. temperatures.Select(temperature => Problem.Objective(relaxation.Soften(source, temperature), repeated.Leading))];
        return new Terms(repeated, value, repeated.LogProb(draw), At(noise), At(other));
    }

    // Draws × all parameter elements; a parameter that a term doesn't reach counts 0.
    private Tensor AllGradients(Terms terms, Tensor perDraw)
    {
        Dictionary<string, Tensor> found = terms.Repeated.Gradients(perDraw);
        return cat([.. Problem.Leaves.Select(leaf => found.TryGetValue(leaf.Path, out Tensor? each) ? each : zeros(perDraw.shape[0], leaf.Value.numel(), dtype: perDraw.dtype))], 1);
    }
}
