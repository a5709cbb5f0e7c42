using ReparamPS.Distributions;
using ReparamPS.Distributions.Checks;
using ReparamPS.Gradients;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Custom;

/// <summary>Quantiles, and so draws, of custom distributions that have a CDF and a density only.</summary>
public sealed class QuantileSearchTests
{
    private static readonly double[] Levels = [1e-300, 1e-15, 1e-6, 0.01, 0.3, 0.5, 0.5000001, 0.7, 0.99, 1 - 1e-6, 1 - 1e-12];

    // Name, CDF, log-density and quantile of standard forms.
    private static readonly (string Name, Func<Tensor, Tensor> Cdf, Func<Tensor, Tensor> LogDensity, Func<double, double> Quantile)[] Forms =
    [
        ("logistic", z => z.sigmoid(), z => -z.abs() - 2 * (-z.abs()).exp().log1p(), p => Math.Log(p) - Math.Log(1 - p)),
        ("Cauchy", z => where(z < 0, (-1 / z.minimum(-1e-300)).atan() / Math.PI, 0.5 + z.atan() / Math.PI), z => -Math.Log(Math.PI) - z.square().log1p(), p => p < 0.5 ? -1 / Math.Tan(Math.PI * p) : Math.Tan(Math.PI * (p - 0.5))),
        ("Laplace", z => where(z < 0, z.exp() / 2, 1 - (-z).exp() / 2), z => -z.abs() - Math.Log(2), p => p < 0.5 ? Math.Log(2 * p) : -Math.Log(2 * (1 - p))),
    ];

    public static TheoryData<string, double, double> Cases
    {
        get
        {
            var cases = new TheoryData<string, double, double>();
            foreach (string name in Forms.Select(form => form.Name))
            {
                foreach ((double loc, double scale) in new[] { (0.0, 1.0), (1e3, 1e-3), (-5.0, 1e6), (0.0, 1e-9) }) cases.Add(name, loc, scale);
            }
            return cases;
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void Quantiles_are_those_of_the_closed_form(string name, double loc, double scale)
    {
        using var scope = NewDisposeScope();
        var form = Forms.Single(each => each.Name == name);
        double[] found = ManagedValues.ToDoubles(Make(form, loc, scale, 0).Distribution.Icdf(tensor(Levels), cancellation: TestContext.Current.CancellationToken));
        for (int i = 0; i < Levels.Length; i++)
        {
            double expected = loc + scale * form.Quantile(Levels[i]);
            // The CDF near 1 keeps the digits of its distance from 1 only as far as that is above 1e-16.
            Assert.Equal(expected, found[i], (Math.Abs(expected) + scale) * 1e-11 + scale * (Levels[i] > 0.5 ? 1e-15 / (1 - Levels[i]) * Math.Max(1, Math.Abs(form.Quantile(Levels[i]))) : 0));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(-5)]
    [InlineData(30)]
    [InlineData(1e-3)]
    public void Quantiles_rest_on_the_CDF_whatever_the_density(double offset)
    {
        using var scope = NewDisposeScope();
        (CustomDistribution distribution, _) = Make(Forms[0], 0.5, 2, offset);
        Tensor levels = linspace(0.001, 0.999, 999, ScalarType.Float64);
        Tensor found = distribution.Icdf(levels, cancellation: TestContext.Current.CancellationToken), expected = 0.5 + 2 * levels.logit();
        Assert.True(found.allclose(expected, 1e-12, 1e-12), $"{(found - expected).abs().max().item<double>():E1}");
    }

    [Fact]
    public void Many_draws_and_a_check_take_few_calls_of_the_functions()
    {
        using var scope = NewDisposeScope();
        (CustomDistribution distribution, Func<int> calls) = Make(Forms[0], 0.5, 2, 0);
        distribution.Sample([50_000]);
        Assert.InRange(calls(), 10, 80);
        int before = calls();
        Assert.All(ReparameterizationCheck.Run(distribution, cancellation: TestContext.Current.CancellationToken), row => Assert.True(row.Passed, row.ToString()));
        Assert.All(DistributionCheck.Run(distribution, 10_000, 1, 1e-6, TestContext.Current.CancellationToken), row => Assert.True(row.Passed, row.ToString()));
        Assert.InRange(calls() - before, 100, 1500);
    }

    [Theory]
    [InlineData(0.01, ScalarType.Float64, 1e-70)]
    [InlineData(0.05, ScalarType.Float32, 1e-20)]
    public void Quantiles_and_draws_near_a_steep_bound_keep_their_magnitude(double power, ScalarType dtype, double small)
    {
        using var scope = NewDisposeScope();
        // F(x) = xᵃ on [0, 1].
        var functions = new CustomFunctions { Name = "Steep", Support = "in [0, 1]", Cdf = (p, x) => x.pow(p["A"]), LogProbability = (p, x) => (p["A"] - 1) * x.log() + p["A"].log() };
        CustomDistribution steep = Customs.Make(functions, dtype, ("A", power));
        double[] levels = [0.05, 0.1, 0.2, 0.5, 0.99];
        double[] found = ManagedValues.ToDoubles(steep.Icdf(tensor(levels), cancellation: TestContext.Current.CancellationToken));
        for (int i = 0; i < levels.Length; i++)
        {
            double expected = Math.Pow(levels[i], 1 / power);
            Assert.Equal(expected, found[i], expected * 16 / power * TorchTypes.Epsilon(dtype));
        }
        double share = steep.Sample([20_000]).less(small).to(ScalarType.Float64).mean().item<double>();
        Assert.Equal(Math.Pow(small, power), share, 0.015);
    }

    private static (CustomDistribution Distribution, Func<int> Calls) Make((string Name, Func<Tensor, Tensor> Cdf, Func<Tensor, Tensor> LogDensity, Func<double, double> Quantile) form, double loc, double scale, double offset)
    {
        int calls = 0;
        var functions = new CustomFunctions
        {
            Name = form.Name,
            Cdf = (p, x) =>
            {
                calls++;
                return form.Cdf((x - p["Loc"]) / p["Scale"]);
            },
            LogProbability = (p, x) =>
            {
                calls++;
                return form.LogDensity((x - p["Loc"]) / p["Scale"]) - p["Scale"].log() + offset;
            },
        };
        return (Customs.Make(functions, ScalarType.Float64, ("Loc", loc), ("Scale", scale)), () => calls);
    }
}
