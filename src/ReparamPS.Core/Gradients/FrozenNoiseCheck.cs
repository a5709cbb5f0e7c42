using ReparamPS.Distributions;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Gradients;

/// <summary>Why differences of a sample at the same noise are not its gradient in a parameter.</summary>
internal enum FrozenNoiseObstacle
{
    /// <summary>They are.</summary>
    None,

    /// <summary>The parameter reaches a draw whose gradient is implicit.</summary>
    ImplicitGradient,

    /// <summary>The sampler rounds, or rejects proposals, so that its result jumps.</summary>
    Jumps,
}

/// <summary>Compares a sample's gradient with differences of the sample at the same noise.</summary>
internal static class FrozenNoiseCheck
{
    private const long ProbeDraws = 4096;
    // Differences of a few steps of the type do not shrink with the shift, or do not settle.
    private const double RoundoffAtEnd = 16;
    private static readonly double[] Multiples = [-8, -2, 2, 8, 32];

    /// <summary>
    /// Why differences at the same noise are not the gradient in a parameter. Either the parameter reaches a draw with an implicit gradient, or sampling takes another amount of noise if the
    /// parameter changes: then a sampler rejects proposals, and the differences miss that the parameter also changes which proposal is accepted.
    /// </summary>
    public static FrozenNoiseObstacle ObstacleOf(Distribution distribution, ParameterTree tree, IEnumerable<PerturbationDirection> directions, RandomSeed seed)
    {
        NoiseUse here = NoiseOf(distribution, seed);
        return PerElement(directions).SelectMany(group => Multiples.SelectMany(multiple => Moved(group, multiple))).FirstOrDefault(moved => moved is not null && moved != here) switch
        {
            null => FrozenNoiseObstacle.None,
            { } other when other.ImplicitParameters != here.ImplicitParameters => FrozenNoiseObstacle.ImplicitGradient,
            _ => FrozenNoiseObstacle.Jumps,
        };

        // All members of a batch together, or one by one if the distribution refuses that.
        IEnumerable<NoiseUse?> Moved(PerturbationDirection[] group, double multiple) =>
            group.Length > 1 && NoiseAt(group, multiple) is { } together ? [together] : group.Select(direction => NoiseAt([direction], multiple));

        NoiseUse? NoiseAt(PerturbationDirection[] group, double multiple)
        {
            using var scope = NewDisposeScope();
            try
            {
                ParameterLeaf leaf = group[0].Leaf;
                Tensor moved = group.Aggregate(leaf.Value, (value, direction) => value + multiple * direction.Steps[0] * direction.Direction);
                return NoiseOf(tree.With(new Dictionary<string, Tensor> { [leaf.Path] = moved }, []), seed);
            }
            catch (Exception error) when (error is ArgumentException or CustomFunctionException)
            {
                return null;
            }
        }
    }

    // The directions of the same element of all members of a batch. A probe of each member would make the work grow with the square of their number.
    private static IEnumerable<PerturbationDirection[]> PerElement(IEnumerable<PerturbationDirection> directions) =>
        directions.GroupBy(direction => direction.Index % TensorShapes.Count(direction.Leaf.Value.shape[^direction.Leaf.Constraint.EventDims..])).Select(group => group.ToArray());

    /// <summary>The verdict on one direction.</summary>
    /// <param name="draws">The draws.</param>
    /// <param name="direction">The direction.</param>
    /// <param name="tolerance">The allowed relative error.</param>
    /// <param name="atEnds">Which draws round to an end of the support; null for draws with event dimensions.</param>
    public static PathComparison Compare(CheckedDraws draws, PerturbationDirection direction, double tolerance, Tensor? atEnds)
    {
        double[] At(double step)
        {
            using var scope = NewDisposeScope();
            return ManagedValues.ToDoubles(draws.Compared(draws.At(direction, step)));
        }
        ScalarType dtype = direction.Leaf.Value.dtype;
        (double[] reference, double[] error) = FiniteDifference.Derivative(At, direction, dtype, 0.1 * tolerance);
        double roundoff = FiniteDifference.Roundoff(At(0).Select(Math.Abs).DefaultIfEmpty(0).Max(), direction, dtype);
        double[] ends = atEnds is null ? new double[reference.Length] : ManagedValues.ToDoubles(draws.ComparedError(atEnds.to(draws.Values.dtype)));
        reference = [.. reference.Select((value, i) => ends[i] > 0 && error[i] > 0.5 * Math.Max(RoundoffAtEnd * roundoff, tolerance * Math.Abs(value)) ? double.NaN : value)];
        return new PathComparison(reference, error, [.. ends.Select(share => share > 0 ? RoundoffAtEnd * roundoff : roundoff)], draws.Outputs)
        {
            Stillness = ends.All(share => share > 0) ? "all draws round to an end of the support, where their gradient rounds to 0" : null,
        };
    }

    // What a sample took from the stream: how many numbers, and which one comes next; and the parameters of its implicit draws.
    private readonly record struct NoiseUse(long Count, double Next, int ImplicitParameters);

    private static NoiseUse NoiseOf(Distribution distribution, RandomSeed seed)
    {
        using var scope = NewDisposeScope();
        // The recording owns the stream.
        RandomSource stream = seed.Open(distribution.Device);
        using var random = new RecordingSource(stream);
        distribution.Sample([ProbeDraws], random);
        return new NoiseUse(random.Count, stream.Uniform([1], ScalarType.Float64).item<double>(), random.ImplicitParameters);
    }
}
