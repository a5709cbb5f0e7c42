using ReparamPS.Distributions;
using ReparamPS.Runtime;
using static TorchSharp.torch;

namespace ReparamPS.Gradients;

/// <summary>A sample's gradient against differences of the sample at the same noise.</summary>
internal static class FrozenNoiseCheck
{
    private const long ProbeDraws = 2048;
    private static readonly double[] Multiples = [1, -1, 2, -2];

    /// <summary>
    /// Whether the amount of noise that sampling uses up stays the same when the parameter moves. Where it doesn't there is a rejection
    /// sampler: the accepted proposal depends on the parameter, and differences at the same noise miss that part of the gradient.
    /// </summary>
    public static bool Applies(Distribution distribution, ParameterTree tree, PerturbationDirection direction, long seed)
    {
        double here = NextNoise(distribution, seed);
        return Multiples.All(multiple =>
        {
            using var scope = NewDisposeScope();
            Distribution moved = tree.With(new Dictionary<string, Tensor> { [direction.Leaf.Path] = direction.At(multiple * direction.Steps[0]) }, []);
            return NextNoise(moved, seed) == here;
        });
    }

    /// <summary>The verdict on one direction.</summary>
    public static PathComparison Compare(CheckedDraws draws, PerturbationDirection direction)
    {
        double[] At(double step)
        {
            using var scope = NewDisposeScope();
            return ManagedValues.ToDoubles(draws.Project(draws.At(direction, step)));
        }
        ScalarType dtype = direction.Leaf.Value.dtype;
        int levels = PerturbationDirection.Levels(dtype);
        (double[] reference, double[] error) = FiniteDifference.Derivative(At, direction.Steps, levels);
        double magnitude = At(0).Select(Math.Abs).DefaultIfEmpty(0).Max();
        double roundoff = 4 * TorchTypes.Epsilon(dtype) * magnitude / (direction.Steps.Max() / Math.Pow(2, levels - 1));
        return new PathComparison(reference, error, roundoff);
    }

    private static double NextNoise(Distribution distribution, long seed)
    {
        using var scope = NewDisposeScope();
        using var random = new RandomSource(seed, distribution.Device);
        distribution.Sample([ProbeDraws], random);
        return random.Uniform([1], ScalarType.Float64).item<double>();
    }
}
