using ReparamPS.Distributions;
using ReparamPS.Distributions.Checks;
using ReparamPS.Distributions.Constraints;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Gradients;

/// <summary>Compares a sample's gradient with −(∂F/∂θ)/p, draw by draw, with differences of the CDF in float64. A custom distribution without a CDF has that by its density.</summary>
internal sealed class ImplicitCheck
{
    // A CDF loses more digits than a sampler does.
    private const double CdfError = 16;
    // A total further from 1 has missed a part of the density, as that of a narrow one that a step has moved far from where the rule looks.
    private const double TotalError = 1e-6;

    private readonly Distribution exact;
    private readonly ParameterTree exactTree;
    private readonly Lazy<IntegratedDensity> integrated;

    /// <summary>Prepares the comparison for a distribution in float64.</summary>
    public ImplicitCheck(Distribution exact, ParameterTree exactTree, RandomSeed seed)
    {
        (this.exact, this.exactTree) = (exact, exactTree);
        integrated = new(() => IntegratedDensity.Of((CustomDistribution)exact, seed));
    }

    /// <summary>The identity as text.</summary>
    public const string Identity = "the implicit gradient −(∂F/∂θ)/p (CDF F, density p)";

    /// <summary>Whether a distribution is univariate, driven by one noise, and has a CDF. A custom one may have a density only, and more noise: then the identity holds on average.</summary>
    public static bool Applies(Distribution distribution) => distribution.EventShape.Length == 0 && !distribution.Support.IsDiscrete && (distribution is CustomDistribution custom
        ? custom.HasLogProb
        : distribution.HasCdf && distribution.Reparameterization is not (Reparameterization.Composition or Reparameterization.StraightThrough or Reparameterization.None));

    /// <summary>F and 1 − F at values, in float64; NaN if the integral of the density misses a part of it.</summary>
    public TailLevels Tails(Distribution distribution, Tensor z)
    {
        if (distribution.HasCdf)
        {
            double[] exactly = new double[z.numel()];
            return new(ManagedValues.ToDoubles(distribution.Cdf(z)), ManagedValues.ToDoubles(distribution.Survival(z)), exactly, exactly);
        }
        IntegratedDensity.Result result = integrated.Value.At((CustomDistribution)distribution, z);
        int members = result.Totals.Length;
        double[] Known(double[] values) => [.. values.Select((value, i) => Math.Abs(result.Totals[i % members] - 1) <= TotalError + result.Rounding(i % members) ? value : double.NaN)];
        double[] Each(double[] roundings) => [.. result.Below.Select((_, i) => roundings[i % members])];
        return new(Known(result.Below), Known(result.Above), Each(result.LowRounding), Each(result.HighRounding));
    }

    /// <summary>F and 1 − F at values.</summary>
    /// <param name="Below">F.</param>
    /// <param name="Above">1 − F.</param>
    /// <param name="BelowRounding">The error of F by the rounding of values at the lower end.</param>
    /// <param name="AboveRounding">The error of 1 − F by the rounding of values at the upper end.</param>
    public sealed record TailLevels(double[] Below, double[] Above, double[] BelowRounding, double[] AboveRounding)
    {
        // Twice the rounding of a probability itself.
        private const double Exact = 4e-16;

        /// <summary>Whether 1 − F tells more digits than F: in the upper half, or if rounding hides more of the density at the lower end.</summary>
        public bool IsUpper(int entry) => Math.Max(BelowRounding[entry], AboveRounding[entry]) <= Exact ? Below[entry] > 0.5 : AboveRounding[entry] < BelowRounding[entry];

        /// <summary>The error by rounding of the part that is used.</summary>
        public double Rounding(int entry) => Math.Min(BelowRounding[entry], AboveRounding[entry]);
    }

