using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ReparamPS.Torch;
using static TorchSharp.torch;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace ReparamPS.Distributions;

/// <summary>The proposals of one round of <see cref="VonMisesSampler"/> for some elements, or for all.</summary>
internal sealed class VonMisesProposals : IDisposable
{
    private const int Block = 512;

    private readonly int[]? open;
    private readonly Tensor cosines;
    private readonly double[] kappa, r, levels, sides;
    private readonly bool[] isAccepted;

    /// <summary>Makes room for the uniform numbers.</summary>
    public VonMisesProposals(double[] kappa, double[] r, int[]? open, int all)
    {
        (this.kappa, this.r, this.open, Count) = (kappa, r, open, open?.Length ?? all);
        cosines = empty(Count, ScalarType.Float64, CPU);
        (levels, sides, isAccepted) = (new double[Count], new double[Count], new bool[Count]);
    }

    /// <summary>The number of elements.</summary>
    public int Count { get; }

    /// <summary>Uniform numbers; once judged, the cosines of the proposed angles.</summary>
    public Span<double> Cosines => Numbers(cosines);

    /// <summary>Uniform numbers that decide.</summary>
    public Span<double> Levels => levels;

    /// <summary>Uniform numbers that choose the sign.</summary>
    public Span<double> Sides => sides;

    /// <summary>Turns uniform numbers into the cosines of the proposed angles, and decides.</summary>
    public void Judge()
    {
        Each((from, to) =>
        {
            foreach (ref double number in Cosines[from..to]) number *= Math.PI;
        });
        // libtorch's cosines, so that draws are the same to the last bit.
        cosines.cos_();
        Each(Judge);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Judge(int from, int to)
    {
        Span<double> cosines = Cosines, ratios = stackalloc double[Block], rests = stackalloc double[Block];
        Span<int> undecided = stackalloc int[Block];
        for (int start = from; start < to; start += Block)
        {
            int end = Math.Min(start + Block, to), left = 0;
            for (int i = start; i < end; i++)
            {
                int element = open is null ? i : open[i];
                double cosine = cosines[i], envelope = r.Length == 1 ? r[0] : r[element], f = (1 + envelope * cosine) / (envelope + cosine);
                double c = (kappa.Length == 1 ? kappa[0] : kappa[element]) * (envelope - f);
                cosines[i] = Math.Clamp(f, -1, 1);
                bool isDecided = isAccepted[i] = c * (2 - c) > levels[i];
                (ratios[left], rests[left], undecided[left]) = (c / levels[i], c, i);
                left += isDecided ? 0 : 1;
            }
            TensorPrimitives.Log(ratios[..left], ratios);
            for (int i = 0; i < left; i++) isAccepted[undecided[i]] = ratios[i] + 1 - rests[i] >= 0;
        }
    }

    /// <summary>Writes the angles; those that are rejected, as well, since an earlier round replaces them.</summary>
    public void Write(Tensor angle)
    {
        cosines.acos_();
        Each((from, to) => Write(Numbers(angle), from, to));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Write(Span<double> angles, int from, int to)
    {
        ReadOnlySpan<double> found = Cosines;
        for (int i = from; i < to; i++)
        {
            double side = sides[i] - 0.5;
            angles[open is null ? i : open[i]] = side == 0 ? 0 : Math.CopySign(found[i], side);
        }
    }

    /// <summary>The elements that reject their proposal.</summary>
    public int[] Rejected()
    {
        int[] rejected = new int[isAccepted.AsSpan().Count(false)];
        int next = 0;
        for (int i = 0; i < Count && next < rejected.Length; i++)
        {
            if (!isAccepted[i]) rejected[next++] = open is null ? i : open[i];
        }
        return rejected;
    }

    /// <inheritdoc/>
    public void Dispose() => cosines.Dispose();

    private void Each(Action<int, int> part) => TorchThreads.Run(Count, 24L * Count, part);

    private static Span<double> Numbers(Tensor tensor) => MemoryMarshal.Cast<byte, double>(tensor.bytes);
}
