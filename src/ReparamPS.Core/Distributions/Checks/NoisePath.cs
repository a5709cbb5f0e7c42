using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.Checks;

/// <summary>How draws depend on noise: whether each takes one number of it, with which it rises or falls.</summary>
/// <param name="IsSingle">Whether it does.</param>
/// <param name="Draws">The draws, in float64.</param>
/// <param name="Levels">The probability of a smaller draw, by its noise; null if it is not known.</param>
internal sealed record NoisePath(bool IsSingle, Tensor Draws, double[]? Levels)
{
    private const int Count = 257;

    /// <summary>Draws, and looks at the noise.</summary>
    public static NoisePath Of(Distribution distribution, RandomSeed seed)
    {
        using var noGrad = no_grad();
        using var random = new RecordingSource(seed.Open(distribution.Device));
        Tensor draws = distribution.Sample([Count], random).to(ScalarType.Float64);
        var unknown = new NoisePath(false, draws, null);
        if (random.Count != draws.numel() || !random.Shape.SequenceEqual(draws.shape)) return unknown;
        double[] z = ManagedValues.ToDoubles(draws), of = random.Last;
        double[]? levels = random.Levels;
        int elements = z.Length / Count;
        for (int element = 0; element < elements; element++)
        {
            int[] order = [.. Enumerable.Range(0, Count).Select(i => i * elements + element).OrderBy(i => of[i])];
            bool rises = order.Zip(order.Skip(1)).All(pair => z[pair.First] <= z[pair.Second]), falls = order.Zip(order.Skip(1)).All(pair => z[pair.First] >= z[pair.Second]);
            if (!rises && !falls) return unknown;
            if (!rises && levels is not null) foreach (int i in order) levels[i] = 1 - levels[i];
        }
        return new NoisePath(true, draws, levels);
    }
}
