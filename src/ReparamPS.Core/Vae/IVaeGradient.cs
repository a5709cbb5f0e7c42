using ReparamPS.Vae.Steps;

namespace ReparamPS.Vae;

/// <summary>Computes gradients of a batch's mean loss into the buffer that the optimizer reads.</summary>
internal interface IVaeGradient : IDisposable
{
    /// <summary>Computes the gradient.</summary>
    /// <param name="batch">The step's inputs.</param>
    /// <param name="klWeight">The weight of the KL term.</param>
    /// <param name="sums">Told the sums of the batch's terms of the bound, for a report only.</param>
    void Compute(VaeBatch batch, double klWeight, VaeStepSums sums);
}
