using System.Security.Cryptography;
using ReparamPS.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace ReparamPS.Torch;

/// <summary>
/// A private stream of random numbers on one device. libtorch's global generator is not used, so the same seed on the same
/// device always produces the same numbers. The primitives draw as in PyTorch: equal seeds produce equal CPU draws.
/// </summary>
public class RandomSource : IDisposable
{
    private const double LargestPoissonRate = 1e15;

    private readonly Generator? generator;

    /// <summary>Creates the stream.</summary>
    /// <param name="seed">The seed; null takes one from the operating system, which <see cref="Seed"/> returns.</param>
    /// <param name="device">The device of the draws; null for the CPU.</param>
    public RandomSource(long? seed = null, Device? device = null)
    {
        NativeLibraries.LoadTorch();
        Device = device ?? CPU;
        Seed = seed ?? RandomNumberGenerator.GetInt32(int.MaxValue);
        if (Device.type != DeviceType.META) generator = new Generator(unchecked((ulong)Seed), Device);
    }

    /// <summary>The seed of the stream.</summary>
    public long Seed { get; }

    /// <summary>The device of the draws.</summary>
    public Device Device { get; }

    /// <summary>The libtorch generator behind the stream; null on the meta device, which does not draw.</summary>
    public Generator? Generator => generator;

    private bool IsMeta => Device.type == DeviceType.META;

    /// <summary>Standard normal draws.</summary>
    public virtual Tensor Normal(long[] shape, ScalarType dtype) => randn(shape, dtype, Device, generator: generator);

    /// <summary>Uniform draws on [0, 1).</summary>
    public virtual Tensor Uniform(long[] shape, ScalarType dtype) => rand(shape, dtype, Device, generator: generator);

    /// <summary>Uniform draws on the open interval from the smallest normal number to 1 − ε, safe for logarithms (as for PyTorch's Gumbel).</summary>
    public Tensor OpenUniform(long[] shape, ScalarType dtype)
    {
        double tiny = TorchTypes.Tiny(dtype);
        return Uniform(shape, dtype).mul_(1 - TorchTypes.Epsilon(dtype) - tiny).add_(tiny);
    }

    /// <summary>Standard exponential draws.</summary>
    public virtual Tensor Exponential(long[] shape, ScalarType dtype)
    {
        // The same CPU draws as libtorch, −log(1 − u), but vectorized: libtorch's exponential_ is a serial loop. In float32, that loop draws in double precision.
        if (dtype == ScalarType.Float64 && Device.type == DeviceType.CPU) return Uniform(shape, dtype).neg_().log1p_().neg_();
        Tensor result = empty(shape, dtype, Device);
        return IsMeta ? result : result.exponential_(1, generator);
    }

    /// <summary>Standard Cauchy draws.</summary>
    public virtual Tensor Cauchy(long[] shape, ScalarType dtype)
    {
        Tensor result = empty(shape, dtype, Device);
        return IsMeta ? result : result.cauchy_(0, 1, generator);
    }

    /// <summary>Gamma(concentration, 1) draws, differentiable in the concentration by libtorch's implicit gradient.</summary>
    public virtual Tensor StandardGamma(Tensor concentration) => IsMeta ? concentration.clone() : _standard_gamma(concentration, generator);

    /// <summary>0 or 1 with the given probabilities of a 1.</summary>
    public virtual Tensor Bernoulli(Tensor probs) => IsMeta ? empty_like(probs) : bernoulli(probs, generator);

    /// <summary>Poisson draws with the given rates.</summary>
    public virtual Tensor Poisson(Tensor rate)
    {
        if (IsMeta) return empty_like(rate);
        Tensor isLarge = rate > LargestPoissonRate;
        if (!TensorQuestions.Any(isLarge)) return poisson(rate, generator);
        // libtorch counts in 64 bits; at such rates a rounded normal is a Poisson to all digits.
        Tensor small = poisson(rate.clamp(max: LargestPoissonRate), generator);
        return TensorChoice.Where(isLarge, (rate + rate.sqrt() * Normal(rate.shape, rate.dtype)).round(), small);
    }

    /// <summary>Binomial draws with the given counts and probabilities.</summary>
    public virtual Tensor Binomial(Tensor count, Tensor probs) => IsMeta ? empty_like(probs) : binomial(count, probs, generator);

    /// <summary>Draws of category indices (int64, shape [rows, draws]) with replacement from a matrix of probabilities (shape [rows, categories]).</summary>
    public virtual Tensor Categorical(Tensor probs, long draws) => IsMeta
        ? empty(probs.shape[0], draws, dtype: ScalarType.Int64, device: Device)
        : multinomial(probs, draws, replacement: true, generator);

    /// <inheritdoc/>
    public void Dispose()
    {
        generator?.Dispose();
        GC.SuppressFinalize(this);
    }
}
