namespace ReparamPS.Numerics.Points;

/// <summary>SplitMix64 (Steele, Lea, Flood 2014): a small generator for choosing points, identical on every machine and independent of libtorch.</summary>
internal sealed class SplitMix(long seed)
{
    private const ulong Step = 0x9E3779B97F4A7C15;

    private ulong state = unchecked((ulong)seed);

    /// <summary>The first number of the generator that starts from a state: scatters the bits of a key.</summary>
    public static ulong Mix(ulong state)
    {
        ulong z = unchecked(state + Step);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>The next 64 bits.</summary>
    public ulong Next()
    {
        ulong result = Mix(state);
        unchecked { state += Step; }
        return result;
    }

    /// <summary>The next number in (0, 1).</summary>
    public double NextDouble() => Fraction(Next());

    /// <summary>64 bits as a number in (0, 1).</summary>
    public static double Fraction(ulong bits) => ((bits >> 11) + 0.5) / (1L << 53);
}
