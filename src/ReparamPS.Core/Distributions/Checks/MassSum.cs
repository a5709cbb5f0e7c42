using ReparamPS.Distributions.Constraints;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.Checks;

/// <summary>The sum of a mass over its support: integers, vectors of zeros and ones, and one-hot vectors.</summary>
internal static class MassSum
{
    private const long Together = 4096, MostValues = 1 << 20, MostCorners = 10;
    private const double Negligible = 1e-9;

    /// <summary>The sum of each member of the batch; null if the values cannot be listed, or if those that can miss a part of the mass.</summary>
    /// <param name="distribution">A discrete distribution with a mass.</param>
    /// <param name="draws">Its draws, near which the mass is.</param>
    public static double[]? Of(Distribution distribution, Tensor draws)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        return distribution.EventShape.Length switch
        {
            0 => OverIntegers(distribution, draws),
            1 when Vectors(distribution) is { } vectors => ManagedValues.ToDoubles(Masses(distribution, vectors)),
            _ => null,
        };
    }

    // Outwards from the draws, until nothing is left to add.
    private static double[]? OverIntegers(Distribution distribution, Tensor draws)
    {
        if (!TensorQuestions.All(draws.isfinite())) return null;
        double low = Math.Floor(ManagedValues.ToDoubles(draws.min())[0]), high = Math.Ceiling(ManagedValues.ToDoubles(draws.max())[0]);
        if (high - low >= MostValues) return null;
        Tensor total = Between(distribution, low, high);
        foreach (int direction in new[] { -1, 1 })
        {
            bool isDone = false;
            for (long done = 0; !isDone && done < MostValues; done += Together)
            {
                double near = direction < 0 ? low - done - Together : high + done + 1;
                Tensor added = Between(distribution, near, near + Together - 1);
                total += added;
                isDone = TensorQuestions.All(added <= Negligible);
            }
            // What is missing can only be added.
            if (!isDone && TensorQuestions.All(total <= 1)) return null;
        }
        return ManagedValues.ToDoubles(total);
    }

    private static Tensor Between(Distribution distribution, double first, double last)
    {
        Tensor total = zeros(distribution.BatchShape, distribution.DType, distribution.Device);
        for (double from = first; from <= last; from += Together)
        {
            using var part = NewDisposeScope();
            Tensor values = arange(from, Math.Min(from + Together, last + 1), dtype: distribution.DType, device: distribution.Device);
            total = (total + Masses(distribution, values)).MoveToOuterDisposeScope();
        }
        return total;
    }

    // The mass of values along the first dimension; a value outside the support has none.
    private static Tensor Masses(Distribution distribution, Tensor values)
    {
        long[] events = distribution.EventShape;
        Tensor shaped = values.reshape([values.shape[0], .. distribution.BatchShape.Select(_ => 1L), .. events]).expand([values.shape[0], .. distribution.BatchShape, .. events]);
        Tensor inside = distribution.Support.Check(shaped);
        // Most integers are outside of a small support.
        return TensorQuestions.Any(inside) ? distribution.LogProb(shaped).exp().masked_fill(~inside, 0).sum(dim: 0) : zeros(distribution.BatchShape, distribution.DType, distribution.Device);
    }

    private static Tensor? Vectors(Distribution distribution)
    {
        long size = distribution.EventShape[0];
        Constraint support = distribution.Support;
        Tensor corners = eye(size, dtype: distribution.DType, device: distribution.Device), full = ones(size, distribution.DType, distribution.Device);
        if (size == 0 || !support.IsMetBy(corners) || TensorQuestions.Any(support.Check(2 * corners)) || support.IsMetBy(2 * full)) return null;
        if (!support.IsMetBy(0 * full)) return corners;
        if (size > MostCorners || !support.IsMetBy(full)) return null;
        Tensor numbers = arange(1L << (int)size, device: distribution.Device).unsqueeze(1), places = arange(size, device: distribution.Device);
        return numbers.bitwise_right_shift(places).bitwise_and(1).to(distribution.DType);
    }
}
