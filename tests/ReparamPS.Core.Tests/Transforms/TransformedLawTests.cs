using ReparamPS.Distributions;
using ReparamPS.Distributions.Transforms;
using ReparamPS.Divergences;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Transforms;

/// <summary>Transforms that merge values have no density and keep no divergence; affine ones in any wrapping keep the moments.</summary>
public sealed class TransformedLawTests
{
    private static AffineTransform Affine(double loc, double scale) => new(tensor(loc), tensor(scale));

    private static Normal Of(params double[] means) => new(tensor(means), tensor(1.0));

    public static TheoryData<string, Func<Distribution>, Func<Transform>> Merging => new()
    {
        { "Abs", () => Of(1), () => new AbsTransform() },
        { "Abs", () => new Poisson(tensor(3.0)), () => new ComposeTransform([Affine(-1, 1), new AbsTransform()]) },
        { "Softmax", () => Of(0, 1, 2), () => new SoftmaxTransform() },
        { "LowerCholesky", () => new Normal(ones(2, 2, ScalarType.Float64), tensor(1.0)), () => new LowerCholeskyTransform() },
        { "PositiveDefinite", () => new Normal(ones(2, 2, ScalarType.Float64), tensor(1.0)), () => new PositiveDefiniteTransform() },
    };

    [Theory, MemberData(nameof(Merging))]
    public void A_map_that_is_not_one_to_one_has_no_density_and_keeps_no_divergence(string name, Func<Distribution> source, Func<Transform> transform)
    {
        using var scope = NewDisposeScope();
        using var random = new RandomSource(1);
        var made = new TransformedDistribution(source(), [transform()]);
        Assert.False(made.HasLogProb);
        Tensor draw = made.Sample([], random);
        foreach (Action call in new Action[] { () => made.LogProb(draw), () => MonteCarloEstimate.Entropy(made, 100, random), () => MonteCarloEstimate.Divergence(made, made, 100, random) })
            Assert.Equal($"TransformedDistribution has no log-density, because {name} is not one-to-one.", Assert.Throws<NotSupportedException>(call).Message);
        Distribution[] forms = made.BatchShape.Length > 0 ? [made, new Independent(made, 1)] : [made];
        foreach (Distribution form in forms)
            Assert.Contains($"has no closed form, because the transform {name} is not one-to-one.", Assert.Throws<NotSupportedException>(() => KullbackLeibler.Divergence(form, form)).Message, StringComparison.Ordinal);
    }

    // ½ (log 4 + (1 + 1) / 4 − 1) of N(0, 1) and N(1, 2).
    [Theory, InlineData("Exp"), InlineData("Sigmoid"), InlineData("Affine"), InlineData("Inverse")]
    public void A_bijection_keeps_the_divergence_of_the_bases(string name)
    {
        using var scope = NewDisposeScope();
        Transform Make() => name switch { "Exp" => new ExpTransform(), "Sigmoid" => new SigmoidTransform(), "Affine" => Affine(1, -2), _ => Affine(1, -2).Inv };
        double found = KullbackLeibler.Divergence(new TransformedDistribution(new Normal(tensor(0.0), tensor(1.0)), [Make()]), new TransformedDistribution(new Normal(tensor(1.0), tensor(2.0)), [Make()])).item<double>();
        Assert.Equal(0.5 * (Math.Log(4) + 0.5 - 1), found, 1e-14);
    }

    public static TheoryData<string, Func<Transform[]>, double, double> Wrappings => new()
    {
        // Of N(1, 2): (1 − 1) / 2 with variance 1; 1 + 2 (1 + 2 · 1) = 7 with variance 64.
        { "inverse", () => [Affine(1, 2).Inv], 0, 1 },
        { "chain", () => [new ComposeTransform([Affine(1, 2), Affine(1, 2)])], 7, 64 },
        { "list", () => [Affine(1, 2), Affine(1, 2)], 7, 64 },
        { "inverse of a chain", () => [new ComposeTransform([Affine(1, 2), new ComposeTransform([Affine(1, 2).Inv])]).Inv], 1, 4 },
        { "identity", () => [new ComposeTransform([])], 1, 4 },
        { "turned", () => [new ComposeTransform([Affine(0, -3)]).Inv, Affine(1, 1)], 2.0 / 3, 4.0 / 9 },
    };

    [Theory, MemberData(nameof(Wrappings))]
    public void Affine_maps_in_any_wrapping_keep_moments_mode_and_entropy(string name, Func<Transform[]> transforms, double mean, double variance)
    {
        using var scope = NewDisposeScope();
        var moved = new TransformedDistribution(new Normal(tensor(1.0), tensor(2.0)), transforms());
        Assert.True(moved.HasMoments && moved.HasMode && moved.HasEntropy, name);
        Assert.Equal(mean, moved.Mean.item<double>(), 1e-14);
        Assert.Equal(mean, moved.Mode.item<double>(), 1e-14);
        Assert.Equal(variance, moved.Variance.item<double>(), 1e-13);
        Assert.Equal(0.5 * Math.Log(2 * Math.PI * Math.E * variance), moved.Entropy.item<double>(), 1e-14);
    }

    // The second element of N(1, 2²), N(2, 3²) is multiplied by −3.
    [Fact]
    public void Affine_maps_of_pieces_slices_and_vectors_keep_the_moments()
    {
        using var scope = NewDisposeScope();
        Transform[] parts = [Affine(1, 2), Affine(0, -3)];
        var pair = new Normal(tensor(new[] { 1.0, 2 }), tensor(new[] { 2.0, 3 }));
        double entropy = Math.Log(2 * Math.PI * Math.E) + 0.5 * Math.Log(16) + 0.5 * Math.Log(81);
        foreach ((Transform[] transforms, long[] shape) in new (Transform[], long[])[]
        {
            ([new CatTransform(parts, -1)], [2]), ([new StackTransform(parts, -1)], [2]), ([new AffineTransform(tensor(new[] { 1.0, 0 }), tensor(new[] { 2.0, -3 }), 1)], [2]),
            ([new IndependentTransform(new AffineTransform(tensor(new[] { 1.0, 0 }), tensor(new[] { 2.0, -3 })), 1), new ReshapeTransform([2], [2, 1])], [2, 1]),
        })
        {
            var moved = new TransformedDistribution(pair, transforms);
            Assert.Equal(shape, moved.Variance.shape);
            Assert.Equal([3, -6], ManagedValues.ToDoubles(moved.Mean));
            Assert.Equal([16, 81], ManagedValues.ToDoubles(moved.Variance));
            Assert.Equal(entropy, moved.Entropy.sum().item<double>(), 1e-13);
        }
    }

    [Fact]
    public void A_tiny_scale_keeps_its_moments()
    {
        using var scope = NewDisposeScope();
        var narrow = new TransformedDistribution(new Normal(tensor(1.0), tensor(2.0)), [Affine(0, 1e-200)]);
        Assert.Equal(1e-200, narrow.Mean.item<double>());
        Assert.Equal(0, narrow.Variance.item<double>());
    }
}
