using ReparamPS.Distributions;
using ReparamPS.Distributions.Constraints;
using ReparamPS.Distributions.Transforms;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Transforms;

/// <summary>The values of a base distribution lie in the domain of each transform, or the distribution is refused when it is made.</summary>
public sealed class DomainCheckTests
{
    private static Normal Standard => new(tensor(0.0), tensor(1.0));

    private static Normal Vector => new(tensor(new[] { 0.0, 1, 2 }), tensor(1.0));

    private static Transform Logarithm => new ExpTransform().Inv;

    private static Transform Logit => new SigmoidTransform().Inv;

    private static PowerTransform Root => new(tensor(0.5));

    private static AffineTransform Affine(double loc, double scale) => new(tensor(loc), tensor(scale));

    private static Uniform Between(double low, double high, ScalarType dtype = ScalarType.Float64) => new(tensor(low, dtype), tensor(high, dtype));

    public static TheoryData<string, Func<Distribution>, Func<Transform[]>, string> Outside => new()
    {
        { "square of a normal", () => Standard, () => [new PowerTransform(tensor(2.0))], "The support of BaseDistribution must lie in the domain of Power(Exponent: 2), which is 'positive'; got Normal(Loc: 0, Scale: 1) with the support 'real'. Use another distribution, or put a transform first whose outputs lie in this domain, such as Exp." },
        { "in float32", () => new Normal(tensor(0f), tensor(1f)), () => [Root], "'positive'; got Normal" },
        { "logarithm of a normal", () => Standard, () => [Logarithm], "domain of Exp().Inv, which is 'positive'" },
        { "bounds that are parameters", () => Between(-1, 1), () => [Root], "got Uniform(Low: -1, High: 1) with the support 'in [Low, High]'" },
        { "one of a batch", () => new Uniform(tensor(new[] { 0, -0.1 }), tensor(1.0)), () => [Root], "support 'in [Low, High]'" },
        { "a transform before", () => Standard, () => [new TanhTransform(), Root], "The outputs of Tanh() must lie in the domain of Power(Exponent: 0.5), which is 'positive'; got values from -1 to 1. Put a transform between the two whose outputs lie in this domain, such as Exp." },
        { "a chain", () => Standard, () => [new ComposeTransform([new ExpTransform(), Affine(-1, 1), Logarithm])], "The outputs of Affine(Loc: -1, Scale: 1)" },
        { "the inverse of a chain", () => Standard, () => [new ComposeTransform([Affine(0, 2), new ExpTransform()]).Inv], "domain of Exp().Inv" },
        { "a transform within the base", () => new TransformedDistribution(Between(0, 1), [Affine(0, -1)]), () => [Root], "domain of Power" },
        { "more event dimensions", () => Vector, () => [new IndependentTransform(Logit, 1)], "domain of Sigmoid().Inv, which is 'in [0, 1]'" },
        { "one piece", () => Vector, () => [new CatTransform([new ExpTransform(), Root], -1, [2, 1])], "'pieces: real, positive'" },
        { "one slice", () => Vector, () => [new StackTransform([new ExpTransform(), new TanhTransform(), Root], -1)], "'slices: real, real, positive'" },
        { "a vector that is not on the simplex", () => Between(0, 1).Expand(3), () => [new StickBreakingTransform().Inv], "'probability vector'" },
        { "elements of a vector", () => new Dirichlet(ones(3, ScalarType.Float64)), () => [Affine(-0.1, 1), Root], "The outputs of Affine" },
        // The fractional parts of multiples of the golden ratio, through a sigmoid.
        { "outputs that are not on the simplex", () => Between(0, 1).Expand(2), () => [new SigmoidTransform(), new StickBreakingTransform().Inv], "which is 'probability vector'; got values such as [0.649" },
        { "a point after a map of vectors", () => Standard.Expand(2), () => [new StickBreakingTransform(), Affine(-1, 1), Root], "got values such as -0." },
        { "a matrix that is not positive definite", () => Standard.Expand(2, 2), () => [new PositiveDefiniteTransform().Inv], "'symmetric positive definite matrix'" },
        { "a CDF of another support", () => Standard, () => [new CumulativeDistributionTransform(new Gamma(tensor(2.0), tensor(1.0)))], "'non-negative'" },
        { "a component", () => new MixtureSameFamily(new Categorical(tensor(new[] { 0.5, 0.5 })), new Uniform(tensor(new[] { 0.0, -1 }), tensor(2.0))), () => [Root], "domain of Power" },
        { "counts", () => new Poisson(tensor(3.0)), () => [Affine(0, -1), Root], "The outputs of Affine(Loc: 0, Scale: -1)" },
        { "the last of some counts", () => new Binomial(tensor(5.0), tensor(0.3)), () => [Affine(4, -1), Root], "got values from -1 to 4" },
    };

    [Theory, MemberData(nameof(Outside))]
    public void A_base_with_values_outside_the_domain_is_refused(string name, Func<Distribution> source, Func<Transform[]> transforms, string message)
    {
        using var scope = NewDisposeScope();
        Assert.True(Assert.Throws<ArgumentException>(() => new TransformedDistribution(source(), transforms())).Message is var found && found.Contains(message, StringComparison.Ordinal), $"{name}: {found}");
    }

