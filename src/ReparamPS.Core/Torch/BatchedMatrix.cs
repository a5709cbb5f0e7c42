using static TorchSharp.torch;

namespace ReparamPS.Torch;

/// <summary>
/// Products of a batch of matrices with many more vectors. The sample dimensions become columns of one product or solve instead of a batch of small ones.
/// </summary>
internal static class BatchedMatrix
{
    /// <summary>matrix · vector, for vectors of shape sample + batch + [m] and matrices of shape batch + [n, m].</summary>
    public static Tensor Times(Tensor matrix, Tensor vectors) => OverRows(matrix, vectors, rows => rows.matmul(matrix.mT));

    /// <summary>matrix⁻¹ · vector, for lower-triangular matrices.</summary>
    public static Tensor SolveLower(Tensor matrix, Tensor vectors) =>
        OverRows(matrix, vectors, rows => TensorFunctions.SolveTriangular(matrix.mT, rows, upper: true, left: false));

    /// <summary>matrix⁻ᵀ · vector, for lower-triangular matrices.</summary>
    public static Tensor SolveUpper(Tensor matrix, Tensor vectors) => OverRows(matrix, vectors, rows => TensorFunctions.SolveTriangular(matrix, rows, upper: false, left: false));

    /// <summary>matrix⁻¹ · other matrix, for lower-triangular matrices.</summary>
    public static Tensor SolveLowerMatrix(Tensor matrix, Tensor other)
    {
        if (matrix.dim() > 2 || other.dim() == 2) return TensorFunctions.SolveTriangular(matrix, other, upper: false, left: true);
        Tensor columns = other.mT;
        return SolveLower(matrix, columns.reshape(-1, matrix.shape[^1])).reshape(columns.shape).mT;
    }

    /// <summary>log|det| of a triangular matrix: the sum of the logarithms of its diagonal.</summary>
    public static Tensor LogDeterminant(Tensor triangular) => TensorFunctions.SumLast(triangular.diagonal(dim1: -2, dim2: -1).log());

    /// <summary>The lower Cholesky factor of the inverse of a positive definite matrix, without inverting it.</summary>
    public static Tensor CholeskyOfInverse(Tensor matrix)
    {
        Tensor flipped = linalg.cholesky(matrix.flip(-2, -1));
        Tensor inverse = flipped.flip(-2, -1).mT;
        return TensorFunctions.SolveTriangular(inverse, eye(matrix.shape[^1], dtype: matrix.dtype, device: matrix.device), upper: false, left: true);
    }

    private static Tensor OverRows(Tensor matrix, Tensor vectors, Func<Tensor, Tensor> apply)
    {
        long batchDims = matrix.dim() - 2, sampleDims = vectors.dim() - 1 - batchDims;
        if (sampleDims <= 0 || batchDims == 0)
        {
            Tensor wide = vectors.dim() == 1 || batchDims > 0 ? vectors.unsqueeze(-2) : vectors;
            Tensor result = apply(wide);
            return ReferenceEquals(wide, vectors) ? result : result.squeeze(-2);
        }
        Tensor rows = vectors.flatten(0, sampleDims - 1).movedim([0], [-2]);
        Tensor moved = apply(rows).movedim([-2], [0]);
        return moved.reshape([.. vectors.shape[..(int)sampleDims], .. moved.shape[1..]]);
    }
}
