using ReparamPS.Torch.Randomness;
using System.Numerics.Tensors;
using ReparamPS.Inference.Gaussians;
using ReparamPS.Inference.Models;

namespace ReparamPS.Inference;

/// <summary>
/// The evidence lower bound, or the importance-weighted bound, over fixed noise: a deterministic function of the distribution.
/// </summary>
internal sealed class FrozenBound
{
    private readonly ILogDensity density;
    private readonly Part part;
    private readonly int samples;

    private FrozenBound(ILogDensity density, int samples, Part part) => (this.density, this.samples, this.part) = (density, samples, part);

    /// <summary>The number of draws.</summary>
    public int Draws => part.Groups;

    /// <summary>This noise and that of others together.</summary>
    public FrozenBound With(FrozenBound other) => new(density, samples, Joined(part, other.part, density.Dimension * samples));

    // One batch costs less than two: what an evaluation costs grows slowly with its draws.
    private static Part Joined(Part first, Part second, int rows)
    {
        int groups = first.Groups + second.Groups;
        double[] noise = new double[rows * groups];
        for (int i = 0; i < rows; i++)
        {
            first.Noise.AsSpan(i * first.Groups, first.Groups).CopyTo(noise.AsSpan(i * groups));
            second.Noise.AsSpan(i * second.Groups, second.Groups).CopyTo(noise.AsSpan(i * groups + first.Groups));
        }
        return new Part(noise, groups);
    }

    /// <summary>The bound over frozen noise.</summary>
    public static FrozenBound Create(ILogDensity density, NoiseScheme scheme, int draws, int samples, RandomSeed seed, bool isFresh = false)
    {
        int dimension = density.Dimension;
        long coordinates = (long)dimension * samples;
        double[] noise = isFresh ? NormalNoise.Fresh(scheme, coordinates, draws, seed) : NormalNoise.Frozen(scheme, coordinates, draws, seed);
        return new FrozenBound(density, samples, new Part(samples == 1 ? noise : Regrouped(noise, dimension, draws, samples), draws));
    }

    /// <summary>The bound at a distribution; NaN where the density is undefined at a point.</summary>
    public double Value(GaussianState state) => Evaluate(state, null, null);

    /// <summary>The bound with its derivatives in location and factor.</summary>
    /// <param name="state">The distribution.</param>
    /// <param name="location">Takes the derivatives in the location.</param>
    /// <param name="factor">Takes the derivatives in the factor, laid out as it.</param>
    /// <param name="isPathOnly">Whether the score term is left out of the gradient, which then differs from that of the function.</param>
    public double Evaluate(GaussianState state, double[]? location, double[]? factor, bool isPathOnly = false)
    {
        if (location is not null)
        {
            Array.Clear(location);
            Array.Clear(factor!);
        }
        int count = part.Groups * samples;
        part.Reserve(count * state.Dimension, count, location is not null);
        state.Points(part.Noise, count, part.Points);
        density.Evaluate(part.Points, part.Values, part.Gradients);
        if (location is not null && isPathOnly) SubtractScore(state, part, count);
        double mean = samples == 1 ? TensorPrimitives.Sum<double>(part.Values) / count : WeightedMean(state, part, count);
        if (location is not null) Accumulate(state, part, count, 1.0 / part.Groups, location, factor!);
        if (location is not null && !isPathOnly) AddEntropySlope(state, factor!);
        return samples == 1 ? mean + state.Entropy : mean;
    }

    /// <summary>The bound's gradient in the metric of a distribution.</summary>
    /// <param name="state">The distribution.</param>
    /// <param name="bound">The bound.</param>
    /// <param name="isPathOnly">Whether the score term is left out.</param>
    public double[] NaturalGradient(GaussianState state, out double bound, bool isPathOnly = false)
    {
        double[] location = new double[state.Dimension], factor = new double[state.Factor.Length];
        bound = Evaluate(state, location, factor, isPathOnly);
        return state.NaturalGradient(location, factor);
    }

