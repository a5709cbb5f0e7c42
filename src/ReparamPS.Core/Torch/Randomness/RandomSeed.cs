using System.Text.Json.Serialization;
using ReparamPS.Numerics.Philox;
using ReparamPS.Numerics.Points;
using static TorchSharp.torch;

namespace ReparamPS.Torch.Randomness;

/// <summary>How random numbers are made.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RandomGenerator>))]
[Newtonsoft.Json.JsonConverter(typeof(Newtonsoft.Json.Converters.StringEnumConverter))]
public enum RandomGenerator
{
    /// <summary>libtorch's Mersenne Twister: the draws of PyTorch.</summary>
    Torch,

    /// <summary>Philox 4×32-10, counter-based and parallel: the same noise on every CPU, for any number of threads.</summary>
    Philox,
}

/// <summary>The seed of a stream and its generator. A number alone is a seed of the default generator.</summary>
/// <param name="Value">The seed.</param>
/// <param name="Generator">The generator.</param>
public readonly record struct RandomSeed(long Value, RandomGenerator Generator = RandomGenerator.Torch)
{
    /// <summary>A seed of the default generator.</summary>
    public static implicit operator RandomSeed(long value) => new(value);

    /// <summary>Another seed of the same generator.</summary>
    public static RandomSeed operator +(RandomSeed seed, long offset) => seed with { Value = unchecked(seed.Value + offset) };

    /// <summary>The seed of an independent stream, one for each use of this seed.</summary>
    /// <param name="use">The number of the use.</param>
    internal RandomSeed For(long use) => this with { Value = (long)(SplitMix.Mix(SplitMix.Mix(unchecked((ulong)Value)) ^ unchecked((ulong)use)) >> 1) };

    /// <summary>Opens the stream.</summary>
    /// <param name="device">The device of the draws; null for the CPU.</param>
    public RandomSource Open(Device? device = null) => RandomSource.Open(Value, Generator, device);

    /// <summary>The stream as 64-bit numbers one after another, for what is not drawn as a tensor. That of the default generator does not need libtorch.</summary>
    public Func<ulong> Bits() => Generator == RandomGenerator.Philox ? new PhiloxBits(Value).Next : new SplitMix(Value).Next;

    /// <summary>The stream as 32-bit numbers: the upper halves of the 64-bit ones.</summary>
    internal Func<uint> ShortBits()
    {
        Func<ulong> next = Bits();
        return () => (uint)(next() >> 32);
    }
}
