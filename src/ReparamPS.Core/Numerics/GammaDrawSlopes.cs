using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace ReparamPS.Numerics;

/// <summary>The slopes of many gamma draws x in their concentrations a, several at a time where the power series of <see cref="GammaDrawSlope"/> applies; to 1e-11.</summary>
internal static class GammaDrawSlopes
{
    private const double Precision = 1e-13;

    private const int MaxOnStack = 2048;

    // B₂ₙ / 2n.
    private static readonly double[] DigammaSeries =
        [0.08333333333333333, -0.008333333333333333, 0.003968253968253968, -0.004166666666666667, 0.007575757575757576, -0.021092796092796094, 0.08333333333333333, -0.4432598039215686];

    /// <summary>Writes dx / da.</summary>
    public static void Fill(ReadOnlySpan<double> x, ReadOnlySpan<double> a, Span<double> slopes)
    {
        // ψ(a + 1) − log x, of which the logarithms are one; they lie where the slopes will.
        Span<double> shifts = x.Length <= MaxOnStack ? stackalloc double[x.Length] : new double[x.Length];
        int width = Vector<double>.Count, vectors = x.Length - x.Length % width;
        for (int i = 0; i < vectors; i += width)
        {
            (Vector<double> shift, Vector<double> end) = Shifted(new Vector<double>(a[i..]));
            shift.CopyTo(shifts[i..]);
            (end / new Vector<double>(x[i..])).CopyTo(slopes[i..]);
        }
        TensorPrimitives.Log(slopes[..vectors], slopes[..vectors]);
        for (int i = 0; i < vectors; i += width)
        {
            Vector<double> concentration = new(a[i..]), value = new(x[i..]);
            if (IsInRange(concentration, value)) (Series(concentration, value, new Vector<double>(slopes[i..]) + new Vector<double>(shifts[i..])) * value).CopyTo(slopes[i..]);
            else OneByOne(x.Slice(i, width), a.Slice(i, width), slopes.Slice(i, width));
        }
        OneByOne(x[vectors..], a[vectors..], slopes[vectors..]);
    }

    private static void OneByOne(ReadOnlySpan<double> x, ReadOnlySpan<double> a, Span<double> slopes)
    {
        for (int i = 0; i < x.Length; i++) slopes[i] = x[i] * GammaDrawSlope.OfLog(a[i], x[i]);
    }

    // Where the draws are not tiny, and neither Temme's expansion nor the fraction is better.
    private static bool IsInRange(Vector<double> a, Vector<double> x) =>
        Vector.GreaterThanAll(x, new Vector<double>(1e-290)) && Vector.GreaterThanAll(a, new Vector<double>(1e-6)) && Vector.LessThanAll(a, new Vector<double>(TemmeExpansion.SmallestA))
        && Vector.LessThanAll(x, a + new Vector<double>(4) * Vector.SquareRoot(a) + new Vector<double>(3));

    // ψ(a + 1) less the logarithm of a + 7, and that number. The six steps of the recurrence take one division: with t = e (e + 5), the products of their pairs are t, t + 4 and t + 6.
    private static (Vector<double> Shift, Vector<double> End) Shifted(Vector<double> a)
    {
        Vector<double> start = a + Vector<double>.One, end = start + new Vector<double>(6), five = new(5);
        Vector<double> first = start * (start + five), second = first + new Vector<double>(4), third = first + new Vector<double>(6), outer = second * third;
        Vector<double> shift = -(start + start + five) * (outer + first * (second + third)) / (first * outer);
        Vector<double> inverse = Vector<double>.One / end, square = inverse * inverse, sum = new(DigammaSeries[^1]);
        for (int k = DigammaSeries.Length - 2; k >= 0; k--) sum = sum * square + new Vector<double>(DigammaSeries[k]);
        return (shift - new Vector<double>(0.5) * inverse - sum * square, end);
    }

    private static Vector<double> Series(Vector<double> a, Vector<double> x, Vector<double> factor)
    {
        Vector<double> term = Vector<double>.One, sum = term, harmonic = Vector<double>.Zero, slope = harmonic, n = a;
        while (true)
        {
            // Four terms for each test.
            Vector<double> first = n + Vector<double>.One, second = first + Vector<double>.One, third = second + Vector<double>.One;
            n = third + Vector<double>.One;
            // And one division.
            Vector<double> low = first * second, high = third * n, inverse = Vector<double>.One / (low * high), ofLow = inverse * high, ofHigh = inverse * low;
            (term, harmonic, sum, slope) = Next(x, ofLow * second, term, harmonic, sum, slope);
            (term, harmonic, sum, slope) = Next(x, ofLow * first, term, harmonic, sum, slope);
            (term, harmonic, sum, slope) = Next(x, ofHigh * n, term, harmonic, sum, slope);
            (term, harmonic, sum, slope) = Next(x, ofHigh * third, term, harmonic, sum, slope);
            if (Vector.LessThanAll(x, n) && Vector.LessThanOrEqualAll(term * (Vector<double>.One + harmonic), new Vector<double>(Precision) * sum)) break;
        }
        return (factor * sum + slope) / a;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector<double> Term, Vector<double> Harmonic, Vector<double> Sum, Vector<double> Slope) Next(
        Vector<double> x, Vector<double> inverse, Vector<double> term, Vector<double> harmonic, Vector<double> sum, Vector<double> slope)
    {
        term *= x * inverse;
        harmonic += inverse;
        return (term, harmonic, sum + term, slope + term * harmonic);
    }
}
