using ReparamPS.Distributions.SpecialFunctions;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Distributions;

/// <summary>The noise of a sampler: draws from the seeded stream, in the element type and on the device of the distribution.</summary>
public sealed class DrawNoise
{
    private readonly RandomSource random;
    private readonly ScalarType dtype;

    internal DrawNoise(RandomSource random, ScalarType dtype) => (this.random, this.dtype) = (random, dtype);

    /// <summary>Uniform on (0, 1), open at both ends.</summary>
    public Tensor Uniform(params long[] shape) => random.OpenUniform(shape, dtype);

    /// <summary>Standard normal.</summary>
    public Tensor Normal(params long[] shape) => random.Normal(shape, dtype);

    /// <summary>Exponential with rate 1.</summary>
    public Tensor Exponential(params long[] shape) => random.Exponential(shape, dtype);

    /// <summary>Gamma(concentration, 1), with the implicit gradient in the concentration.</summary>
    /// <param name="concentration">Positive; broadcasts to the shape.</param>
    /// <param name="shape">The shape of the draws.</param>
    public Tensor Gamma(Tensor concentration, params long[] shape) => concentration.dim() <= shape.Length
        ? GammaMath.StandardDraw(concentration, shape, random)
        : throw new ShapeMismatchException($"Gamma takes the concentration and the shape, as in $noise.Gamma($p.Concentration, $shape); got a concentration of shape {TensorShapes.Format(concentration.shape)} for draws of shape {TensorShapes.Format(shape)}.", nameof(concentration));

    /// <summary>Draws of another distribution, with its gradient if it has one.</summary>
    /// <param name="distribution">The distribution; its batch broadcasts to the shape.</param>
    /// <param name="shape">The shape of the draws.</param>
    public Tensor From(Distribution distribution, params long[] shape)
    {
        Distribution wide = distribution.Expand(shape[..^distribution.EventShape.Length]);
        return wide.HasRSample ? wide.RSample([], random) : wide.Sample([], random);
    }

    /// <inheritdoc cref="Gamma(Tensor, long[])"/>
    public Tensor Gamma(double concentration, params long[] shape) => Gamma(full([], concentration, dtype, random.Device), shape);
}
