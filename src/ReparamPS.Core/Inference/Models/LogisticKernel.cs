using System.Numerics;
using System.Runtime.InteropServices;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace ReparamPS.Inference.Models;

/// <summary>The log-likelihood of a logistic regression and its derivatives, in one pass over the rows.</summary>
internal static class LogisticKernel
{
    // Factors are at most 2, so a product of this many is finite.
    private const int MaxFactors = 1000;

    /// <summary>Σ y η − log(1 + exp(η)).</summary>
    /// <param name="linear">η.</param>
    /// <param name="response">y, 0 or 1.</param>
    /// <param name="residual">Takes y − 1 / (1 + exp(−η)).</param>
    /// <param name="scratch">Space for as many numbers.</param>
    public static double Evaluate(ReadOnlySpan<double> linear, ReadOnlySpan<double> response, Span<double> residual, Span<double> scratch)
    {
        TensorPrimitives.Abs(linear, scratch);
        TensorPrimitives.Negate<double>(scratch, scratch);
        TensorPrimitives.Exp<double>(scratch, scratch);
        double sum = 0;
        int step = MaxFactors * Vector<double>.Count;
        for (int start = 0; start < linear.Length; start += step)
        {
            int length = Math.Min(step, linear.Length - start);
            sum += Chunk(linear.Slice(start, length), response.Slice(start, length), residual.Slice(start, length), scratch.Slice(start, length));
        }
        return sum;
    }

    // log(1 + exp(η)) = max(η, 0) + log(1 + e) with e = exp(−|η|); a product of 1 + e needs one logarithm for all.
    private static double Chunk(ReadOnlySpan<double> linear, ReadOnlySpan<double> response, Span<double> residual, ReadOnlySpan<double> decay)
    {
        ReadOnlySpan<Vector<double>> etas = MemoryMarshal.Cast<double, Vector<double>>(linear), ys = MemoryMarshal.Cast<double, Vector<double>>(response), es = MemoryMarshal.Cast<double, Vector<double>>(decay);
        Span<Vector<double>> rs = MemoryMarshal.Cast<double, Vector<double>>(residual);
        Vector<double> product = Vector<double>.One, sums = default;
        for (int i = 0; i < etas.Length; i++)
        {
            Vector<double> eta = etas[i], e = es[i], factor = Vector<double>.One + e, inverse = Vector<double>.One / factor;
            product *= factor;
            sums += ys[i] * eta - Vector.Max(eta, Vector<double>.Zero);
            rs[i] = ys[i] - Vector.ConditionalSelect(Vector.GreaterThanOrEqual(eta, Vector<double>.Zero), inverse, e * inverse);
        }
        double sum = Vector.Sum(sums);
        for (int lane = 0; lane < Vector<double>.Count; lane++) sum -= Math.Log(product[lane]);
        for (int i = etas.Length * Vector<double>.Count; i < linear.Length; i++)
        {
            double eta = linear[i], e = decay[i];
            sum += response[i] * eta - Math.Max(eta, 0) - Math.Log(1 + e);
            residual[i] = response[i] - (eta >= 0 ? 1 : e) / (1 + e);
        }
        return sum;
    }
}
