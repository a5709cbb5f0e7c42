using static TorchSharp.torch;

namespace ReparamPS.Vae.Likelihoods;

/// <summary>p(x | z): the distribution of a pixel, given the decoder's output. Plain tensor operations, which keep the graph.</summary>
internal abstract class Likelihood : IDisposable
{
    /// <summary>Names and shapes of its learned parameters.</summary>
    public virtual IReadOnlyList<(string Name, long[] Shape)> Layout => [];

    /// <summary>Takes the tensors of its learned parameters, in the order of the layout, and sets them to their start.</summary>
    public virtual void Attach(IReadOnlyList<Tensor> parameters, ScalarType dtype, Device device) { }

    /// <summary>log p(x | z), summed over pixels.</summary>
    /// <param name="images">Intensities, of a shape that broadcasts with the output.</param>
    /// <param name="output">The decoder's output: logits, or means of a Gaussian.</param>
    public Tensor LogProbability(Tensor images, Tensor output)
    {
        using var scope = NewDisposeScope();
        return Terms(images, output).sum(-1).MoveToOuterDisposeScope();
    }

    /// <summary>The mean image of a decoder's output.</summary>
    public Tensor Mean(Tensor output)
    {
        using var scope = NewDisposeScope();
        return MeanOf(output).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public virtual void Dispose() { }

    /// <summary>The log-likelihood of each pixel.</summary>
    protected abstract Tensor Terms(Tensor images, Tensor output);

    /// <summary>The mean of each pixel.</summary>
    protected abstract Tensor MeanOf(Tensor output);
}
