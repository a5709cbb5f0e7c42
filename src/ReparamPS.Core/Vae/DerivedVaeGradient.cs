using System.Runtime.InteropServices;
using ReparamPS.Optimization;
using ReparamPS.Torch;
using ReparamPS.Vae.Likelihoods;
using ReparamPS.Vae.Objectives;
using ReparamPS.Vae.Posteriors;
using ReparamPS.Vae.Steps;
using static TorchSharp.torch;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace ReparamPS.Vae;

/// <summary>The gradient that is derived by hand: for which settings, and of which type.</summary>
internal static class DerivedVaeGradient
{
    /// <summary>Whether it computes the gradient of a model's objective; otherwise autograd does.</summary>
    public static bool Fits(VaeModel model) =>
        model.Likelihood is BernoulliLikelihood && model.Prior.IsFixed && model.Posterior is DiagonalNormalPosterior
        && model.Objective is BoundObjective { IsPlain: true } && model.Options.Samples == 1 && HostMemory.Holds(model.Device.type);

    /// <summary>Prepares the buffers.</summary>
    /// <param name="model">The model.</param>
    /// <param name="gradient">Where gradients go: laid out as the model's parameters.</param>
    /// <param name="rows">Images per step.</param>
    public static IVaeGradient Create(VaeModel model, FlatParameters gradient, int rows) => model.Options.ScalarType == ScalarType.Float64
        ? new DerivedVaeGradient<double>(model, gradient, rows)
        : new DerivedVaeGradient<float>(model, gradient, rows);
}

/// <summary>
/// The gradient of −ELBO of a dense VAE with diagonal normal posterior, standard normal prior and Bernoulli likelihood, in the host's memory: no graph, no
/// allocation, every product written where it is needed, and what lies between two products done in one pass. It must agree with autograd over
/// <see cref="VaeBound.Terms"/>, and a test holds it to that.
/// With z = m + s·ε, s = exp(v/2), δ = ∂loss/∂z and KL weight β: ∂loss/∂m = δ + β m and ∂loss/∂v = (δ ε s + β (s² − 1)) / 2.
/// </summary>
internal sealed class DerivedVaeGradient<T> : IVaeGradient where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
{
    private readonly TensorPool pool = new();
    private readonly VaeModel model;
    private readonly Layer[] layers;
    private readonly int rows, last, latentSize;
    private readonly bool isRelu;
    private readonly Tensor deviation, latent, latentDelta, scratch;
    private readonly double[] reconstructions;

    /// <inheritdoc cref="DerivedVaeGradient.Create"/>
    public DerivedVaeGradient(VaeModel model, FlatParameters gradient, int rows)
    {
        (this.model, this.rows, last, latentSize) = (model, rows, model.LayerCount - 1, model.Options.LatentSize);
        isRelu = model.Activation == Activation.Relu;
        reconstructions = new double[rows];
        using var scope = NewDisposeScope();
        Tensor Buffer(long columns) => pool.Own(empty(rows, columns, dtype: model.Options.ScalarType, device: CPU));
        (deviation, latent, latentDelta, scratch) = (Buffer(latentSize), Buffer(latentSize), Buffer(latentSize), Buffer(model.PixelCount));
        layers = [.. Enumerable.Range(0, model.LayerCount).Select(index =>
        {
            (Tensor weight, Tensor bias) = model.Layer(index);
            int outputs = (int)weight.shape[0];
            // The loss's slope takes the place of the last layer's output.
            Tensor output = Buffer(outputs), delta = index == last ? output : Buffer(outputs);
            return new Layer(outputs, weight, pool.Own(weight.t()), bias, gradient.Views[2 * index], gradient.Views[2 * index + 1], output, delta, pool.Own(delta.t()));
        })];
    }

    /// <inheritdoc/>
    public void Compute(VaeBatch batch, double klWeight, VaeStepSums sums)
    {
        int encoderLast = model.EncoderLayers - 1;
        for (int i = 0; i <= encoderLast; i++) Forward(i, i == 0 ? batch.Images : layers[i - 1].Output);
        double kl = Draw(layers[encoderLast].Output, batch.Noise);
        for (int i = encoderLast + 1; i <= last; i++) Forward(i, i == encoderLast + 1 ? latent : layers[i - 1].Output);
        double reconstruction = CompareWith(batch.Images);
        for (int i = last; i > encoderLast + 1; i--) Backward(i, layers[i - 1].Output, layers[i - 1].Delta);
        Backward(encoderLast + 1, latent, latentDelta);
        BackwardDraw(layers[encoderLast], batch.Noise, klWeight);
        for (int i = encoderLast; i > 0; i--) Backward(i, layers[i - 1].Output, layers[i - 1].Delta);
        Backward(0, batch.Images, null);
        sums.Add(reconstruction, kl);
    }

    /// <inheritdoc/>
    public void Dispose() => pool.Dispose();

    private static Span<T> Of(Tensor tensor) => MemoryMarshal.Cast<byte, T>(tensor.bytes);

