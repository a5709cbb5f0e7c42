using ReparamPS.Core.Tests.Custom;
using ReparamPS.Distributions;
using ReparamPS.Distributions.Checks;
using ReparamPS.Distributions.Transforms;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Checks;

/// <summary>Goodness of fit of vectors: draws of the density pass whatever the seed, and draws of another one are found.</summary>
public sealed class SteinCheckTests
{
    private static DistributionCheckRow? Fit(Distribution distribution, long seed = 0, int draws = 5000) =>
        DistributionCheck.Run(distribution, draws, new RandomSeed(seed), 1e-6, TestContext.Current.CancellationToken).SingleOrDefault(row => row.Check == "GoodnessOfFit");

    private static Tensor Numbers(params double[] values) => tensor(values);

    private static Independent Many(Distribution distribution) => new(distribution, 1);

    public static TheoryData<string, Func<Distribution>> Right => new()
    {
        { "a correlated normal", () => new MultivariateNormal(Numbers(1, -2), covarianceMatrix: tensor(new[,] { { 2.0, 1.9 }, { 1.9, 2.0 } })) },
        { "a batch of normals", () => new MultivariateNormal(zeros([3, 2], ScalarType.Float64), scaleTril: eye(2, dtype: ScalarType.Float64)) },
        { "a normal of 20 dimensions", () => new MultivariateNormal(arange(20, ScalarType.Float64), scaleTril: ones([20, 20], ScalarType.Float64).tril()) },
        { "a normal in float32", () => new MultivariateNormal(tensor(new[] { 1e4f, 0f }), scaleTril: eye(2)) },
        { "a normal of low rank", () => new LowRankMultivariateNormal(Numbers(0, 1, 2), tensor(new[,] { { 1.0 }, { 2.0 }, { -1.0 } }), Numbers(0.1, 0.2, 0.3)) },
        { "even shares", () => new Dirichlet(Numbers(1, 1, 1)) },
        { "uneven shares", () => new Dirichlet(Numbers(0.3, 2, 40)) },
        { "a logistic normal", () => new LogisticNormal(Numbers(0, 1), Numbers(1, 2)) },
        { "relaxed categories", () => new RelaxedOneHotCategorical(tensor(0.5), probs: Numbers(0.2, 0.3, 0.5)) },
        { "heavy tails", () => Many(new StudentT(Numbers(1, 3), Numbers(0, 5), Numbers(1, 2))) },
        { "kinks", () => Many(new Laplace(Numbers(0, 5), Numbers(1, 2))) },
        { "ends with mass", () => Many(new Uniform(Numbers(0, 5), Numbers(1, 20))) },
        { "an end with mass", () => Many(new Exponential(Numbers(1, 5))) },
        { "a moving end", () => Many(new Pareto(Numbers(1, 5), Numbers(2, 0.5))) },
        { "infinite ends", () => Many(new Beta(Numbers(0.5, 0.3), Numbers(0.5, 3))) },
        { "rare large values", () => Many(new Gamma(Numbers(0.3, 3), Numbers(1, 1))) },
        { "angles", () => Many(new VonMises(Numbers(0, 2), Numbers(0.5, 4))) },
        { "moved angles", () => new TransformedDistribution(Many(new VonMises(Numbers(0, 2), Numbers(0.5, 4))), [new AffineTransform(tensor(3.0), tensor(2.0))]) },
        { "a mixture", () => new MixtureSameFamily(new Categorical(Numbers(0.3, 0.7)), new MultivariateNormal(tensor(new[,] { { 0.0, 0 }, { 5, 5 } }), scaleTril: eye(2, dtype: ScalarType.Float64))) },
        { "a mixture of boxes", () => new MixtureSameFamily(new Categorical(Numbers(0.3, 0.7)), Many(new Uniform(tensor(new[,] { { 0.0, 0 }, { 0.5, 0.5 } }), tensor(new[,] { { 1.0, 1 }, { 2, 2 } })))) },
        { "boxes of mixtures", () => Many(new MixtureSameFamily(new Categorical(tensor(new[,] { { 0.3, 0.7 }, { 0.5, 0.5 } })), new Uniform(tensor(new[,] { { 0.0, 1 }, { 0, 0.5 } }), tensor(new[,] { { 1.0, 3 }, { 2, 2 } })))) },
        { "a transformed vector", () => new TransformedDistribution(Many(new Normal(Numbers(0, 1), Numbers(1, 0.5))), [new ExpTransform()]) },
        { "a Wishart", () => new Wishart(tensor(4.5), covarianceMatrix: tensor(new[,] { { 2.0, 0.5 }, { 0.5, 1.0 } })) },
        { "correlations", () => new LKJCholesky(3, tensor(1.5)) },
        { "one-hot categories", () => new OneHotCategorical(tensor(new[,] { { 0.2, 0.3, 0.5 }, { 0.01, 0.01, 0.98 } })) },
        { "counts", () => new Multinomial(tensor(5.0), Numbers(0.2, 0.3, 0.5)) },
        { "many Poissons", () => Many(new Poisson(Numbers(0.2, 3, 50))) },
    };

