using System.Runtime.InteropServices;
using System.Security.Cryptography;
using ReparamPS.Native;
using ReparamPS.TorchGuard;
using TorchSharp;
using static TorchSharp.torch;

namespace ReparamPS.Torch.Randomness;

/// <summary>
/// A private stream of random numbers. libtorch's global generator is not used, so the same seed always produces the same numbers, on every device: the primitives
/// draw on the CPU, as in PyTorch, and move the result to the device in one copy. A class with another generator overrides them.
/// </summary>
public class RandomSource : IDisposable
{
    private const double LargestPoissonRate = 1e15, LargestBinomialCount = 1e15, LargestRareVariance = 1e10;

    // Taking over the generator's state costs as much as this many numbers.
    private const long FewestForTwister = 1000;

    private Generator? generator;

    /// <summary>Creates the stream.</summary>
    /// <param name="seed">The seed; null takes one from the operating system, which <see cref="Seed"/> returns.</param>
    /// <param name="device">The device of the draws; null for the CPU.</param>
    public RandomSource(long? seed = null, Device? device = null)
    {
        NativeLibraries.LoadTorch();
        Device = device ?? CPU;
        Seed = seed ?? RandomNumberGenerator.GetInt32(int.MaxValue);
    }

    /// <summary>Opens the stream of a generator.</summary>
    /// <param name="seed">The seed; null takes one from the operating system.</param>
    /// <param name="generator">The generator.</param>
    /// <param name="device">The device of the draws; null for the CPU.</param>
    /// <param name="cancellation">Ends what draws from the stream, before its next primitive.</param>
    public static RandomSource Open(long? seed, RandomGenerator generator, Device? device = null, CancellationToken cancellation = default) =>
        generator == RandomGenerator.Philox ? new PhiloxSource(seed, device) { Cancellation = cancellation } : new RandomSource(seed, device) { Cancellation = cancellation };

    /// <summary>A stream of counter-based numbers, the fastest for much noise at once, with a seed drawn from this stream.</summary>
    internal RandomSource Branch()
    {
        using Tensor drawn = UniformOnHost([2], ScalarType.Float64);
        double[] parts = ManagedValues.ToDoubles(drawn);
        return Open((long)(parts[0] * (1L << 31)) << 32 | (long)(parts[1] * (1L << 32)), RandomGenerator.Philox, Device, Cancellation);
    }

    /// <summary>The seed of the stream.</summary>
    public long Seed { get; }

    /// <summary>The device of the draws.</summary>
    public Device Device { get; }

    /// <summary>Notes parameters with which a draw does not move smoothly at the same noise: its gradient in them, if it has one, is implicit.</summary>
    internal virtual void NoteImplicit(params Tensor[] parameters) { }

    /// <summary>Whether a draw was made by libtorch's generator.</summary>
    internal bool UsedTorch => generator is not null;

    /// <summary>Ends what draws from the stream, before its next primitive.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>Standard normal draws.</summary>
    public virtual Tensor Normal(long[] shape, ScalarType dtype) => OnDevice(NormalOnHost(shape, dtype));

    /// <summary>Uniform draws on [0, 1).</summary>
    public virtual Tensor Uniform(long[] shape, ScalarType dtype) => OnDevice(UniformOnHost(shape, dtype));

    /// <summary>Uniform draws on the open interval from the smallest normal number to 1 − ε, safe for logarithms (as for PyTorch's Gumbel).</summary>
    public Tensor OpenUniform(long[] shape, ScalarType dtype)
    {
        double tiny = TorchTypes.Tiny(dtype);
        return Uniform(shape, dtype).mul_(1 - TorchTypes.Epsilon(dtype) - tiny).add_(tiny);
    }

    /// <summary>Standard exponential draws.</summary>
    public virtual Tensor Exponential(long[] shape, ScalarType dtype) =>
        // The same draws as libtorch, −log(1 − u), but vectorized: libtorch's exponential_ is a serial loop. In float32, that loop draws in double precision.
        OnDevice(dtype == ScalarType.Float64 ? UniformOnHost(shape, dtype).neg_().log1p_().neg_() : empty(shape, dtype, CPU).exponential_(1, Next()));

    /// <summary>Standard Cauchy draws.</summary>
    public virtual Tensor Cauchy(long[] shape, ScalarType dtype) => OnDevice(empty(shape, dtype, CPU).cauchy_(0, 1, Next()));

    /// <summary>Gamma(concentration, 1) draws, differentiable in the concentration by libtorch's implicit gradient.</summary>
    public virtual Tensor StandardGamma(Tensor concentration) => OnDevice(GammaOnHost(OnHost(concentration)));

    /// <summary>0 or 1 with the given probabilities of a 1.</summary>
    public virtual Tensor Bernoulli(Tensor probs) =>
        // The same draws each way. The last one spares the probabilities' way to the CPU, which would wait for the device.
        !HostMemory.Holds(Device.type) ? (Uniform(probs.shape, probs.dtype) < probs).to(probs.dtype)
            : probs.dtype == ScalarType.Float64 && probs.numel() >= FewestForTwister ? UniformOnHost(probs.shape, probs.dtype).lt_(probs.detach())
            : bernoulli(probs, Next());

    /// <summary>Poisson draws with the given rates.</summary>
    public virtual Tensor Poisson(Tensor rate)
    {
        Tensor rates = OnHost(rate), isLarge = rates > LargestPoissonRate;
        if (!TensorQuestions.Any(isLarge)) return OnDevice(PoissonOnHost(rates));
        // libtorch counts in 64 bits; at such rates a rounded normal is a Poisson to all digits.
        Tensor small = OnDevice(PoissonOnHost(rates.clamp(max: LargestPoissonRate)));
        return TensorChoice.Where(rate > LargestPoissonRate, (rate + rate.sqrt() * Normal(rate.shape, rate.dtype)).round().clamp_max(TorchTypes.Largest(rate.dtype)), small);
    }

