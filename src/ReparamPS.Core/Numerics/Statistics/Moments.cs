using System.Numerics;
using System.Runtime.InteropServices;

namespace ReparamPS.Numerics.Statistics;

/// <summary>The mean and the sums of the second to fourth powers of the deviations from it; parts merge (Pébay 2008, Sandia report SAND2008-6212).</summary>
/// <param name="Count">The number of numbers.</param>
/// <param name="Mean">Their mean; NaN if there are none.</param>
/// <param name="Second">The sum of squared deviations from the mean.</param>
/// <param name="Third">The sum of cubed deviations.</param>
/// <param name="Fourth">The sum of their fourth powers.</param>
public readonly record struct Moments(double Count, double Mean, double Second, double Third, double Fourth)
{
    // One number that outweighs all others makes it 1.
    private const double LargestVarianceError = 0.5;

    /// <summary>The number of draws from which <see cref="IsOfFew"/> tells heavy tails from chance.</summary>
    internal const long EnoughForTails = 1000;

    /// <summary>The unbiased variance; NaN for fewer than two numbers.</summary>
    public double Variance => Count < 2 ? double.NaN : Second / (Count - 1);

    /// <summary>The standard deviation, with n − 1 in the denominator; NaN for fewer than two numbers.</summary>
    public double StandardDeviation => Math.Sqrt(Variance);

    /// <summary>The standard error of <see cref="Mean"/>; NaN for fewer than two numbers.</summary>
    public double StandardError => Math.Sqrt(Variance / Count);

    /// <summary>The standard error of <see cref="Variance"/>.</summary>
    public double VarianceError => Count < 2 ? double.NaN : Math.Sqrt(Math.Max(0, Fourth / Count - Math.Pow(Second / Count, 2)) / Count);

    /// <summary>Whether a few numbers determine a variance, so that it is not known and may be infinite.</summary>
    /// <param name="variance">The variance.</param>
    /// <param name="error">Its standard error.</param>
    internal static bool IsOfFew(double variance, double error) => error > LargestVarianceError * variance;

    /// <summary>The moments of numbers.</summary>
    public static Moments Of(ReadOnlySpan<double> values)
    {
        ReadOnlySpan<Vector<double>> vectors = MemoryMarshal.Cast<double, Vector<double>>(values);
        ReadOnlySpan<double> rest = values[(vectors.Length * Vector<double>.Count)..];
        Vector<double> total = Vector<double>.Zero, totalAgain = Vector<double>.Zero;
        int i = 0;
        for (; i + 1 < vectors.Length; i += 2)
        {
            total += vectors[i];
            totalAgain += vectors[i + 1];
        }
        if (i < vectors.Length) total += vectors[i];
        double sum = Vector.Sum(total + totalAgain);
        foreach (double value in rest) sum += value;
        double mean = sum / values.Length;

        var centre = new Vector<double>(mean);
        Vector<double> squares = Vector<double>.Zero, cubes = Vector<double>.Zero, fourths = Vector<double>.Zero;
        foreach (Vector<double> vector in vectors)
        {
            Vector<double> deviation = vector - centre, square = deviation * deviation;
            squares += square;
            cubes += square * deviation;
            fourths += square * square;
        }
        double second = Vector.Sum(squares), third = Vector.Sum(cubes), fourth = Vector.Sum(fourths);
        foreach (double value in rest)
        {
            double deviation = value - mean, square = deviation * deviation;
            (second, third, fourth) = (second + square, third + square * deviation, fourth + square * square);
        }
        return new Moments(values.Length, mean, second, third, fourth);
    }

    /// <summary>The moments of the numbers of two parts together.</summary>
    public Moments With(Moments other)
    {
        if (Count == 0) return other;
        double a = Count, b = other.Count, n = a + b, delta = other.Mean - Mean, squared = delta * delta;
        return new Moments(
            n,
            Mean + delta * b / n,
            Second + other.Second + squared * a * b / n,
            Third + other.Third + squared * delta * a * b * (a - b) / (n * n) + 3 * delta * (a * other.Second - b * Second) / n,
            Fourth + other.Fourth + squared * squared * a * b * (a * a - a * b + b * b) / (n * n * n) + 6 * squared * (a * a * other.Second + b * b * Second) / (n * n)
                + 4 * delta * (a * other.Third - b * Third) / n);
    }
}
