using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ReparamPS.Numerics.Philox;

/// <summary>
/// Philox 4×32-10 (Salmon, Moraes, Dror, Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3"): a bijection of 128-bit counters for each 64-bit key. The numbers of a counter depend on
/// no others, so they can be computed in any order and on any number of threads.
/// </summary>
internal static class PhiloxBlock
{
    private const int Rounds = 10;
    private const uint FirstFactor = 0xD2511F53, SecondFactor = 0xCD9E8D57, FirstKeyStep = 0x9E3779B9, SecondKeyStep = 0xBB67AE85;
    private const ulong LowWord = 0xFFFFFFFF;

    /// <summary>
    /// The blocks of four counters at once. Each counter's words lie in the low halves of four lanes; the results are words 0 and 1, and words 2 and 3, as 64-bit numbers with the lower word first.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector256<ulong> First, Vector256<ulong> Second) Of(Vector256<ulong> word0, Vector256<ulong> word1, Vector256<ulong> word2, Vector256<ulong> word3, ulong key)
    {
        Vector256<ulong> firstFactor = Vector256.Create((ulong)FirstFactor), secondFactor = Vector256.Create((ulong)SecondFactor), low = Vector256.Create(LowWord);
        uint firstKey = (uint)key, secondKey = (uint)(key >> 32);
        for (int round = 0; round < Rounds; round++)
        {
            // The upper halves of words 1 and 3 hold rests of products, which nothing reads.
            Vector256<ulong> first = Multiply(word0, firstFactor), second = Multiply(word2, secondFactor);
            word0 = (second >>> 32) ^ word1 ^ Vector256.Create((ulong)firstKey);
            word1 = second;
            word2 = (first >>> 32) ^ word3 ^ Vector256.Create((ulong)secondKey);
            word3 = first;
            firstKey = unchecked(firstKey + FirstKeyStep);
            secondKey = unchecked(secondKey + SecondKeyStep);
        }
        return ((word0 & low) | (word1 << 32), (word2 & low) | (word3 << 32));
    }

    /// <summary>The blocks of the counters (index, step, call) of four successive 64-bit indices.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector256<ulong> First, Vector256<ulong> Second) OfIndices(ulong index, uint step, uint call, ulong key)
    {
        Vector256<ulong> indices = Vector256.Create(index) + Vector256.Create(0UL, 1, 2, 3);
        return Of(indices, indices >>> 32, Vector256.Create((ulong)step), Vector256.Create((ulong)call), key);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Multiply(Vector256<ulong> words, Vector256<ulong> factor) =>
        Avx2.IsSupported ? Avx2.Multiply(words.AsUInt32(), factor.AsUInt32()) : (words & Vector256.Create(LowWord)) * factor;
}
