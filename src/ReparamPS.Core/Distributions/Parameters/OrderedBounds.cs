using ReparamPS.Distributions.Constraints;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.Parameters;

/// <summary>Checks that High is greater than Low, which the constraint of a single parameter cannot do.</summary>
internal static class OrderedBounds
{
    /// <summary>Checks element by element.</summary>
    /// <exception cref="ParameterConstraintException">An upper bound is not greater than its lower bound.</exception>
    public static void Check(IReadOnlyList<ParameterInfo> parameters, Tensor low, Tensor high)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Tensor isAbove = high > low;
        if (TensorQuestions.All(isAbove)) return;
        throw new ParameterConstraintException(new DistributionParameter(parameters.First(parameter => parameter.Name == "High"), high), isAbove, Violation.First(low, isAbove));
    }
}
