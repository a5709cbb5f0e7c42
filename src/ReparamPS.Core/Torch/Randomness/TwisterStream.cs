using System.Buffers.Binary;
using ReparamPS.Numerics.Points;
using static TorchSharp.torch;

namespace ReparamPS.Torch.Randomness;

/// <summary>
/// The random numbers that a libtorch generator would draw next, computed by <see cref="MersenneTwister"/>, which is several times as fast. When disposed, the generator
/// continues after them.
/// </summary>
internal sealed class TwisterStream : IDisposable
{
    // The layout of the state in bytes: seed, number of words left and a flag, index of the next word, the words in 64 bits each, and what belongs to normal draws.
    private const int Left = 8, Next = 16, Words = 24;

    private readonly Generator generator;
    private readonly Tensor state;

    private TwisterStream(Generator generator, Tensor state, MersenneTwister twister) => (this.generator, this.state, Twister) = (generator, state, twister);

    /// <summary>The numbers.</summary>
    public MersenneTwister Twister { get; }

    /// <summary>The stream of a CPU generator.</summary>
    public static TwisterStream Of(Generator generator)
    {
        Tensor state = generator.get_state();
        Span<byte> bytes = state.bytes;
        uint[] words = new uint[MersenneTwister.Size];
        for (int i = 0; i < words.Length; i++) words[i] = (uint)BinaryPrimitives.ReadUInt64LittleEndian(bytes[(Words + 8 * i)..]);
        int left = BinaryPrimitives.ReadInt32LittleEndian(bytes[Left..]);
        return new TwisterStream(generator, state, new MersenneTwister(words, MersenneTwister.Size + 1 - left));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Span<byte> bytes = state.bytes;
        for (int i = 0; i < MersenneTwister.Size; i++) BinaryPrimitives.WriteUInt64LittleEndian(bytes[(Words + 8 * i)..], Twister.State[i]);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[Left..], MersenneTwister.Size + 1 - Twister.Next);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[Next..], (ulong)Twister.Next);
        generator.set_state(state);
        state.Dispose();
    }
}
