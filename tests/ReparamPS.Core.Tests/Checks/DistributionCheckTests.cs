using ReparamPS.Distributions;
using ReparamPS.Distributions.Checks;
using ReparamPS.Distributions.Constraints;
using ReparamPS.Distributions.Transforms;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Checks;

public sealed class DistributionCheckTests
{
    private static IReadOnlyList<DistributionCheckRow> Run(Distribution distribution) => DistributionCheck.Run(distribution, 5_000, 0, 1e-6, CancellationToken.None);

    [Theory, InlineData(ScalarType.Float64), InlineData(ScalarType.Float32)]
    public void Every_kind_of_the_catalogue_passes(ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        string[] failed =
        [
            .. DistributionCatalog.All.SelectMany(type => Run(type.CreateExample(dtype))).Where(row => !row.Passed).Select(row => $"{row.Distribution} {row.Check}: {row.Reason}"),
        ];
        Assert.True(failed.Length == 0, string.Join("; ", failed));
    }

    [Fact]
    public void All_six_checks_run_on_a_batch_of_a_univariate_distribution()
    {
        using var scope = NewDisposeScope();
        var rows = Run(new Gamma(tensor([0.5, 3.0]), tensor(2.0)));
        Assert.Equal(["Support", "GoodnessOfFit", "Mean", "Variance", "Normalization", "Quantile"], rows.Select(row => row.Check));
        Assert.All(rows, row => Assert.True(row.Passed, row.Reason));
    }

    [Theory]
    [InlineData("Support", 1, "^[0-9]+ of 5000 drawn values (is|are) outside the support \\(.+\\); the first is -?[0-9.E-]+$")]
    [InlineData("GoodnessOfFit", 0, "the p-value [0-9.E-]+ is below 1E-06, the SignificanceLevel$")]
    [InlineData("Mean", 0, "^the mean of the draws is -?[0-9.]+, that of the distribution -?[0-9.]+; the p-value [0-9.E-]+ is below 1E-06, the SignificanceLevel$")]
    [InlineData("Variance", 2, "^the variance of the draws is [0-9.]+, that of the distribution [0-9.]+; the p-value")]
    [InlineData("Normalization", 3, "^the integral of the density between extreme quantiles is [0-9.]+, not 1$")]
    [InlineData("Quantile", 4, "^the quantile function is not the inverse of the CDF: the CDF of the quantile at p = 0.[0-9]+ is 0.[0-9]+$")]
    public void Each_fault_is_found_by_its_check(string check, int fault, string reason)
    {
        using var scope = NewDisposeScope();
        DistributionCheckRow row = Assert.Single(Run(new Faulty((Fault)fault)), row => row.Check == check);
        Assert.False(row.Passed, $"{check} passed: {row}");
        Assert.Matches(reason, row.Reason);
    }

    [Fact]
    public void A_correct_copy_of_the_faulty_distribution_passes()
    {
        using var scope = NewDisposeScope();
        Assert.All(Run(new Faulty(Fault.None)), row => Assert.True(row.Passed, $"{row.Check}: {row.Reason}"));
    }

    // E[x] = 50 B(101, 50) is 1e-41, from values near 0.7 that one draw in 1e24 has.
    [Fact]
    public void Moments_that_no_draw_can_show_are_not_judged()
    {
        using var scope = NewDisposeScope();
        for (int seed = 0; seed < 5; seed++)
        {
            IReadOnlyList<DistributionCheckRow> rows = DistributionCheck.Run(new Kumaraswamy(tensor(0.01), tensor(50.0)), 20_000, seed, 1e-6, CancellationToken.None);
            Assert.DoesNotContain(rows, row => row.Check is "Mean" or "Variance");
            Assert.All(rows, row => Assert.True(row.Passed, row.ToString()));
        }
    }

    // Most of these samples hold no event, and a few hold two, where a normal approximation would call them impossible.
    [Fact]
    public void Events_too_rare_for_the_draws_are_not_judged_by_moments()
    {
        using var scope = NewDisposeScope();
        Distribution[] rare =
        [
            new Poisson(tensor(1e-5, ScalarType.Float64)), new Bernoulli(tensor(2e-4, ScalarType.Float64)), new Geometric(tensor(0.99999, ScalarType.Float64)),
            new Multinomial(tensor(1.0, ScalarType.Float64), tensor([1e-5, 1], ScalarType.Float64)),
        ];
        for (int seed = 0; seed < 20; seed++)
        {
            foreach (DistributionCheckRow row in rare.SelectMany(each => DistributionCheck.Run(each, 5_000, seed, 1e-6, CancellationToken.None)))
                Assert.True(row.Passed, $"{row.Distribution} {row.Check}, seed {seed}: {row.Reason}");
        }
        Assert.Equal("[1]", Assert.Single(Run(new Poisson(tensor([1e-5, 3], ScalarType.Float64))), row => row.Check == "Mean").Index);
    }

