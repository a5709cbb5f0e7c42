namespace ReparamPS.Sweeps;

/// <summary>
/// The Sobol sequence: points that fill the unit cube more evenly than random ones, however many of them are taken. Direction numbers of Joe and Kuo
/// (new-joe-kuo-6.21201, 2008), as in SciPy and PyTorch. A digital shift by a seed keeps the evenness and moves every coordinate off 0.
/// </summary>
public sealed class SobolSequence
{
    private const int Bits = 32;

    // A row a dimension, from the second on: degree, coefficients of the primitive polynomial, first direction numbers.
    private static readonly uint[][] Table =
    [
        [1, 0, 1], [2, 1, 1, 3], [3, 1, 1, 3, 1], [3, 2, 1, 1, 1], [4, 1, 1, 1, 3, 3], [4, 4, 1, 3, 5, 13], [5, 2, 1, 1, 5, 5, 17],
        [5, 4, 1, 1, 5, 5, 5], [5, 7, 1, 1, 7, 11, 19], [5, 11, 1, 1, 5, 1, 1], [5, 13, 1, 1, 1, 3, 11], [5, 14, 1, 3, 5, 5, 31],
        [6, 1, 1, 3, 3, 9, 7, 49], [6, 13, 1, 1, 1, 15, 21, 21], [6, 16, 1, 3, 1, 13, 27, 49], [6, 19, 1, 1, 1, 15, 7, 5],
        [6, 22, 1, 3, 1, 15, 13, 25], [6, 25, 1, 1, 5, 5, 19, 61], [7, 1, 1, 3, 7, 11, 23, 15, 103], [7, 4, 1, 3, 7, 13, 13, 15, 69],
    ];

    private readonly uint[][] directions;
    private readonly uint[] state;
    private readonly uint[] shift;
    private uint index;

    /// <summary>Starts the sequence.</summary>
    /// <param name="dimensions">The number of coordinates.</param>
    /// <param name="seed">The seed of the digital shift; null for none.</param>
    public SobolSequence(int dimensions, long? seed = null)
    {
        if (dimensions < 1 || dimensions > MaximumDimensions)
            throw new ArgumentOutOfRangeException(nameof(dimensions), $"A Sobol sequence has 1 to {MaximumDimensions} dimensions here, but {dimensions} came.");
        directions = [.. Enumerable.Range(0, dimensions).Select(Directions)];
        state = new uint[dimensions];
        shift = new uint[dimensions];
        if (seed is null) return;
        var random = new SplitMix(seed.Value);
        for (int i = 0; i < dimensions; i++) shift[i] = (uint)(random.Next() >> Bits);
    }

    /// <summary>The largest number of coordinates.</summary>
    public static int MaximumDimensions => Table.Length + 1;

    /// <summary>The next point; each coordinate is the middle of its cell of 2⁻³², so in (0, 1).</summary>
    public double[] Next()
    {
        double[] point = new double[state.Length];
        for (int i = 0; i < point.Length; i++) point[i] = ((state[i] ^ shift[i]) + 0.5) / (1L << Bits);
        // Gray code order: the next point differs by the direction of the lowest zero bit.
        int bit = System.Numerics.BitOperations.TrailingZeroCount(~index++);
        for (int i = 0; i < state.Length; i++) state[i] ^= directions[i][bit];
        return point;
    }

    private static uint[] Directions(int dimension)
    {
        uint[] numbers = new uint[Bits];
        if (dimension == 0)
        {
            for (int i = 0; i < Bits; i++) numbers[i] = 1u << (Bits - 1 - i);
            return numbers;
        }
        uint[] row = Table[dimension - 1];
        int degree = (int)row[0];
        for (int i = 0; i < Bits; i++)
        {
            if (i < degree)
            {
                numbers[i] = row[i + 2] << (Bits - 1 - i);
                continue;
            }
            numbers[i] = numbers[i - degree] ^ (numbers[i - degree] >> degree);
            for (int k = 1; k < degree; k++)
            {
                if ((row[1] >> (degree - 1 - k) & 1) != 0) numbers[i] ^= numbers[i - k];
            }
        }
        return numbers;
    }
}
