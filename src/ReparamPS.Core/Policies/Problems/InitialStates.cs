using ReparamPS.Distributions;
using ReparamPS.Numerics.Points;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using TorchSharp;
using static TorchSharp.torch;

namespace ReparamPS.Policies.Problems;

/// <summary>First states of trajectories: drawn at random, or spread evenly by a Sobol sequence.</summary>
internal sealed class InitialStates
{
    private readonly Distribution distribution;
    private readonly int stateSize;

    /// <summary>Checks that the distribution gives states.</summary>
    /// <exception cref="ShapeMismatchException">Its draws do not have the shape of states.</exception>
    public InitialStates(Distribution distribution, int stateSize)
    {
        long[] shape = [.. distribution.BatchShape, .. distribution.EventShape];
        bool isOneForAll = shape.Length == 0 || (shape.Length == 1 && shape[0] == 1 && distribution.EventShape.Length == 0);
        if (!isOneForAll && !shape.SequenceEqual([stateSize]))
            throw new ShapeMismatchException($"InitialState must draw single numbers or states of shape [{stateSize}]; got {distribution.Name} with draws of shape {TensorShapes.Format(shape)}.", "InitialState");
        if (distribution.Device.type != DeviceType.CPU) throw new NotSupportedException($"InitialState must be on the CPU, where policies run; got {distribution.Device}.");
        this.stateSize = stateSize;
        this.distribution = isOneForAll ? distribution.Expand(stateSize) : distribution;
    }

    /// <summary>Random first states, [count, states].</summary>
    public Tensor Draw(long count, RandomSource random, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        return distribution.Sample([count], random).to(dtype).MoveToOuterDisposeScope();
    }

    /// <summary>First states at the points of a Sobol sequence; null if the distribution has no quantile function for each state.</summary>
    /// <param name="count">The number of states.</param>
    /// <param name="dtype">Their type.</param>
    /// <param name="bits">Random bits that scramble the sequence; null for states that are always the same.</param>
    public Tensor? Spread(int count, ScalarType dtype, Func<uint>? bits = null) => Sequence(bits)?.Next(count, dtype);

    /// <summary>The sequence of evenly spread states, of which any number can be taken at a time; null if the distribution has none.</summary>
    /// <param name="bits">Random bits that scramble the sequence; null for states that are always the same.</param>
    public SpreadStates? Sequence(Func<uint>? bits = null) =>
        distribution.EventShape.Length > 0 || !distribution.HasQuantile || stateSize > SobolCoordinate.MaxDimensions ? null : new SpreadStates(distribution, stateSize, bits);

    /// <summary>E[s sᵀ], row by row; null if the distribution has no closed-form moments.</summary>
    public double[,]? SecondMoment()
    {
        if (!distribution.HasMoments) return null;
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        double[] mean = ManagedValues.ToDoubles(distribution.Mean);
        double[]? full = distribution is MultivariateNormal normal ? ManagedValues.ToDoubles(normal.CovarianceMatrix) : null;
        if (full is null && distribution.EventShape.Length > 0) return null;
        double[] variance = ManagedValues.ToDoubles(distribution.Variance);
        var moment = new double[stateSize, stateSize];
        for (int i = 0; i < stateSize; i++)
        {
            for (int j = 0; j < stateSize; j++)
                moment[i, j] = (mean[i] * mean[j]) + (full is not null ? full[(i * stateSize) + j] : i == j ? variance[i] : 0);
        }
        return moment;
    }
}
