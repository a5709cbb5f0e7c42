using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.Parameters;

/// <summary>The check that High lies above Low, which neither parameter's own constraint can make.</summary>
internal static class OrderedBounds
{
    /// <summary>Checks element by element.</summary>
    /// <exception cref="ParameterConstraintException">An upper bound is not above its lower bound.</exception>
    public static void Check(IReadOnlyList<ParameterInfo> parameters, Tensor low, Tensor high)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        if (TensorQuestions.All(high > low)) return;
        throw new ParameterConstraintException(new DistributionParameter(parameters.First(parameter => parameter.Name == "High"), high));
    }
}
