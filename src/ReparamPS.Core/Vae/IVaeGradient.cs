using ReparamPS.Runtime;
using static TorchSharp.torch;

namespace ReparamPS.Vae;

/// <summary>The sums of a batch's terms of the bound, scalars that stay on the device.</summary>
/// <param name="Reconstruction">log p(x | z), the mean over the draws.</param>
/// <param name="KlDivergence">The KL terms; null where the statistics in the batch have them.</param>
internal readonly record struct VaeTerms(Tensor Reconstruction, Tensor? KlDivergence);

/// <summary>Computes gradients of a batch's mean loss into the buffer that the optimizer reads.</summary>
internal interface IVaeGradient : IDisposable
{
    /// <summary>Computes the gradient.</summary>
    /// <param name="batch">The step's inputs.</param>
    /// <param name="klWeight">The weight of the KL term.</param>
    /// <param name="random">The stream that posteriors other than normals draw from.</param>
    VaeTerms Compute(VaeBatch batch, double klWeight, RandomSource random);
}
