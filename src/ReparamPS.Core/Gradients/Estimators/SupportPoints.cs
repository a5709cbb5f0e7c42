using ReparamPS.Distributions;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Gradients.Estimators;

/// <summary>All values of a discrete distribution, if they can be listed.</summary>
internal static class SupportPoints
{
    private const long MaxPoints = 65536;
    private const int LargestInteger = 4096;

    /// <summary>The points, shape points + batch + event; null if there are too many or the support is not discrete.</summary>
    public static Tensor? Of(Distribution distribution)
    {
        if (!distribution.Support.IsDiscrete) return null;
        if (distribution is TransformedDistribution transformed) return Of(transformed.BaseDistribution) is { } origins ? transformed.Pushed(origins) : null;
        long members = TensorShapes.Count(distribution.BatchShape);
        Tensor? single = distribution.EventShape.Length switch { 0 => Integers(distribution), 1 => Corners(distribution), _ => null };
        if (single is null || Math.Pow(single.shape[0], members) > MaxPoints) return null;
        Tensor[] axes = [.. Enumerable.Repeat(arange(single.shape[0], device: single.device), (int)members)];
        Tensor choices = members == 1 ? axes[0].unsqueeze(1) : cartesian_prod(axes).reshape(-1, members);
        return single.index_select(0, choices.flatten()).reshape([choices.shape[0], .. distribution.BatchShape, .. distribution.EventShape]);
    }

    // An infinite support is cut where the remaining probability is below rounding.
    private static Tensor? Integers(Distribution distribution)
    {
        Tensor candidates = arange(LargestInteger + 1, dtype: distribution.DType, device: distribution.Device);
        Tensor shaped = candidates.reshape([-1, .. distribution.BatchShape.Select(_ => 1L)]);
        Tensor inside = distribution.Support.Check(shaped.expand([candidates.shape[0], .. distribution.BatchShape])).reshape(candidates.shape[0], -1).any(1);
        Tensor points = candidates.masked_select(inside);
        if (!inside[-1].item<bool>()) return points;
        Tensor left = distribution.LogProb(shaped).exp().reshape(candidates.shape[0], -1).flip(0).cumsum(0).flip(0).amax(1);
        Tensor relevant = left > 1e-18;
        return relevant[-1].item<bool>() ? null : candidates.masked_select(relevant);
    }

    private static Tensor? Corners(Distribution distribution)
    {
        long size = distribution.EventShape[0];
        Tensor corners = eye(size, dtype: distribution.DType, device: distribution.Device);
        Tensor shaped = corners.reshape([size, .. distribution.BatchShape.Select(_ => 1L), size]);
        bool oneHot = distribution.Support.IsMetBy(corners) && !distribution.Support.IsMetBy(2 * corners) && !distribution.Support.IsMetBy(0 * corners);
        return oneHot && distribution.LogProb(shaped).exp().sum(dim: 0).allclose(ones(distribution.BatchShape, distribution.DType, distribution.Device)) ? corners : null;
    }
}
