using System.Globalization;
using System.Text.Json;
using ReparamPS.Core.Tests.Catalogue;
using ReparamPS.Distributions;
using ReparamPS.Divergences;
using ReparamPS.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Divergences;

/// <summary>Closed forms against quadrature, sums and PyTorch: values, shapes and gradients of every pair.</summary>
public sealed class KullbackLeiblerTests
{
    // A divergence is a difference of terms of this size or more: where it is near 0 that is what its digits are of.
    private const double Relative = 1e-9, Absolute = 1e-13;

    /// <summary>Divergences that lose digits, since their terms are much larger than they are: the relative error that is allowed instead.</summary>
    private static readonly Dictionary<(string, string, int), double> Exceptions = [];

    [Theory, MemberData(nameof(DivergenceFile.Settings), MemberType = typeof(DivergenceFile))]
    public void Closed_forms_agree_with_the_definition(string p, string q, int index)
    {
        using var scope = NewDisposeScope();
        DivergenceSetting setting = DivergenceFile.Of(p, q)[index];
        Tensor result = KullbackLeibler.Divergence(setting.P().Value, setting.Q().Value);
        Assert.Equal(setting.BatchShape, result.shape);
        double[] expected = setting.Values, actual = ManagedValues.ToDoubles(result);
        double relative = Exceptions.GetValueOrDefault((p, q, index), Relative);
        for (int i = 0; i < expected.Length; i++)
        {
            bool agrees = double.IsInfinity(expected[i]) ? actual[i] == expected[i] : Math.Abs(actual[i] - expected[i]) <= relative * Math.Abs(expected[i]) + Absolute;
            Assert.True(agrees, string.Create(CultureInfo.InvariantCulture, $"{setting}[{i}] is {actual[i]:R}, not {expected[i]:R}: relative error {Math.Abs(actual[i] / expected[i] - 1):E1}"));
        }
    }

    [Fact]
    public void The_data_has_every_pair_that_is_registered_and_the_rules()
    {
        (string, string)[] rules = [("Independent", "Independent"), ("TransformedDistribution", "TransformedDistribution")];
        string[] missing = [.. KullbackLeibler.Pairs.Concat(rules).Except(DivergenceFile.Names).Select(pair => pair.ToString())];
        Assert.True(missing.Length == 0, string.Join(", ", missing));
    }

    [Fact]
    public void Every_pair_of_PyTorch_is_registered()
    {
        string[] missing = [.. PyTorchPairs.All.Except(KullbackLeibler.Pairs).Select(pair => pair.ToString())];
        Assert.True(missing.Length == 0, string.Join(", ", missing));
    }

    [Theory, MemberData(nameof(DivergenceFile.Differentiable), MemberType = typeof(DivergenceFile))]
    public void Gradients_agree_with_automatic_differentiation_in_PyTorch(string p, string q)
    {
        using var scope = NewDisposeScope();
        DivergenceSetting setting = DivergenceFile.Of(p, q)[0];
        ReferenceDistribution first = setting.P(requiresGrad: true), second = setting.Q(requiresGrad: true);
        KullbackLeibler.Divergence(first.Value, second.Value).sum().backward();
        foreach (JsonProperty side in DivergenceFile.Gradients(p, q)!.Value.EnumerateObject())
        {
            foreach (JsonProperty parameter in side.Value.EnumerateObject())
            {
                double[] expected = JsonNumbers.Doubles(parameter.Value);
                Tensor? gradient = (side.Name == "p" ? first : second).Leaves[parameter.Name].grad;
                Assert.True(gradient is not null, $"{setting}: no gradient in {side.Name}.{parameter.Name}");
                double[] actual = ManagedValues.ToDoubles(gradient!);
                double size = expected.Max(Math.Abs);
                for (int i = 0; i < expected.Length; i++)
                    Assert.True(Math.Abs(actual[i] - expected[i]) <= 1e-9 * size + 1e-12, $"{setting}: d/d{side.Name}.{parameter.Name}[{i}] is {actual[i]:R}, not {expected[i]:R}");
            }
        }
    }

