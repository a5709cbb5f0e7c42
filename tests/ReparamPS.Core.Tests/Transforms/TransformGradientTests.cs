using ReparamPS.Distributions;
using ReparamPS.Distributions.Constraints;
using ReparamPS.Distributions.Transforms;
using ReparamPS.Divergences;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Transforms;

/// <summary>Gradients in the tensors of transforms, which are not parameters of the base distribution.</summary>
public sealed class TransformGradientTests
{
    private const long Draws = 40_000;

    private static Categorical Weights => new(tensor([0.3, 0.7]));

    private static Exponential Standard => new(tensor(1.0));

    private static Tensor Leaf(double value) => tensor(value, requires_grad: true);

    private static TransformedDistribution Moved(Distribution source, Tensor loc, Tensor? scale = null) => new(source, [new AffineTransform(loc, scale ?? tensor(1.0))]);

    // ∂z/∂loc_k = w_k p_k(z) / p(z): the implicit identity, with the densities of normals.
    [Fact]
    public void Draws_of_a_mixture_move_with_the_transforms_of_its_components()
    {
        using var scope = NewDisposeScope();
        Tensor loc = tensor([-1.0, 2.0]).expand(50, 2).clone().requires_grad_();
        var mixture = new MixtureSameFamily(Weights, Moved(new Normal(zeros(50, 2, ScalarType.Float64), tensor(1.0)), loc));
        using var random = new RandomSource(1);
        Tensor draws = mixture.RSample([], random);
        draws.sum().backward();
        double[] z = ManagedValues.ToDoubles(draws), slope = ManagedValues.ToDoubles(loc.grad!);
        for (int i = 0; i < z.Length; i++)
        {
            double first = 0.3 * Math.Exp(-0.5 * Math.Pow(z[i] + 1, 2)), second = 0.7 * Math.Exp(-0.5 * Math.Pow(z[i] - 2, 2));
            Assert.Equal(first / (first + second), slope[2 * i], 1e-10);
            Assert.Equal(second / (first + second), slope[2 * i + 1], 1e-10);
        }
    }

    [Fact]
    public void Vectors_whose_ends_move_apart_are_not_reparameterized()
    {
        using var scope = NewDisposeScope();
        Distribution Mixture(Tensor loc) => new MixtureSameFamily(Weights, new Independent(Moved(new Exponential(tensor(new double[,] { { 1, 2 }, { 3, 4 } })), loc), 1));
        Assert.True(Mixture(ones(2, 2, ScalarType.Float64)).HasRSample);
        Assert.False(Mixture(tensor(new double[,] { { 1, 1 }, { 2, 1 } })).HasRSample);
        Assert.False(Mixture(ones(2, 2, ScalarType.Float64).requires_grad_()).HasRSample);
    }

    // The slope in the scale is by mpmath: diff of quad of the two halves of the divergence, with 30 digits.
    [Fact]
    public void A_divergence_has_a_gradient_in_a_transform_that_moves_no_end_of_the_support()
    {
        using var scope = NewDisposeScope();
        using RandomSource random = new(2), other = new(3);
        Tensor loc = Leaf(0.5), scale = Leaf(2);
        Assert.False(MonteCarloEstimate.JensenShannon(Standard, Moved(Standard, loc), 100, random).Value.requires_grad);
        MonteCarloEstimate.JensenShannon(Standard, Moved(Standard, tensor(0.0), scale), Draws, other).Value.backward();
        Assert.Equal(0.0704067041395, scale.grad!.item<double>(), 0.005);
    }

    // KL(z + loc ‖ N(0, I)) grows by E[Σ (z_i + loc)] = 0.7 · (2 + 1) + 2 · 0.5.
    [Fact]
    public void Draws_without_a_path_have_a_score_in_the_transforms()
    {
        using var scope = NewDisposeScope();
        Tensor loc = Leaf(0.5);
        var mixture = new MixtureSameFamily(Weights, new MultivariateNormal(tensor(new double[,] { { 0, 0 }, { 2, 1 } }), covarianceMatrix: tensor(new[,] { { 1, 0.5 }, { 0.5, 1 } })));
        Assert.False(mixture.HasRSample);
        using var random = new RandomSource(4);
        MonteCarloEstimate.Divergence(Moved(mixture, loc), new MultivariateNormal(zeros(2, ScalarType.Float64), covarianceMatrix: eye(2, dtype: ScalarType.Float64)), Draws, random).Value.backward();
        Assert.Equal(3.1, loc.grad!.item<double>(), 0.15);
    }

