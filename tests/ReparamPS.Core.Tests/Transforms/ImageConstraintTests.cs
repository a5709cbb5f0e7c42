using ReparamPS.Distributions;
using ReparamPS.Distributions.Transforms;
using ReparamPS.Divergences;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Transforms;

/// <summary>Values that no draw of a chain of transforms reaches.</summary>
public sealed class ImageConstraintTests
{
    private static AffineTransform Affine(double loc, double scale) => new(tensor(loc), tensor(scale));

    private static Normal Standard => new(tensor(0.0), tensor(1.0));

    private static Transform Of(string name) => name switch
    {
        "Exp" => new ExpTransform(),
        "Tanh" => new TanhTransform(),
        _ => new SigmoidTransform(),
    };

    [Theory]
    [InlineData("Exp", 1, 2, 0.0, 0, "greater than 1")]
    [InlineData("Exp", 1, 2, 0.5, 0, "greater than 1")]
    [InlineData("Exp", 1, -2, 1.5, 1, "less than 1")]
    [InlineData("Exp", 0, 2, -1, 0, "positive")]
    [InlineData("Tanh", 0, 2, 2.5, 1, "in [-2, 2]")]
    [InlineData("Tanh", 0, 2, -2.5, 0, "in [-2, 2]")]
    [InlineData("Sigmoid", -1, 2, 1.5, 1, "in [-1, 1]")]
    [InlineData("Sigmoid", -1, 2, -1.5, 0, "in [-1, 1]")]
    public void Outside_the_image_the_density_is_0_and_the_tails_are_flat(string first, double loc, double scale, double value, double below, string support)
    {
        using var scope = NewDisposeScope();
        Transform[] parts = [Of(first), Affine(loc, scale)];
        Distribution[] same =
        [
            new TransformedDistribution(Standard, parts), new TransformedDistribution(Standard, [new ComposeTransform(parts)]), new TransformedDistribution(new TransformedDistribution(Standard, [parts[0]]), [parts[1]]),
        ];
        foreach (Distribution distribution in same)
        {
            Tensor at = tensor(value);
            Assert.Equal(double.NegativeInfinity, distribution.LogProb(at).item<double>());
            Assert.Equal(below, distribution.Cdf(at).item<double>());
            Assert.Equal(1 - below, distribution.Survival(at).item<double>());
            Assert.Equal(Math.Log(below), distribution.LogCdf(at).item<double>());
            Assert.Equal(Math.Log(1 - below), distribution.LogSurvival(at).item<double>());
        }
        Assert.Equal(support, same[0].Support.Name);
        // A long tensor is judged by its extremes.
        Tensor many = full([5000], loc + scale / 4, ScalarType.Float64);
        Assert.True(same[0].Support.IsMetBy(many));
        many[1234] = tensor(value);
        Assert.False(same[0].Support.IsMetBy(many));
    }

    // y = 1 + 2 exp(x): the density of LogNormal(0, 1) at (y − 1) / 2, divided by 2.
    [Fact]
    public void Values_outside_do_not_touch_the_gradients_of_those_inside()
    {
        using var scope = NewDisposeScope();
        Tensor mean = tensor(0.0, requires_grad: true), loc = tensor(1.0, requires_grad: true), scale = tensor(2.0, requires_grad: true), value = tensor(new[] { 0, 3.0, 1, double.NaN }, requires_grad: true);
        var shifted = new TransformedDistribution(new Normal(mean, tensor(1.0)), [new ExpTransform(), new AffineTransform(loc, scale)]);
        Tensor log = shifted.LogProb(value), tail = shifted.Cdf(value);
        Assert.Equal([double.NegativeInfinity, -0.5 * Math.Log(2 * Math.PI) - Math.Log(2), double.NegativeInfinity, double.NaN], ManagedValues.ToDoubles(log), (x, y) => x.Equals(y) || Math.Abs(x - y) < 1e-14);
        log[1].backward(retain_graph: true);
        // With x = log((y − loc) / scale) = 0: ∂/∂mean = x = 0, ∂/∂loc = (x + 1) / (y − loc), ∂/∂scale = x / scale = 0.
        Assert.Equal([0, 0.5, 0], new[] { mean, loc, scale }.Select(leaf => leaf.grad!.item<double>()), (x, y) => Math.Abs(x - y) < 1e-14);
        Assert.Equal([0, -0.5, 0, 0], ManagedValues.ToDoubles(value.grad!), (x, y) => Math.Abs(x - y) < 1e-14);
        tail[1].backward();
        Assert.All(new[] { mean, loc, scale }, leaf => Assert.True(leaf.grad!.isfinite().item<bool>()));
    }

