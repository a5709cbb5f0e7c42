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
        var keys = new Keys(key);
        for (int round = 0; round < Rounds; round++)
        {
            Round(ref word0, ref word1, ref word2, ref word3, keys);
            keys = keys.Next();
        }
        return Joined(word0, word1, word2, word3);
    }

    /// <summary>
    /// The blocks of the counters (index, 0, call) of eight successive 64-bit indices: the first four, then the others. Rounds wait for products, so two at a time take little longer than one.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ((Vector256<ulong> First, Vector256<ulong> Second) Left, (Vector256<ulong> First, Vector256<ulong> Second) Right) OfEight(ulong index, uint call, ulong key)
    {
        Vector256<ulong> left0 = Indices(index), left1 = left0 >>> 32, left2 = Vector256<ulong>.Zero, left3 = Vector256.Create((ulong)call);
        Vector256<ulong> right0 = left0 + Vector256.Create(4UL), right1 = right0 >>> 32, right2 = left2, right3 = left3;
        var keys = new Keys(key);
        for (int round = 0; round < Rounds; round++)
        {
            Round(ref left0, ref left1, ref left2, ref left3, keys);
            Round(ref right0, ref right1, ref right2, ref right3, keys);
            keys = keys.Next();
        }
        return (Joined(left0, left1, left2, left3), Joined(right0, right1, right2, right3));
    }

    /// <summary>The blocks of the counters (index, step, call) of four successive 64-bit indices.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector256<ulong> First, Vector256<ulong> Second) OfIndices(ulong index, uint step, uint call, ulong key)
    {
        Vector256<ulong> indices = Indices(index);
        return Of(indices, indices >>> 32, Vector256.Create((ulong)step), Vector256.Create((ulong)call), key);
    }

    // The upper halves of words 1 and 3 hold rests of products, which nothing reads.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round(ref Vector256<ulong> word0, ref Vector256<ulong> word1, ref Vector256<ulong> word2, ref Vector256<ulong> word3, Keys keys)
    {
        Vector256<ulong> first = Multiply(word0, Vector256.Create((ulong)FirstFactor)), second = Multiply(word2, Vector256.Create((ulong)SecondFactor));
        word0 = (second >>> 32) ^ word1 ^ Vector256.Create((ulong)keys.First);
        word1 = second;
        word2 = (first >>> 32) ^ word3 ^ Vector256.Create((ulong)keys.Second);
        word3 = first;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<ulong> First, Vector256<ulong> Second) Joined(Vector256<ulong> word0, Vector256<ulong> word1, Vector256<ulong> word2, Vector256<ulong> word3) =>
        ((word0 & Vector256.Create(LowWord)) | (word1 << 32), (word2 & Vector256.Create(LowWord)) | (word3 << 32));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Indices(ulong index) => Vector256.Create(index) + Vector256.Create(0UL, 1, 2, 3);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Multiply(Vector256<ulong> words, Vector256<ulong> factor) =>
        Avx2.IsSupported ? Avx2.Multiply(words.AsUInt32(), factor.AsUInt32()) : (words & Vector256.Create(LowWord)) * factor;

    // The keys of a round.
    private readonly record struct Keys(uint First, uint Second)
    {
        public Keys(ulong key) : this((uint)key, (uint)(key >> 32)) { }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Keys Next() => new(unchecked(First + FirstKeyStep), unchecked(Second + SecondKeyStep));
    }
}
