using ReparamPS.Optimization;
using ReparamPS.Vae.Steps;
using static TorchSharp.torch;

namespace ReparamPS.Vae;

/// <summary>The gradient of any objective, by libtorch's autograd. The parameters' gradients are views of one buffer, as the parameters are.</summary>
internal sealed class AutogradVaeGradient : IVaeGradient
{
    private readonly VaeModel model;
    private readonly FlatParameters gradient;
    private readonly VaeOptions options;

    /// <summary>Lets the model's parameters require gradients.</summary>
    /// <param name="model">The model.</param>
    /// <param name="gradient">Where gradients go: laid out as the model's parameters.</param>
    public AutogradVaeGradient(VaeModel model, FlatParameters gradient)
    {
        (this.model, this.gradient, options) = (model, gradient, model.Options);
        for (int i = 0; i < gradient.Views.Count; i++)
        {
            model.Flat.Views[i].requires_grad_(true);
            model.Flat.Views[i].grad = gradient.Views[i];
        }
    }

    /// <inheritdoc/>
    public void Compute(VaeBatch batch, double klWeight, VaeStepSums sums)
    {
        gradient.Buffer.zero_();
        using var scope = NewDisposeScope();
        using var grad = enable_grad();
        Tensor noise = batch.Noise.view(batch.Rows, options.Samples, model.Posterior.NoiseSize).transpose(0, 1);
        (Tensor reconstruction, Tensor kl) = model.Objective.Backward(model.Bound, batch.Images, noise, klWeight);
        sums.Add(reconstruction.detach().sum().MoveToOuterDisposeScope(), kl.detach().sum().MoveToOuterDisposeScope());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Tensor view in model.Flat.Views) view.requires_grad_(false);
    }
}
