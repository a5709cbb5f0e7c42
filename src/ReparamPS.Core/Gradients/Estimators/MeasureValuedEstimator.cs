using ReparamPS.Distributions;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Gradients.Estimators;

/// <summary>c (E[f(z⁺)] − E[f(z⁻)]), where c (p⁺ − p⁻) is the derivative of the density.</summary>
internal sealed class MeasureValuedEstimator(EstimationProblem problem) : GradientEstimator(problem)
{
    /// <inheritdoc/>
    public override DrawGradients Estimate(long draws, RandomSource random)
    {
        using var noGrad = no_grad();
        Tensor drawn = Draw(Distribution, [draws], random, reparameterized: false);
        var gradients = new Dictionary<string, Tensor>();
        foreach (WeakDerivative part in WeakDerivative.Of(Distribution, drawn, random) ?? throw (Distribution is Bernoulli ? NotFor("the parameter is Logits", "Create the distribution with Probs instead.") : NotFor($"only these have a measure-valued gradient: {WeakDerivative.Known}")))
        {
            ParameterLeaf leaf = Problem.Leaves.First(each => each.Path == part.Parameter);
            gradients[leaf.Path] = SumTo(leaf, Differences(part, drawn) * part.Factor);
        }
        return new DrawGradients(gradients, draws);
    }

    // One member of the batch changes at a time, because f can mix them.
    private Tensor Differences(WeakDerivative part, Tensor drawn)
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
