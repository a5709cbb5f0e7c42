using ReparamPS.Distributions;
using ReparamPS.Gradients.Estimators;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Gradients;

/// <summary>The exact sum over a discrete support, against closed forms.</summary>
public sealed class EnumerationTests
{
    private static Tensor Squares(Tensor z) => (z - 3).square();

    private static Tensor At(params double[] values) => values.Length == 1 ? tensor(values[0]) : tensor(values);

    // f(0) = 9, f(1) = 4, f(2) = 1.
    public static TheoryData<string, Func<Distribution>, string, double[]> Ends() => new()
    {
        // f(1) − f(0).
        { "Bernoulli", () => new Bernoulli(At(1)), "Probs", [-5] },
        { "Bernoulli, both ends", () => new Bernoulli(At(0, 1)), "Probs", [-5, -5] },
        { "Bernoulli, float32", () => new Bernoulli(tensor(1f)), "Probs", [-5] },
        // (f(i) − E[f]) / Σ w.
        { "Categorical", () => new Categorical(At(0, 0.5, 0.5)), "Probs", [6.5, 1.5, -1.5] },
        { "Categorical, certain", () => new Categorical(At(2, 0, 0)), "Probs", [0, -2.5, -4] },
        // E[f(z + 1) − f(z)] = 2 λ − 5.
        { "Poisson", () => new Poisson(At(0)), "Rate", [-5] },
        { "Poisson, near 0", () => new Poisson(At(1e-19, 1e-10)), "Rate", [-5, -5 + 2e-10] },
        // n (1 − 2 p) + 2 n (n p − 3).
        { "Binomial", () => new Binomial(At(2), At(1)), "Probs", [-6] },
        { "Binomial, many", () => new Binomial(At(4000), At(1)), "Probs", [31972000] },
        { "Binomial, none", () => new Binomial(At(7), At(0)), "Probs", [7 - 42] },
        // −∂p(1) = 1.
        { "Geometric", () => new Geometric(At(1)), "Probs", [5] },
        // r (f(1) − f(0)).
        { "NegativeBinomial", () => new NegativeBinomial(At(3), At(0)), "Probs", [-15] },
        // Of the r → 0 limit p(x) ≈ r Pˣ / x: E[z²] − 6 E[z] per r, P / (1 − P)² − 6 P / (1 − P).
        { "NegativeBinomial, no count", () => new NegativeBinomial(At(0), At(0.4)), "TotalCount", [0.4 / 0.36 - 4] },
        // E₂[f] − E₁[f] = λ² − 5 λ at 5, minus that at 1.
        { "mixture", () => new MixtureSameFamily(new Categorical(At(1, 0)), new Poisson(At(1, 5))), "MixtureDistribution.Probs", [0, 4] },
    };

    [Theory, MemberData(nameof(Ends))]
    public void Values_of_probability_0_count_if_their_probability_changes(string name, Func<Distribution> make, string parameter, double[] expected)
    {
        Check(make(), Squares, parameter, expected, name);
        GradientTruth truth = GradientTruth.Of(make(), Squares, 0);
        Assert.Equal("enumeration", truth.Source);
        Assert.All(truth.Values[parameter].Value.Zip(expected), pair => Assert.True(Math.Abs(pair.First - pair.Second) <= 1e-10 * Math.Max(1, Math.Abs(pair.Second)), $"{name}: {pair}"));
    }

    [Fact]
    public void One_hot_values_of_probability_0_count()
    {
        Tensor Objective(Tensor z) => z.matmul(tensor(new[] { 9.0, 4, 1 }));
        Check(new OneHotCategorical(At(0, 0.5, 0.5)), Objective, "Probs", [6.5, 1.5, -1.5], "one-hot");
        Check(new Multinomial(At(1), At(0, 0.5, 0.5)), Objective, "Probs", [6.5, 1.5, -1.5], "multinomial");
    }

    public static TheoryData<string, Func<Distribution>> Large() => new()
    {
        { "Poisson", () => new Poisson(At(5000)) },
        { "Poisson batch", () => new Poisson(At(10000, 1)) },
        { "Binomial", () => new Binomial(At(10000), At(0.5)) },
        { "Binomial batch", () => new Binomial(At(10000, 2), At(0.5)) },
        { "NegativeBinomial", () => new NegativeBinomial(At(1e6), At(0.5)) },
        { "Categorical", () => new Categorical(cat([zeros(5000, ScalarType.Float64), ones(1, ScalarType.Float64)])) },
        { "rare mixture part", () => new MixtureSameFamily(new Categorical(At(1, 1e-12)), new Poisson(At(1, 10000))) },
        { "mixture part without weight", () => new MixtureSameFamily(new Categorical(At(1, 0)), new Poisson(At(1, 10000))) },
        { "batch of many", () => new Poisson(ones(1000, ScalarType.Float64)) },
        { "empty batch", () => new Poisson(ones(0, ScalarType.Float64)) },
    };