    // Weights, bias and activation; the last layer's bias is added where its output is read.
    private void Forward(int index, Tensor input)
    {
        Layer layer = layers[index];
        layer.Output.addmm_(input, layer.TransposedWeight, 0, 1);
        VaePhases.End(VaePhase.Product, index);
        if (index == last) return;
        bool isHidden = model.IsHidden(index);
        TorchThreads.Run(rows, 2 * layer.Output.numel() * layer.Output.ElementSize, (start, end) =>
        {
            Span<T> bias = Of(layer.Bias), output = Of(layer.Output);
            for (int row = start; row < end; row++)
            {
                Span<T> values = output.Slice(row * layer.Outputs, layer.Outputs);
                TensorPrimitives.Add(values, bias, values);
                if (isHidden && isRelu) TensorPrimitives.Max(values, T.Zero, values);
            }
        });
        if (isHidden && !isRelu) model.Activation.ApplyInPlace(layer.Output);
        VaePhases.End(VaePhase.Activation, index);
    }

    // z = m + s·ε, and the sum of the KL terms.
    private double Draw(Tensor statistics, Tensor noise)
    {
        Span<T> all = Of(statistics), drawn = Of(latent), deviations = Of(deviation), normal = Of(noise);
        double kl = 0;
        T half = T.CreateChecked(0.5);
        for (int row = 0; row < rows; row++)
        {
            int at = row * latentSize;
            Span<T> mean = all.Slice(2 * at, latentSize), logVariance = all.Slice(2 * at + latentSize, latentSize), scale = deviations.Slice(at, latentSize);
            TensorPrimitives.Multiply(logVariance, half, scale);
            TensorPrimitives.Exp(scale, scale);
            TensorPrimitives.MultiplyAdd(scale, normal.Slice(at, latentSize), mean, drawn.Slice(at, latentSize));
            kl += double.CreateChecked(TensorPrimitives.SumOfSquares<T>(mean) + TensorPrimitives.SumOfSquares<T>(scale) - TensorPrimitives.Sum<T>(logVariance)) - latentSize;
        }
        VaePhases.End(VaePhase.Draw, model.EncoderLayers - 1);
        return kl / 2;
    }

    // The log-likelihood, and in place of the logits the slope of the mean loss.
    private double CompareWith(Tensor images)
    {
        Layer layer = layers[last];
        T perRow = T.One / T.CreateChecked(rows);
        TorchThreads.Run(rows, rows * layer.Outputs * images.ElementSize, (start, end) =>
        {
            Span<T> Part(Tensor tensor) => Of(tensor)[(start * layer.Outputs)..(end * layer.Outputs)];
            VaeSpans.Bernoulli(Part(layer.Output), Of(layer.Bias), Part(images), perRow, Part(scratch), reconstructions.AsSpan()[start..end]);
        });
        double sum = 0;
        foreach (double value in reconstructions) sum += value;
        VaePhases.End(VaePhase.Loss, last);
        return sum;
    }

    private void BackwardDraw(Layer statistics, Tensor noise, double klWeight)
    {
        Span<T> all = Of(statistics.Output), slopes = Of(statistics.Delta), delta = Of(latentDelta), deviations = Of(deviation), normal = Of(noise);
        T weight = T.CreateChecked(klWeight / rows), half = T.CreateChecked(0.5);
        for (int row = 0; row < rows; row++)
        {
            for (int i = 0; i < latentSize; i++)
            {
                int at = row * latentSize + i, mean = 2 * row * latentSize + i;
                T scale = deviations[at];
                slopes[mean] = delta[at] + weight * all[mean];
                slopes[mean + latentSize] = half * (delta[at] * normal[at] * scale + weight * (scale * scale - T.One));
            }
        }
        VaePhases.End(VaePhase.DrawSlope, model.EncoderLayers - 1);
    }

    // Gradients of a layer's weights and bias, and of what went into it.
    private void Backward(int index, Tensor input, Tensor? inputDelta)
    {
        Layer layer = layers[index];
        layer.WeightGradient.addmm_(layer.TransposedDelta, input, 0, 1);
        VaePhases.End(VaePhase.WeightGradient, index);
        Span<T> bias = Of(layer.BiasGradient), delta = Of(layer.Delta);
        bias.Clear();
        for (int row = 0; row < rows; row++) TensorPrimitives.Add(bias, delta.Slice(row * layer.Outputs, layer.Outputs), bias);
        VaePhases.End(VaePhase.BiasGradient, index);
        if (inputDelta is null) return;
        inputDelta.addmm_(layer.Delta, layer.Weight, 0, 1);
        VaePhases.End(VaePhase.InputGradient, index);
        if (index == model.EncoderLayers) return;
        if (isRelu) VaeSpans.ZeroWhereNotPositive(Of(inputDelta), Of(input));
        else model.Activation.MultiplyByDerivative(inputDelta, input);
        VaePhases.End(VaePhase.ActivationSlope, index - 1);
    }

    private sealed record Layer(
        int Outputs, Tensor Weight, Tensor TransposedWeight, Tensor Bias, Tensor WeightGradient, Tensor BiasGradient, Tensor Output, Tensor Delta, Tensor TransposedDelta);
}
