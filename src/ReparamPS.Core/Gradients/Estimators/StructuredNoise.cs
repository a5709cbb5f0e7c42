using ReparamPS.Numerics.Points;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Gradients.Estimators;

/// <summary>A stream whose uniform numbers are spread over a known number of draws: in antithetic pairs, or by a Sobol sequence. All other draws are functions of them.</summary>
internal sealed class StructuredNoise : RandomSource
{
    private readonly RandomSource bits;
    private readonly long draws;
    private readonly DrawScheme scheme;
    private int nextDimension;

    /// <summary>Starts the stream.</summary>
    public StructuredNoise(RandomSeed seed, Device device, long draws, DrawScheme scheme) : base(seed.Value, device)
    {
        (bits, this.draws, this.scheme) = (seed.Open(), draws, scheme);
        if (scheme == DrawScheme.Antithetic && draws % 2 != 0) throw new ArgumentException($"Draws must be even for -Scheme Antithetic, which makes pairs of draws; got {draws}.", nameof(draws));
    }

    /// <inheritdoc/>
    public override Tensor Uniform(long[] shape, ScalarType dtype)
    {
        long total = TensorShapes.Count(shape);
        if (total % draws != 0) throw new UnstructuredSamplerException("Antithetic and Sobol draws need a sampler that uses the same number of random numbers for each draw. The sampler of this distribution does not. Use -Scheme Independent.");
        int each = (int)(total / draws);
        Tensor points = scheme == DrawScheme.Sobol ? SobolPoints(each) : AntitheticPoints(each);
        return points.reshape(shape).to(dtype, Device);
    }

    /// <inheritdoc/>
    public override Tensor Normal(long[] shape, ScalarType dtype) => special.ndtri(Uniform(shape, ScalarType.Float64)).to(dtype);

    /// <inheritdoc/>
    public override Tensor Exponential(long[] shape, ScalarType dtype) => -(-Uniform(shape, ScalarType.Float64)).log1p().to(dtype);

    /// <inheritdoc/>
    public override Tensor Cauchy(long[] shape, ScalarType dtype) => (Math.PI * (Uniform(shape, ScalarType.Float64) - 0.5)).tan().to(dtype);

    /// <inheritdoc/>
    public override Tensor Bernoulli(Tensor probs) => (Uniform(probs.shape, probs.dtype) < probs).to(probs.dtype);

    /// <inheritdoc/>
    public override Tensor Categorical(Tensor probs, long count)
    {
        long rows = probs.shape[0];
        Tensor uniform = count == draws ? Uniform([count, rows], probs.dtype).t() : Uniform([rows, count], probs.dtype);
        Tensor sums = (probs / probs.sum(1, keepdim: true)).cumsum(1).narrow(1, 0, probs.shape[1] - 1);
        return (uniform.unsqueeze(2) >= sums.unsqueeze(1)).sum(2);
    }

    /// <inheritdoc/>
    public override Tensor StandardGamma(Tensor concentration) => throw Rejects("gamma");

    /// <inheritdoc/>
    public override Tensor Poisson(Tensor rate) => throw Rejects("Poisson");

    /// <inheritdoc/>
    public override Tensor Binomial(Tensor count, Tensor probs) => throw Rejects("binomial");

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        bits.Dispose();
        base.Dispose(disposing);
    }

    private static UnstructuredSamplerException Rejects(string name) =>
        new($"Antithetic and Sobol draws need a sampler that uses the same number of random numbers for each draw. This distribution draws {name} numbers, by rejection, so that number varies. Use -Scheme Independent.");

    private Tensor AntitheticPoints(int each)
    {
        // Half a step away from both ends, so that the mirrored half stays below 1.
        Tensor half = bits.Uniform([draws / 2, each], ScalarType.Float64) * (1 - Math.Pow(2, -52)) + Math.Pow(2, -53);
        return cat([half, 1 - half]);
    }

    private Tensor SobolPoints(int each)
    {
        if (draws * each > Array.MaxLength) throw new ArgumentException($"Draws times the random numbers per draw must be at most {Array.MaxLength} for -Scheme Sobol; got {draws} × {each}. Use fewer -Draws, or -Scheme Independent.", nameof(draws));
        double[] points = new double[draws * each];
        for (int column = 0; column < each; column++, nextDimension++)
        {
            if (nextDimension >= SobolCoordinate.MaxDimensions)
                throw new NotSupportedException($"Sobol draws have at most {SobolCoordinate.MaxDimensions} dimensions of noise per draw, and this distribution needs more. Use -Scheme Independent or Antithetic.");
            var coordinate = new SobolCoordinate(nextDimension, RandomBits);
            for (long i = column; i < points.Length; i += each) points[i] = coordinate.Next();
        }
        return tensor(points, [draws, each], ScalarType.Float64, CPU);
    }

    private uint RandomBits()
    {
        using Tensor number = bits.Uniform([1], ScalarType.Float64);
        return (uint)(number.item<double>() * 4294967296.0);
    }
}

/// <summary>A sampler's draws are not a function of a fixed number of uniform numbers, so antithetic and Sobol noise do not apply.</summary>
internal sealed class UnstructuredSamplerException(string message) : NotSupportedException(message);
