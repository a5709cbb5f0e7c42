using System.Runtime.InteropServices;
using ReparamPS.Numerics.Philox;
using static TorchSharp.torch;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace ReparamPS.Torch.Randomness;

/// <summary>
/// A stream of Philox 4×32-10. Each call has counters of its own, and a draw depends on seed, call and place alone: the numbers are the same for any number of threads, and a longer draw
/// begins with a shorter one. Float32 draws are those of float64, rounded; uniform ones are rounded down.
/// </summary>
internal sealed class PhiloxSource(long? seed, Device? device) : RandomSource(seed, device)
{
    // A multiple of the group size, so that every block begins at a counter; it fits into the first cache.
    private const int BlockSize = 1024;

    // A Span reaches two gigabytes.
    private const int MaxBlocks = 1 << 17;

    // Rejection takes this many times the work of a normal draw.
    private const int RejectionWork = 8;

    private uint call;

    private delegate void Filling(Span<double> draws, long position);

    /// <inheritdoc/>
    protected override Tensor NormalOnHost(long[] shape, ScalarType dtype) => Draw<NormalKernel>(shape, dtype);

    /// <inheritdoc/>
    public override Tensor Exponential(long[] shape, ScalarType dtype) => OnDevice(Draw<ExponentialKernel>(shape, dtype));

    /// <inheritdoc/>
    public override Tensor Cauchy(long[] shape, ScalarType dtype) => OnDevice(Draw<CauchyKernel>(shape, dtype));

    /// <inheritdoc/>
    public override Tensor Bernoulli(Tensor probs) => Uniform(probs.shape, probs.dtype).lt_(probs.detach());

    /// <inheritdoc/>
    public override Tensor Permutation(long count)
    {
        using Tensor keys = UniformOnHost([count], ScalarType.Float64);
        return keys.argsort();
    }

    /// <inheritdoc/>
    public override void FillNormal(Tensor target)
    {
        if (target.is_contiguous() && target.dtype is ScalarType.Float32 or ScalarType.Float64) Fill(target, 1, Next().Fill<NormalKernel>);
        else
        {
            using Tensor drawn = NormalOnHost(target.shape, target.dtype);
            target.copy_(drawn);
        }
    }

    /// <inheritdoc/>
    protected override Tensor UniformOnHost(long[] shape, ScalarType dtype) =>
        dtype == ScalarType.Float64 ? Draw<UniformKernel>(shape, dtype) : Draw<SingleUniformKernel>(shape, dtype);

    /// <inheritdoc/>
    protected override Tensor GammaOnHost(Tensor concentration)
    {
        PhiloxStream stream = Next();
        using Tensor given = Numbers(concentration);
        return Draw(concentration.shape, concentration.dtype, RejectionWork, (draws, start) =>
        {
            for (int done = 0; done < draws.Length; done += BlockSize)
            {
                Span<double> block = draws[done..Math.Min(done + BlockSize, draws.Length)];
                stream.FillGamma(block, Part(given, start + done, block.Length), start + done);
            }
        });
    }

    /// <summary>Von Mises draws around 0, in float64.</summary>
    /// <param name="concentration">The concentrations.</param>
    /// <param name="envelope">The parameter r of the wrapped Cauchy envelope, in the shape of the concentrations.</param>
    /// <param name="shape">The shape of the draws, to which both broadcast.</param>
    public Tensor VonMises(Tensor concentration, Tensor envelope, long[] shape)
    {
        PhiloxStream stream = Next();
        using Tensor concentrations = Numbers(TensorShapes.ExpandTo(OnHost(concentration), shape)), envelopes = Numbers(TensorShapes.ExpandTo(OnHost(envelope), shape));
        Tensor tangents = Draw(shape, ScalarType.Float64, RejectionWork, (draws, start) =>
        {
            for (int done = 0; done < draws.Length; done += BlockSize)
            {
                Span<double> block = draws[done..Math.Min(done + BlockSize, draws.Length)];
                PhiloxAngles.Fill(stream, block, Part(concentrations, start + done, block.Length), Part(envelopes, start + done, block.Length), start + done);
            }
        });
        return OnDevice(tangents.atan_().mul_(2));
    }

    /// <inheritdoc/>
    protected override Tensor PoissonOnHost(Tensor rate)
    {
        PhiloxStream stream = Next();
        using Tensor given = Numbers(rate);
        return Draw(rate.shape, rate.dtype, RejectionWork, (draws, start) =>
        {
            double[] rates = Part(given, start, draws.Length);
            for (int i = 0; i < draws.Length; i++) draws[i] = new PhiloxCounts(stream, start + i).Poisson(rates[rates.Length == 1 ? 0 : i]);
        });
    }

