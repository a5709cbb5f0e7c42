using ReparamPS.Distributions;
using ReparamPS.Distributions.Transforms;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Catalogue;

/// <summary>Modes and the values of finite supports.</summary>
public sealed class ModeTests
{
    public static TheoryData<string> WithMode() => [.. DistributionCatalog.All.Where(type => type.HasMode).Select(type => type.Name)];

    public static TheoryData<string> Enumerable() => [.. DistributionCatalog.All.Where(type => type.HasEnumerableSupport).Select(type => type.Name)];

    [Theory, MemberData(nameof(WithMode))]
    public void No_draw_has_a_larger_density_than_the_mode(string name)
    {
        using var scope = NewDisposeScope();
        using var random = new RandomSource(3);
        Distribution distribution = DistributionCatalog.Get(name).CreateExample();
        Tensor mode = distribution.Mode;
        Assert.Equal([.. distribution.BatchShape, .. distribution.EventShape], mode.shape);
        Assert.SkipWhen(mode.isnan().any().item<bool>(), "The mode of the example is not unique, or there is none.");
        double atMode = distribution.LogProb(mode).item<double>(), best = distribution.LogProb(distribution.Sample([2000], random)).max().item<double>();
        Assert.True(atMode >= best - 1e-12, $"{name}: {atMode} at the mode, {best} at a draw");
    }

    [Theory, MemberData(nameof(Enumerable))]
    public void The_values_of_a_finite_support_have_all_the_mass(string name)
    {
        using var scope = NewDisposeScope();
        Distribution distribution = DistributionCatalog.Get(name).CreateExample().Expand(2, 3);
        Tensor values = distribution.EnumerateSupport();
        Assert.Equal([values.shape[0], 2, 3, .. distribution.EventShape], values.shape);
        Assert.All(ManagedValues.ToDoubles(distribution.LogProb(values).exp().sum([0])), mass => Assert.Equal(1, mass, 12));
        Assert.Equal([values.shape[0], 1, 1, .. distribution.EventShape], distribution.EnumerateSupport(expand: false).shape);
    }

    [Fact]
    public void Modes_are_PyTorchs()
    {
        using var scope = NewDisposeScope();
        Tensor At(double value) => tensor(value, ScalarType.Float64);
        // Of torch.distributions: Gamma(2.5, 1.5).mode, Beta(2, 3).mode, LogNormal(0.5, 1.5).mode, FisherSnedecor(5, 7).mode, Weibull(1.5, 2).mode, InverseGamma(2.5, 1.5).mode.
        Assert.Equal(1.0, new Gamma(At(2.5), At(1.5)).Mode.item<double>(), 12);
        Assert.Equal(1.0 / 3, new Beta(At(2), At(3)).Mode.item<double>(), 12);
        Assert.Equal(0.17377394345044514, new LogNormal(At(0.5), At(1.5)).Mode.item<double>(), 12);
        Assert.Equal(3.0 / 5 * 7 / 9, new FisherSnedecor(At(5), At(7)).Mode.item<double>(), 12);
        Assert.Equal(1.0606601717798212, new Weibull(At(1.5), At(2)).Mode.item<double>(), 12);
        Assert.Equal(1.5 / 3.5, new InverseGamma(At(2.5), At(1.5)).Mode.item<double>(), 12);
        Assert.Equal(1.0, new Binomial(At(3), At(0.4)).Mode.item<double>(), 12);
        Assert.Throws<NotSupportedException>(() => new Normal(At(0), At(1)).EnumerateSupport());
    }

