using ReparamPS.Numerics.Points;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Vae.Steps;

/// <summary>What random numbers of a run are for; each use has streams of its own.</summary>
internal enum VaeStream
{
    Weights = 1,
    Order = 2,
    Noise = 3,
    Evaluation = 4,
    Binarization = 5,
    Sampling = 6,
}

/// <summary>
/// The random streams of a run. Each is named by seed, use, epoch and part, and not by what was drawn before: a run can go on from any point
/// without a generator's state.
/// </summary>
internal static class VaeRandom
{
    /// <summary>Opens a stream.</summary>
    public static RandomSource Open(RandomSeed seed, VaeStream stream, Device? device = null, long epoch = 0, long part = 0)
    {
        ulong mixed = SplitMix.Mix(SplitMix.Mix(SplitMix.Mix(SplitMix.Mix(unchecked((ulong)seed.Value)) ^ (ulong)stream) ^ unchecked((ulong)epoch)) ^ unchecked((ulong)part));
        return (seed with { Value = (long)(mixed >> 1) }).Open(device);
    }
}
