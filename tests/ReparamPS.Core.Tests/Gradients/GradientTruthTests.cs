using ReparamPS.Distributions;
using ReparamPS.Gradients.Estimators;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Gradients;

/// <summary>The truth that estimates are compared with, against closed forms.</summary>
public sealed class GradientTruthTests
{
    private static double Density(double x) => Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI);

    private static Tensor Step(Tensor z, double at) => z.gt(at).to(z.dtype);

    [Fact]
    public void A_jump_is_found()
    {
        // P(z > 0.3), z ~ N(0, 1): φ(0.3), and 0.3 φ(0.3).
        Check(new Normal(tensor(0.0), tensor(1.0)), z => Step(z, 0.3), new() { ["Loc"] = [Density(0.3)], ["Scale"] = [0.3 * Density(0.3)] });
        // P(z > 0.3), z ~ U(−1, 2): 1.7 / 3.
        Check(new Uniform(tensor(-1.0), tensor(2.0)), z => Step(z, 0.3), new() { ["Low"] = [1.7 / 9], ["High"] = [1.3 / 9] });
    }

    [Fact]
    public void Tails_are_not_cut()
    {
        double mean = Math.Exp(24.5);
        Check(new Normal(tensor(0.0), tensor(1.0)), z => (7 * z).exp(), new() { ["Loc"] = [7 * mean], ["Scale"] = [49 * mean] });
        // E[z²] = s² α / (α − 2).
        Check(new Pareto(tensor(1.0), tensor(2.5)), z => z.square(), new() { ["Scale"] = [10], ["Alpha"] = [-8] });
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.9)]
    [InlineData(1.0)]
    [InlineData(1.01)]
    public void A_tail_that_hardly_decreases_is_no_truth(double alpha)
    {
        // E[z] = s α / (α − 1) is infinite up to 1. Just above, a part of it lies beyond the largest numbers.
        Assert.DoesNotContain("quadrature", Truth(new Pareto(tensor(1.0), tensor(alpha)), z => z).Source, StringComparison.Ordinal);
    }

    [Fact]
    public void A_heavy_tail_that_decreases_is_a_truth() =>
        Check(new Pareto(tensor(1.0), tensor(1.2)), z => z, new() { ["Scale"] = [6], ["Alpha"] = [-25] });

    [Fact]
    public void Members_of_a_batch_are_integrated_one_by_one_where_the_objective_adds_them_up()
    {
        var normal = new Normal(tensor(new[] { 0.0, 1.0 }), tensor(1.0));
        // f = 1[z > 0.3] (z + 1): d/dμ E[f] = φ(a) (a + μ + 1) + 1 − Φ(a) with a = 0.3 − μ; in σ it is φ(a) (a (a + μ + 1) + 1), σ = 1.
        double[] away = [0.3, -0.7], means = [0, 1], above = [0.38208857781104733, 0.758036347776927];
        double[] inLoc = [.. Enumerable.Range(0, 2).Select(i => Density(away[i]) * (away[i] + means[i] + 1) + above[i])];
        double inScale = Enumerable.Range(0, 2).Sum(i => Density(away[i]) * (away[i] * (away[i] + means[i] + 1) + 1));
        var expected = new Dictionary<string, double[]> { ["Loc"] = inLoc, ["Scale"] = [inScale] };
        Check(normal, z => Step(z, 0.3) * (z + 1), expected);
        Check(normal, z => (Step(z, 0.3) * (z + 1)).sum(-1), expected);
    }

    [Fact]
    public void The_interval_of_angles_moves_with_their_Loc()
    {
        var angle = new VonMises(tensor(0.3), tensor(0.5));
        // z = Loc + a, where a does not depend on Loc. The derivatives in κ are from mpmath.
        Check(angle, z => z, new() { ["Loc"] = [1], ["Concentration"] = [0] });
        Check(angle, z => (z - 1).square(), new() { ["Loc"] = [-1.4], ["Concentration"] = [-1.71570342408861174] });
        Check(angle, z => z.cos(), new() { ["Loc"] = [-0.0716635356251733732], ["Concentration"] = [0.435819455223406817] });
    }

    [Fact]
    public void Float32_is_integrated_in_float64() => Check(
        new Normal(tensor(0.5f), tensor(1.5f)), z => z.pow(3), new() { ["Loc"] = [3 * 0.25 + 3 * 2.25], ["Scale"] = [6 * 0.5 * 1.5] });

    [Fact]
    public void Sampling_does_not_take_the_pathwise_gradient_of_an_objective_that_jumps()
    {
        var normal = new Normal(tensor(new[] { 0.0, 0.0 }), tensor(1.0));
        // The members are mixed: P(z₀ + z₁ > 0.5) = Φ(−0.5 / √2), whose derivative is φ(0.5 / √2) / √2; the gradient that f carries is that of the second term.
        GradientTruth truth = Truth(normal, z => Step(z.sum(-1), 0.5) + z.prod(-1) * 0.1);
        Assert.EndsWith("of ScoreFunction", truth.Source, StringComparison.Ordinal);
        double expected = Density(0.5 / Math.Sqrt(2)) / Math.Sqrt(2);
        (double[] value, double[] error) = truth.Values["Loc"];
        Assert.All(value.Zip(error), each => Assert.True(Math.Abs(each.First - expected) < 6 * each.Second, $"{expected} expected, but {each}"));
        Assert.EndsWith("of Pathwise", Truth(normal, z => z.prod(-1).abs()).Source, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_nothing_right_can_be_had_the_truth_is_none()
    {
        var uniform = new Uniform(tensor(new[] { 0.0, 0.0 }), tensor(new[] { 1.0, 2.0 }));
        Assert.Equal("none", Truth(uniform, z => Step(z.sum(-1), 0.5) + z.prod(-1)).Source);
    }

    [Fact]
    public void A_truth_that_a_few_draws_determine_is_called_doubtful()
    {
        // E[exp(3 z)], z ~ Exponential(2), is infinite.
        GradientTruth truth = Truth(new Exponential(tensor(2.0)), z => (3 * z).exp());
        Assert.Equal(["Rate"], truth.Doubtful);
        Assert.Empty(Truth(new Normal(tensor(new[] { 0.0, 0.0 }), tensor(1.0)), z => z.prod(-1).abs()).Doubtful);
    }

    private static void Check(Distribution distribution, Func<Tensor, Tensor> objective, Dictionary<string, double[]> expected)
    {
        GradientTruth truth = Truth(distribution, objective);
        Assert.Equal("quadrature", truth.Source);
        foreach ((string parameter, double[] values) in expected)
        {
            (double[] found, double[] error) = truth.Values[parameter];
            for (int i = 0; i < values.Length; i++)
            {
                double allowed = 1e-8 * Math.Max(Math.Abs(values[i]), 1e-3);
                Assert.True(Math.Abs(found[i] - values[i]) <= allowed && error[i] <= 10 * allowed, $"{parameter}[{i}]: {values[i]} expected, but {found[i]} ± {error[i]}");
            }
        }
    }

    private static GradientTruth Truth(Distribution distribution, Func<Tensor, Tensor> objective) => GradientTruth.Of(distribution, objective, 0);
}