    // What PyTorch does not give: its formula for exponential families cuts P off.
    [Theory, InlineData("Wishart"), InlineData("VonMisesFisher"), InlineData("InverseGamma"), InlineData("Weibull")]
    public void Gradients_agree_with_differences_where_PyTorch_has_none(string name)
    {
        DivergenceSetting setting = DivergenceFile.Of(name, name)[0];
        using var scope = NewDisposeScope();
        ReferenceDistribution first = setting.P(requiresGrad: true), second = setting.Q(requiresGrad: true);
        KullbackLeibler.Divergence(first.Value, second.Value).sum().backward();
        foreach ((string path, Tensor leaf) in first.Leaves.Where(entry => entry.Key is not ("CovarianceMatrix" or "MeanDirection")))
        {
            const double Step = 1e-5;
            double Shifted(double by)
            {
                using var inner = NewDisposeScope();
                using var none = no_grad();
                Distribution moved = DistributionCatalog.Get(name).Create(first.Leaves.ToDictionary(entry => entry.Key, entry => (object)(entry.Key == path ? entry.Value + by : entry.Value)));
                return ManagedValues.ToDoubles(KullbackLeibler.Divergence(moved, second.Value).sum())[0];
            }
            double expected = (Shifted(Step) - Shifted(-Step)) / (2 * Step), actual = ManagedValues.ToDoubles(leaf.grad!)[0];
            Assert.True(Math.Abs(actual - expected) <= 1e-6 * Math.Abs(expected) + 1e-9, $"{setting}: d/dp.{path} is {actual:R}, not {expected:R}");
        }
    }

