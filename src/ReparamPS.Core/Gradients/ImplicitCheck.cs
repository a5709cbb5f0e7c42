using ReparamPS.Distributions;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Gradients;

/// <summary>Compares a sample's gradient with −(∂F/∂θ)/p, draw by draw, with differences of the CDF in float64.</summary>
internal static class ImplicitCheck
{
    /// <summary>The identity as text.</summary>
    public const string Identity = "−(∂F/∂θ)/p";

    /// <summary>Whether a distribution is univariate, driven by one noise, and has a CDF.</summary>
    public static bool Applies(Distribution distribution) => distribution.EventShape.Length == 0 && !distribution.Support.IsDiscrete && distribution.HasCdf
        && distribution.Reparameterization is not (Reparameterization.Composition or Reparameterization.StraightThrough or Reparameterization.None);

    /// <summary>The verdict on one direction of the same distribution in float64.</summary>
    public static PathComparison Compare(CheckedDraws draws, ParameterTree exactTree, PerturbationDirection direction, double tolerance)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Tensor z = draws.Values.detach().to(ScalarType.Float64);
        Distribution exact = exactTree.With(new Dictionary<string, Tensor>(), []);
        double[] density = ManagedValues.ToDoubles(exact.LogProb(z).exp());
        double[] level = ManagedValues.ToDoubles(exact.Cdf(z));
        Tensor upper = tensor(level, device: z.device).reshape(z.shape) > 0.5;

        // In the upper half, the survival function keeps the digits that the CDF loses. A step that moves a bound of the support past a draw gives no information about F there.
        double[] At(double step)
        {
            using var inner = NewDisposeScope();
            Distribution moved = exactTree.With(new Dictionary<string, Tensor> { [direction.Leaf.Path] = direction.At(step) }, []);
            return ManagedValues.ToDoubles(where(upper, -moved.Survival(z), moved.Cdf(z)).masked_fill(~moved.Support.Check(z), double.NaN));
        }
        Tensor isSaturated = IsSaturated(exact, z, draws.Values.dtype, tolerance);
        (double[] slope, double[] error) = FiniteDifference.Derivative(At, direction.Steps, ScalarType.Float64, 0.1 * tolerance);
        Tensor PerElement(double[] values) => (tensor(values, device: z.device).reshape(z.shape) / tensor(density, device: z.device).reshape(z.shape)).masked_fill(isSaturated, double.NaN);
        double[] reference = ManagedValues.ToDoubles(-draws.Compared(PerElement(slope)));
        double[] uncertainty = ManagedValues.ToDoubles(draws.ComparedError(PerElement(error)));
        double[] roundoff = [.. At(0).Zip(density, (probability, height) => FiniteDifference.Roundoff(probability, direction.Steps, ScalarType.Float64) / height).Where(double.IsFinite).Order()];
        return new PathComparison(reference, uncertainty, roundoff.Length == 0 ? 0 : roundoff[roundoff.Length / 2], draws.Outputs);
    }

    // So close to an end of the support that the type's rounding, or the clamp that keeps draws inside, decides where a draw lies: the CDF there says nothing of its gradient.
    private static Tensor IsSaturated(Distribution exact, Tensor z, ScalarType drawn, double tolerance)
    {
        Tensor reach = z.abs() * (10 * TorchTypes.Epsilon(drawn) / tolerance) + 2 * TorchTypes.Tiny(drawn);
        return ~(exact.Support.Check(z - reach) & exact.Support.Check(z + reach));
    }
}