    [Theory, MemberData(nameof(Right))]
    public void Draws_of_the_density_pass(string name, Func<Distribution> make)
    {
        using var scope = NewDisposeScope();
        for (long seed = 0; seed < 10; seed++)
        {
            if (Fit(make(), seed) is { } row) Assert.True(row.Passed, $"{name}, seed {seed}: {row}");
        }
    }

    [Theory]
    [InlineData("a correlated normal")]
    [InlineData("uneven shares")]
    [InlineData("infinite ends")]
    [InlineData("a Wishart")]
    [InlineData("counts")]
    public void They_have_a_row(string name)
    {
        using var scope = NewDisposeScope();
        Assert.NotNull(Fit(Right.Single(row => row.Data.Item1 == name).Data.Item2()));
    }

    private static CustomDistribution Pair(Func<Tensor, Tensor> density, Func<DrawNoise, long[], Tensor> draws, string support = "RealVector") => Customs.Make(
        new() { Name = "Pair", EventShape = [2], Support = support, IsReparameterized = false, Sample = (_, noise, shape) => draws(noise, shape), LogProbability = (p, x) => density(x / p["Scale"]) }, ScalarType.Float64, ("Scale", 1.0));

    private static Tensor WithSignOfFirst(Tensor x) => x.abs() * x.narrow(-1, 0, 1).sign();

    private static Tensor Shares(Tensor x) => x / x.sum(-1, keepdim: true);

    private static Tensor OneOfTwo(Tensor isFirst) => cat([isFirst, isFirst.logical_not()], -1).to(ScalarType.Float64);

    private static Tensor Standard(Tensor x) => -0.5 * x.square().sum(-1) - Math.Log(2 * Math.PI);

    // The draws of each have the density's means and variances, except the first.
    public static TheoryData<string, Func<Distribution>> Wrong => new()
    {
        { "another place and scale", () => Pair(Standard, (noise, shape) => 3 * noise.Normal(shape) + 1) },
        { "another place", () => Pair(Standard, (noise, shape) => noise.Normal(shape) + tensor(new[] { 0.0, 0.2 })) },
        { "a copied coordinate", () => Pair(Standard, (noise, shape) => noise.Normal(shape).narrow(-1, 0, 1).expand(shape)) },
        { "another shape", () => Pair(Standard, (noise, shape) => noise.Exponential(shape) - 1) },
        { "other tails", () => Pair(Standard, (noise, shape) => (noise.Exponential(shape) - noise.Exponential(shape)) / Math.Sqrt(2)) },
        { "a sign in common", () => Pair(Standard, (noise, shape) => WithSignOfFirst(noise.Normal(shape))) },
        { "a radius in common", () => Pair(x => -1.5 * x.square().log1p().sum(-1), (noise, shape) => noise.Normal(shape) / noise.Gamma(tensor(1.0), [.. shape[..^1], 1]).sqrt()) },
        { "other shares", () => Pair(x => x.log().sum(-1), (noise, shape) => Shares(noise.Gamma(tensor(3.0), shape)), "Simplex") },
        { "other categories", () => Pair(x => (x * tensor(new[] { 0.5, 0.5 }).log()).sum(-1), (noise, shape) => OneOfTwo(noise.Uniform([.. shape[..^1], 1]) < 0.55), "OneHot") },
    };

    [Theory, MemberData(nameof(Wrong))]
    public void Draws_of_another_density_fail(string name, Func<Distribution> make)
    {
        using var scope = NewDisposeScope();
        for (long seed = 0; seed < 3; seed++)
        {
            DistributionCheckRow? row = Fit(make(), seed, 20_000);
            Assert.False(row is null || row.Passed, $"{name}, seed {seed}: {row}");
        }
    }

    [Fact]
    public void The_gradients_of_the_users_parameters_stay_as_they_are()
    {
        using var scope = NewDisposeScope();
        using Tensor loc = zeros([2], ScalarType.Float64, requires_grad: true);
        Assert.NotNull(Fit(new MultivariateNormal(loc, scaleTril: eye(2, dtype: ScalarType.Float64))));
        Assert.Null(loc.grad);
    }
}
