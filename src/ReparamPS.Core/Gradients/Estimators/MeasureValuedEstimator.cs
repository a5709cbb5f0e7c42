using ReparamPS.Distributions;
using ReparamPS.Runtime;
using static TorchSharp.torch;

namespace ReparamPS.Gradients.Estimators;

/// <summary>
/// c (E[f(z⁺)] − E[f(z⁻)]), where c (p⁺ − p⁻) is the derivative of the density (Mohamed et al. 2020, section 6, table 1); z⁺ and z⁻ share their noise where they can.
/// </summary>
internal sealed class MeasureValuedEstimator(EstimationProblem problem) : GradientEstimator(problem)
{
    private sealed record Decomposition(string Parameter, Tensor Factor, Tensor Plus, Tensor Minus);

    /// <inheritdoc/>
    public override GroupedGradients Estimate(long draws, RandomSource random)
    {
        using var noGrad = no_grad();
        long[] shape = [draws, .. Distribution.BatchShape];
        Tensor drawn = Distribution.Sample([draws], random);
        var gradients = new Dictionary<string, Tensor>();
        foreach (Decomposition part in Decompose(shape, drawn, random))
        {
            ParameterLeaf leaf = Problem.Leaves.First(each => each.Path == part.Parameter);
            gradients[leaf.Path] = SumTo(leaf, Differences(part, drawn) * part.Factor);
        }
        return new GroupedGradients(gradients, 1, draws);
    }

    private IEnumerable<Decomposition> Decompose(long[] shape, Tensor drawn, RandomSource random)
    {
        Tensor Value(string name) => Distribution.Parameters.First(parameter => parameter.Name == name).Value.detach();
        bool Has(string name) => Distribution.Parameters.Any(parameter => parameter.Name == name);
        Tensor Exponential() => random.Exponential(shape, Distribution.DType);
        switch (Distribution.Name)
        {
            case "Normal":
                Tensor scale = Value("Scale"), loc = Value("Loc"), rayleigh = (2 * Exponential()).sqrt();
                yield return new Decomposition("Loc", 1 / (scale * Math.Sqrt(2 * Math.PI)), loc + scale * rayleigh, loc - scale * rayleigh);
                // A Maxwell variable of random sign, times a uniform one, is normal.
                Tensor maxwell = (random.Normal(shape, Distribution.DType).square() + 2 * Exponential()).sqrt();
                Tensor signed = where(random.Uniform(shape, Distribution.DType) < 0.5, maxwell, -maxwell);
                yield return new Decomposition("Scale", 1 / scale, loc + scale * signed, loc + scale * signed * random.Uniform(shape, Distribution.DType));
                break;
            case "Exponential":
                Tensor rate = Value("Rate");
                yield return new Decomposition("Rate", 1 / rate, drawn, drawn + Exponential() / rate);
                break;
            case "Gamma":
                Tensor concentration = Value("Concentration"), gammaRate = Value("Rate");
                yield return new Decomposition("Rate", concentration / gammaRate, drawn, drawn + Exponential() / gammaRate);
                break;
            case "Poisson":
                yield return new Decomposition("Rate", ones_like(Value("Rate")), drawn + 1, drawn);
                break;
            case "Bernoulli" when Has("Probs"):
                yield return new Decomposition("Probs", ones_like(Value("Probs")), ones_like(drawn), zeros_like(drawn));
                break;
            default:
                throw NotFor("there are decompositions for Normal (Loc, Scale), Exponential (Rate), Gamma (Rate), Poisson (Rate) and Bernoulli (Probs)");
        }
    }

    // One member of the batch changes at a time: f may mix them.
    private Tensor Differences(Decomposition part, Tensor drawn)
    {
        long draws = drawn.shape[0], members = TensorShapes.Count(Distribution.BatchShape);
        Tensor flat = drawn.reshape(draws, members), plus = part.Plus.expand(drawn.shape).reshape(draws, members), minus = part.Minus.expand(drawn.shape).reshape(draws, members);
        Tensor result = empty_like(flat);
        for (long member = 0; member < members; member++)
        {
            Tensor With(Tensor source)
            {
                Tensor changed = flat.clone();
                changed.narrow(1, member, 1).copy_(source.narrow(1, member, 1));
                return Problem.Objective(changed.reshape(drawn.shape), [draws]);
            }
            result.narrow(1, member, 1).copy_((With(plus) - With(minus)).unsqueeze(1));
        }
        return result.reshape(drawn.shape);
    }

    private static Tensor SumTo(ParameterLeaf leaf, Tensor perMember)
    {
        long[] own = leaf.Padded(leaf.Value).shape;
        long[] summed = [.. Enumerable.Range(0, own.Length).Where(i => own[i] == 1 && perMember.shape[i + 1] > 1).Select(i => (long)(i + 1))];
        return (summed.Length > 0 ? perMember.sum(summed) : perMember).reshape(perMember.shape[0], -1);
    }
}
