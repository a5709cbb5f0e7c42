using ReparamPS.Runtime;
using static TorchSharp.torch;

namespace ReparamPS.Vae;

/// <summary>Figures of a model on images that it was not trained on.</summary>
internal static class VaeEvaluation
{
    private const int RowsAtOnce = 1000;

    /// <summary>The mean evidence lower bound with one draw an image; the same model on the same images always draws the same noise.</summary>
    public static double Elbo(VaeModel model, Tensor images, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using RandomSource random = VaeRandom.Open(model.Options.Seed, VaeStream.Evaluation, model.Device);
        double sum = 0;
        long count = images.shape[0];
        for (long first = 0; first < count; first += RowsAtOnce)
        {
            cancellation.ThrowIfCancellationRequested();
            using var part = NewDisposeScope();
            Tensor rows = images.narrow(0, first, Math.Min(RowsAtOnce, count - first));
            Tensor noise = random.Normal([1, rows.shape[0], model.Options.LatentSize], model.Options.ScalarType);
            (Tensor reconstruction, Tensor kl) = VaeBound.Terms(model, rows, noise);
            sum += (reconstruction - kl).sum(ScalarType.Float64).item<double>();
        }
        return sum / count;
    }
}
