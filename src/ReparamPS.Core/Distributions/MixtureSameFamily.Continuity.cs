using ReparamPS.Distributions.Transforms;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Distributions;

// Whether draws move continuously with the parameters, and where densities jump.
public sealed partial class MixtureSameFamily
{
    // Draws must move continuously with the parameters. A quantile jumps over a gap between components; the weights of a second part jump where the first one crosses
    // a component's bound.
    private bool IsReparameterizable()
    {
        if (Parts.EventShape.Length > 0 || Support.IsDiscrete || !Parts.HasCdf) return false;
        if (IsCircular) return true;
        if (!Parts.HasQuantile) return false;
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        return EventShape.Length == 0 ? !HasGap() : HasOneSupport();
    }

    private (Tensor Low, Tensor High) Ends() =>
        (Parts.Icdf(zeros([], DType, Device)).expand(Parts.BatchShape), Parts.Icdf(ones([], DType, Device)).expand(Parts.BatchShape));

    /// <summary>The bounds of the components, where the density can jump, along the last dimension.</summary>
    internal Tensor DensityBreaks()
    {
        (Tensor low, Tensor high) = Ends();
        return cat([low, high], -1).expand([.. BatchShape, 2 * Count]);
    }

    private bool HasGap()
    {
        (Tensor low, Tensor high) = Ends();
        low = low.masked_fill(Weights == 0, double.PositiveInfinity);
        Tensor isReached = ((low.unsqueeze(-2) < low.unsqueeze(-1)) & (high.unsqueeze(-2) >= low.unsqueeze(-1))).any(-1);
        return TensorQuestions.Any(~isReached & (low > low.amin([-1], keepdim: true)) & (low < double.PositiveInfinity));
    }

    private bool HasOneSupport() => !Parts.Support.DependsOnParameters && HasSameEnds();

    private bool HasSameEnds()
    {
        (Tensor low, Tensor high) = Ends();
        return TensorQuestions.All(low == low.min()) && TensorQuestions.All(high == high.max());
    }

    /// <summary>Whether the density can jump inside the support, at an end of a component.</summary>
    internal bool HasSteps()
    {
        if (Support.IsDiscrete || ImageConstraint.IsAnything(Parts.Support)) return false;
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        return !Parts.HasQuantile || !HasSameEnds();
    }
}
