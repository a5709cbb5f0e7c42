using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ReparamPS.Numerics.Philox;

/// <summary>The draws of one call of one seed. Draw i depends on seed, call and i alone.</summary>
/// <param name="Key">The seed.</param>
/// <param name="Call">The number of the call; each has counters of its own.</param>
internal readonly record struct PhiloxStream(ulong Key, uint Call)
{
    /// <summary>Draws per vector of counters; fills begin at a multiple of it.</summary>
    public const int GroupSize = 8;

    private const int PairSize = 2 * GroupSize;

    // The boost of small concentrations has a step that no attempt reaches.
    private const uint BoostStep = uint.MaxValue;

    /// <summary>Fills with the draws from a position, a multiple of <see cref="GroupSize"/>.</summary>
    // Optimized at once: the first large draw of a session would otherwise run most of its time in code that keeps every vector in memory.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Fill<TKernel>(Span<double> draws, long position)
        where TKernel : struct, IPhiloxKernel
    {
        ulong counter = (ulong)position / 2;
        int done = 0;
        for (; done + PairSize <= draws.Length; done += PairSize, counter += PairSize / 2) FillPair<TKernel>(ref draws[done], counter);
        if (done == draws.Length) return;
        Span<double> last = stackalloc double[PairSize];
        FillPair<TKernel>(ref last[0], counter);
        last[..(draws.Length - done)].CopyTo(draws[done..]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void FillPair<TKernel>(ref double target, ulong counter)
        where TKernel : struct, IPhiloxKernel
    {
        ((Vector256<ulong> First, Vector256<ulong> Second) left, (Vector256<ulong> First, Vector256<ulong> Second) right) = PhiloxBlock.OfEight(counter, Call, Key);
        (Vector256<double> first, Vector256<double> second) = TKernel.Draws(left.First, left.Second);
        first.StoreUnsafe(ref target);
        second.StoreUnsafe(ref target, 4);
        (first, second) = TKernel.Draws(right.First, right.Second);
        first.StoreUnsafe(ref target, GroupSize);
        second.StoreUnsafe(ref target, GroupSize + 4);
    }

    /// <summary>
    /// Fills with Gamma(a, 1) draws from a position, by the method of Marsaglia and Tsang (2000), four draws at a time. A draw below 2e-308 becomes 0.
    /// </summary>
    /// <param name="draws">Receives the draws.</param>
    /// <param name="concentrations">a: one for all, or one per draw.</param>
    /// <param name="position">The number of the first draw, a multiple of 4.</param>
    public void FillGamma(Span<double> draws, ReadOnlySpan<double> concentrations, long position)
    {
        Span<double> lanes = stackalloc double[4];
        for (int done = 0; done < draws.Length; done += 4)
        {
            int count = Math.Min(4, draws.Length - done);
            lanes.Fill(1);
            if (concentrations.Length == 1) lanes.Fill(concentrations[0]);
            else concentrations.Slice(done, count).CopyTo(lanes);
            Gammas(Vector256.Create<double>(lanes), (ulong)(position + done)).CopyTo(lanes);
            lanes[..count].CopyTo(draws[done..]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private Vector256<double> Gammas(Vector256<double> concentration, ulong index)
    {
        Vector256<double> one = Vector256<double>.One, isSmall = Vector256.LessThan(concentration, one);
        Vector256<double> d = concentration + (isSmall & one) - Vector256.Create(1 / 3.0), c = one / Vector256.Sqrt(Vector256.Create(9.0) * d);
        // Without a valid concentration there is nothing to accept.
        Vector256<double> isDone = ~Vector256.GreaterThan(concentration, Vector256<double>.Zero), result = isDone & Vector256.Create(double.NaN);
        for (uint step = 0; !Vector256.EqualsAll(isDone.AsUInt64(), Vector256<ulong>.AllBitsSet); step += 2)
        {
            (Vector256<ulong> first, Vector256<ulong> second) = PhiloxBlock.OfIndices(index, step, Call, Key);
            (Vector256<double> x, _) = NormalKernel.Draws(first, second);
            (first, _) = PhiloxBlock.OfIndices(index, step + 1, Call, Key);
            Vector256<double> uniform = ExactFunctions.Fraction(first), root = one + c * x, v = root * root * root, square = x * x;
            Vector256<double> bound = Vector256.Create(0.5) * square + d * (one - v + ExactFunctions.Log(v));
            Vector256<double> isAccepted = Vector256.LessThan(uniform, one - Vector256.Create(0.0331) * square * square) | Vector256.LessThan(ExactFunctions.Log(uniform), bound);
            isAccepted &= Vector256.GreaterThan(root, Vector256<double>.Zero);
            result = Vector256.ConditionalSelect(isDone, result, d * v);
            isDone |= isAccepted;
        }
        if (Vector256.EqualsAll(isSmall.AsUInt64(), Vector256<ulong>.Zero)) return result;
        (Vector256<ulong> bits, _) = PhiloxBlock.OfIndices(index, BoostStep, Call, Key);
        Vector256<double> boost = ExactFunctions.ExpOfNegative(ExactFunctions.Log(ExactFunctions.Fraction(bits)) / concentration);
        return Vector256.ConditionalSelect(isSmall, result * boost, result);
    }
}