    [Fact]
    public void Steps_and_lattices_that_a_transform_moves_give_no_gradient()
    {
        using var scope = NewDisposeScope();
        using RandomSource random = new(5), other = new(6), third = new(7), fourth = new(8);
        // The density of Q has a step at loc + 1, within the support of P.
        var stepped = new MixtureSameFamily(Weights, Moved(new Exponential(ones(2, ScalarType.Float64)), tensor([0.0, 1.0])));
        Assert.False(MonteCarloEstimate.Divergence(Standard, Moved(stepped, Leaf(-0.5)), 100, random).Value.requires_grad);
        // Without steps there is one.
        var smooth = new MixtureSameFamily(Weights, new Exponential(tensor([1.0, 2.0])));
        Assert.True(MonteCarloEstimate.Divergence(Standard, Moved(smooth, Leaf(-0.5)), 100, other).Value.requires_grad);
        var counts = new Poisson(tensor(3.0));
        Assert.False(MonteCarloEstimate.Entropy(Moved(counts, tensor(0.0), Leaf(2)), 100, third).Value.requires_grad);
        Assert.True(MonteCarloEstimate.Entropy(Moved(new Poisson(Leaf(3)), tensor(0.0), tensor(2.0)), 100, fourth).Value.requires_grad);
    }

    // KL(N(loc, 1) ‖ N(1, 2)) has the slope (loc − 1) / 4 − 0; here the bases are N(0, 1) and N(1, 2), moved by loc and by 1: (loc + 0 − 1 − 1) / 4.
    [Fact]
    public void Equal_transforms_that_gradients_can_move_apart_have_no_closed_form()
    {
        using var scope = NewDisposeScope();
        Tensor loc = Leaf(1);
        Normal first = new(tensor(0.0), tensor(1.0)), second = new(tensor(1.0), tensor(2.0));
        Distribution p = Moved(first, loc), q = Moved(second, tensor(1.0));
        Assert.Contains("do not use the same tensor for it. Measure-KLDivergence -MonteCarlo", Assert.Throws<NotSupportedException>(() => KullbackLeibler.Divergence(p, q)).Message, StringComparison.Ordinal);
        Assert.Throws<NotSupportedException>(() => KullbackLeibler.Divergence(new Independent(p.Expand(2), 1), new Independent(q.Expand(2), 1)));
        using var random = new RandomSource(9);
        MonteCarloEstimate.Divergence(p, q, Draws, random).Value.backward();
        Assert.Equal(-0.25, loc.grad!.item<double>(), 0.01);
        // torch 1.13: kl_divergence(Normal(0, 1), Normal(1, 2)).
        const double Expected = 0.4431471805599453;
        Assert.Equal(Expected, KullbackLeibler.Divergence(p, Moved(second, loc)).item<double>(), 1e-14);
        using (no_grad()) Assert.Equal(Expected, KullbackLeibler.Divergence(p, q).item<double>(), 1e-14);
    }

    [Theory, InlineData(ScalarType.Float64), InlineData(ScalarType.Float32)]
    public void Bounds_of_squashed_normals_that_gradients_can_move_apart_have_no_closed_form(ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        Tensor Number(double value) => tensor(value, dtype);
        Tensor low = Number(-1).requires_grad_();
        TanhNormal Squashed(double loc, Tensor bound) => new(Number(loc), Number(1), bound, Number(2));
        Assert.Throws<NotSupportedException>(() => KullbackLeibler.Divergence(Squashed(0, low), Squashed(1, Number(-1))));
        Assert.Throws<NotSupportedException>(() => KullbackLeibler.Divergence(Squashed(0, low.detach()), Squashed(1, Number(0))));
        Assert.Equal(0.5, ManagedValues.ToDoubles(KullbackLeibler.Divergence(Squashed(0, low), Squashed(1, low)))[0], 1e-7);
        using var none = no_grad();
        Assert.Equal(0.5, ManagedValues.ToDoubles(KullbackLeibler.Divergence(Squashed(0, low), Squashed(1, Number(-1))))[0], 1e-7);
    }

    // The quantile is loc + scale · q, with q = 0 and log 2.
    [Fact]
    public void The_smallest_draw_moves_with_the_transform()
    {
        using var scope = NewDisposeScope();
        Tensor loc = Leaf(1.5), scale = Leaf(2);
        Moved(Standard, loc, scale).Icdf(tensor([0.0, 0.5]), TestContext.Current.CancellationToken).sum().backward();
        Assert.Equal(2, loc.grad!.item<double>(), 1e-12);
        Assert.Equal(Math.Log(2), scale.grad!.item<double>(), 1e-12);
    }

