using System.Numerics.Tensors;

namespace ReparamPS.Inference.Gaussians;

/// <summary>Lower-triangular square matrices as arrays of rows, and what acts on columns of vectors that lie coordinate by coordinate.</summary>
internal static class LowerMatrix
{
    /// <summary>Replaces a symmetric positive definite matrix, of which the lower half is read, by its Cholesky factor.</summary>
    /// <exception cref="ArithmeticException">The matrix is not positive definite.</exception>
    public static void Factor(double[] matrix, int size)
    {
        for (int i = 0; i < size; i++)
        {
            Span<double> row = matrix.AsSpan(i * size, size);
            for (int j = 0; j <= i; j++)
            {
                double rest = row[j] - TensorPrimitives.Dot<double>(row[..j], matrix.AsSpan(j * size, j));
                if (j < i) row[j] = rest / matrix[j * size + j];
                else row[j] = rest > 0 ? Math.Sqrt(rest) : throw new ArithmeticException("The matrix is not positive definite.");
            }
            row[(i + 1)..].Clear();
        }
    }

    /// <summary>Solves L x = b for many columns in place: vectors[i · count + s] is coordinate i of column s.</summary>
    public static void SolveRows(double[] lower, int size, Span<double> vectors, int count)
    {
        for (int i = 0; i < size; i++)
        {
            Span<double> row = vectors.Slice(i * count, count);
            for (int j = 0; j < i; j++) TensorPrimitives.MultiplyAdd(vectors.Slice(j * count, count), -lower[i * size + j], row, row);
            TensorPrimitives.Divide(row, lower[i * size + i], row);
        }
    }

    /// <summary>Solves Lᵀ x = b for many columns in place.</summary>
    public static void SolveTransposedRows(double[] lower, int size, Span<double> vectors, int count)
    {
        for (int i = size - 1; i >= 0; i--)
        {
            Span<double> row = vectors.Slice(i * count, count);
            for (int j = i + 1; j < size; j++) TensorPrimitives.MultiplyAdd(vectors.Slice(j * count, count), -lower[j * size + i], row, row);
            TensorPrimitives.Divide(row, lower[i * size + i], row);
        }
    }

    /// <summary>L R of two lower-triangular matrices.</summary>
    public static double[] Product(double[] left, double[] right, int size)
    {
        double[] product = new double[size * size];
        for (int i = 0; i < size; i++)
        {
            Span<double> row = product.AsSpan(i * size, size);
            for (int k = 0; k <= i; k++) TensorPrimitives.MultiplyAdd(right.AsSpan(k * size, k + 1), left[i * size + k], row[..(k + 1)], row[..(k + 1)]);
        }
        return product;
    }

    /// <summary>The lower half of Lᵀ G, of which the lower half of G is read.</summary>
    public static double[] TransposedProduct(double[] lower, double[] matrix, int size)
    {
        double[] product = new double[size * size];
        for (int k = 0; k < size; k++)
        {
            for (int i = 0; i <= k; i++)
            {
                Span<double> row = product.AsSpan(i * size, i + 1);
                TensorPrimitives.MultiplyAdd(matrix.AsSpan(k * size, i + 1), lower[k * size + i], row, row);
            }
        }
        return product;
    }

    /// <summary>L x.</summary>
    public static double[] Times(double[] lower, double[] vector, int size)
    {
        double[] product = new double[size];
        for (int i = 0; i < size; i++) product[i] = TensorPrimitives.Dot<double>(lower.AsSpan(i * size, i + 1), vector.AsSpan(0, i + 1));
        return product;
    }

    /// <summary>Lᵀ x.</summary>
    public static double[] TransposedTimes(double[] lower, double[] vector, int size)
    {
        double[] product = new double[size];
        for (int i = 0; i < size; i++) TensorPrimitives.MultiplyAdd(lower.AsSpan(i * size, i + 1), vector[i], product.AsSpan(0, i + 1), product.AsSpan(0, i + 1));
        return product;
    }
}
