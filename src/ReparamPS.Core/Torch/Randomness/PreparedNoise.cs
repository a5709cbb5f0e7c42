using static TorchSharp.torch;

namespace ReparamPS.Torch.Randomness;

/// <summary>A stream that yields numbers made ahead, all at once: one draw that takes one primitive does not wait for its device.</summary>
internal sealed class PreparedNoise(Tensor numbers) : RandomSource(0, numbers.device)
{
    private bool isUsed;

    /// <inheritdoc/>
    public override Tensor Uniform(long[] shape, ScalarType dtype) => Take(shape);

    /// <inheritdoc/>
    public override Tensor Normal(long[] shape, ScalarType dtype) => Take(shape);

    /// <inheritdoc/>
    public override Tensor Exponential(long[] shape, ScalarType dtype) => Take(shape);

    // A copy, since samplers change their noise in place.
    private Tensor Take(long[] shape)
    {
        if (isUsed || !shape.SequenceEqual(numbers.shape)) throw new InvalidOperationException($"The draw needs noise of shape {TensorShapes.Format(shape)}; the prepared noise has shape {TensorShapes.Format(numbers.shape)} and is used once.");
        isUsed = true;
        return numbers.clone();
    }
}