    // log mean exp(log p − log q) of each group; the gradients are multiplied by their draws' shares of the group.
    private double WeightedMean(GaussianState state, Part part, int count)
    {
        double[] logs = new double[count], weights = new double[count];
        state.LogDensities(part.Noise, count, logs);
        TensorPrimitives.Subtract<double>(part.Values, logs, logs);
        double sum = 0;
        for (int g = 0; g < part.Groups; g++)
        {
            double largest = double.NegativeInfinity, mass = 0;
            for (int k = 0; k < samples; k++) largest = double.IsNaN(logs[k * part.Groups + g]) ? double.NaN : Math.Max(largest, logs[k * part.Groups + g]);
            for (int k = 0; k < samples; k++) mass += weights[k * part.Groups + g] = Math.Exp(logs[k * part.Groups + g] - largest);
            for (int k = 0; k < samples; k++) weights[k * part.Groups + g] /= mass;
            sum += largest + Math.Log(mass / samples);
        }
        for (int i = 0; i < state.Dimension && part.Gradients.Length > 0; i++)
        {
            Span<double> row = part.Gradients.AsSpan(i * count, count);
            TensorPrimitives.Multiply(row, weights, row);
        }
        return sum / part.Groups;
    }

    private static void Accumulate(GaussianState state, Part part, int count, double weight, double[] location, double[] factor)
    {
        int size = state.Dimension;
        for (int i = 0; i < size; i++)
        {
            ReadOnlySpan<double> slope = part.Gradients.AsSpan(i * count, count);
            location[i] += weight * TensorPrimitives.Sum(slope);
            if (state.Family == VariationalFamily.MeanField)
            {
                factor[i] += weight * TensorPrimitives.Dot(slope, part.Noise.AsSpan(i * count, count));
                continue;
            }
            for (int j = 0; j <= i; j++) factor[i * size + j] += weight * TensorPrimitives.Dot(slope, part.Noise.AsSpan(j * count, count));
        }
    }

    // ∇ log q at the points is −L⁻ᵀ ε.
    private static void SubtractScore(GaussianState state, Part part, int count)
    {
        double[] score = [.. part.Noise];
        if (state.Family == VariationalFamily.FullRank) LowerMatrix.SolveTransposedRows(state.Factor, state.Dimension, score, count);
        for (int i = 0; i < state.Dimension && state.Family == VariationalFamily.MeanField; i++) TensorPrimitives.Divide(score.AsSpan(i * count, count), state.Factor[i], score.AsSpan(i * count, count));
        TensorPrimitives.Add<double>(part.Gradients, score, part.Gradients);
    }

    private static void AddEntropySlope(GaussianState state, double[] factor)
    {
        for (int i = 0; i < state.Dimension; i++) factor[state.Family == VariationalFamily.MeanField ? i : i * state.Dimension + i] += 1 / state.Diagonal(i);
    }

    // From members of a group as further dimensions to members as further draws.
    private static double[] Regrouped(double[] noise, int dimension, int groups, int samples)
    {
        double[] result = new double[noise.Length];
        for (int k = 0; k < samples; k++)
        {
            for (int i = 0; i < dimension; i++) noise.AsSpan((k * dimension + i) * groups, groups).CopyTo(result.AsSpan(i * groups * samples + k * groups, groups));
        }
        return result;
    }

    private sealed class Part(double[] noise, int groups)
    {
        public double[] Noise => noise;

        public int Groups => groups;

        public double[] Points { get; private set; } = [];

        public double[] Values { get; private set; } = [];

        public double[] Gradients { get; private set; } = [];

        public void Reserve(int length, int count, bool withGradients)
        {
            if (Points.Length != length) (Points, Values) = (new double[length], new double[count]);
            int wanted = withGradients ? length : 0;
            if (Gradients.Length != wanted) Gradients = new double[wanted];
        }
    }
}
