using static TorchSharp.torch;

namespace ReparamPS.Distributions.Transforms;

/// <summary>The part of a square matrix below (or on) a diagonal as a vector, row by row.</summary>
internal static class TriangleVector
{
    /// <summary>The width of the matrix whose strictly lower part has the given number of elements.</summary>
    /// <returns>−1 if there is none.</returns>
    public static long Width(long count)
    {
        long width = (long)Math.Round((1 + Math.Sqrt(1 + 8.0 * count)) / 2);
        return width * (width - 1) / 2 == count ? width : -1;
    }

    /// <summary>The elements on and below the diagonal of an offset.</summary>
    public static Tensor FromMatrix(Tensor matrix, long offset) => 
        matrix.flatten(-2).gather(-1, Positions(matrix.shape[^1], offset, matrix.device).expand([.. matrix.shape[..^2], -1]));

    /// <summary>A matrix with the elements strictly below the diagonal, and 0 elsewhere.</summary>
    public static Tensor ToMatrix(Tensor vector, long width)
    {
        Tensor flat = vector.new_zeros([.. vector.shape[..^1], width * width]);
        return flat.scatter(-1, Positions(width, -1, vector.device).expand(vector.shape), vector).reshape([.. vector.shape[..^1], width, width]);
    }

    private static Tensor Positions(long width, long offset, Device device)
    {
        // Computed here because libtorch's meta device lacks tril_indices.
        var positions = new List<long>();
        for (long row = 0; row < width; row++)
        {
            for (long column = 0; column <= Math.Min(row + offset, width - 1); column++) positions.Add(row * width + column);
        }
        return tensor(positions.ToArray(), device: device);
    }
}
