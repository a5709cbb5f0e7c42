using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace ReparamPS.Numerics.Points;

/// <summary>
/// The Mersenne Twister MT19937 (Matsumoto, Nishimura 1998, ACM TOMACS 8), several words at a time: the generator of libtorch on the CPU, whose state it can take over.
/// Words that are skipped cost only the recurrence.
/// </summary>
internal sealed class MersenneTwister
{
    /// <summary>The number of words of the state.</summary>
    public const int Size = 624;

    private const int Shift = 397;
    private const uint Matrix = 0x9908b0df, Upper = 0x80000000, Lower = 0x7fffffff;
    private const double Unit = 1.0 / (1L << 53);

    private readonly uint[] state;

    /// <summary>Takes over a state.</summary>
    /// <param name="state">The words of the state; they are changed.</param>
    /// <param name="next">The index of the next word; the number of words if all are used.</param>
    public MersenneTwister(uint[] state, int next) => (this.state, Next) = (state, next);

    /// <summary>The index of the next word; the number of words if all are used.</summary>
    public int Next { get; private set; }

    /// <summary>The words of the state.</summary>
    public ReadOnlySpan<uint> State => state;

    /// <summary>Passes over random words.</summary>
    public void Skip(long words)
    {
        while (words > Size - Next)
        {
            words -= Size - Next;
            Twist();
        }
        Next += (int)words;
    }

    /// <summary>Uniform numbers on [0, 1), of 53 bits from two words each.</summary>
    public void Fill(Span<double> target)
    {
        Span<uint> words = stackalloc uint[Size];
        while (target.Length > 0)
        {
            if (Next == Size) Twist();
            int count = Math.Min((Size - Next) / 2, target.Length);
            if (count == 0)
            {
                target[0] = Uniform();
                target = target[1..];
                continue;
            }
            Temper(state.AsSpan(Next, 2 * count), words);
            Convert(words[..(2 * count)], target[..count]);
            Next += 2 * count;
            target = target[count..];
        }
    }

    /// <summary>The next uniform number on [0, 1).</summary>
    public double Uniform()
    {
        uint high = Word(), low = Word();
        return Convert(high, low);
    }

    /// <summary>Takes the uniform numbers of some elements, and passes over those between.</summary>
    /// <param name="elements">The elements, increasing.</param>
    /// <param name="start">The element whose number is next.</param>
    /// <param name="target">Receives the number of each element.</param>
    /// <returns>The element whose number is next then.</returns>
    public int Pick(ReadOnlySpan<int> elements, int start, Span<double> target)
    {
        for (int i = 0; i < elements.Length; i++)
        {
            Skip(2L * (elements[i] - start));
            target[i] = Uniform();
            start = elements[i] + 1;
        }
        return start;
    }

    /// <summary>A generator of the same numbers.</summary>
    public MersenneTwister Fork() => new([.. state], Next);

    private uint Word()
    {
        if (Next == Size) Twist();
        uint y = state[Next++];
        y ^= y >> 11;
        y ^= (y << 7) & 0x9d2c5680;
        y ^= (y << 15) & 0xefc60000;
        return y ^ (y >> 18);
    }

    private static double Convert(uint high, uint low) => (((ulong)(high & 0x1fffff) << 32) | low) * Unit;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Temper(ReadOnlySpan<uint> from, Span<uint> to)
    {
        int width = Vector<uint>.Count, i = 0;
        for (; i + width <= from.Length; i += width)
        {
            Vector<uint> y = new(from[i..]);
            y ^= y >>> 11;
            y ^= (y << 7) & new Vector<uint>(0x9d2c5680);
            y ^= (y << 15) & new Vector<uint>(0xefc60000);
            (y ^ (y >>> 18)).CopyTo(to[i..]);
        }
        for (; i < from.Length; i++)
        {
            uint y = from[i];
            y ^= y >> 11;
            y ^= (y << 7) & 0x9d2c5680;
            y ^= (y << 15) & 0xefc60000;
            to[i] = y ^ (y >> 18);
        }
    }

    // The first word of a pair is the upper one; the lower 53 bits of the pair count.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Convert(ReadOnlySpan<uint> words, Span<double> target)
    {
        ReadOnlySpan<ulong> pairs = MemoryMarshal.Cast<uint, ulong>(words);
        int width = Vector<ulong>.Count, i = 0;
        if (BitConverter.IsLittleEndian)
        {
            for (; i + width <= target.Length; i += width)
            {
                Vector<ulong> pair = new(pairs[i..]);
                Vector<long> bits = Vector.AsVectorInt64(((pair & new Vector<ulong>(0x1fffff)) << 32) | (pair >>> 32));
                (Vector.ConvertToDouble(bits) * new Vector<double>(Unit)).CopyTo(target[i..]);
            }
        }
        for (; i < target.Length; i++) target[i] = Convert(words[2 * i], words[2 * i + 1]);
    }

    private void Twist()
    {
        Span<uint> s = state;
        int k = Twist(s, 0, Size - Shift, Shift);
        k = Twist(s, k, Size - 1, Shift - Size);
        s[k] = s[Shift - 1] ^ Mixed(s[k], s[0]);
        Next = 0;
    }

    // From one index up to another, each with the word at a distance.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Twist(Span<uint> s, int from, int to, int distance)
    {
        int k = from;
        if (Vector512.IsHardwareAccelerated)
        {
            ref uint word = ref MemoryMarshal.GetReference(s);
            Vector512<uint> upper = Vector512.Create(Upper), matrix = Vector512.Create(Matrix), one = Vector512<uint>.One;
            for (; k + Vector512<uint>.Count <= to; k += Vector512<uint>.Count)
            {
                Vector512<uint> following = Vector512.LoadUnsafe(ref word, (nuint)(k + 1));
                Vector512<uint> y = Vector512.ConditionalSelect(upper, Vector512.LoadUnsafe(ref word, (nuint)k), following);
                Vector512<uint> odd = (Vector512<uint>.Zero - (following & one)) & matrix;
                (Vector512.LoadUnsafe(ref word, (nuint)(k + distance)) ^ (y >>> 1) ^ odd).StoreUnsafe(ref word, (nuint)k);
            }
        }
        int width = Vector<uint>.Count;
        for (; k + width <= to; k += width)
        {
            Vector<uint> following = new(s[(k + 1)..]);
            Vector<uint> y = (new Vector<uint>(s[k..]) & new Vector<uint>(Upper)) | (following & new Vector<uint>(Lower));
            Vector<uint> odd = Vector<uint>.Zero - (following & Vector<uint>.One);
            (new Vector<uint>(s[(k + distance)..]) ^ (y >>> 1) ^ (odd & new Vector<uint>(Matrix))).CopyTo(s[k..]);
        }
        for (; k < to; k++) s[k] = s[k + distance] ^ Mixed(s[k], s[k + 1]);
        return k;
    }

    private static uint Mixed(uint first, uint second) => (((first & Upper) | (second & Lower)) >> 1) ^ ((second & 1) == 0 ? 0 : Matrix);
}
