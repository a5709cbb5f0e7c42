using System.Numerics;
using System.Runtime.InteropServices;

namespace ReparamPS.Inference.Models;

/// <summary>Products with a matrix whose columns lie one after the other. Four columns at a time, so that a result is read and written once for four of them.</summary>
internal sealed class LinearPredictor(double[] design, int rows, int columns)
{
    private const int Block = 4;

    /// <summary>X b.</summary>
    public void Multiply(ReadOnlySpan<double> coefficients, Span<double> result)
    {
        result.Clear();
        int j = 0;
        for (; j + Block <= columns; j += Block) AddFour(j, coefficients.Slice(j, Block), result);
        for (; j < columns; j++) System.Numerics.Tensors.TensorPrimitives.MultiplyAdd(Column(j), coefficients[j], result, result);
    }

    /// <summary>Xᵀ r.</summary>
    public void MultiplyTransposed(ReadOnlySpan<double> vector, Span<double> result)
    {
        int j = 0;
        for (; j + Block <= columns; j += Block) DotFour(j, vector, result.Slice(j, Block));
        for (; j < columns; j++) result[j] = System.Numerics.Tensors.TensorPrimitives.Dot(Column(j), vector);
    }

    private ReadOnlySpan<double> Column(int j) => design.AsSpan(j * rows, rows);

    private void AddFour(int first, ReadOnlySpan<double> coefficients, Span<double> result)
    {
        ReadOnlySpan<double> a = Column(first), b = Column(first + 1), c = Column(first + 2), d = Column(first + 3);
        ReadOnlySpan<Vector<double>> va = Vectors(a), vb = Vectors(b), vc = Vectors(c), vd = Vectors(d);
        Span<Vector<double>> target = MemoryMarshal.Cast<double, Vector<double>>(result);
        Vector<double> wa = new(coefficients[0]), wb = new(coefficients[1]), wc = new(coefficients[2]), wd = new(coefficients[3]);
        for (int i = 0; i < target.Length; i++) target[i] += va[i] * wa + vb[i] * wb + (vc[i] * wc + vd[i] * wd);
        for (int i = target.Length * Vector<double>.Count; i < result.Length; i++)
            result[i] += a[i] * coefficients[0] + b[i] * coefficients[1] + (c[i] * coefficients[2] + d[i] * coefficients[3]);
    }

    private void DotFour(int first, ReadOnlySpan<double> vector, Span<double> result)
    {
        ReadOnlySpan<double> a = Column(first), b = Column(first + 1), c = Column(first + 2), d = Column(first + 3);
        ReadOnlySpan<Vector<double>> va = Vectors(a), vb = Vectors(b), vc = Vectors(c), vd = Vectors(d), source = Vectors(vector);
        Vector<double> sa = default, sb = default, sc = default, sd = default;
        for (int i = 0; i < source.Length; i++)
        {
            Vector<double> x = source[i];
            sa += va[i] * x;
            sb += vb[i] * x;
            sc += vc[i] * x;
            sd += vd[i] * x;
        }
        (result[0], result[1], result[2], result[3]) = (Vector.Sum(sa), Vector.Sum(sb), Vector.Sum(sc), Vector.Sum(sd));
        for (int i = source.Length * Vector<double>.Count; i < vector.Length; i++)
        {
            result[0] += a[i] * vector[i];
            result[1] += b[i] * vector[i];
            result[2] += c[i] * vector[i];
            result[3] += d[i] * vector[i];
        }
    }

    private static ReadOnlySpan<Vector<double>> Vectors(ReadOnlySpan<double> span) => MemoryMarshal.Cast<double, Vector<double>>(span);
}
