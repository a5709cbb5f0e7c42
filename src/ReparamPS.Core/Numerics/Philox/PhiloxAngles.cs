using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ReparamPS.Numerics.Philox;

/// <summary>
/// Von Mises draws by Best and Fisher's rejection (1979, Applied Statistics 28) from a wrapped Cauchy envelope, four at a time. A draw depends on seed, call and its number alone.
/// </summary>
internal static class PhiloxAngles
{
    // From there on angles are uniform on the circle to all digits. κ r is about 1, so κ has a bound too: otherwise nothing would be accepted.
    private const double LargestEnvelope = 1e150;

    /// <summary>Fills with tan(θ / 2) of von Mises angles θ around 0.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="draws">Receives the tangents.</param>
    /// <param name="concentrations">The concentration κ: one for all, or one per draw.</param>
    /// <param name="envelopes">The parameter r of the envelope: one for all, or one per draw.</param>
    /// <param name="position">The number of the first draw, a multiple of 4.</param>
    public static void Fill(PhiloxStream stream, Span<double> draws, ReadOnlySpan<double> concentrations, ReadOnlySpan<double> envelopes, long position)
    {
        Span<double> lanes = stackalloc double[4];
        for (int done = 0; done < draws.Length; done += 4)
        {
            int count = Math.Min(4, draws.Length - done);
            Vector256<double> kappa = Lanes(concentrations, done, count, lanes), r = Lanes(envelopes, done, count, lanes);
            Tangents(stream, kappa, r, (ulong)(position + done)).CopyTo(lanes);
            lanes[..count].CopyTo(draws[done..]);
        }
    }

    private static Vector256<double> Lanes(ReadOnlySpan<double> numbers, int start, int count, Span<double> lanes)
    {
        if (numbers.Length == 1) return Vector256.Create(numbers[0]);
        lanes.Fill(numbers[start]);
        numbers.Slice(start, count).CopyTo(lanes);
        return Vector256.Create<double>(lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Vector256<double> Tangents(PhiloxStream stream, Vector256<double> kappa, Vector256<double> r, ulong index)
    {
        Vector256<double> one = Vector256<double>.One;
        r = Vector256.Min(r, Vector256.Create(LargestEnvelope));
        Vector256<double> less = r - one, more = r + one, factor = Vector256.Sqrt(less / more);
        // Without a valid concentration there is nothing to accept.
        Vector256<double> isDone = ~Vector256.GreaterThan(kappa, Vector256<double>.Zero), result = isDone & Vector256.Create(double.NaN);
        kappa = Vector256.Max(kappa, Vector256.Create(1 / LargestEnvelope));
        for (uint step = 0; !Vector256.EqualsAll(isDone.AsUInt64(), Vector256<ulong>.AllBitsSet); step++)
        {
            (Vector256<ulong> turn, Vector256<ulong> bits) = PhiloxBlock.OfIndices(index, step, stream.Call, stream.Key);
            (Vector256<double> sine, Vector256<double> cosine) = ExactFunctions.SineAndCosine(turn);
            // κ (r − cos θ) of the proposed angle, whose half has the tangent of half the uniform angle times √((r − 1) / (r + 1)). Neither cancels.
            Vector256<double> c = kappa * (less / (r + cosine) * more), level = ExactFunctions.Fraction(bits);
            Vector256<double> isAccepted = Vector256.GreaterThan(c * (Vector256.Create(2.0) - c), level) | Vector256.GreaterThanOrEqual(ExactFunctions.Log(c / level) + one - c, Vector256<double>.Zero);
            Vector256<double> tangent = Vector256.ConditionalSelect(Vector256.GreaterThan(cosine, Vector256<double>.Zero), sine / (one + cosine), (one - cosine) / sine) * factor;
            result = Vector256.ConditionalSelect(isDone, result, tangent);
            isDone |= isAccepted;
        }
        return result;
    }
}