    public static TheoryData<string, Func<Distribution>, Func<Transform[]>> Inside => new()
    {
        { "the closed interval of a logit", () => Between(0, 1), () => [Logit] },
        { "a half-open end", () => new Gamma(tensor(2.0), tensor(1.0)), () => [Logarithm] },
        { "a smaller interval", () => Between(0.2, 0.7), () => [Logit, Affine(0, 3)] },
        { "an infinite bound that is a parameter", () => new TruncatedNormal(tensor(0.0), tensor(1.0), tensor(0.0), tensor(double.PositiveInfinity)), () => [new PowerTransform(tensor(2.0))] },
        { "bounds that are parameters", () => new Pareto(tensor(1.0), tensor(2.0)), () => [new PowerTransform(tensor(-1.0)), Logit] },
        { "an interval that is moved", () => Between(100.1, 101.1), () => [Affine(-100.1, 1), Logit] },
        { "an interval whose end rounds", () => Between(0, 0.3), () => [Affine(0, 1 / 0.3), Logit] },
        { "an interval whose end rounds, in float32", () => Between(0, 0.3, ScalarType.Float32), () => [Affine(0, 1 / 0.3), Logit] },
        { "values whose extremes underflow", () => Standard, () => [new ExpTransform(), Logarithm, new ExpTransform(), Root] },
        { "a transform within the base", () => new TransformedDistribution(Between(0, 1), [Affine(1, 2)]), () => [Root] },
        { "the image of a map that is not one-to-one", () => Between(-0.5, 0.2), () => [new AbsTransform(), Logit] },
        { "counts", () => new Poisson(tensor(3.0)), () => [Root, Affine(1, -2)] },
        { "counts up to a number", () => new Binomial(tensor(5.0), tensor(0.3)), () => [Affine(5, -1), Root] },
        { "the simplex", () => new Dirichlet(ones(3, ScalarType.Float64)), () => [new StickBreakingTransform().Inv] },
        { "elements of a vector", () => Vector, () => [new SoftmaxTransform(), new IndependentTransform(Root, 1)] },
        { "a correlation", () => new LKJCholesky(3, tensor(1.0)), () => [new CorrCholeskyTransform().Inv] },
        { "a positive definite matrix", () => new Wishart(tensor(5.0), covarianceMatrix: eye(2, dtype: ScalarType.Float64)), () => [new PositiveDefiniteTransform().Inv] },
        { "a CDF and a quantile", () => Standard, () => [new CumulativeDistributionTransform(Standard), new CumulativeDistributionTransform(new Gamma(tensor(2.0), tensor(1.0))).Inv] },
        { "all components", () => new MixtureSameFamily(new Categorical(tensor(new[] { 0.5, 0.5 })), new Uniform(tensor(new[] { 0.0, 1 }), tensor(2.0))), () => [Root] },
        { "different pieces", () => new Uniform(tensor(new[] { 0.0, 1 }), tensor(new[] { 1.0, 2 })), () => [new CatTransform([Logit, Root], -1)] },
        { "a dimension that counts from the front", () => Vector, () => [new CatTransform([new ExpTransform(), new TanhTransform()], 1, [2, 1]), Affine(5, 1)] },
    };

    [Theory, MemberData(nameof(Inside))]
    public void Draws_of_what_fits_are_numbers(string name, Func<Distribution> source, Func<Transform[]> transforms)
    {
        using var scope = NewDisposeScope();
        using var random = new RandomSource(1);
        Assert.True(new TransformedDistribution(source(), transforms()).Sample([100], random).isnan().logical_not().all().item<bool>(), name);
    }

    // The square of a half-normal is χ² with one degree of freedom: log-density −½ log(2π) − ½ and CDF erf(1/√2) at 1.
    [Fact]
    public void The_square_of_a_half_normal_is_chi_square()
    {
        using var scope = NewDisposeScope();
        var square = new TransformedDistribution(new HalfNormal(tensor(1.0)), [new PowerTransform(tensor(2.0))]);
        Assert.Equal(-1.4189385332046727, square.LogProb(tensor(1.0)).item<double>(), 1e-14);
        Assert.Equal(0.6826894921370859, square.Cdf(tensor(1.0)).item<double>(), 1e-14);
    }

    [Fact]
    public void A_check_leaves_caches_alone()
    {
        using var scope = NewDisposeScope();
        var root = new PowerTransform(tensor(0.5), cacheSize: 1);
        Tensor x = tensor(0.3), y = root.Forward(x);
        _ = new TransformedDistribution(Between(0, 1), [root, Logit]);
        Assert.Equal(0.3, root.Inverse(y).item<double>());
    }

    // Three normals of the logarithm of the diagonal and of the element below it, minus log 3.
    [Fact]
    public void The_bijection_to_a_Cholesky_factor_has_the_density_of_its_free_elements()
    {
        using var scope = NewDisposeScope();
        var factor = new TransformedDistribution(new Normal(tensor(new[] { 0.0, 2, 3 }), tensor(1.0)), [Bijections.To(Constraints.LowerCholesky)]);
        Assert.Equal(-1.5 * Math.Log(2 * Math.PI) - 0.5 * Math.Pow(Math.Log(3) - 3, 2) - Math.Log(3), factor.LogProb(tensor(new[,] { { 1.0, 0 }, { 2, 3 } })).item<double>(), 1e-13);
    }
}
