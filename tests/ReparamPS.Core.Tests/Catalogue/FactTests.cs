using System.Reflection;
using ReparamPS.Distributions;
using ReparamPS.Distributions.Transforms;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Catalogue;

/// <summary>What a definition and an instance say about their members is what the members do.</summary>
public sealed class FactTests
{
    private static readonly Dictionary<string, Func<Distribution>> Composed = new()
    {
        ["Independent of normals"] = () => new Independent(Normals(3), 1),
        ["Independent without dimensions"] = () => new Independent(Normals(3), 0),
        ["Independent of Poissons"] = () => new Independent(new Poisson(tensor(new[] { 1.0, 2 })), 1),
        ["Independent without moments"] = () => new Independent(new RelaxedBernoulli(tensor(0.5), tensor(new[] { 0.2, 0.4 }), null), 1),
        ["log-normal by a transform"] = () => new TransformedDistribution(Normals(2), [new ExpTransform()]),
        ["affine"] = () => new TransformedDistribution(Normals(2), [new AffineTransform(tensor(1.0), tensor(-2.0))]),
        ["affine without entropy"] = () => new TransformedDistribution(new Poisson(tensor(2.0)), [new AffineTransform(tensor(0.0), tensor(2.0))]),
        ["affine vector"] = () => new TransformedDistribution(new Independent(Normals(2), 1), [new AffineTransform(tensor(1.0), tensor(2.0))]),
        ["not monotone"] = () => new TransformedDistribution(Normals(2), [new AbsTransform()]),
        ["mixture of normals"] = () => new MixtureSameFamily(Weights(), Normals(2)),
        ["mixture of wrapped normals"] = () => new MixtureSameFamily(Weights(), new Independent(Normals(2), 0)),
        ["mixture of vectors"] = () => new MixtureSameFamily(Weights(), new Independent(new Normal(zeros([2, 3], float64), ones([2, 3], float64)), 1)),
        ["mixture of angles"] = () => new MixtureSameFamily(Weights(), new VonMises(tensor(new[] { 0.0, 1 }), tensor(new[] { 2.0, 3 }))),
        ["mixture without moments"] = () => new MixtureSameFamily(Weights(), new TransformedDistribution(Normals(2), [new ExpTransform()])),
        ["mixture of a distribution without CDF"] = () => new MixtureSameFamily(Weights(), new TransformedDistribution(Normals(2), [new AbsTransform()])),
    };

    public static TheoryData<string> ComposedNames() => [.. Composed.Keys];

    public static TheoryData<string> WithAlternative() => [.. DistributionCatalog.All.Where(type => type.Alternative is not null).Select(type => type.Name)];

    [Theory, MemberData(nameof(Cases.Names), MemberType = typeof(Cases))]
    public void A_definition_names_exactly_the_overridden_members(string name)
    {
        using var scope = NewDisposeScope();
        DistributionType type = DistributionCatalog.Get(name);
        Type kind = type.CreateExample().GetType();
        bool Overrides(string member) => kind.GetMethod(member, BindingFlags.Instance | BindingFlags.NonPublic)!.DeclaringType != typeof(Distribution);
        Assert.Equal(
            (Overrides("ComputeCdf"), Overrides("ComputeIcdf"), Overrides("ComputeEntropy")),
            (type.HasCdf, type.HasQuantile, type.HasEntropy));
    }

    [Theory, MemberData(nameof(Cases.Names), MemberType = typeof(Cases))]
    public void The_example_behaves_as_it_says(string name)
    {
        using var scope = NewDisposeScope();
        AssertBehaves(DistributionCatalog.Get(name).CreateExample());
    }

    [Theory, MemberData(nameof(ComposedNames))]
    public void A_composed_distribution_behaves_as_it_says(string name)
    {
        using var scope = NewDisposeScope();
        AssertBehaves(Composed[name]());
    }

    [Theory, MemberData(nameof(WithAlternative))]
    public void An_alternative_has_the_sample_that_the_kind_lacks(string name)
    {
        DistributionType type = DistributionCatalog.Get(name);
        Assert.False(type.HasRSample);
        Assert.True(DistributionCatalog.Get(type.Alternative!).HasRSample);
        using var scope = NewDisposeScope();
        var refused = Assert.Throws<NotReparameterizableException>(() => type.CreateExample().RSample([]));
        Assert.Contains(type.Alternative!, refused.Message, StringComparison.Ordinal);
    }

    private static void AssertBehaves(Distribution distribution)
    {
        Tensor value = distribution.Sample([]), level = full([], 0.5, distribution.DType);
        var said = (distribution.HasMoments, distribution.HasMoments, distribution.HasCdf, distribution.HasCdf, distribution.HasCdf, distribution.HasCdf, distribution.HasQuantile, distribution.HasEntropy);
        var done = (
            Works(() => distribution.Mean), Works(() => distribution.Variance),
            Works(() => distribution.Cdf(value)), Works(() => distribution.LogCdf(value)), Works(() => distribution.Survival(value)), Works(() => distribution.LogSurvival(value)),
            Works(() => distribution.Icdf(level)), Works(() => distribution.Entropy));
        Assert.Equal(said, done);
    }

    private static bool Works(Func<Tensor> member)
    {
        try
        {
            member();
            return true;
        }
        catch (NotSupportedException)
        {
            return false;
        }
    }

    private static Normal Normals(int count) => new(zeros(count, float64), ones(count, float64));

    private static Categorical Weights() => new(tensor(new[] { 0.3, 0.7 }));
}
