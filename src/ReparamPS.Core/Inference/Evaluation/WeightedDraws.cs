using ReparamPS.Inference.Gaussians;
using ReparamPS.Inference.Models;
using ReparamPS.Torch.Randomness;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace ReparamPS.Inference.Evaluation;

/// <summary>Independent draws from a fit in unconstrained space, coordinate by coordinate, with importance weights towards the posterior.</summary>
internal sealed class WeightedDraws
{
    private const int DrawsPerPart = 2048;
    private const double LargestVariation = 1.0 / 7;

    private WeightedDraws(double[] points, double[] logRatios)
    {
        (Points, LogRatios, Smoothing) = (points, logRatios, ParetoSmoothing.Of(logRatios));
        Weights = new double[logRatios.Length];
        TensorPrimitives.Exp<double>(Smoothing.LogWeights, Weights);
    }

    /// <summary>Coordinate i of draw s is element i · count + s.</summary>
    public double[] Points { get; }

    /// <summary>log p − log q of each draw, p unnormalized.</summary>
    public double[] LogRatios { get; }

    /// <summary>The smoothed weights.</summary>
    public ParetoSmoothing Smoothing { get; }

    /// <summary>The smoothed weights, which sum to 1.</summary>
    public double[] Weights { get; }

    /// <summary>The number of draws.</summary>
    public int Count => LogRatios.Length;

    /// <summary>1 / Σ w².</summary>
    public double EffectiveDraws => 1 / TensorPrimitives.SumOfSquares<double>(Weights);

    /// <summary>
    /// Whether the standard deviation of the weights before smoothing is at most 1/7 of their mean: all draws are then worth 98 % of as many from the posterior. The shape k̂ has no unit, so it may be
    /// large even there, and then smoothed weights vary more than these.
    /// </summary>
    public bool HardlyVary
    {
        get
        {
            double[] weights = [.. LogRatios];
            TensorPrimitives.Subtract<double>(weights, TensorPrimitives.Max<double>(weights), weights);
            TensorPrimitives.Exp<double>(weights, weights);
            (double mean, double spread) = Moments(weights, isWeighted: false);
            return spread <= LargestVariation * mean;
        }
    }

    /// <summary>Draws from a fit.</summary>
    public static WeightedDraws Of(VariationalFit fit, int count, RandomSeed seed, CancellationToken cancellation)
    {
        int size = fit.Model.Dimension;
        ILogDensity density = fit.Model.Density();
        double[] noise = NormalNoise.Fresh(NoiseScheme.Independent, size, count, seed), points = new double[noise.Length], values = new double[count], logs = new double[count];
        fit.State.Points(noise, count, points);
        for (int start = 0; start < count; start += DrawsPerPart)
        {
            cancellation.ThrowIfCancellationRequested();
            int length = Math.Min(DrawsPerPart, count - start);
            double[] part = new double[size * length];
            for (int i = 0; i < size; i++) points.AsSpan(i * count + start, length).CopyTo(part.AsSpan(i * length));
            density.Evaluate(part, values.AsSpan(start, length), []);
        }
        fit.State.LogDensities(noise, count, logs);
        TensorPrimitives.Subtract<double>(values, logs, values);
        return new WeightedDraws(points, values);
    }

    /// <summary>A coordinate of all draws.</summary>
    public ReadOnlySpan<double> Coordinate(int i) => Points.AsSpan(i * Count, Count);

    /// <summary>Mean and standard deviation of numbers, one for each draw, by weight or all alike.</summary>
    public (double Mean, double StdDev) Moments(ReadOnlySpan<double> numbers, bool isWeighted)
    {
        double mean = isWeighted ? TensorPrimitives.Dot(numbers, Weights) : TensorPrimitives.Sum(numbers) / Count, square = 0;
        for (int s = 0; s < Count; s++) square += (isWeighted ? Weights[s] : 1.0 / Count) * (numbers[s] - mean) * (numbers[s] - mean);
        return (mean, Math.Sqrt(square));
    }
}