    [Theory, MemberData(nameof(Cases.Names), MemberType = typeof(Cases))]
    public void A_distribution_is_at_distance_0_from_itself(string name)
    {
        using var scope = NewDisposeScope();
        Distribution example = DistributionCatalog.Get(name).CreateExample();
        try
        {
            Assert.All(ManagedValues.ToDoubles(KullbackLeibler.Divergence(example, example)), value => Assert.InRange(value, -1e-12, 1e-12));
        }
        catch (NotSupportedException error)
        {
            Assert.DoesNotContain((name, name), KullbackLeibler.Pairs);
            Assert.Contains("-MonteCarlo", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Cross_entropy_is_entropy_and_divergence_together()
    {
        using var scope = NewDisposeScope();
        Distribution p = DivergenceFile.Of("Gamma", "Normal")[2].P().Value, q = DivergenceFile.Of("Gamma", "Normal")[2].Q().Value;
        double[] expected = ManagedValues.ToDoubles(p.Entropy + KullbackLeibler.Divergence(p, q));
        Assert.Equal(expected, ManagedValues.ToDoubles(KullbackLeibler.CrossEntropy(p, q)));
    }

    // mpmath: quad of −log of the gamma density over the interval, with 30 digits.
    [Fact]
    public void Cross_entropies_in_float32_do_not_cancel()
    {
        using var scope = NewDisposeScope();
        Tensor Number(float value) => tensor(value);
        Tensor measured = KullbackLeibler.CrossEntropy(new Uniform(Number(1000), Number(1000.0625f)), new Gamma(Number(1000), Number(1)));
        Assert.Equal(ScalarType.Float32, measured.dtype);
        Assert.Equal(4.37293140639659788, ManagedValues.ToDoubles(measured)[0], 1e-6);
    }

    [Theory]
    [InlineData("Poisson", "Normal")]
    [InlineData("Normal", "Poisson")]
    public void A_discrete_and_a_continuous_distribution_are_infinitely_far_apart(string p, string q)
    {
        using var scope = NewDisposeScope();
        Distribution first = DistributionCatalog.Get(p).CreateExample(), second = DistributionCatalog.Get(q).CreateExample();
        string message = Assert.Throws<ArgumentException>(() => KullbackLeibler.Divergence(first, second)).Message;
        Assert.Contains("KL(P ‖ Q) is infinite", message, StringComparison.Ordinal);
        Assert.DoesNotContain("-MonteCarlo", message, StringComparison.Ordinal);
        Assert.Contains("the cross-entropy is infinite", Assert.Throws<ArgumentException>(() => KullbackLeibler.CrossEntropy(first, second)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Laplace", "Cauchy")]
    [InlineData("Normal", "StudentT")]
    [InlineData("MixtureSameFamily", "Normal")]
    [InlineData("Beta", "Kumaraswamy")]
    public void A_pair_without_closed_form_says_how_to_estimate_it(string p, string q)
    {
        using var scope = NewDisposeScope();
        Distribution first = DistributionCatalog.Get(p).CreateExample(), second = DistributionCatalog.Get(q).CreateExample();
        string message = Assert.Throws<NotSupportedException>(() => KullbackLeibler.Divergence(first, second)).Message;
        Assert.Contains($"KL({p} ‖ {q})", message, StringComparison.Ordinal);
        Assert.Contains("Measure-KLDivergence -MonteCarlo", message, StringComparison.Ordinal);
        Assert.Contains("Measure-CrossEntropy -MonteCarlo", Assert.Throws<NotSupportedException>(() => KullbackLeibler.CrossEntropy(first, second)).Message, StringComparison.Ordinal);
    }

    // torch 1.13: kl_divergence of Normal(0, 1) and Normal(0.5, 2), and the other way about: what its rule for transformed distributions comes to.
    [Fact]
    public void A_normal_through_the_exponential_is_a_log_normal()
    {
        using var scope = NewDisposeScope();
        LogNormal p = new(tensor(0.0), tensor(1.0));
        TransformedDistribution q = new(new Normal(tensor(0.5), tensor(2.0)), [new Distributions.Transforms.ExpTransform()]);
        Assert.Equal(0.3493971805599453, KullbackLeibler.Divergence(p, q).item<double>(), 1e-12);
        Assert.Equal(0.9318528194400547, KullbackLeibler.Divergence(q, p).item<double>(), 1e-12);
    }

    [Fact]
    public void Different_transforms_have_no_closed_form()
    {
        using var scope = NewDisposeScope();
        Normal normal = new(tensor(0.0, ScalarType.Float64), tensor(1.0, ScalarType.Float64));
        TransformedDistribution Through(double scale) => new(normal, [new Distributions.Transforms.AffineTransform(tensor(0.0, ScalarType.Float64), tensor(scale, ScalarType.Float64))]);
        Assert.Equal(0, ManagedValues.ToDoubles(KullbackLeibler.Divergence(Through(2), Through(2)))[0]);
        Assert.Throws<NotSupportedException>(() => KullbackLeibler.Divergence(Through(2), Through(3)));
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_refused()
    {
        using var scope = NewDisposeScope();
        Tensor Vector(int size) => ones(size, ScalarType.Float64);
        Assert.Throws<ShapeMismatchException>(() => KullbackLeibler.Divergence(new Normal(Vector(2), Vector(2)), new Normal(Vector(3), Vector(3))));
        Assert.Throws<ShapeMismatchException>(() => KullbackLeibler.Divergence(new Dirichlet(Vector(2)), new Dirichlet(Vector(3))));
        Assert.Throws<ShapeMismatchException>(() => KullbackLeibler.Divergence(new Dirichlet(Vector(2)), new Beta(Vector(2), Vector(2))));
        Assert.Throws<ShapeMismatchException>(() => KullbackLeibler.Divergence(new Categorical(probs: Vector(2)), new Categorical(probs: Vector(3))));
    }

    public static TheoryData<string> WithThemselves() => [.. KullbackLeibler.Pairs.Where(pair => pair.P == pair.Q).Select(pair => pair.P)];

    [Theory, MemberData(nameof(WithThemselves))]
    public void A_divergence_leaves_one_tensor_behind(string name)
    {
        using var scope = NewDisposeScope();
        Distribution example = DistributionCatalog.Get(name).CreateExample(requiresGrad: true);
        KullbackLeibler.Divergence(example, example).Dispose();
        long before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        for (int i = 0; i < 10; i++)
        {
            using (NewDisposeScope()) KullbackLeibler.Divergence(example, example).Dispose();
        }
        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }
}
