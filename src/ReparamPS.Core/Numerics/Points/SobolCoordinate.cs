using System.Globalization;
using System.Numerics;

namespace ReparamPS.Numerics.Points;

/// <summary>
/// One coordinate of the points of a Sobol sequence, which fill the unit cube more evenly than random ones. Direction numbers of Joe and Kuo
/// (new-joe-kuo-6.21201, 2008), as in SciPy and PyTorch. Scrambled, by a random linear map of the digits and a digital shift (Matoušek 1998, J. Complexity 14),
/// each point is uniform, and all points together stay as even.
/// </summary>
internal sealed class SobolCoordinate
{
    private const int Bits = 32;
    private static readonly Lazy<uint[][]> AllDirections = new(ReadDirections);
    private readonly uint[] directions;
    private uint state;
    private uint index;

    /// <summary>Starts the coordinate.</summary>
    /// <param name="dimension">The dimension, at least 0 and less than <see cref="MaxDimensions"/>.</param>
    /// <param name="random">Random bits for the scrambling; null for the plain sequence.</param>
    public SobolCoordinate(int dimension, Func<uint>? random = null)
    {
        uint[] plain = AllDirections.Value[dimension];
        directions = random is null ? plain : Scramble(plain, random);
        state = random?.Invoke() ?? 0;
    }

    /// <summary>The number of dimensions with direction numbers.</summary>
    public static int MaxDimensions => AllDirections.Value.Length;

    /// <summary>The coordinate of the next point: the middle of its cell of 2⁻³², so in (0, 1).</summary>
    public double Next()
    {
        double value = (state + 0.5) / (1L << Bits);
        // Gray code order: the next point differs by the direction of the lowest zero bit.
        state ^= directions[Math.Min(Bits - 1, BitOperations.TrailingZeroCount(~index++))];
        return value;
    }

    // Each digit becomes itself plus a random combination of the digits before it.
    private static uint[] Scramble(uint[] directions, Func<uint> random)
    {
        var rows = new uint[Bits];
        for (int digit = 0; digit < Bits; digit++)
        {
            uint own = 1u << (Bits - 1 - digit), before = digit == 0 ? 0 : uint.MaxValue << (Bits - digit);
            rows[digit] = own | (random() & before);
        }
        return Array.ConvertAll(directions, direction =>
        {
            uint result = 0;
            for (int digit = 0; digit < Bits; digit++) result |= (uint)(BitOperations.PopCount(rows[digit] & direction) & 1) << (Bits - 1 - digit);
            return result;
        });
    }

    private static uint[][] ReadDirections()
    {
        using Stream stream = typeof(SobolCoordinate).Assembly.GetManifestResourceStream("sobol-directions.txt")!;
        using var reader = new StreamReader(stream);
        List<uint[]> all = [];
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('#')) continue;
            uint[] numbers = [.. line.Split(' ').Select(text => uint.Parse(text, CultureInfo.InvariantCulture))];
            all.Add(Extend(numbers[0], numbers[1..], first: all.Count == 0));
        }
        return [.. all];
    }

    // The recurrence of the polynomial yields all further direction numbers; the first dimension is van der Corput's sequence.
    private static uint[] Extend(uint polynomial, uint[] initial, bool first)
    {
        var directions = new uint[Bits];
        int degree = BitOperations.Log2(polynomial);
        for (int k = 0; k < Bits; k++)
        {
            if (first)
            {
                directions[k] = 1u << (Bits - 1 - k);
            }
            else if (k < degree)
            {
                directions[k] = initial[k] << (Bits - 1 - k);
            }
            else
            {
                uint value = directions[k - degree] ^ (directions[k - degree] >> degree);
                for (int j = 1; j < degree; j++)
                {
                    if (((polynomial >> (degree - j)) & 1) != 0) value ^= directions[k - j];
                }
                directions[k] = value;
            }
        }
        return directions;
    }
}
