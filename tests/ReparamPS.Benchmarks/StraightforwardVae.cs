using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ReparamPS.Benchmarks;

/// <summary>The VAE as one writes it in TorchSharp: modules, autograd, TorchSharp's Adam. What training is compared with.</summary>
internal sealed class StraightforwardVae : IDisposable
{
    private readonly Linear hidden, mean, logVariance, decoderHidden, decoderOut;
    private readonly optim.Optimizer optimizer;
    private readonly Generator generator = new(1UL, CPU);

    public StraightforwardVae(int pixels, int hiddenSize, int latentSize, double learningRate)
    {
        hidden = nn.Linear(pixels, hiddenSize);
        mean = nn.Linear(hiddenSize, latentSize);
        logVariance = nn.Linear(hiddenSize, latentSize);
        decoderHidden = nn.Linear(latentSize, hiddenSize);
        decoderOut = nn.Linear(hiddenSize, pixels);
        optimizer = optim.Adam(new[] { hidden, mean, logVariance, decoderHidden, decoderOut }.SelectMany(layer => layer.parameters()), learningRate);
    }

    public double Step(Tensor images)
    {
        using var scope = NewDisposeScope();
        optimizer.zero_grad();
        Tensor h = nn.functional.relu(hidden.call(images));
        Tensor m = mean.call(h), v = logVariance.call(h);
        Tensor z = m + (v * 0.5).exp() * randn(m.shape, generator: generator);
        Tensor logits = decoderOut.call(nn.functional.relu(decoderHidden.call(z)));
        Tensor reconstruction = nn.functional.binary_cross_entropy_with_logits(logits, images, reduction: nn.Reduction.Sum);
        Tensor kl = -0.5 * (1 + v - m.pow(2) - v.exp()).sum();
        Tensor loss = (reconstruction + kl) / images.shape[0];
        loss.backward();
        optimizer.step();
        return loss.item<float>();
    }

    public void Dispose()
    {
        foreach (Linear layer in new[] { hidden, mean, logVariance, decoderHidden, decoderOut }) layer.Dispose();
        optimizer.Dispose();
        generator.Dispose();
    }
}