    /// <inheritdoc/>
    protected override Tensor BinomialOnHost(Tensor count, Tensor probs)
    {
        PhiloxStream stream = Next();
        Tensor[] both = [.. broadcast_tensors(count.detach(), probs.detach())];
        using Tensor counts = Numbers(both[0]), chances = Numbers(both[1]);
        return Draw(both[0].shape, both[0].dtype, RejectionWork, (draws, start) =>
        {
            double[] n = Part(counts, start, draws.Length), p = Part(chances, start, draws.Length);
            for (int i = 0; i < draws.Length; i++) draws[i] = new PhiloxCounts(stream, start + i).Binomial(n[n.Length == 1 ? 0 : i], p[p.Length == 1 ? 0 : i]);
        });
    }

    /// <inheritdoc/>
    protected override Tensor CategoricalOnHost(Tensor probs, long draws)
    {
        using var scope = NewDisposeScope();
        Tensor sums = probs.detach().to(ScalarType.Float64).cumsum(-1), total = sums.narrow(-1, probs.shape[^1] - 1, 1);
        // The first category whose sum is above the level: one of probability 0 is never chosen.
        // A longer draw begins with a shorter one, for each row of probabilities.
        Tensor levels = UniformOnHost([draws, .. probs.shape[..^1]], ScalarType.Float64).movedim([0], [-1]) * total;
        return searchsorted(sums.contiguous(), levels.contiguous(), right: true).clamp_(max: probs.shape[^1] - 1).MoveToOuterDisposeScope();
    }

    private PhiloxStream Next()
    {
        Cancellation.ThrowIfCancellationRequested();
        return new(unchecked((ulong)Seed), unchecked(call++));
    }

    private Tensor Draw<TKernel>(long[] shape, ScalarType dtype)
        where TKernel : struct, IPhiloxKernel => Draw(shape, dtype, 1, Next().Fill<TKernel>);

    private static Tensor Draw(long[] shape, ScalarType dtype, int work, Filling fill)
    {
        bool isSingle = dtype == ScalarType.Float32;
        Tensor drawn = empty(shape, isSingle ? dtype : ScalarType.Float64, CPU);
        Fill(drawn, work, fill);
        return drawn.dtype == dtype ? drawn : Convert(drawn, dtype);
    }

    private static void Fill(Tensor drawn, int work, Filling fill)
    {
        long count = drawn.numel(), blocks = (count + BlockSize - 1) / BlockSize;
        using (Tensor flat = drawn.view(-1))
        {
            for (long first = 0; first < blocks; first += MaxBlocks)
            {
                long start = first * BlockSize;
                using Tensor part = flat.narrow(0, start, Math.Min(count - start, (long)MaxBlocks * BlockSize));
                Tensor target = part;
                TorchThreads.Run((int)Math.Min(blocks - first, MaxBlocks), 8L * work * target.numel(), (from, to) => Fill(target, from, to, start, fill));
            }
        }
    }

    private static void Fill(Tensor target, int fromBlock, int toBlock, long start, Filling fill)
    {
        Span<byte> bytes = target.bytes;
        if (target.dtype == ScalarType.Float64)
        {
            Span<double> all = MemoryMarshal.Cast<byte, double>(bytes);
            fill(all[(fromBlock * BlockSize)..Math.Min(toBlock * BlockSize, all.Length)], start + (long)fromBlock * BlockSize);
            return;
        }
        Span<float> singles = MemoryMarshal.Cast<byte, float>(bytes);
        Span<double> buffer = stackalloc double[BlockSize];
        for (int block = fromBlock; block < toBlock; block++)
        {
            Span<float> to = singles[(block * BlockSize)..Math.Min((block + 1) * BlockSize, singles.Length)];
            fill(buffer[..to.Length], start + (long)block * BlockSize);
            TensorPrimitives.ConvertTruncating<double, float>(buffer[..to.Length], to);
        }
    }

    private static Tensor Convert(Tensor drawn, ScalarType dtype)
    {
        using (drawn) return drawn.to(dtype);
    }

    // A parameter as one number if all its elements are the same one, otherwise as all its elements in a row.
    private static Tensor Numbers(Tensor parameter)
    {
        using Tensor detached = parameter.detach();
        bool isShared = parameter.numel() > 0 && Enumerable.Range(0, (int)parameter.dim()).All(i => parameter.shape[i] == 1 || parameter.stride(i) == 0);
        using Tensor needed = isShared ? detached.as_strided([1], [1], parameter.storage_offset()) : detached.reshape(-1);
        using Tensor doubles = needed.to(ScalarType.Float64);
        return doubles.contiguous();
    }

    private static double[] Part(Tensor numbers, long start, int count)
    {
        using Tensor part = numbers.numel() == 1 ? numbers.alias() : numbers.narrow(0, start, count);
        return MemoryMarshal.Cast<byte, double>(part.bytes).ToArray();
    }
}
