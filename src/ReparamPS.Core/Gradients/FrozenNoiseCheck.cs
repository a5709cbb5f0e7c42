using ReparamPS.Distributions;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Gradients;

/// <summary>Compares a sample's gradient with differences of the sample at the same noise.</summary>
internal static class FrozenNoiseCheck
{
    private const long ProbeDraws = 4096;
    private static readonly double[] Multiples = [-8, -2, 2, 8, 32];

    /// <summary>
    /// Whether the amount of noise that sampling consumes stays the same if a parameter changes. If it does not, there is a rejection
    /// sampler: the accepted proposal depends on the parameter, and differences at the same noise miss that part of the gradient.
    /// </summary>
    public static bool Applies(Distribution distribution, ParameterTree tree, IEnumerable<PerturbationDirection> directions, RandomSeed seed)
    {
        NoiseUse here = NoiseOf(distribution, seed);
        return directions.All(direction => Multiples.All(multiple => NoiseAt(direction, multiple * direction.Steps[0]) is not { } moved || (!moved.HasRejected && moved == here)));

        NoiseUse? NoiseAt(PerturbationDirection direction, double step)
        {
            using var scope = NewDisposeScope();
            try
            {
                return NoiseOf(tree.With(new Dictionary<string, Tensor> { [direction.Leaf.Path] = direction.At(step) }, []), seed);
            }
            catch (Exception error) when (error is ArgumentException or CustomFunctionException)
            {
                return null;
            }
        }
    }

    /// <summary>The verdict on one direction.</summary>
    public static PathComparison Compare(CheckedDraws draws, PerturbationDirection direction, double tolerance)
    {
        double[] At(double step)
        {
            using var scope = NewDisposeScope();
            return ManagedValues.ToDoubles(draws.Compared(draws.At(direction, step)));
        }
        ScalarType dtype = direction.Leaf.Value.dtype;
        (double[] reference, double[] error) = FiniteDifference.Derivative(At, direction.Steps, dtype, 0.1 * tolerance);
        double roundoff = FiniteDifference.Roundoff(At(0).Select(Math.Abs).DefaultIfEmpty(0).Max(), direction.Steps, dtype);
        return new PathComparison(reference, error, roundoff, draws.Outputs);
    }

    // What a sample took from the stream: how many numbers, and which one comes next.
    private readonly record struct NoiseUse(long Count, double Next, bool HasRejected);

    private static NoiseUse NoiseOf(Distribution distribution, RandomSeed seed)
    {
        using var scope = NewDisposeScope();
        // The recording owns the stream.
        RandomSource stream = seed.Open(distribution.Device);
        using var random = new RecordingSource(stream);
        distribution.Sample([ProbeDraws], random);
        return new NoiseUse(random.Count, stream.Uniform([1], ScalarType.Float64).item<double>(), stream.HasRejected);
    }
}