    public static TheoryData<string, bool> Chains => new()
    {
        { "Exponential, Loc", true },
        { "Exponential, Scale", false },
        { "Exponential, inverse of Loc", true },
        { "Exponential, Exponent", false },
        { "shifted Exponential, Exponent", true },
        { "Normal, Loc", false },
        { "Normal, Loc, Tanh", false },
        { "Normal, Tanh, Loc", true },
        { "Normal, chain of Tanh and Loc", true },
        { "Normal, Exp, Scale", false },
        { "vector of Exponential, Loc", true },
        { "vector of Exponential, Scale", false },
        { "pieces, Exp and Loc", true },
        { "slices, Exp and Loc", true },
        { "Poisson, Scale", true },
        { "Uniform, quantiles of Gamma", false },
        { "Uniform, quantiles of Uniform", true },
    };

    [Theory, MemberData(nameof(Chains))]
    public void A_support_depends_on_a_transform_that_moves_its_ends(string chain, bool depends)
    {
        using var scope = NewDisposeScope();
        foreach (bool requiresGrad in new[] { true, false })
            Assert.Equal(depends && requiresGrad, SupportOf(chain, tensor(0.5, requires_grad: requiresGrad)).DependsOnParameters);
    }

    private static Constraint SupportOf(string chain, Tensor leaf)
    {
        Tensor one = tensor(1.0), zero = tensor(0.0);
        AffineTransform shift = new(leaf, one), stretch = new(zero, leaf);
        Distribution normal = new Normal(zero, one), vector = new Independent(new Exponential(ones(2, ScalarType.Float64)), 1), normals = new Independent(new Normal(zeros(2, ScalarType.Float64), one), 1);
        TransformedDistribution transformed = chain switch
        {
            "Exponential, Loc" => new(Standard, [shift]),
            "Exponential, Scale" => new(Standard, [stretch]),
            "Exponential, inverse of Loc" => new(Standard, [shift.Inv]),
            "Exponential, Exponent" => new(Standard, [new PowerTransform(leaf)]),
            "shifted Exponential, Exponent" => new(Standard, [new AffineTransform(tensor(2.0), one), new PowerTransform(leaf)]),
            "Normal, Loc" => new(normal, [shift]),
            "Normal, Loc, Tanh" => new(normal, [shift, new TanhTransform()]),
            "Normal, Tanh, Loc" => new(normal, [new TanhTransform(), shift]),
            "Normal, chain of Tanh and Loc" => new(normal, [new ComposeTransform([new TanhTransform(), shift])]),
            "Normal, Exp, Scale" => new(normal, [new ExpTransform(), stretch]),
            "vector of Exponential, Loc" => new(vector, [shift]),
            "vector of Exponential, Scale" => new(vector, [stretch]),
            "pieces, Exp and Loc" => new(normals, [new CatTransform([new ComposeTransform([new ExpTransform(), shift]), new ExpTransform()], -1)]),
            "slices, Exp and Loc" => new(normals, [new StackTransform([new ComposeTransform([new ExpTransform(), shift]), new ExpTransform()], -1)]),
            "Poisson, Scale" => new(new Poisson(one), [stretch]),
            "Uniform, quantiles of Gamma" => new(new Beta(one, one), [new CumulativeDistributionTransform(new Gamma(leaf, one)).Inv]),
            _ => new(new Beta(one, one), [new CumulativeDistributionTransform(new Uniform(leaf, tensor(2.0))).Inv]),
        };
        return transformed.Support;
    }

    // Φ of a standard normal draw is uniform: log-density 0.
    [Theory]
    [InlineData(ScalarType.Float32, ScalarType.Float64)]
    [InlineData(ScalarType.Float64, ScalarType.Float32)]
    public void A_cumulative_distribution_function_keeps_the_type_of_its_input(ScalarType dtype, ScalarType inner)
    {
        using var scope = NewDisposeScope();
        var cumulative = new CumulativeDistributionTransform(new Normal(tensor(0.0, inner), tensor(1.0, inner)));
        var uniform = new TransformedDistribution(new Normal(tensor(0.0, dtype), tensor(1.0, dtype)), [cumulative]);
        using var random = new RandomSource(10);
        Tensor draws = uniform.RSample([100], random), logs = uniform.LogProb(draws), back = cumulative.Inv.Forward(draws);
        Assert.All(new[] { draws, logs, back, uniform.Icdf(draws, TestContext.Current.CancellationToken), cumulative.LogAbsDetJacobian(back, draws) }, result => Assert.Equal(dtype, result.dtype));
        Assert.All(ManagedValues.ToDoubles(logs), log => Assert.Equal(0, log, dtype == ScalarType.Float64 ? 1e-12 : 1e-5));
    }
}
