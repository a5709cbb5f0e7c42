using ReparamPS.Distributions;
using ReparamPS.Distributions.Transforms;
using ReparamPS.Divergences;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Catalogue;

public sealed class TanhNormalTests
{
    // 2 (log 2 − x − softplus(−2x)) in double precision, with the x of the same noise.
    [Theory, InlineData(0.5, 1.0), InlineData(12.0, 2.0), InlineData(-30.0, 1.0)]
    public void Draws_of_float32_have_the_log_density_of_their_noise_even_at_a_bound(double loc, double scale)
    {
        using var scope = NewDisposeScope();
        var squashed = new TanhNormal(tensor((float)loc), tensor((float)scale), tensor(-2f), tensor(2f));
        using RandomSource random = new(3), same = new(3);
        Tensor draws = squashed.Sample([1000], random);
        double[] x = ManagedValues.ToDoubles(addcmul(tensor((float)loc), same.Normal([1000], ScalarType.Float32), tensor((float)scale), 1));
        double[] log = ManagedValues.ToDoubles(squashed.LogProb(draws));
        for (int i = 0; i < x.Length; i++)
        {
            double far = Math.Abs(x[i]), slope = Math.Log(2) + 2 * (Math.Log(2) - far - double.LogP1(Math.Exp(-2 * far)));
            double expected = -0.5 * Math.Pow((x[i] - loc) / scale, 2) - Math.Log(scale) - 0.5 * Math.Log(2 * Math.PI) - slope;
            Assert.Equal(expected, log[i], 1e-5 * Math.Max(1, Math.Abs(expected)));
        }
    }

    [Theory, InlineData(ScalarType.Float32), InlineData(ScalarType.Float64)]
    public void A_value_at_a_bound_has_a_finite_log_density_and_gradient(ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        var squashed = new TanhNormal(full([], 1, dtype, requires_grad: true), full([], 2, dtype, requires_grad: true), full([], -1, dtype), full([], 1, dtype));
        Tensor log = squashed.LogProb(tensor(new[] { -1.0, 1.0 }, dtype));
        Assert.True(log.isfinite().all().item<bool>());
        log.sum().backward();
        Assert.True(squashed.Loc.grad!.isfinite().item<bool>() && squashed.Scale.grad!.isfinite().item<bool>());
        Assert.True(squashed.LogProb(tensor(new[] { -1.01, 1.01 }, dtype)).isneginf().all().item<bool>());
    }

    // d log p(z(θ)) / dθ along the path, against differences at the same noise.
    [Fact]
    public void The_gradient_along_the_path_is_right_also_in_saturation()
    {
        using var scope = NewDisposeScope();
        double At(double loc, out double slope)
        {
            Tensor leaf = tensor(loc, requires_grad: true);
            var squashed = new TanhNormal(leaf, tensor(1.5), tensor(-1.0), tensor(2.0));
            using var random = new RandomSource(8);
            Tensor total = squashed.LogProb(squashed.RSample([50], random)).sum();
            total.backward();
            slope = leaf.grad!.item<double>();
            return total.item<double>();
        }
        foreach (double loc in new[] { 0.3, 25.0 })
        {
            double difference = (At(loc + 1e-4, out _) - At(loc - 1e-4, out _)) / 2e-4;
            At(loc, out double slope);
            Assert.Equal(difference, slope, 1e-6 * Math.Abs(difference));
        }
    }

    [Fact]
    public void A_draw_that_was_changed_is_evaluated_where_it_is()
    {
        using var scope = NewDisposeScope();
        var squashed = new TanhNormal(tensor(0.0), tensor(1.0), tensor(-1.0), tensor(1.0));
        Tensor draw = squashed.Sample([10]);
        draw.mul_(0.5);
        Assert.True(squashed.LogProb(draw).equal(squashed.LogProb(draw.clone())).all().item<bool>());
    }

    // By mpmath at 30 digits: ½ log(2πe) + log Scale + E[log(1 − tanh² x)].
    [Theory]
    [InlineData(0.0, 1e-3, -5.48881774577696431)]
    [InlineData(0.0, 3.9, -2.22252182741160267)]
    [InlineData(0.0, 4.1, -2.48386822016049348)]
    [InlineData(6.0, 2.0, -8.51081948690917078)]
    [InlineData(-40.0, 7.5, -75.1798644073597122)]
    [InlineData(3.0, 100.0, -152.244872501950339)]
    public void The_entropy_is_right_for_narrow_and_wide_normals(double loc, double scale, double expected)
    {
        using var scope = NewDisposeScope();
        Assert.Equal(expected, new TanhNormal(tensor(loc), tensor(scale), tensor(-1.0), tensor(1.0)).Entropy.item<double>(), 1e-11 * Math.Abs(expected));
    }

    [Fact]
    public void The_divergence_is_that_of_the_normals_if_the_bounds_agree()
    {
        using var scope = NewDisposeScope();
        Tensor low = tensor(-1.0), high = tensor(2.0);
        TanhNormal p = new(tensor(0.5), tensor(0.8), low, high), q = new(tensor(-1.0), tensor(1.5), low, high), other = new(tensor(-1.0), tensor(1.5), low, tensor(3.0));
        double expected = KullbackLeibler.Divergence(new Normal(p.Loc, p.Scale), new Normal(q.Loc, q.Scale)).item<double>();
        Assert.Equal(expected, KullbackLeibler.Divergence(p, q).item<double>(), 14);
        // The same bounds in other tensors, and the same distribution in PyTorch's form.
        Assert.Equal(expected, KullbackLeibler.Divergence(p, new TanhNormal(q.Loc, q.Scale, tensor(-1.0), tensor(2.0))).item<double>(), 14);
        Assert.Equal(expected, KullbackLeibler.Divergence(p, new TransformedDistribution(new Normal(q.Loc, q.Scale), [new TanhTransform(), new AffineTransform(tensor(0.5), tensor(1.5))])).item<double>(), 14);
        Assert.Throws<NotSupportedException>(() => KullbackLeibler.Divergence(p, other));
    }
}
