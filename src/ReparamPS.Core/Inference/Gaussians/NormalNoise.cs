using System.Runtime.InteropServices;
using ReparamPS.Native;
using ReparamPS.Numerics.Points;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using ReparamPS.TorchGuard;
using static TorchSharp.torch;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace ReparamPS.Inference.Gaussians;

/// <summary>Standard normal noise, dimension by dimension: coordinate i of draw s is element i · count + s.</summary>
internal static class NormalNoise
{
    // Its user also holds the points that the noise leads to, and their gradients.
    private const double CopiesOfNoise = 3;

    // Temporaries are of this size; a Span reaches two gigabytes.
    private const int PartSize = 1 << 20;

    /// <summary>The most dimensions of Sobol noise.</summary>
    public static int MaxSobolDimensions => SobolCoordinate.MaxDimensions;

    /// <summary>
    /// Noise to freeze. Sobol points are shifted and turned so that means are 0 and the covariance is the identity, wherever there are more draws than dimensions: then the objective is
    /// exact for every quadratic log-density.
    /// </summary>
    public static double[] Frozen(NoiseScheme scheme, long dimension, int count, RandomSeed seed)
    {
        double[] noise = Fresh(scheme, dimension, count, seed);
        if (scheme == NoiseScheme.Sobol && count > dimension) Whiten(noise, (int)dimension, count);
        return noise;
    }

    /// <summary>Noise for one use.</summary>
    /// <exception cref="InsufficientMemoryException">The memory does not hold it.</exception>
    public static double[] Fresh(NoiseScheme scheme, long dimension, int count, RandomSeed seed)
    {
        NativeLibraries.LoadTorch();
        long length = dimension * count;
        MemoryLimit.Check(CopiesOfNoise * length, sizeof(double));
        if (length > Array.MaxLength) throw new ArgumentException($"Draws times the number of parameters must be at most {Array.MaxLength}; got {count} × {dimension}. Use fewer -Draws.", "Draws");
        using var scope = NewDisposeScope();
        if (scheme == NoiseScheme.Independent)
        {
            using RandomSource random = seed.Open();
            return ManagedValues.ToDoubles(random.Normal([dimension, count], ScalarType.Float64));
        }
        double[] noise = new double[length];
        Func<uint> bits = seed.ShortBits();
        for (int i = 0; i < dimension; i++)
        {
            var coordinate = new SobolCoordinate(i, bits);
            Span<double> row = noise.AsSpan(i * count, count);
            for (int s = 0; s < count; s++) row[s] = coordinate.Next();
        }
        for (Span<double> rest = noise; rest.Length > 0; rest = rest[Math.Min(PartSize, rest.Length)..])
        {
            using var inner = NewDisposeScope();
            Span<double> part = rest[..Math.Min(PartSize, rest.Length)];
            MemoryMarshal.Cast<byte, double>(special.ndtri(tensor(part.ToArray(), ScalarType.Float64)).bytes).CopyTo(part);
        }
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
