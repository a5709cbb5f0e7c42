using System.Runtime.InteropServices;
using ReparamPS.Native;
using ReparamPS.Numerics.Points;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace ReparamPS.Inference.Gaussians;

/// <summary>Standard normal noise, dimension by dimension: coordinate i of draw s is element i · count + s.</summary>
internal static class NormalNoise
{
    /// <summary>The most dimensions of Sobol noise.</summary>
    public static int MaxSobolDimensions => SobolCoordinate.MaxDimensions;

    /// <summary>
    /// Noise to freeze. Sobol points are shifted and turned so that means are 0 and the covariance is the identity, wherever there are more draws than dimensions: then the objective is
    /// exact for every quadratic log-density, at any number of draws.
    /// </summary>
    public static double[] Frozen(NoiseScheme scheme, int dimension, int count, RandomSeed seed)
    {
        double[] noise = Fresh(scheme, dimension, count, seed);
        if (scheme == NoiseScheme.Sobol && count > dimension + 1) Whiten(noise, dimension, count);
        return noise;
    }

    /// <summary>Noise for one use.</summary>
    public static double[] Fresh(NoiseScheme scheme, int dimension, int count, RandomSeed seed)
    {
        NativeLibraries.LoadTorch();
        using var scope = NewDisposeScope();
        if (scheme == NoiseScheme.Independent)
        {
            using RandomSource random = seed.Open();
            return ManagedValues.ToDoubles(random.Normal([dimension, count], ScalarType.Float64));
        }
        double[] noise = new double[dimension * count];
        Func<uint> bits = seed.ShortBits();
        for (int i = 0; i < dimension; i++)
        {
            var coordinate = new SobolCoordinate(i, bits);
            Span<double> row = noise.AsSpan(i * count, count);
            for (int s = 0; s < count; s++) row[s] = coordinate.Next();
        }
        Tensor uniform = tensor(noise, [noise.Length], ScalarType.Float64);
        MemoryMarshal.Cast<byte, double>(special.ndtri(uniform).bytes).CopyTo(noise);
        return noise;
    }

    private static void Whiten(double[] noise, int dimension, int count)
    {
        for (int i = 0; i < dimension; i++)
        {
            Span<double> row = noise.AsSpan(i * count, count);
            TensorPrimitives.Add(row, -TensorPrimitives.Sum<double>(row) / count, row);
        }
        double[] factor = new double[dimension * dimension];
        for (int i = 0; i < dimension; i++)
        {
            for (int j = 0; j <= i; j++) factor[i * dimension + j] = TensorPrimitives.Dot<double>(noise.AsSpan(i * count, count), noise.AsSpan(j * count, count)) / count;
        }
        LowerMatrix.Factor(factor, dimension);
        LowerMatrix.SolveRows(factor, dimension, noise, count);
    }
}
