using System.Globalization;
using ReparamPS.Distributions;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Gradients.Estimators;

/// <summary>The values of a discrete distribution, if they can be listed.</summary>
/// <param name="Values">The values, shape points + batch + event.</param>
/// <param name="IsLast">Which points contain the last listed value of an infinite support; null if all values are listed.</param>
/// <param name="Rest">The share of the probability, and of all changes of probabilities, from the last listed value on.</param>
internal sealed record SupportPoints(Tensor Values, Tensor? IsLast, double Rest)
{
    private const long MaxPoints = 65536, MaxMembers = 16;
    private const int LargestInteger = 4096;
    private const double Negligible = 1e-18;
    private static readonly double Rounding = Math.Sqrt(TorchTypes.Epsilon(ScalarType.Float64));

    /// <summary>The values; null if there are too many, if they miss a part of the probability or of its changes, or if the support is not discrete.</summary>
    /// <param name="problem">The problem, in float64.</param>
    /// <param name="rest">An infinite support is listed until this share of the probability, and of its changes, remains; 1e-18 or less.</param>
    public static SupportPoints? Of(EstimationProblem problem, double rest)
    {
        Distribution distribution = problem.Distribution;
        if (distribution is TransformedDistribution { Support.IsDiscrete: true } transformed) return Of(problem.Of(transformed.BaseDistribution), rest) is { } origins ? origins with { Values = Pushed(transformed, origins.Values) } : null;
        long members = TensorShapes.Count(distribution.BatchShape);
        if (!distribution.Support.IsDiscrete || !distribution.HasLogProb || members is < 1 or > MaxMembers) return null;
        SupportPoints? single = OfOne(problem, rest);
        if (single is null || Math.Pow(single.Values.shape[0], members) > MaxPoints) return null;
        Tensor[] axes = [.. Enumerable.Repeat(arange(single.Values.shape[0], device: distribution.Device), (int)members)];
        Tensor choices = members == 1 ? axes[0].unsqueeze(1) : cartesian_prod(axes).reshape(-1, members);
        Tensor Chosen(Tensor of) => of.index_select(0, choices.flatten());
        return single with
        {
            Values = Chosen(single.Values).reshape([choices.shape[0], .. distribution.BatchShape, .. distribution.EventShape]),
            IsLast = single.IsLast is null ? null : Chosen(single.IsLast).reshape(-1, members).any(1),
        };
    }

    /// <summary>Why the values of a distribution cannot be listed.</summary>
    /// <param name="problem">The problem, in float64.</param>
    /// <param name="rest">As for <see cref="Of"/>.</param>
    public static string WhyNot(EstimationProblem problem, double rest)
    {
        Distribution distribution = problem.Distribution;
        if (distribution is TransformedDistribution { Support.IsDiscrete: true } transformed) return WhyNot(problem.Of(transformed.BaseDistribution), rest);
        long members = TensorShapes.Count(distribution.BatchShape);
        return !distribution.Support.IsDiscrete ? "its draws are not discrete"
            : !distribution.HasLogProb ? "it has no log-density"
            : members > MaxMembers ? string.Create(CultureInfo.InvariantCulture, $"its batch has {members} members; at most {MaxMembers} members are allowed, with at most {MaxPoints} combinations of their values")
            : members == 0 ? "its batch is empty"
            : OfOne(problem, rest) is not null ? string.Create(CultureInfo.InvariantCulture, $"its batch has more than {MaxPoints} combinations of values")
            : string.Create(CultureInfo.InvariantCulture, $"it lists only integers from 0 to {LargestInteger}, one-hot vectors, and transforms of these");
    }

    // The values of one member of the batch.
    private static SupportPoints? OfOne(EstimationProblem problem, double rest) => problem.Distribution.EventShape.Length switch { 0 => Integers(problem, rest), 1 => Corners(problem.Distribution), _ => null };

    private static SupportPoints? Integers(EstimationProblem problem, double rest)
    {
        Distribution distribution = problem.Distribution;
        long members = TensorShapes.Count(distribution.BatchShape);
        Tensor candidates = arange(LargestInteger + 1, dtype: ScalarType.Float64, device: distribution.Device);
        Tensor inside = distribution.Support.Check(OverBatch(distribution, candidates).expand([candidates.shape[0], .. distribution.BatchShape])).reshape(candidates.shape[0], members).any(1);
        Tensor values = candidates.masked_select(inside);
        if (values.numel() == 0) return null;
        Tensor mass, points = OverBatch(distribution, values), slopes = cat([.. problem.Slopes(points, log => log.exp().sum(1))]);
        using (no_grad()) mass = distribution.LogProb(points).exp().reshape(-1, members);
        Tensor sizes = slopes.abs().sum([0]), off = slopes.sum([0]).abs();
        // The probabilities add up to 1, and their changes to 0, unless values with a part of them are missing.
        bool isWhole = ((mass.sum([0]) - 1).abs() <= Rounding).all().item<bool>() && problem.Split(off).Zip(problem.Split(sizes)).All(leaf => (leaf.First <= Rounding * leaf.Second.max()).all().item<bool>());
        if (!isWhole) return null;
        if (!inside[-1].item<bool>()) return new SupportPoints(values, null, 0);
        Tensor left = cat([mass, slopes.abs() / sizes.clamp_min(TorchTypes.Tiny(ScalarType.Float64))], 1).flip(0).cumsum(0).flip(0).amax(1);
        if (left[-1].item<double>() > Negligible) return null;
        long count = Math.Min((left > rest).sum().item<long>() + 1, values.numel());
        Tensor listed = values.narrow(0, 0, count);
        return new SupportPoints(listed, listed == listed[-1], left[count - 1].item<double>());
    }

    private static Tensor Pushed(TransformedDistribution transformed, Tensor values)
    {
        using var noGrad = no_grad();
        return transformed.Pushed(values);
    }

    private static Tensor OverBatch(Distribution distribution, Tensor values) => values.reshape([-1, .. distribution.BatchShape.Select(_ => 1L)]);

    private static SupportPoints? Corners(Distribution distribution)
    {
        using var noGrad = no_grad();
        long size = distribution.EventShape[0];
        Tensor corners = eye(size, dtype: distribution.DType, device: distribution.Device);
        Tensor shaped = corners.reshape([size, .. distribution.BatchShape.Select(_ => 1L), size]);
        bool oneHot = distribution.Support.IsMetBy(corners) && !distribution.Support.IsMetBy(2 * corners) && !distribution.Support.IsMetBy(0 * corners);
        return oneHot && distribution.LogProb(shaped).exp().sum(dim: 0).allclose(ones(distribution.BatchShape, distribution.DType, distribution.Device)) ? new SupportPoints(corners, null, 0) : null;
    }
}
