using static TorchSharp.torch;

namespace ReparamPS.Vae.Objectives;

/// <summary>What training maximizes. It adds the gradient of the mean negative objective to the parameters' gradients.</summary>
internal abstract class Objective
{
    /// <summary>Whether it differs from the ELBO only with several draws per image.</summary>
    public virtual bool NeedsManyDraws => false;

    /// <summary>Computes the gradient.</summary>
    /// <param name="bound">The model's terms.</param>
    /// <param name="images">Intensities, one image per row.</param>
    /// <param name="noise">The posterior's noise, [samples, images, its numbers per draw].</param>
    /// <param name="klWeight">The weight of the KL term.</param>
    /// <returns>Reconstruction and KL term of each image, for the report.</returns>
    public abstract (Tensor Reconstruction, Tensor KlDivergence) Backward(VaeBound bound, Tensor images, Tensor noise, double klWeight);
}
