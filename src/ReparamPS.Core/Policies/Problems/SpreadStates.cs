using ReparamPS.Distributions;
using ReparamPS.Numerics.Points;
using static TorchSharp.torch;

namespace ReparamPS.Policies.Problems;

/// <summary>States at the points of a Sobol sequence, one after the other.</summary>
internal sealed class SpreadStates
{
    private const double LastFloat = 1 - 1.0 / (1 << 24), LastDouble = 1 - 1.0 / (1L << 53);

    private readonly Distribution distribution;
    private readonly SobolCoordinate[] coordinates;

    /// <summary>Starts the sequence.</summary>
    /// <param name="distribution">The distribution of the states.</param>
    /// <param name="stateSize">The numbers per state.</param>
    /// <param name="bits">Random bits that scramble the sequence; null for states that are always the same.</param>
    public SpreadStates(Distribution distribution, int stateSize, Func<uint>? bits)
    {
        this.distribution = distribution;
        coordinates = [.. Enumerable.Range(0, stateSize).Select(j => new SobolCoordinate(j, bits))];
        // The plain sequence begins in the corner of the cube, far out in every distribution's tail.
        if (bits is null) foreach (SobolCoordinate coordinate in coordinates) coordinate.Next();
    }

    /// <summary>The next states, [count, state].</summary>
    public Tensor Next(int count, ScalarType dtype)
    {
        // A larger point would round to 1, whose quantile may be infinite.
        double last = distribution.DType == ScalarType.Float32 ? LastFloat : LastDouble;
        double[] points = new double[count * coordinates.Length];
        for (int j = 0; j < coordinates.Length; j++)
        {
            for (int i = 0; i < count; i++) points[(i * coordinates.Length) + j] = Math.Min(coordinates[j].Next(), last);
        }
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        return distribution.Icdf(tensor(points, [count, coordinates.Length], distribution.DType, distribution.Device)).to(dtype).MoveToOuterDisposeScope();
    }
}