    /// <summary>∂F/∂θ at values, with the error of the differences.</summary>
    public (double[] Slope, double[] Error) Slopes(PerturbationDirection direction, Tensor z, double precision)
    {
        TailLevels here = Tails(exact, z);
        bool[] isUpper = [.. here.Below.Select((_, i) => here.IsUpper(i))];

        // In the upper half, the survival function keeps the digits that the CDF loses. A step that moves a bound of the support past a draw, or the density away from it, gives no information about F there.
        double[] At(double step)
        {
            using var inner = NewDisposeScope();
            Distribution moved = exactTree.With(new Dictionary<string, Tensor> { [direction.Leaf.Path] = direction.At(step) }, []);
            (double[] below, double[] above, _, _) = Tails(moved, z);
            Tensor part = tensor(below.Select((level, i) => below[i] == 0 || above[i] == 0 ? double.NaN : isUpper[i] ? -above[i] : level).ToArray(), device: z.device).reshape(z.shape);
            return ManagedValues.ToDoubles(part.masked_fill(~moved.Support.Check(z), double.NaN));
        }
        return FiniteDifference.Derivative(At, direction, ScalarType.Float64, precision);
    }

    /// <summary>The verdict on one direction.</summary>
    public PathComparison Compare(CheckedDraws draws, PerturbationDirection direction, double tolerance)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Tensor z = draws.Values.detach().to(ScalarType.Float64);
        double[] density = ManagedValues.ToDoubles(exact.LogProb(z).exp());
        TailLevels levels = Tails(exact, z);
        Tensor isSaturated = AreAtEnds(exact.Support, z, draws.Values.dtype, tolerance);
        (double[] slope, double[] error) = Slopes(direction, z, 0.1 * tolerance);
        Tensor PerElement(double[] values) => (tensor(values, device: z.device).reshape(z.shape) / tensor(density, device: z.device).reshape(z.shape)).masked_fill(isSaturated, double.NaN);
        Tensor path = -PerElement(slope);
        double[] reference = ManagedValues.ToDoubles(draws.Compared(path));
        double[] uncertainty = ManagedValues.ToDoubles(draws.ComparedError(PerElement(error)));
        double[] roundoff = [.. levels.Below.Select((below, i) =>
            CdfError * FiniteDifference.Roundoff(Math.Min(below, 1 - below), direction, ScalarType.Float64) + FiniteDifference.Roundoff(levels.Rounding(i) / TorchTypes.Epsilon(ScalarType.Float64), direction, ScalarType.Float64))];
        Tensor rounded = Drift(direction, z, path) * z.abs() * TorchTypes.Epsilon(draws.Values.dtype);
        return new PathComparison(reference, uncertainty, ManagedValues.ToDoubles(draws.ComparedError(PerElement(roundoff) + rounded)), draws.Outputs)
        {
            // A parameter that the functions of a user do not contain is more likely forgotten.
            Stillness = exact is CustomDistribution ? null : "the distribution does not change with this parameter here, and the gradient is 0",
        };
    }

    // How fast the reference changes with the draw, which is rounded: as the logarithm of the density does along the path of the draw.
    private Tensor Drift(PerturbationDirection direction, Tensor z, Tensor path)
    {
        double step = direction.Steps.Min();
        Tensor At(double h) => exactTree.With(new Dictionary<string, Tensor> { [direction.Leaf.Path] = direction.At(h) }, []).LogProb(z + h * path);
        return ((At(step) - At(-step)) / (2 * step)).abs().nan_to_num(0, 0, 0);
    }

    /// <summary>
    /// Which draws are so close to an end of the support that the type's rounding, or the clamp that keeps draws inside, decides where they lie: the CDF there says nothing of their gradient.
    /// </summary>
    public static Tensor AreAtEnds(Constraint support, Tensor z, ScalarType drawn, double tolerance)
    {
        Tensor reach = z.abs() * (10 * TorchTypes.Epsilon(drawn) / tolerance) + 2 * TorchTypes.Tiny(drawn);
        return ~(support.Check(z - reach) & support.Check(z + reach));
    }
}
