using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace ReparamPS.Vae.Steps;

/// <summary>Passes over numbers in the host's memory that have no ready-made operation.</summary>
internal static class VaeSpans
{
    // This number of factors between 1 and 2 stays within the range of a float; and that of a whole vector's lanes, at most 8, within the range of a double.
    private const int MaxFactors = 100;

    // Exponentials of several rows at once cost less than row by row, while the rows stay in a core's first cache.
    private const int BlockElements = 2048;

    // Narrower rows do not fill a vector: their exponentials come from another function, and would differ in the last bit.
    private const int MinWidth = 16;

    /// <summary>log p(x | l) of a Bernoulli likelihood in its logits, image by image, and its slope, negated and scaled, in their place.</summary>
    /// <param name="logits">The logits without their bias, one image per row; then scale·(sigmoid(l) − x).</param>
    /// <param name="bias">What is added to each row of logits.</param>
    /// <param name="images">The intensities x.</param>
    /// <param name="scale">The slope's factor.</param>
    /// <param name="scratch">As long as the logits.</param>
    /// <param name="logLikelihoods">Per image: Σ x l − max(l, 0) − log(1 + e), with e = exp(−|l|).</param>
    public static void Bernoulli<T>(Span<T> logits, ReadOnlySpan<T> bias, ReadOnlySpan<T> images, T scale, Span<T> scratch, Span<double> logLikelihoods) where T : unmanaged, IFloatingPointIeee754<T>
    {
        int width = bias.Length, rowsAtOnce = width < MinWidth ? 1 : Math.Max(1, BlockElements / width);
        for (int first = 0; first < logLikelihoods.Length; first += rowsAtOnce)
        {
            int end = Math.Min(first + rowsAtOnce, logLikelihoods.Length);
            for (int row = first; row < end; row++) AddBias(logits.Slice(row * width, width), bias, scratch.Slice(row * width, width));
            Span<T> block = scratch[(first * width)..(end * width)];
            TensorPrimitives.Exp<T>(block, block);
            for (int row = first; row < end; row++)
            {
                int at = row * width;
                logLikelihoods[row] = Bernoulli(logits.Slice(at, width), images.Slice(at, width), scale, scratch.Slice(at, width));
            }
        }
    }

    /// <summary>Sets values to zero where others are not above it: the slope of relu by its output.</summary>
    public static void ZeroWhereNotPositive<T>(Span<T> values, ReadOnlySpan<T> others) where T : unmanaged, IFloatingPointIeee754<T>
    {
        Span<Vector<T>> into = MemoryMarshal.Cast<T, Vector<T>>(values);
        ReadOnlySpan<Vector<T>> by = MemoryMarshal.Cast<T, Vector<T>>(others);
        for (int j = 0; j < into.Length; j++) into[j] = Vector.ConditionalSelect(Vector.GreaterThan(by[j], Vector<T>.Zero), into[j], Vector<T>.Zero);
        for (int i = into.Length * Vector<T>.Count; i < values.Length; i++) values[i] = others[i] > T.Zero ? values[i] : T.Zero;
    }

    // The logits with their bias, and −|l|.
    private static void AddBias<T>(Span<T> logits, ReadOnlySpan<T> bias, Span<T> exponents) where T : unmanaged, IFloatingPointIeee754<T>
    {
        Span<Vector<T>> ls = MemoryMarshal.Cast<T, Vector<T>>(logits), es = MemoryMarshal.Cast<T, Vector<T>>(exponents);
        ReadOnlySpan<Vector<T>> bs = MemoryMarshal.Cast<T, Vector<T>>(bias);
        for (int j = 0; j < ls.Length; j++)
        {
            Vector<T> l = ls[j] + bs[j];
            (ls[j], es[j]) = (l, -Vector.Abs(l));
        }
        for (int i = ls.Length * Vector<T>.Count; i < logits.Length; i++)
        {
            logits[i] += bias[i];
            exponents[i] = -T.Abs(logits[i]);
        }
    }

    // The sum over an image, and its slope in place of the logits.
    private static double Bernoulli<T>(Span<T> logits, ReadOnlySpan<T> image, T scale, ReadOnlySpan<T> exponentials) where T : unmanaged, IFloatingPointIeee754<T>
    {
        double normalizer = 0;
        Vector<T> linear = Vector<T>.Zero, product = Vector<T>.One;
        Span<Vector<T>> ls = MemoryMarshal.Cast<T, Vector<T>>(logits);
        ReadOnlySpan<Vector<T>> xs = MemoryMarshal.Cast<T, Vector<T>>(image), es = MemoryMarshal.Cast<T, Vector<T>>(exponentials);
        for (int j = 0; j < ls.Length; j++)
        {
            Vector<T> l = ls[j], e = es[j], x = xs[j], sum = Vector<T>.One + e, inverse = Vector<T>.One / sum;
            linear += x * l - Vector.Max(l, Vector<T>.Zero);
            product *= sum;
            if (j % MaxFactors == MaxFactors - 1)
            {
                normalizer += LogProduct(product);
                product = Vector<T>.One;
            }
            ls[j] = (Vector.ConditionalSelect(Vector.GreaterThan(l, Vector<T>.Zero), inverse, e * inverse) - x) * scale;
        }
        normalizer += LogProduct(product);
        double rest = 0;
        for (int i = ls.Length * Vector<T>.Count; i < logits.Length; i++)
        {
            T l = logits[i], e = exponentials[i], inverse = T.One / (T.One + e);
            rest += double.CreateChecked(image[i] * l - T.Max(l, T.Zero) - T.Log(T.One + e));
            logits[i] = ((l > T.Zero ? inverse : e * inverse) - image[i]) * scale;
        }
        return double.CreateChecked(Vector.Sum(linear)) + rest - normalizer;
    }

    // The logarithm of many factors at once costs one logarithm.
    private static double LogProduct<T>(Vector<T> product) where T : unmanaged, IFloatingPointIeee754<T>
    {
        double all = 1;
        for (int lane = 0; lane < Vector<T>.Count; lane++) all *= double.CreateChecked(product[lane]);
        return Math.Log(all);
    }
}
