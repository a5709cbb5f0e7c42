using ReparamPS.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace ReparamPS.Vae;

/// <summary>
/// The gradient of −ELBO of a dense VAE with diagonal normal posterior, standard normal prior and Bernoulli likelihood, derived by hand: no graph, no
/// allocation, every product written where it is needed. It must agree with autograd over <see cref="VaeBound.Terms"/>, and a test holds it to that.
/// With z = m + s·ε, s = exp(v/2), δ = ∂loss/∂z and KL weight β: ∂loss/∂m = δ + β m and ∂loss/∂v = (δ ε s + β (s² − 1)) / 2.
/// </summary>
internal sealed class FusedVaeGradient : IVaeGradient
{
    private readonly TensorPool pool = new();
    private readonly VaeModel model;
    private readonly Layer[] layers;
    private readonly int rows, last;
    private readonly Tensor deviation, latent, latentDelta, statisticsDelta, meanDelta, logVarianceDelta, ones, flatLogits;
    private readonly Scalar half = 0.5, one = 1, perRow;
    private readonly double softplusThreshold;

    /// <summary>Prepares the buffers.</summary>
    /// <param name="model">The model.</param>
    /// <param name="gradient">Where gradients go: laid out as the model's parameters.</param>
    /// <param name="rows">Images a step.</param>
    public FusedVaeGradient(VaeModel model, FlatParameters gradient, int rows)
    {
        (this.model, this.rows, last) = (model, rows, model.LayerCount - 1);
        perRow = 1.0 / rows;
        ScalarType dtype = model.Options.ScalarType;
        // Above the threshold softplus is the identity, off by e^−threshold: below the rounding of the type.
        softplusThreshold = dtype == ScalarType.Float64 ? 40 : 20;
        int latentSize = model.Options.LatentSize;
        using var scope = NewDisposeScope();
        Tensor Buffer(long columns) => pool.Own(empty(rows, columns, dtype: dtype, device: model.Device));
        (deviation, latent, latentDelta, statisticsDelta) = (Buffer(latentSize), Buffer(latentSize), Buffer(latentSize), Buffer(2 * latentSize));
        meanDelta = pool.Own(statisticsDelta.narrow(1, 0, latentSize));
        logVarianceDelta = pool.Own(statisticsDelta.narrow(1, latentSize, latentSize));
        ones = pool.Own(torch.ones(1, rows, dtype: dtype, device: model.Device));
        layers = [.. Enumerable.Range(0, model.LayerCount).Select(Prepare)];
        flatLogits = pool.Own(layers[last].Output!.view(-1));

        Layer Prepare(int index)
        {
            (Tensor weight, Tensor bias) = model.Layer(index);
            long outputs = weight.shape[0];
            bool isStatistics = index == model.EncoderLayers - 1;
            return new Layer(
                weight, pool.Own(weight.t()), pool.Own(bias.expand(rows, outputs)),
                gradient.Views[2 * index], pool.Own(gradient.Views[2 * index + 1].view(1, outputs)),
                isStatistics ? null : Buffer(outputs), index == last ? null : isStatistics ? statisticsDelta : Buffer(outputs));
        }
    }

    /// <summary>Whether it is the gradient that settings ask for; what it isn't, autograd does.</summary>
    public static bool Fits(VaeOptions options) =>
        VaeOptions.Is(options.Likelihood, "bernoulli") && VaeOptions.Is(options.Prior, "normal") && VaeOptions.Is(options.Posterior, "normal")
        && VaeOptions.Is(options.Objective, "elbo") && options is { Samples: 1, FreeBits: 0 };

    /// <inheritdoc/>
    /// <remarks>The KL terms are left to the statistics, which are written.</remarks>
    public VaeTerms Compute(VaeBatch batch, double klWeight, RandomSource random)
    {
        Forward(batch);
        Tensor logLikelihood = LogLikelihood(batch);
        // ∂loss/∂logits = (sigmoid(logits) − x) / rows; nothing needs the logits any more.
        Tensor delta = layers[last].Output!.sigmoid_().sub_(batch.Images).mul_(perRow);
        for (int i = last; i > model.EncoderLayers; i--) delta = BackwardThrough(i, delta, layers[i - 1].Output!, layers[i - 1].Delta!);
        BackwardInto(model.EncoderLayers, delta, latent);
        latentDelta.addmm_(delta, layers[model.EncoderLayers].Weight, 0, 1);
        BackwardLatent(batch, klWeight);
        delta = statisticsDelta;
        for (int i = model.EncoderLayers - 1; i > 0; i--) delta = BackwardThrough(i, delta, layers[i - 1].Output!, layers[i - 1].Delta!);
        BackwardInto(0, delta, batch.Images);
        return new VaeTerms(logLikelihood, null);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        pool.Dispose();
        half.Dispose();
        one.Dispose();
        perRow.Dispose();
    }

    private void Forward(VaeBatch batch)
    {
        Tensor value = batch.Images;
        for (int i = 0; i <= last; i++)
        {
            Layer layer = layers[i];
            if (i == model.EncoderLayers)
            {
                deviation.copy_(batch.LogVariance).mul_(half).exp_();
                value = latent.copy_(batch.Mean).addcmul_(deviation, batch.Noise, one);
            }
            Tensor output = layer.Output ?? batch.Statistics;
            output.copy_(layer.BiasRows).addmm_(value, layer.TransposedWeight, 1, 1);
            if (model.IsHidden(i)) VaeActivations.ApplyInPlace(model.Options.Activation, output);
            value = output;
        }
    }

    private Tensor LogLikelihood(VaeBatch batch)
    {
        using Tensor softplus = flatLogits.softplus(1, softplusThreshold);
        using Tensor normalizer = softplus.sum();
        return batch.FlatImages.dot(flatLogits).sub_(normalizer);
    }

    private void BackwardLatent(VaeBatch batch, double klWeight)
    {
        using Scalar weight = klWeight / rows;
        meanDelta.copy_(latentDelta).add_(batch.Mean, weight);
        latentDelta.mul_(batch.Noise).add_(deviation, weight).mul_(deviation).sub_(weight);
        logVarianceDelta.copy_(latentDelta).mul_(half);
    }

    // Gradients of a layer's weights, and of the activation before it.
    private Tensor BackwardThrough(int index, Tensor delta, Tensor input, Tensor inputDelta)
    {
        BackwardInto(index, delta, input);
        inputDelta.addmm_(delta, layers[index].Weight, 0, 1);
        VaeActivations.MultiplyByDerivative(model.Options.Activation, inputDelta, input);
        return inputDelta;
    }

    private void BackwardInto(int index, Tensor delta, Tensor input)
    {
        using Tensor transposed = delta.t();
        layers[index].WeightGradient.addmm_(transposed, input, 0, 1);
        layers[index].BiasGradient.addmm_(ones, delta, 0, 1);
    }

    private sealed record Layer(
        Tensor Weight, Tensor TransposedWeight, Tensor BiasRows, Tensor WeightGradient, Tensor BiasGradient, Tensor? Output, Tensor? Delta);
}