    // Their draws have no variance, or one that 5,000 draws do not show: a z-test would fail for many seeds.
    [Fact]
    public void Heavy_tails_are_not_judged_by_moments()
    {
        using var scope = NewDisposeScope();
        (Distribution Heavy, string[] Moments)[] cases =
        [
            (new Pareto(tensor(1.0), tensor(1.2)), []), (new InverseGamma(tensor(1.2), tensor(1.0)), []), (new FisherSnedecor(tensor(5.0), tensor(2.5)), []),
            (new LogNormal(tensor(0.0), tensor(2.0)), []), (new StudentT(tensor(4.5), tensor(0.0), tensor(1.0)), ["Mean"]), (new Pareto(tensor(1.0), tensor(5.0)), ["Mean"]),
            (new Normal(tensor(0.0), tensor(1.0)), ["Mean", "Variance"]), (new Uniform(tensor(0.0), tensor(1.0)), ["Mean", "Variance"]),
        ];
        foreach ((Distribution heavy, string[] moments) in cases)
        {
            for (int seed = 0; seed < 10; seed++)
            {
                IReadOnlyList<DistributionCheckRow> rows = DistributionCheck.Run(heavy, 5_000, seed, 1e-6, CancellationToken.None);
                Assert.All(rows, row => Assert.True(row.Passed, $"{heavy}, seed {seed}, {row.Check}: {row.Reason}"));
                Assert.Equal(moments, rows.Select(row => row.Check).Where(check => check is "Mean" or "Variance"));
            }
        }
        Assert.Equal("[1]", Assert.Single(Run(new Pareto(tensor(1.0), tensor(new[] { 1.2, 9 }))), row => row.Check == "Mean").Index);
    }

    public static TheoryData<string, Func<Distribution>> Extreme => new()
    {
        { "Chi2", () => new Chi2(tensor(0.1)) },
        { "Gamma", () => new Gamma(tensor(0.05), tensor(1.0)) },
        { "Gamma in float32", () => new Gamma(tensor(0.05f), tensor(1f)) },
        { "a negative Gamma", () => new TransformedDistribution(new Gamma(tensor(0.05), tensor(1.0)), [new AffineTransform(tensor(0.0), tensor(-1.0))]) },
        { "StudentT", () => new StudentT(tensor(0.05), tensor(1000.0), tensor(1.0)) },
        { "Pareto", () => new Pareto(tensor(1.0), tensor(0.05)) },
        { "Beta near 0", () => new Beta(tensor(1e-3), tensor(10.0)) },
        { "Beta near 1", () => new Beta(tensor(10.0), tensor(1e-3)) },
        { "RelaxedBernoulli", () => new RelaxedBernoulli(tensor(0.01), tensor(0.5)) },
        { "LogUniform", () => new LogUniform(tensor(1e-300), tensor(1e300)) },
        { "LogNormal", () => new LogNormal(tensor(0.0), tensor(50.0)) },
        { "FisherSnedecor", () => new FisherSnedecor(tensor(0.1), tensor(0.1)) },
        { "Weibull", () => new Weibull(tensor(1.0), tensor(0.05)) },
    };

    [Theory, MemberData(nameof(Extreme))]
    public void A_density_over_many_orders_of_magnitude_integrates_to_1(string name, Func<Distribution> make)
    {
        using var scope = NewDisposeScope();
        DistributionCheckRow row = Assert.Single(Run(make()), row => row.Check == "Normalization");
        Assert.True(row.Passed, $"{name}: {row.Actual}");
    }

    private enum Fault
    {
        Draws,
        Support,
        Variance,
        Density,
        Quantile,
        None,
    }

    /// <summary>The uniform distribution on [0, 1], with one fault.</summary>
    private sealed class Faulty(Fault fault) : Distribution(Kind, [("Scale", ones([], ScalarType.Float64))], [])
    {
        private static readonly DistributionType Kind = new(
            "Faulty", Reparameterization.None, Constraints.UnitInterval, [new("Scale", Constraints.Positive) { Example = 1.0 }], _ => new Faulty(Fault.None))
        {
            Density = "1", Moments = "mean 1/2, variance 1/12", Source = "this test", HasCdf = true, HasQuantile = true,
        };

        protected override Tensor ComputeMean() => full([], 0.5, DType);

        protected override Tensor ComputeVariance() => full([], fault == Fault.Variance ? 0.1 : 1.0 / 12, DType);

        protected override Tensor ComputeLogProb(Tensor value) => zeros_like(value) + (fault == Fault.Density ? 0.01 : 0);

        protected override Tensor Draw(long[] shape, RandomSource random) => random.Uniform(shape, DType) * (fault == Fault.Draws ? 0.9 : fault == Fault.Support ? 1.01 : 1);

        protected override Tensor ComputeCdf(Tensor value) => value.clamp(0, 1);

        protected override Tensor ComputeIcdf(Tensor probability) => fault == Fault.Quantile ? probability.square() : probability;
    }
}
