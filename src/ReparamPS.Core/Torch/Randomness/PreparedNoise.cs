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
        if (isUsed) throw new InvalidOperationException("The noise given for one draw is already used. Give new noise for each draw.");
        if (!shape.SequenceEqual(numbers.shape)) throw new InvalidOperationException($"The draw needs noise of shape {TensorShapes.Format(shape)}; got noise of shape {TensorShapes.Format(numbers.shape)}.");
        isUsed = true;
        return numbers.clone();
    }
}
