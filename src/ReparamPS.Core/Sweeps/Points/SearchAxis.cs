using ReparamPS.Distributions;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Sweeps.Points;

/// <summary>One setting of a search: how a coordinate in (0, 1) becomes its value.</summary>
/// <param name="Name">The setting's name.</param>
/// <param name="At">The value at a coordinate.</param>
public sealed record SearchAxis(string Name, Func<double, object?> At)
{
    /// <summary>One value of a list, each as often as the others.</summary>
    public static SearchAxis OfList(string name, IReadOnlyList<object?> values)
    {
        if (values.Count == 0) throw new ArgumentException($"{name}: the list is empty; give it at least one value.", name);
        return new SearchAxis(name, u => values[Math.Min((int)(u * values.Count), values.Count - 1)]);
    }

    /// <summary>A number of a range, uniform in itself or in its logarithm; whole numbers where both ends are, and both can come.</summary>
    /// <param name="name">The setting's name.</param>
    /// <param name="low">The lower end.</param>
    /// <param name="high">The upper end.</param>
    /// <param name="logarithmic">Whether the logarithm is uniform.</param>
    /// <param name="whole">Whether the values are whole numbers.</param>
    public static SearchAxis OfRange(string name, double low, double high, bool logarithmic, bool whole)
    {
        if (!(low < high) || !double.IsFinite(low) || !double.IsFinite(high)) throw new ArgumentException($"{name}: a range from a smaller to a larger number is wanted, but {low} to {high} came.", name);
        if (logarithmic && low <= 0) throw new ArgumentException($"{name}: a logarithmic range starts above 0, but {low} came.", name);
        // Each whole number gets an interval of its own, half of it on either side.
        (double from, double to) = whole ? (low - 0.5, high + 0.5) : (low, high);
        if (logarithmic)
        {
            (from, to) = (Math.Log(from), Math.Log(to));
            return new SearchAxis(name, u => Value(Math.Exp(from + u * (to - from))));
        }
        return new SearchAxis(name, u => Value(from + u * (to - from)));

        object Value(double x) => whole ? (object)(long)Math.Clamp(Math.Round(x), low, high) : Math.Clamp(x, low, high);
    }

    /// <summary>A quantile of a distribution.</summary>
    /// <exception cref="ArgumentException">The distribution is no single one over the numbers, or has no quantile function.</exception>
    public static SearchAxis OfDistribution(string name, Distribution distribution)
    {
        if (distribution.BatchShape.Length + distribution.EventShape.Length > 0)
        {
            throw new ArgumentException(
                $"{name}: one distribution over the numbers is wanted, but {distribution.Name} of batch shape {TensorShapes.Format(distribution.BatchShape)} and event shape {TensorShapes.Format(distribution.EventShape)} came.", name);
        }
        try
        {
            Quantile(0.5);
        }
        catch (NotSupportedException error)
        {
            throw new ArgumentException($"{name}: {error.Message} A search needs one.", name, error);
        }
        return new SearchAxis(name, Quantile);

        object? Quantile(double u)
        {
            using var scope = NewDisposeScope();
            using var noGrad = no_grad();
            double value = distribution.Icdf(tensor(u, distribution.DType, distribution.Device)).to(ScalarType.Float64).item<double>();
            return distribution.Support.IsDiscrete && Math.Abs(value) < 1L << 53 ? (object)(long)value : value;
        }
    }
}
