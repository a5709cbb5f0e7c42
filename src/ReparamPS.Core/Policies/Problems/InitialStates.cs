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

    /// <summary>E[s sᵀ], row by row; null if it does not exist or is not known.</summary>
    public double[,]? SecondMoment()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Distribution states = distribution;
        while (states is Independent independent) states = independent.BaseDistribution;
        if (MeanAndCovariance(states) is not var (mean, covariance)) return null;
        Tensor column = mean.to(ScalarType.Float64).unsqueeze(-1);
        double[] moment = ManagedValues.ToDoubles(covariance + (column * column.mT));
        if (!moment.All(double.IsFinite)) return null;
        var matrix = new double[stateSize, stateSize];
        Buffer.BlockCopy(moment, 0, matrix, 0, moment.Length * sizeof(double));
        return matrix;
    }

    private static (Tensor Mean, Tensor Covariance)? MeanAndCovariance(Distribution states)
    {
        switch (states)
        {
            case MultivariateNormal normal:
                return (normal.Mean, normal.CovarianceMatrix);
            case LowRankMultivariateNormal normal:
                return (normal.Mean, normal.CovarianceMatrix);
            // As numbers, categories and angles have other moments than their Mean and Variance.
            case Categorical:
                Tensor categories = states.EnumerateSupport();
                return OfPoints(categories, states.LogProb(categories).exp());
            case VonMises:
                (Tensor angles, Tensor weights) = QuantileRule.Of(states.To(CPU, ScalarType.Float64));
                return OfPoints(angles, weights);
            default:
                return states.HasMoments && !states.IsCircular && states.EventShape.Length == 0 ? (states.Mean, states.Variance.diag_embed()) : null;
        }
    }

    private static (Tensor Mean, Tensor Covariance) OfPoints(Tensor values, Tensor weights)
    {
        Tensor mean = (weights * values).sum(0L);
        return (mean, (weights * (values - mean).square()).sum(0L).diag_embed());
    }
}
