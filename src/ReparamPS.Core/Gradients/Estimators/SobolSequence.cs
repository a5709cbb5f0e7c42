using System.Globalization;
using System.Numerics;

namespace ReparamPS.Gradients.Estimators;

/// <summary>
/// Points of a Sobol sequence, with the direction numbers of Joe and Kuo 2008, scrambled by a random linear map of the digits and a digital shift
/// (Matoušek 1998, J. Complexity 14): each point is uniform, all points together fill the cube evenly.
/// </summary>
internal sealed class SobolSequence
{
    private const int Bits = 32;
    private static readonly Lazy<uint[][]> Directions = new(ReadDirections);
    private readonly Func<uint> random;

    /// <summary>Starts the sequence.</summary>
    /// <param name="random">Random bits for the scrambling; null leaves the sequence as it is.</param>
    public SobolSequence(Func<uint>? random) => this.random = random ?? (() => 0);

    /// <summary>How many dimensions there are numbers for.</summary>
    public static int MostDimensions => Directions.Value.Length;

    /// <summary>One coordinate of the first points, each in the open unit interval.</summary>
    /// <param name="dimension">The coordinate, from 0.</param>
    /// <param name="points">Where to; its length is the number of points.</param>
    /// <param name="stride">The distance of two points in it.</param>
    /// <param name="start">The place of the first.</param>
    public void Fill(int dimension, double[] points, int stride, int start)
    {
        if (dimension >= MostDimensions)
            throw new NotSupportedException($"There are Sobol direction numbers for {MostDimensions} dimensions of noise in one draw; dimension {dimension + 1} was asked for. Use independent or antithetic draws.");
        uint[] directions = Scramble(Directions.Value[dimension]);
        uint state = random();
        uint index = 0;
        for (int i = start; i < points.Length; i += stride)
        {
            points[i] = (state + 0.5) / 4294967296.0;
            state ^= directions[Math.Min(Bits - 1, BitOperations.TrailingZeroCount(~index))];
            index++;
        }
    }

    // Each digit becomes itself plus a random combination of the digits before it.
    private uint[] Scramble(uint[] directions)
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
        using Stream stream = typeof(SobolSequence).Assembly.GetManifestResourceStream("sobol-directions.txt")!;
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

    // The recurrence of the polynomial gives all further direction numbers; the first dimension is van der Corput's sequence.
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
