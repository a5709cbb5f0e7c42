using ReparamPS.Distributions;
using ReparamPS.Messages;
using ReparamPS.Sweeps.Points;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Cmdlets.Sweeps.Points;

/// <summary>A setting of a search that follows a distribution.</summary>
internal static class DistributionAxis
{
    /// <summary>The axis of a distribution's quantiles.</summary>
    /// <exception cref="ArgumentException">The distribution is a batch of several, or over vectors, or has no quantile function.</exception>
    public static SearchAxis Of(string name, Distribution distribution)
    {
        if (distribution.BatchShape.Length + distribution.EventShape.Length > 0)
        {
            throw new ArgumentException(
                $"{ShortText.Of(name)}: a search needs one univariate distribution, of batch shape [] and event shape []; got {distribution.Name} of batch shape {TensorShapes.Format(distribution.BatchShape)} and event shape {TensorShapes.Format(distribution.EventShape)}.", name);
        }
        if (!distribution.HasQuantile) throw new ArgumentException($"{ShortText.Of(name)}: a search needs a distribution with a quantile function; {distribution.Name} has none. Use another distribution, a range or a list.", name);
        return SearchAxis.OfQuantiles(name, u => Quantile(distribution, u));
    }

    private static object Quantile(Distribution distribution, double u)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        double value = distribution.Icdf(tensor(u, distribution.DType, distribution.Device)).to(ScalarType.Float64).item<double>();
        return distribution.Support.IsDiscrete && Math.Abs(value) < 1L << 53 && value == Math.Floor(value) ? (object)(long)value : value;
    }
}
