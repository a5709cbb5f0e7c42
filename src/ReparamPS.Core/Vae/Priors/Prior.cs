using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Vae.Priors;

/// <summary>p(z): the distribution of latent points before an image is seen.</summary>
internal abstract class Prior
{
    /// <summary>Whether it is the fixed prior of the posterior, against which the KL term may have a closed form.</summary>
    public virtual bool IsFixed => false;

    /// <summary>Whether it fits posteriors on the real line only.</summary>
    public virtual bool NeedsRealLine => false;

    /// <summary>Names and shapes of its learned parameters.</summary>
    public virtual IReadOnlyList<(string Name, long[] Shape)> Layout => [];

    /// <summary>Takes the tensors of its learned parameters, in the order of the layout.</summary>
    public virtual void Attach(IReadOnlyList<Tensor> parameters) { }

    /// <summary>Sets the learned parameters to their start.</summary>
    public virtual void Initialize(RandomSource random) { }

    /// <summary>The log-density at draws of shape [samples, images, latent], as [samples, images].</summary>
    public abstract Tensor LogProbability(Tensor draws);

    /// <summary>Latent points, [count, latent].</summary>
    public abstract Tensor Draw(int count, ScalarType dtype, RandomSource random);
}