    [Fact]
    public void A_vector_is_outside_if_one_element_is()
    {
        using var scope = NewDisposeScope();
        var pair = new TransformedDistribution(new Independent(new Normal(zeros(2, ScalarType.Float64), ones(2, ScalarType.Float64)), 1), [new IndependentTransform(new ComposeTransform([new TanhTransform(), Affine(0, 2)]), 1)]);
        double[] logs = ManagedValues.ToDoubles(pair.LogProb(tensor(new[,] { { 0.0, 0 }, { 0, 2.5 } })));
        Assert.Equal(-Math.Log(2 * Math.PI) - 2 * Math.Log(2), logs[0], 1e-14);
        Assert.Equal(double.NegativeInfinity, logs[1]);
    }

    [Fact]
    public void The_divergence_from_a_distribution_on_a_smaller_set_is_infinite()
    {
        using var scope = NewDisposeScope();
        using var random = new RandomSource(1);
        var wide = new TransformedDistribution(Standard, [new ExpTransform(), Affine(0, 2)]);
        var narrow = new TransformedDistribution(Standard, [new ExpTransform(), Affine(1, 2)]);
        Assert.Equal(double.PositiveInfinity, MonteCarloEstimate.Divergence(wide, narrow, 1000, random).Value.item<double>());
    }

    [Fact]
    public void A_bijection_leads_to_the_image()
    {
        using var scope = NewDisposeScope();
        Tensor x = tensor(new[] { -3.0, 0, 2 });
        Transform map = Bijections.To(new TransformedDistribution(Standard, [new ExpTransform(), Affine(1, 2)]).Support);
        Assert.True(map.Forward(x).allclose(1 + 2 * x.exp()));
    }

    // Draws round to 1. A look at the support must not replace the input that the last transform keeps.
    [Fact]
    public void A_check_of_the_support_leaves_caches_alone()
    {
        using var scope = NewDisposeScope();
        using RandomSource random = new(3), same = new(3);
        var source = new Normal(tensor(5.0), tensor(1.0));
        var squashed = new TransformedDistribution(source, [new ExpTransform(), new TanhTransform(cacheSize: 1)]);
        Tensor draws = squashed.Sample([2000], random), x = source.Sample([2000], same);
        Assert.True(squashed.Support.IsMetBy(draws) && squashed.Support.IsMetBy(tensor(0.5)) && !squashed.Support.IsMetBy(tensor(-0.5)));
        Tensor expected = source.LogProb(x) - x - 2 * (Math.Log(2) - x.exp() - (-2 * x.exp()).exp().log1p());
        Assert.True(squashed.LogProb(draws).allclose(expected));
    }

    [Theory, InlineData("Cat", 1), InlineData("Cat", 5), InlineData("Cat", -2), InlineData("Stack", 1), InlineData("Stack", 5), InlineData("Stack", -2)]
    public void A_dimension_that_the_value_lacks_is_named(string name, int dim)
    {
        using var scope = NewDisposeScope();
        Transform[] parts = [new ExpTransform(), new TanhTransform()];
        Transform transform = name == "Cat" ? new CatTransform(parts, dim) : new StackTransform(parts, dim);
        Tensor value = tensor(new[] { 1.0, 2 });
        string expected = $"{name}: dimension {dim} of the value must have the size 2, {(name == "Cat" ? "the sum of Lengths [1, 1]" : "one slice for each of Transforms")}; got the shape [2].";
        Assert.Equal(expected, Assert.Throws<ShapeMismatchException>(() => transform.Forward(value)).Message);
        Assert.Equal(expected, Assert.Throws<ShapeMismatchException>(() => transform.Inverse(value)).Message);
    }
}
