using ReparamPS.Distributions;
using ReparamPS.Distributions.Checks;
using ReparamPS.Gradients;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Custom;

/// <summary>Checks of custom distributions whose score vanishes at draws, whose density is infinite at an end, or whose density over vectors is slightly wrong.</summary>
public sealed class CustomCheckTests
{
    private static DistributionCheckRow Row(CustomDistribution distribution, string check, int draws = 20_000) =>
        Assert.Single(DistributionCheck.Run(distribution, draws, new RandomSeed(0), 1e-6, TestContext.Current.CancellationToken), row => row.Check == check);

    private static CustomDistribution Counts(double rate, Func<Tensor, Tensor> seen, Func<Tensor, Tensor> seenInPower) => Customs.Make(new()
    {
        Name = "Counts", Support = "NonNegativeInteger", IsReparameterized = false, Sample = (p, noise, shape) => noise.From(new Poisson(p["Rate"]), shape),
        LogProbability = (p, x) => x * seenInPower(p["Rate"]).log() - seen(p["Rate"]) - (x + 1).lgamma(),
    }, ScalarType.Float64, ("Rate", rate));

    // At x = Rate, where a fifth of the draws are, the slope is 0, and a difference is its truncation.
    [Theory, InlineData(0.5), InlineData(1), InlineData(3), InlineData(10)]
    public void A_mass_at_whose_mode_the_slope_is_0_passes(double rate) => Assert.True(Row(Counts(rate, value => value, value => value), "Gradient").Passed);

    [Theory, InlineData(1), InlineData(3), InlineData(10)]
    public void A_mass_that_is_detached_fails(double rate)
    {
        Assert.Contains("it is detached", Row(Counts(rate, value => value.detach(), value => value.detach()), "Gradient").Reason, StringComparison.Ordinal);
        Assert.False(Row(Counts(rate, value => value, value => value.detach()), "Gradient").Passed);
        Assert.False(Row(Counts(rate, value => value.detach(), value => value), "Gradient").Passed);
    }

    // Width · (1 − uᵏ) has the density ((w − x) / w)^(1/k − 1) / (k w), with a pole at w.
    private static CustomDistribution Pole(double power, Func<Tensor, Tensor> seen, double constant = 0) => Customs.Make(new()
    {
        Name = "Pole", Support = "in [0, Width]", Sample = (p, noise, shape) => seen(p["Width"]) * (1 - noise.Uniform(shape).pow(power)),
        LogProbability = (p, x) => constant - Math.Log(power) + (1 / power - 1) * (p["Width"] - x).log() - p["Width"].log() / power,
    }, ScalarType.Float64, ("Width", 2.0));

    private static CustomDistribution Arcsine(double low, double high) => Customs.Make(new()
    {
        Name = "Arcsine", Support = "in [Low, High]", Sample = (p, noise, shape) => p["Low"] + (p["High"] - p["Low"]) * (0.5 - 0.5 * (Math.PI * noise.Uniform(shape)).cos()),
        LogProbability = (p, x) => -Math.Log(Math.PI) - 0.5 * (p["High"] - x).log() - 0.5 * (x - p["Low"]).log(),
    }, ScalarType.Float64, ("Low", low), ("High", high));

    public static TheoryData<string, Func<CustomDistribution>> Poles => new()
    {
        { "a pole at the upper end", () => Pole(2, value => value) },
        { "a steep pole at the upper end", () => Pole(5, value => value) },
        { "poles at both ends", () => Arcsine(2, 6) },
        { "poles at both ends, below 0", () => Arcsine(-6, -2) },
    };

    [Theory, MemberData(nameof(Poles))]
    public void A_density_that_is_infinite_at_an_end_passes(string name, Func<CustomDistribution> make)
    {
        Assert.All(DistributionCheck.Run(make(), 5000, new RandomSeed(1), 1e-6, TestContext.Current.CancellationToken), row => Assert.True(row.Passed, $"{name}: {row}"));
        for (long seed = 0; seed < 6; seed++) Assert.All(Gradients(make(), seed), row => Assert.True(row.Passed, $"{name}, seed {seed}: {row}"));
    }

    [Fact]
    public void Faults_beside_a_pole_are_found()
    {
        Assert.False(Row(Pole(2, value => value, 0.001), "Normalization").Passed);
        Assert.False(Row(Pole(5, value => value, 0.01), "Normalization").Passed);
        Assert.Contains(Gradients(Pole(2, value => value.detach() + 1.001 * (value - value.detach())), 0), row => !row.Passed);
    }

    private static IReadOnlyList<ReparameterizationCheckRow> Gradients(Distribution distribution, long seed) =>
        ReparameterizationCheck.Run(distribution, new ReparameterizationCheckOptions { Seed = seed }, TestContext.Current.CancellationToken);

    // The product of two densities that are 1 % too large.
    [Theory, InlineData(20_000, 0, true), InlineData(200_000, 0, true), InlineData(200_000, 0.01, false)]
    public void A_density_over_vectors_is_integrated_by_as_many_proposals_as_draws(int draws, double excess, bool passes)
    {
        CustomDistribution plane = Customs.Make(new()
        {
            Name = "Plane", EventShape = [2], Sample = (p, noise, shape) => p["Loc"] + noise.Normal(shape),
            LogProbability = (p, x) => (Math.Log(1 + excess) - Math.Log(2 * Math.PI) / 2 - (x - p["Loc"]).square() / 2).sum(-1),
        }, ScalarType.Float64, ("Loc", new[] { 1.0, 2 }));
        DistributionCheckRow row = Row(plane, "Normalization", draws);
        Assert.Equal((draws, passes), ((int)row.Count, row.Passed));
    }
}