    [Theory, MemberData(nameof(Large))]
    public void Supports_that_the_listed_values_do_not_cover_are_refused(string name, Func<Distribution> make) =>
        Assert.True(Assert.Throws<EstimatorNotApplicableException>(() => Measure(make(), z => z)).Message.Contains(
            name switch { "batch of many" => "its batch has 1000 members; at most 16", "empty batch" => "its batch is empty", _ => "it lists only integers from 0 to 4096, one-hot vectors, and transforms of these" }, StringComparison.Ordinal), name);

    public static TheoryData<Func<Distribution>, string> Unlisted() => new()
    {
        { () => new Normal(At(0), At(1)), "its draws are not discrete. Use -Estimator Pathwise." },
        { () => new Multinomial(At(2), At(0.2, 0.3, 0.5)), "one-hot vectors, and transforms of these. Use -Estimator ScoreFunction." },
        { () => new Binomial(At([.. Enumerable.Repeat(3.0, 9)]), At(0.5)), "its batch has more than 65536 combinations of values." },
    };

    [Theory, MemberData(nameof(Unlisted))]
    public void A_distribution_whose_values_are_not_listed_is_told_why(Func<Distribution> make, string says) =>
        Assert.Contains(says, Assert.Throws<EstimatorNotApplicableException>(() => Measure(make(), z => z)).Message, StringComparison.Ordinal);

    [Fact]
    public void Large_counts_are_compared_with_draws()
    {
        GradientTruth truth = GradientTruth.Of(new Poisson(At(5000)), Squares, 0);
        Assert.EndsWith("of ScoreFunction", truth.Source, StringComparison.Ordinal);
        (double[] value, double[] error) = truth.Values["Rate"];
        Assert.InRange(error[0], 1, 100);
        Assert.InRange(value[0], 9995 - 6 * error[0], 9995 + 6 * error[0]);
        // Draws do not show a mixture's part without weight.
        Assert.Equal("none", GradientTruth.Of(new MixtureSameFamily(new Categorical(At(1, 0)), new Poisson(At(1, 10000))), z => z, 0).Source);
    }

    [Fact]
    public void An_objective_that_grows_fast_needs_more_values()
    {
        // E[e^kz] = exp(λ (e^k − 1)), nearly all of it beyond the values that have a probability.
        double rise = Math.Exp(3) - 1;
        Check(new Poisson(At(2)), z => (3 * z).exp(), "Rate", [rise * Math.Exp(2 * rise)], "Poisson");
        // E[e^kz] = p / (1 − (1 − p) e^k), by p: (1 − e^k) / (1 − (1 − p) e^k)².
        double growth = Math.Exp(0.6);
        Check(new Geometric(At(0.5)), z => (0.6 * z).exp(), "Probs", [(1 - growth) / Math.Pow(1 - growth / 2, 2)], "Geometric");
        // The second expectation is infinite.
        Assert.Throws<EstimatorNotApplicableException>(() => Measure(new Poisson(At(2)), z => (6 * z).exp()));
        Assert.Throws<EstimatorNotApplicableException>(() => Measure(new Geometric(At(0.5)), z => (0.8 * z).exp()));
    }

    [Fact]
    public void A_count_has_no_derivative() =>
        Assert.All(Measure(new Binomial(At(5), At(0.5)), z => z), row => Assert.Equal(("Probs", 0), (row.Parameter, Math.Round(row.Estimate - 5, 12))));

    private static void Check(Distribution distribution, Func<Tensor, Tensor> objective, string parameter, double[] expected, string name)
    {
        double[] found = [.. Measure(distribution, objective).Where(row => row.Parameter == parameter).Select(row => row.Estimate)];
        Assert.Equal(expected.Length, found.Length);
        Assert.All(found.Zip(expected), pair => Assert.True(Math.Abs(pair.First - pair.Second) <= 1e-10 * Math.Max(1, Math.Abs(pair.Second)), $"{name}: {pair}"));
    }

    private static IReadOnlyList<GradientMeasurement> Measure(Distribution distribution, Func<Tensor, Tensor> objective) =>
        GradientEstimation.Measure(distribution, objective, new GradientEstimatorOptions { Estimator = GradientEstimatorKind.Enumerated }, TestContext.Current.CancellationToken);
}
