using ReparamPS.Distributions;
using static TorchSharp.torch;

namespace ReparamPS.Gradients;

/// <summary>A function of a sample, with its expectation if that is known.</summary>
/// <param name="Text">The expectation in words.</param>
/// <param name="PerDraw">One number per draw, from draws of shape n + batch + event.</param>
/// <param name="Expectation">The expectation under a distribution; null if only the score function yields its derivative.</param>
internal sealed record TestFunction(string Text, Func<Tensor, Tensor> PerDraw, Func<Distribution, double>? Expectation)
{
    /// <summary>The test functions that apply to a distribution.</summary>
    public static IReadOnlyList<TestFunction> For(Distribution distribution, CheckedDraws draws)
    {
        Tensor weights = draws.Weights;
        Tensor Sum(Tensor values) => draws.WeightedSum(values);
        List<TestFunction> functions = [];
        bool linearOnly = distribution.Reparameterization == Reparameterization.StraightThrough;
        // The moments of angles are circular, so expectations of z and z² are not available.
        Tensor? mean = distribution.HasMoments && !distribution.IsCircular ? FiniteOrNull(() => distribution.Mean) : null;
        Tensor? variance = distribution.HasMoments ? FiniteOrNull(() => distribution.Variance) : null;
        if (mean is not null && (variance is not null || linearOnly))
            functions.Add(new TestFunction("E[z] in closed form", Sum, given => Total(given.Mean * weights)));
        if (linearOnly) return functions;
        bool hasQuantiles = distribution.EventShape.Length == 0 && AddBounded();
        if (!hasQuantiles && mean is not null && variance is not null)
        {
            functions.Add(new TestFunction("E[(z − c)²] with c the mean, in closed form", z => Sum((z - mean).square()), given => Total(weights * (given.Variance + (given.Mean - mean).square()))));
        }
        // Tests the dependence between the elements of a vector, which functions of a single element cannot see.
        if (distribution.EventShape.Length == 1 && variance is not null && mean is not null && ReferenceEquals(distribution.Support, distribution.Type.Support))
        {
            Tensor size = (weights.square() * variance).sum(-1);
            functions.Add(new TestFunction(
                "E[1/(1 + s²)] of a standardized weighted sum s of the elements, by the score function", z => (1 / (1 + (weights * (z - mean)).sum(-1).square() / size)).reshape(z.shape[0], -1).sum(1), null));
        }
        // Elements without moments, such as angles, whose interval moves with a parameter: a score function would miss what the ends contribute.
        if (functions.Count == 0 && Element(distribution).EventShape.Length == 0) AddBounded();
        if (functions.Count == 0 && distribution.HasLogProb)
        {
            // The logarithm of a category of weight 0 is −∞ in every draw.
            Tensor Finite(Tensor z) => z.masked_fill(z.detach().isinf().all(0, keepdim: true), 0);
            functions.Add(new TestFunction("E[z/√(1 + z²)] by the score function", z => Sum(Finite(z) / (1 + Finite(z).square()).sqrt()), null));
            functions.Add(new TestFunction("E[1/(1 + z²)] by the score function", z => Sum(1 / (1 + Finite(z).square())), null));
        }
        return functions;

        bool AddBounded()
        {
            Distribution element = Element(distribution);
            Tensor At(double level) => element.Icdf(full(Array.Empty<long>(), level, element.DType, element.Device));
            if (!element.HasQuantile || FiniteOrNull(() => At(0.5)) is not { } centre) return false;
            Tensor spread = At(0.75) - centre;
            Add("E[s/√(1 + s²)]", s => s / (1 + s.square()).sqrt());
            Add("E[1/(1 + s²)]", s => 1 / (1 + s.square()));
            return true;

            void Add(string text, Func<Tensor, Tensor> function)
            {
                Tensor Standardized(Tensor z) => function((z - centre) / spread);
                functions.Add(new TestFunction($"{text} of the standardized draw s, by quadrature", z => Sum(Standardized(z)), given => Quadrature(Element(given), z => weights * Standardized(z))));
            }
        }
    }

    private static Distribution Element(Distribution distribution) => distribution is Independent parts ? Element(parts.BaseDistribution) : distribution;

    private static double Quadrature(Distribution distribution, Func<Tensor, Tensor> function)
    {
        (Tensor values, Tensor weights) = QuantileRule.Of(distribution);
        return Total(function(values) * weights);
    }

    private static double Total(Tensor values) => values.sum().to(ScalarType.Float64).item<double>();

    private static Tensor? FiniteOrNull(Func<Tensor> compute)
    {
        using var noGrad = no_grad();
        Tensor value = compute();
        return value.isfinite().all().item<bool>() ? value : null;
    }
}