    [Fact]
    public void Modes_are_those_of_closed_forms()
    {
        using var scope = NewDisposeScope();
        Tensor At(double value) => tensor(value, ScalarType.Float64);
        // torch.distributions: Kumaraswamy(2, 3).mode.
        Assert.Equal(Math.Sqrt(0.2), new Kumaraswamy(At(2), At(3)).Mode.item<double>(), 15);
        Assert.Equal(0, new Kumaraswamy(At(0.5), At(3)).Mode.item<double>());
        Assert.Equal(1, new Kumaraswamy(At(3), At(0.5)).Mode.item<double>());
        Assert.Equal(double.NaN, new Kumaraswamy(At(0.5), At(0.5)).Mode.item<double>());
        Assert.Equal(double.NaN, new Kumaraswamy(At(1), At(1)).Mode.item<double>());
        Assert.Equal(5, new GeneralizedPareto(At(5), At(2), At(0.3)).Mode.item<double>());
        Assert.Equal(6, new GeneralizedPareto(At(5), At(2), At(-2)).Mode.item<double>());
        Assert.Equal(double.NaN, new GeneralizedPareto(At(5), At(2), At(-1)).Mode.item<double>());
        Assert.Equal(1, new ContinuousBernoulli(At(0.6)).Mode.item<double>());
        Assert.Equal(0, new ContinuousBernoulli(null, At(-1e-9)).Mode.item<double>());
        Assert.Equal(double.NaN, new ContinuousBernoulli(At(0.5)).Mode.item<double>());
        // torch.distributions: Wishart(7, 2 I).mode is (7 − 2 − 1) · 2 I.
        Tensor scale = tensor(new[,] { { 2.0, 0.5 }, { 0.5, 1.0 } });
        Assert.Equal([8.0, 2.0, 2.0, 4.0], ManagedValues.ToDoubles(new Wishart(At(7), scale).Mode));
        // Below Df = 3 the density of a 2 × 2 matrix is infinite wherever it is singular; PyTorch gives NaN too. A number has its mode at 0.
        Assert.All(ManagedValues.ToDoubles(new Wishart(At(2), scale).Mode), value => Assert.Equal(double.NaN, value));
        Assert.Equal(0, new Wishart(At(1.5), tensor(new[,] { { 2.0 } })).Mode.item<double>());
        Assert.Equal([1.0, 0.0, 0.0, 1.0], ManagedValues.ToDoubles(new LKJCholesky(2, At(1.5)).Mode));
        Assert.True(new LKJCholesky(2, At(1)).Mode.isnan().all().item<bool>());
    }

    [Fact]
    public void Composed_distributions_have_the_mode_of_their_base_where_densities_keep_their_order()
    {
        using var scope = NewDisposeScope();
        var gamma = new Gamma(tensor(new[] { 3.0, 5.0 }), tensor(new[] { 1.0, 2.0 }));
        Assert.Equal([2.0, 2.0], ManagedValues.ToDoubles(new Independent(gamma, 1).Mode));
        var affine = new TransformedDistribution(gamma, [new AffineTransform(1.0, -2.0)]);
        Assert.Equal([-3.0, -3.0], ManagedValues.ToDoubles(affine.Mode));
        var squashed = new TransformedDistribution(gamma, [new ExpTransform()]);
        Assert.False(squashed.HasMode);
        Assert.Contains("not all of its transforms are affine", Assert.Throws<NotSupportedException>(() => squashed.Mode).Message, StringComparison.Ordinal);
        Assert.Contains("no unique mode", Assert.Throws<NotSupportedException>(() => new Uniform(tensor(0.0), tensor(1.0)).Mode).Message, StringComparison.Ordinal);
        var mixture = DistributionCatalog.Get("MixtureSameFamily").CreateExample();
        Assert.Contains("no closed-form mode", Assert.Throws<NotSupportedException>(() => mixture.Mode).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_multivariate_distribution_says_that_it_has_no_quantile()
    {
        using var scope = NewDisposeScope();
        var distribution = new Dirichlet(tensor(new[] { 1.0, 2.0 }));
        Assert.Contains("no quantile function: it is multivariate", Assert.Throws<NotSupportedException>(() => distribution.Icdf(tensor(0.5, ScalarType.Float64), cancellation: TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_search_for_a_quantile_can_be_cancelled()
    {
        using var scope = NewDisposeScope();
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.Throws<OperationCanceledException>(() => new Poisson(tensor(5.0, ScalarType.Float64)).Icdf(tensor(0.5, ScalarType.Float64), cancelled.Token));
    }
}
