using ReparamPS.Distributions;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Catalogue;

/// <summary>Outside the support the log-probability is −∞ and its gradients are numbers.</summary>
public sealed class SupportTests
{
    private static readonly double[] Candidates = [-1e10, -1, -0.5, 0.5, 1.5, 7, 1e10];

    [Theory, MemberData(nameof(Cases.Settings), MemberType = typeof(Cases))]
    public void Values_outside_have_log_probability_minus_infinity_and_no_NaN_gradient(string name, int setting)
    {
        using var scope = NewDisposeScope();
        ReferenceSetting reference = ReferenceFile.Of(name).Settings[setting];
        ReferenceDistribution made = ReferenceDistribution.Make(reference.File, reference.Parameters, requiresGrad: true);
        double[] listed = JsonNumbers.Doubles(reference.File.Root.GetProperty("outside"));
        foreach (double candidate in listed.Concat(Candidates))
        {
            Tensor value = full(reference.EventShape, candidate, ScalarType.Float64).requires_grad_();
            bool isOutside = !made.Value.Support.Check(value.detach()).all().item<bool>();
            Assert.True(isOutside || !listed.Contains(candidate), $"{reference}: {candidate} is said to be inside {made.Value.Support}.");
            if (!isOutside) continue;
            Tensor logProb = made.Value.LogProb(value);
            Assert.True(double.IsNegativeInfinity(logProb.item<double>()), $"{reference}: log p({candidate}) is {logProb.item<double>()}, not −∞.");
            if (!logProb.requires_grad) continue;
            logProb.sum().backward();
            foreach ((string path, Tensor leaf) in made.Leaves.Append(new("value", value)))
                Assert.False(leaf.grad is { } gradient && gradient.isnan().any().item<bool>(), $"{reference}: the gradient of {path} at {candidate} is NaN.");
        }
    }

    [Theory, MemberData(nameof(Cases.Names), MemberType = typeof(Cases))]
    public void The_log_probability_of_NaN_is_NaN(string name)
    {
        using var scope = NewDisposeScope();
        Distribution example = DistributionCatalog.Get(name).CreateExample();
        Assert.True(example.LogProb(full([.. example.BatchShape, .. example.EventShape], double.NaN, ScalarType.Float64)).isnan().all().item<bool>());
    }

    [Theory, MemberData(nameof(Cases.Univariate), MemberType = typeof(Cases))]
    public void The_CDF_runs_from_0_to_1_and_quantiles_outside_the_unit_interval_are_NaN(string name, int setting)
    {
        using var scope = NewDisposeScope();
        ReferenceSetting reference = ReferenceFile.Of(name).Settings[setting];
        Distribution distribution = ReferenceDistribution.Make(reference.File, reference.Parameters).Value;
        double[] ends = ManagedValues.ToDoubles(distribution.Cdf(tensor([double.NegativeInfinity, double.PositiveInfinity])));
        Assert.Equal(0, ends[0], 1e-12);
        Assert.Equal(1, ends[1], 1e-12);
        double[] opposite = ManagedValues.ToDoubles(distribution.Survival(tensor([double.NegativeInfinity, double.PositiveInfinity])));
        Assert.Equal(1, opposite[0], 1e-12);
        Assert.Equal(0, opposite[1], 1e-12);
        Assert.All(ManagedValues.ToDoubles(distribution.Icdf(tensor([-0.1, 1.1, double.NaN]), cancellation: TestContext.Current.CancellationToken)), quantile => Assert.True(double.IsNaN(quantile)));
        double[] outer = ManagedValues.ToDoubles(distribution.Icdf(tensor([0.0, 1.0]), cancellation: TestContext.Current.CancellationToken));
        Assert.True(outer[0] <= outer[1], $"{reference}: the quantiles of 0 and 1 are {outer[0]} and {outer[1]}.");
    }
}
