using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ReparamPS.Torch;
using static TorchSharp.torch;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace ReparamPS.Distributions;

/// <summary>The proposals of a round of <see cref="VonMisesSampler"/> for the open elements: at first all, then those that rejected their proposals.</summary>
internal sealed class VonMisesProposals : IDisposable
{
    private const int Block = 512;

    private readonly Tensor cosines, angles;
    private readonly int all;
    private readonly double[] kappa, r, numbers;
    private readonly bool[] isAccepted;
    private readonly sbyte[] signs;
    private readonly int[] open;

    /// <summary>Makes room for the uniform numbers; all elements are open.</summary>
    public VonMisesProposals(double[] kappa, double[] r, int all)
    {
        (this.kappa, this.r, this.all, Count) = (kappa, r, all, all);
        (cosines, angles) = (empty(all, ScalarType.Float64, CPU), empty(all, ScalarType.Float64, CPU));
        // Reused from draw to draw: fresh memory costs as much as the arithmetic.
        (numbers, isAccepted, signs, open) = (Rent<double>(all), Rent<bool>(all), Rent<sbyte>(all), Rent<int>(all));
    }

    /// <summary>The number of open elements.</summary>
    public int Count { get; private set; }

    /// <summary>All elements are open; they are not listed.</summary>
    public bool AreAllOpen { get; private set; } = true;

    /// <summary>The open elements, increasing.</summary>
    public ReadOnlySpan<int> Open => open.AsSpan(0, Count);

    /// <summary>Uniform numbers; once judged, the cosines of the proposed angles.</summary>
    public Span<double> Cosines => Values(cosines)[..Count];

    /// <summary>Uniform numbers: until the proposals are judged, those that decide, then those that choose the sign.</summary>
    public Span<double> Numbers => numbers.AsSpan(0, Count);

    /// <summary>The index of the first open element from an element on.</summary>
    public int IndexOf(int element)
    {
        int index = Open.BinarySearch(element);
        return index < 0 ? ~index : index;
    }

    /// <summary>Turns uniform numbers into the cosines of the proposed angles, and decides.</summary>
    public void Judge()
    {
        // libtorch's cosines, so that draws are the same to the last bit.
        using (Tensor proposed = cosines.narrow(0, 0, Count)) proposed.mul_(Math.PI).cos_();
        Each(Judge);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Judge(int from, int to)
    {
        Span<double> first = stackalloc double[Block], second = stackalloc double[Block], third = stackalloc double[Block], fourth = stackalloc double[Block];
        Span<int> undecided = stackalloc int[Block];
        for (int start = from; start < to; start += Block)
        {
            int end = Math.Min(start + Block, to), left = 0;
            Span<double> cosine = Cosines[start..end], rest = third[..cosine.Length], sure = fourth[..cosine.Length];
            ReadOnlySpan<double> envelope = Of(r, start, end, first), concentration = Of(kappa, start, end, second), level = numbers.AsSpan(start..end);
            // f = (1 + r cos) / (r + cos), c = κ (r − f)
            TensorPrimitives.Add(envelope, cosine, rest);
            TensorPrimitives.Multiply(envelope, cosine, cosine);
            TensorPrimitives.Add(cosine, 1, cosine);
            TensorPrimitives.Divide(cosine, rest, cosine);
            TensorPrimitives.Subtract(envelope, cosine, rest);
            TensorPrimitives.Multiply(rest, concentration, rest);
            TensorPrimitives.Min(cosine, 1, cosine);
            TensorPrimitives.Max(cosine, -1, cosine);
            // Most are decided by c (2 − c) alone, without the logarithm.
            TensorPrimitives.Negate(rest, sure);
            TensorPrimitives.Add(sure, 2, sure);
            TensorPrimitives.Multiply(sure, rest, sure);
            for (int i = 0; i < sure.Length; i++)
            {
                bool isSure = isAccepted[start + i] = sure[i] > level[i];
                undecided[left] = i;
                left += isSure ? 0 : 1;
            }
            for (int i = 0; i < left; i++) sure[i] = rest[undecided[i]] / level[undecided[i]];
            TensorPrimitives.Log(sure[..left], sure);
            for (int i = 0; i < left; i++) isAccepted[start + undecided[i]] = sure[i] + 1 - rest[undecided[i]] >= 0;
        }
    }

    // The parameter of each open element of a block.
    private ReadOnlySpan<double> Of(double[] parameter, int start, int end, Span<double> room)
    {
        if (parameter.Length > 1 && AreAllOpen) return parameter.AsSpan(start..end);
        room = room[..(end - start)];
        if (parameter.Length == 1) room.Fill(parameter[0]);
        else for (int i = 0; i < room.Length; i++) room[i] = parameter[open[start + i]];
        return room;
    }

    /// <summary>Keeps the proposals as the angles; those that are rejected, as well, since an earlier round replaces them.</summary>
    public void Accept() => Each((from, to) => Accept(Values(angles), from, to));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Accept(Span<double> angles, int from, int to)
    {
        ReadOnlySpan<double> found = Cosines;
        for (int i = from; i < to; i++)
        {
            int element = AreAllOpen ? i : open[i];
            (angles[element], signs[element]) = (found[i], (sbyte)Math.Sign(numbers[i] - 0.5));
        }
    }

    /// <summary>The angles of all elements.</summary>
    public Tensor Angles()
    {
        angles.acos_();
        TorchThreads.Run(all, 16L * all, (from, to) => Turn(Values(angles)[from..to], signs.AsSpan(from..to)));
        return angles;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Turn(Span<double> angles, ReadOnlySpan<sbyte> signs)
    {
        for (int i = 0; i < angles.Length; i++) angles[i] *= signs[i];
    }

    /// <summary>Opens the elements that rejected their proposals, and no other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void KeepRejected()
    {
        int next = 0;
        for (int i = 0; i < Count; i++)
        {
            open[next] = AreAllOpen ? i : open[i];
            next += isAccepted[i] ? 0 : 1;
        }
        (Count, AreAllOpen) = (next, false);
    }

    /// <summary>Opens all elements.</summary>
    public void OpenAll() => (Count, AreAllOpen) = (all, true);

    /// <summary>Frees the uniform numbers; the angles belong to the caller.</summary>
    public void Dispose()
    {
        cosines.Dispose();
        ArrayPool<double>.Shared.Return(numbers);
        ArrayPool<bool>.Shared.Return(isAccepted);
        ArrayPool<sbyte>.Shared.Return(signs);
        ArrayPool<int>.Shared.Return(open);
    }

    private void Each(Action<int, int> part) => TorchThreads.Run(Count, 24L * Count, part);

    private static T[] Rent<T>(int size) => ArrayPool<T>.Shared.Rent(size);

    private static Span<double> Values(Tensor tensor) => MemoryMarshal.Cast<byte, double>(tensor.bytes);
}