    /// <summary>Binomial draws with the given counts and probabilities.</summary>
    public virtual Tensor Binomial(Tensor count, Tensor probs)
    {
        Tensor counts = OnHost(count), isLarge = counts > LargestBinomialCount;
        if (!TensorQuestions.Any(isLarge)) return OnDevice(BinomialOnHost(counts, OnHost(probs)));
        Tensor small = BinomialOnHost(counts.clamp(max: LargestBinomialCount), OnHost(probs)), large = LargeBinomial(counts.to(ScalarType.Float64), OnHost(probs).to(ScalarType.Float64));
        return OnDevice(TensorChoice.Where(isLarge, large.to(count.dtype), small));
    }

    // libtorch's rejection compares sums that cancel at such counts. There a binomial is a rounded normal or, of a rare outcome, a Poisson, to about 1e-6 in the CDF.
    private Tensor LargeBinomial(Tensor count, Tensor probs)
    {
        Tensor rare = minimum(probs, 1 - probs), mean = count * rare, variance = mean * (1 - rare), isRare = variance < LargestRareVariance;
        Tensor normal = (mean + variance.sqrt() * NormalOnHost(mean.shape, mean.dtype)).round();
        Tensor drawn = minimum(TensorChoice.Where(isRare, PoissonOnHost(mean.masked_fill(~isRare, 0)), normal.clamp_min(0)), count);
        return TensorChoice.Where(probs > 0.5, count - drawn, drawn);
    }

    /// <summary>Draws of category indices (int64, shape [rows, draws]) with replacement from a matrix of probabilities (shape [rows, categories]).</summary>
    public virtual Tensor Categorical(Tensor probs, long draws) => OnDevice(CategoricalOnHost(OnHost(probs), draws));

    /// <summary>The numbers from 0 up to a count (int64, on the CPU) in random order.</summary>
    public virtual Tensor Permutation(long count) => randperm(count, ScalarType.Int64, CPU, generator: Next());

    /// <summary>Overwrites a tensor on the CPU with standard normal draws.</summary>
    public virtual void FillNormal(Tensor target) => target.normal_(0, 1, Next());

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases what the stream holds.</summary>
    protected virtual void Dispose(bool disposing) => generator?.Dispose();

    /// <summary>Standard normal draws that stay on the CPU.</summary>
    protected virtual Tensor NormalOnHost(long[] shape, ScalarType dtype) => randn(shape, dtype, CPU, generator: Next());

    /// <summary>Gamma(concentration, 1) draws on the CPU.</summary>
    protected virtual Tensor GammaOnHost(Tensor concentration) => _standard_gamma(concentration, Next());

    /// <summary>Poisson draws on the CPU, of rates up to 10^15.</summary>
    protected virtual Tensor PoissonOnHost(Tensor rate) => poisson(rate, Next());

    /// <summary>Binomial draws on the CPU.</summary>
    protected virtual Tensor BinomialOnHost(Tensor count, Tensor probs) => binomial(count, probs, Next());

    /// <summary>Category indices on the CPU.</summary>
    protected virtual Tensor CategoricalOnHost(Tensor probs, long draws) => multinomial(probs, draws, replacement: true, Next());

    /// <summary>Uniform draws on [0, 1) that stay on the CPU.</summary>
    protected virtual Tensor UniformOnHost(long[] shape, ScalarType dtype)
    {
        // Both ways draw the same numbers.
        if (dtype != ScalarType.Float64 || !HostMemory.Holds(DeviceType.CPU) || TensorShapes.Count(shape) is < FewestForTwister or > int.MaxValue / sizeof(double)) return rand(shape, dtype, CPU, generator: Next());
        Tensor draws = empty(shape, dtype, CPU);
        using var stream = TwisterStream.Of(Next());
        stream.Twister.Fill(MemoryMarshal.Cast<byte, double>(draws.bytes));
        return draws;
    }

    /// <summary>
    /// The stream as the generator that it is, for samplers that read it faster in another order; null if it is another one, the draws go to a device, or they are too few or too many.
    /// </summary>
    internal TwisterStream? Twister(long count) =>
        GetType() == typeof(RandomSource) && HostMemory.Holds(Device.type) && count is >= FewestForTwister and < int.MaxValue / sizeof(double) ? TwisterStream.Of(Next()) : null;

    /// <summary>Moves a draw to the device in one copy. On the CPU this is the draw itself.</summary>
    protected virtual Tensor OnDevice(Tensor drawn)
    {
        if (HostMemory.Holds(Device.type)) return drawn;
        if (Device.type == DeviceType.CPU)
        {
            // Stands for another device.
            DeviceWaits.Add();
            return drawn;
        }
        using (drawn) return drawn.to(Device);
    }

    // A parameter on the meta device has no values: any valid ones give its draws their shape.
    private protected static Tensor OnHost(Tensor parameter) => parameter.device_type switch
    {
        DeviceType.CPU => parameter,
        DeviceType.META => ones(parameter.shape, parameter.dtype, CPU),
        _ => parameter.to(CPU),
    };

    private Generator Next()
    {
        Cancellation.ThrowIfCancellationRequested();
        // Always on the CPU: TorchSharp's generators ignore their device.
        return generator ??= new Generator(unchecked((ulong)Seed), CPU);
    }
}
