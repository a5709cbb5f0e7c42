using System.Numerics.Tensors;
using ReparamPS.Numerics;

namespace ReparamPS.Inference.Gaussians;

/// <summary>A normal distribution over unconstrained vectors, z = Location + L ε, as plain numbers: for the mean field L is diagonal and <see cref="Factor"/> its diagonal, otherwise the rows of a lower triangle.</summary>
internal sealed class GaussianState
{
    private const double LogTwoPi = 2 * GammaFunctions.HalfLogTwoPi;

    public GaussianState(VariationalFamily family, double[] location, double[] factor) => (Family, Location, Factor) = (family, location, factor);

    /// <summary>The family.</summary>
    public VariationalFamily Family { get; }

    /// <summary>The mean.</summary>
    public double[] Location { get; }

    /// <summary>The standard deviations, or the lower Cholesky factor of the covariance row by row.</summary>
    public double[] Factor { get; }

    /// <summary>The number of coordinates.</summary>
    public int Dimension => Location.Length;

    /// <summary>Mean 0 and the same standard deviation everywhere.</summary>
    public static GaussianState Isotropic(VariationalFamily family, int dimension, double scale)
    {
        double[] factor = new double[family == VariationalFamily.MeanField ? dimension : dimension * dimension];
        for (int i = 0; i < dimension; i++) factor[family == VariationalFamily.MeanField ? i : i * dimension + i] = scale;
        return new GaussianState(family, new double[dimension], factor);
    }

    /// <summary>How many numbers describe a step from here: a shift, then the logarithms of scales or a lower triangle whose diagonal is in logarithms.</summary>
    public int ParameterCount => Dimension + (Family == VariationalFamily.MeanField ? Dimension : Dimension * (Dimension + 1) / 2);

    /// <summary>log det L.</summary>
    public double LogDeterminant
    {
        get
        {
            double sum = 0;
            for (int i = 0; i < Dimension; i++) sum += Math.Log(Diagonal(i));
            return sum;
        }
    }

    /// <summary>The entropy in nats.</summary>
    public double Entropy => LogDeterminant + 0.5 * Dimension * (1 + LogTwoPi);

    /// <summary>The standard deviation of each coordinate.</summary>
    public double[] StdDevs => Family == VariationalFamily.MeanField ? Factor
        : [.. Enumerable.Range(0, Dimension).Select(i => TensorPrimitives.Norm<double>(Factor.AsSpan(i * Dimension, i + 1)))];

    /// <summary>An element of the diagonal of L.</summary>
    public double Diagonal(int i) => Family == VariationalFamily.MeanField ? Factor[i] : Factor[i * Dimension + i];

    /// <summary>The points of noise; both lie coordinate by coordinate.</summary>
    public void Points(ReadOnlySpan<double> noise, int count, Span<double> points)
    {
        for (int i = 0; i < Dimension; i++)
        {
            Span<double> row = points.Slice(i * count, count);
            row.Fill(Location[i]);
            for (int j = Family == VariationalFamily.MeanField ? i : 0; j <= i; j++)
                TensorPrimitives.MultiplyAdd(noise.Slice(j * count, count), Family == VariationalFamily.MeanField ? Factor[i] : Factor[i * Dimension + j], row, row);
        }
    }

    /// <summary>The log-densities at the points of noise.</summary>
    public void LogDensities(ReadOnlySpan<double> noise, int count, Span<double> values)
    {
        values.Fill(-LogDeterminant - 0.5 * Dimension * LogTwoPi);
        double[] square = new double[count];
        for (int i = 0; i < Dimension; i++)
        {
            ReadOnlySpan<double> row = noise.Slice(i * count, count);
            TensorPrimitives.Multiply(row, row, square);
            TensorPrimitives.MultiplyAdd(square, -0.5, values, values);
        }
    }

    /// <summary>The distribution that a step leads to: m + T ε in the coordinates in which this one is standard.</summary>
    public GaussianState Moved(ReadOnlySpan<double> step)
    {
        int size = Dimension;
        double[] location = [.. Location], factor = new double[Factor.Length];
        if (Family == VariationalFamily.MeanField)
        {
            for (int i = 0; i < size; i++)
            {
                location[i] += Factor[i] * step[i];
                factor[i] = Factor[i] * Math.Exp(step[size + i]);
            }
            return new GaussianState(Family, location, factor);
        }
        double[] turned = LowerMatrix.Times(Factor, step[..size].ToArray(), size), triangle = new double[size * size];
        TensorPrimitives.Add<double>(location, turned, location);
        for (int i = 0, next = size; i < size; i++)
        {
            for (int j = 0; j <= i; j++, next++) triangle[i * size + j] = i == j ? Math.Exp(step[next]) : step[next];
        }
        return new GaussianState(Family, location, LowerMatrix.Product(Factor, triangle, size));
    }

    /// <summary>The derivatives in a step from this distribution, of a function whose derivatives in location and factor are known at the distribution that the step leads to.</summary>
    public void PullBack(GaussianState moved, double[] location, double[] factor, Span<double> gradient)
    {
        int size = Dimension;
        if (Family == VariationalFamily.MeanField)
        {
            TensorPrimitives.Multiply<double>(Factor, location, gradient[..size]);
            TensorPrimitives.Multiply<double>(moved.Factor, factor, gradient[size..]);
            return;
        }
        LowerMatrix.TransposedTimes(Factor, location, size).CopyTo(gradient);
        double[] triangle = LowerMatrix.TransposedProduct(Factor, factor, size);
        for (int i = 0, next = size; i < size; i++)
        {
            for (int j = 0; j <= i; j++, next++) gradient[next] = triangle[i * size + j] * (i == j ? moved.Diagonal(i) / Diagonal(i) : 1);
        }
    }

    /// <summary>
    /// A gradient in the metric of the distribution: half its squared norm is about what the bound can still gain, in nats. The metric of a step at 0 is 1 for shifts and off-diagonal
    /// elements, and 2 for logarithms of scales.
    /// </summary>
    public double[] NaturalGradient(double[] location, double[] factor)
    {
        double[] gradient = new double[ParameterCount];
        PullBack(this, location, factor, gradient);
        for (int i = 0, next = Dimension; i < Dimension; i++)
        {
            next += Family == VariationalFamily.MeanField ? 0 : i;
            gradient[next++] /= Math.Sqrt(2);
        }
        return gradient;
    }
}
