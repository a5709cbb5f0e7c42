using TorchSharp;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.Parameters;

/// <summary>The check that High lies above Low, which neither parameter's own constraint can make.</summary>
internal static class OrderedBounds
{
    /// <summary>Checks element by element.</summary>
    /// <exception cref="ParameterConstraintException">An upper bound is not above its lower bound.</exception>
    public static void Check(DistributionType type, Tensor low, Tensor high)
    {
        if (low.device_type == DeviceType.META) return;
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        if ((high > low).all().item<bool>()) return;
        throw new ParameterConstraintException(type.Name, new DistributionParameter(type.Parameters.First(parameter => parameter.Name == "High"), high));
    }
}
