using System.Runtime.Intrinsics;

namespace ReparamPS.Numerics.Philox;

/// <summary>Philox as 64-bit numbers one after another, for what is not drawn as a tensor, such as the shifts of a Sobol sequence.</summary>
internal sealed class PhiloxBits(long seed)
{
    // No draw of a tensor has this step, so that the numbers of one seed are not used twice.
    private const uint Step = uint.MaxValue - 1;

    private readonly ulong[] numbers = new ulong[8];
    private ulong index;
    private int left;

    /// <summary>The next 64 bits.</summary>
    public ulong Next()
    {
        if (left == 0) Refill();
        return numbers[^left--];
    }

    private void Refill()
    {
        (Vector256<ulong> first, Vector256<ulong> second) = PhiloxBlock.OfIndices(index, Step, 0, unchecked((ulong)seed));
        first.CopyTo(numbers);
        second.CopyTo(numbers, 4);
        index += 4;
        left = numbers.Length;
    }
}
