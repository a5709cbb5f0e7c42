using ReparamPS.Distributions;
using ReparamPS.Inference.Models;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Inference;

/// <summary>Priors whose support moves with an earlier parameter, against densities by hand: A ~ Gamma(2, 1), u = log A.</summary>
public sealed class MovingSupportTests
{
    // Φ(1.3) − 1/2 and φ(1.3) by mpmath.
    private const double U = 0.262364264467491, Mass = 0.403199515414390, Slope = 0.171368592047807;

    private static double LogSigmoid(double v) => -Math.Log(1 + Math.Exp(-v));

    // Value, slope in u, slope in v at u = log 1.3.
    public static TheoryData<string, double, double, double, double> Cases()
    {
        const double a = 1.3, v = -0.4;
        double share = 1 / (1 + Math.Exp(-v)), b = a * share, tail = a + Math.Exp(v), both = LogSigmoid(v) + LogSigmoid(-v), known = 2 * U - a;
        return new()
        {
            // p(A) A · 1/A · A s (1 − s)
            { "Uniform", v, known + both, 2 - a, 1 - 2 * share },
            { "UniformFromMinus1", v, known + both, 2 - a, 1 - 2 * share },
            // p(A) A · 3 A³ / B⁴ · exp(v), B = A + exp(v)
            { "Pareto", v, known + Math.Log(3) + 3 * U - 4 * Math.Log(tail) + v, 2 - a + 3 - 4 * a / tail, 1 - 4 * Math.Exp(v) / tail },
            // p(A) A · φ(B) / (Φ(A) − 1/2) · A s (1 − s), B = A s
            { "TruncatedNormal", v, known - 0.5 * b * b - 0.918938533204673 - Math.Log(Mass) + U + both, 3 - a - b * b - Slope * a / Mass, -b * b * (1 - share) + 1 - 2 * share },
        };
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_density_and_its_slopes_are_those_by_hand(string prior, double v, double value, double slopeU, double slopeV)
    {
        BayesianModel model = Model(prior);
        Assert.Equal(2, model.Dimension);
        Assert.Empty(model.Parameters[1].Shape);
        double[] values = new double[2], slopes = new double[4];
        // A second draw with other bounds beside it.
        model.Density().Evaluate([U, -1, v, 0.3], values, slopes);
        Assert.Equal(value, values[0], 1e-12);
        Assert.Equal(slopeU, slopes[0], 1e-12);
        Assert.Equal(slopeV, slopes[2], 1e-12);
    }

    [Fact]
    public void Bounds_of_vectors_have_as_many_coordinates_as_elements()
    {
        ParameterDefinition bounds = new("A", new Gamma(tensor(new[] { 2.0, 3 }), tensor(1.0)));
        Assert.Equal([2, 2], new BayesianModel([bounds, new("B", null, given => new Uniform(tensor(0.0), given["A"]))]).Parameters.Select(parameter => parameter.Size));
        var repeated = new BayesianModel([new("A", new Gamma(tensor(2.0), tensor(1.0))), new("B", null, given => new Uniform(tensor(0.0), given["A"].unsqueeze(-1).expand(-1, 4)))]);
        Assert.Equal([1, 4], repeated.Parameters.Select(parameter => parameter.Size));
        Assert.Equal([4L], repeated.Parameters[1].Shape);
    }

    // exp(800) is infinite: the interval becomes a half-line in that draw.
    [Fact]
    public void A_bound_that_overflows_spoils_no_other_draw()
    {
        double[] values = new double[2], alone = new double[1];
        Model("TruncatedNormal").Density().Evaluate([U, 800, 0.5, 0.5], values, []);
        Model("TruncatedNormal").Density().Evaluate([U, 0.5], alone, []);
        Assert.Equal(alone[0], values[0], 1e-12);
        Assert.False(double.IsFinite(values[1]));
    }

    private static BayesianModel Model(string prior) => new([new("A", new Gamma(tensor(2.0), tensor(1.0))), new("B", null, given => prior switch
    {
        "Uniform" => new Uniform(tensor(0.0), given["A"]),
        "UniformFromMinus1" => new Uniform(tensor(-1.0), given["A"]),
        "Pareto" => new Pareto(given["A"], tensor(3.0)),
        _ => new TruncatedNormal(tensor(0.0), tensor(1.0), tensor(0.0), given["A"]),
    })]);
}
