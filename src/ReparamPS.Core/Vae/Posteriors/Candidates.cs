using static TorchSharp.torch;

namespace ReparamPS.Vae.Posteriors;

/// <summary>Candidates of a rejection sampler along the last dimension.</summary>
internal static class Candidates
{
    /// <summary>The first accepted one, with a last dimension of 1; the first of all if none is.</summary>
    // The largest weight marks it; libtorch does not say which of several largest elements argmax returns.
    public static Tensor First(Tensor candidates, Tensor isAccepted)
    {
        Tensor weights = arange(candidates.shape[^1], 0, -1, ScalarType.Float64, candidates.device) * isAccepted.to(ScalarType.Float64);
        return candidates.gather(-1, weights.argmax(-1, keepdim: true));
    }
}
