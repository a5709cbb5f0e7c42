using ReparamPS.Distributions;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Catalogue;

/// <summary>Elements with infinite slopes, as at an end of a support, leave the gradients of the other elements alone.</summary>
public sealed class SteepElementTests
{
    private const double Inf = double.PositiveInfinity;

    private static readonly string[] Functions = ["LogProb", "Cdf", "LogCdf", "Survival", "LogSurvival", "Icdf"];

    [Theory, MemberData(nameof(Cases.Univariate), MemberType = typeof(Cases))]
    public void A_sum_without_the_ends_has_the_gradient_of_the_other_elements(string name, int setting)
    {
        using var scope = NewDisposeScope();
        ReferenceSetting reference = ReferenceFile.Of(name).Settings[setting];
        ReferenceDistribution made = ReferenceDistribution.Make(reference.File, reference.Parameters, requiresGrad: true);
        List<string> wrong = [];
        foreach (string function in Functions)
        {
            double[] inner = Inner(reference, function), all = [.. inner, .. Ends(made.Value, function), double.NaN];
            IReadOnlyDictionary<string, double[]> alone = Gradients(made, function, tensor(inner), result => result.sum());
            IReadOnlyDictionary<string, double[]> beside = Gradients(made, function, tensor(all), result => result.narrow(0, 0, inner.Length).sum());
            foreach ((string leaf, double[] expected) in alone)
            {
                double[] actual = beside[leaf];
                bool agrees = expected.Zip(actual).All(pair => AreNear(pair.First, pair.Second)) && actual[expected.Length..].All(slope => slope == 0);
                if (!agrees) wrong.Add($"{function}, {leaf}: {Text(actual)}, not {Text(expected)}");
            }
        }
        Assert.True(wrong.Count == 0, $"{reference}: {string.Join("; ", wrong)}");
    }

    [Theory, MemberData(nameof(Cases.Univariate), MemberType = typeof(Cases))]
    public void An_element_at_an_end_has_slopes(string name, int setting)
    {
        using var scope = NewDisposeScope();
        ReferenceSetting reference = ReferenceFile.Of(name).Settings[setting];
        Distribution distribution = ReferenceDistribution.Make(reference.File, reference.Parameters).Value;
        List<string> wrong = [];
        foreach (string function in Functions)
        {
            double[] ends = Ends(distribution, function);
            if (Evaluate(distribution, function, tensor(ends)) is not { } results) continue;
            ends = [.. ends.Where((_, i) => !double.IsNaN(results[i].item<double>()))];
            ReferenceDistribution made = ReferenceDistribution.Make(reference.File, reference.Parameters, batch: Batch(reference, ends.Length), requiresGrad: true);
            foreach ((string leaf, double[] slopes) in Gradients(made, function, tensor(ends), result => result.sum()))
            {
                // Where several components are infinitely dense, their weights have no slopes.
                // An end whose log-density is known as a limit has none either.
                if (name == "TransformedDistribution" || name == "MixtureSameFamily" && function == "LogProb" && leaf.StartsWith("Mixture", StringComparison.Ordinal)) continue;
                if (slopes.Any(double.IsNaN)) wrong.Add($"{function}({Text(ends)}), {leaf}: {Text(slopes)}");
            }
        }
        Assert.True(wrong.Count == 0, $"{reference}: {string.Join("; ", wrong)}");
    }

    [Theory, MemberData(nameof(Cases.Settings), MemberType = typeof(Cases))]
    public void A_vector_with_an_infinite_or_missing_part_leaves_the_gradients_of_others(string name, int setting)
    {
        using var scope = NewDisposeScope();
        ReferenceSetting reference = ReferenceFile.Of(name).Settings[setting];
        if (reference.EventShape.Length == 0) return;
        ReferenceDistribution made = ReferenceDistribution.Make(reference.File, reference.Parameters, requiresGrad: true);
        int size = (int)TensorShapes.Count(reference.EventShape);
        double[] inner = reference.PointValues[..size];
        IReadOnlyDictionary<string, double[]> alone = Gradients(made, "LogProb", tensor(inner).reshape([1, .. reference.EventShape]), result => result.sum());
        foreach (double end in (double[])[0, 1, Inf, -Inf, double.NaN])
        {
            double[] all = [.. inner, end, .. inner[1..], .. Enumerable.Repeat(end, size)];
            IReadOnlyDictionary<string, double[]> beside = Gradients(made, "LogProb", tensor(all).reshape([3, .. reference.EventShape]), result => result.select(0, 0));
            foreach ((string leaf, double[] expected) in alone)
                Assert.True(expected.Zip(beside[leaf]).All(pair => AreNear(pair.First, pair.Second)), $"{reference}, {end}, {leaf}: {Text(beside[leaf])}, not {Text(expected)}");
        }
    }

    // Limits of the derivatives of the closed forms.
    public static TheoryData<string, string, string, double, string, double> Limits() => new()
    {
        { "Gumbel", "Loc=1;Scale=2", "LogProb", -Inf, "Scale", Inf }, { "Gumbel", "Loc=1;Scale=2", "LogProb", -Inf, "Loc", -Inf }, { "Gumbel", "Loc=1;Scale=2", "LogProb", -Inf, "value", Inf },
        { "Gumbel", "Loc=1;Scale=2", "LogProb", Inf, "Loc", 0.5 }, { "Gumbel", "Loc=1;Scale=2", "Icdf", 0, "value", Inf }, { "Gumbel", "Loc=1;Scale=2", "Icdf", 1, "Loc", 1 },
        { "Weibull", "Scale=2;Concentration=3", "LogProb", 0, "Scale", -1.5 }, { "Weibull", "Scale=2;Concentration=3", "LogProb", 0, "value", Inf },
        { "Weibull", "Scale=2;Concentration=3", "LogProb", 0, "Concentration", -Inf }, { "Weibull", "Scale=2;Concentration=0.5", "LogProb", 0, "Scale", -0.25 },
        { "Weibull", "Scale=2;Concentration=0.5", "LogProb", 0, "value", -Inf }, { "Weibull", "Scale=2;Concentration=1", "LogProb", 0, "value", -0.5 },
        { "Weibull", "Scale=2;Concentration=2", "Icdf", 0, "Scale", 0 }, { "Weibull", "Scale=2;Concentration=2", "Icdf", 0, "value", Inf }, { "Weibull", "Scale=2;Concentration=1", "Icdf", 0, "value", 2 },
        { "RelaxedBernoulli", "Temperature=1;Logits=0", "LogProb", 0, "value", 0 }, { "RelaxedBernoulli", "Temperature=1;Probs=0.75", "LogProb", 0, "value", 4.0 / 3 },
        { "RelaxedBernoulli", "Temperature=1;Probs=0.25", "LogProb", 1, "value", -4.0 / 3 }, { "RelaxedBernoulli", "Temperature=2;Logits=0", "LogProb", 0, "value", Inf },
        { "RelaxedBernoulli", "Temperature=0.5;Logits=0", "LogProb", 0, "Logits", -1 }, { "RelaxedBernoulli", "Temperature=0.5;Logits=0", "Icdf", 0, "Temperature", 0 },
        { "RelaxedBernoulli", "Temperature=2;Logits=0", "Icdf", 1, "value", Inf }, { "RelaxedBernoulli", "Temperature=0.5;Logits=0", "Icdf", 1, "value", 0 },
        { "LogitRelaxedBernoulli", "Temperature=2;Logits=1", "LogProb", Inf, "value", -2 }, { "LogitRelaxedBernoulli", "Temperature=2;Logits=1", "LogProb", Inf, "Logits", 1 },
        { "LogitRelaxedBernoulli", "Temperature=2;Logits=1", "Icdf", 1, "Logits", 0.5 }, { "LogitRelaxedBernoulli", "Temperature=2;Logits=1", "Icdf", 1, "Temperature", -Inf },
        { "StudentT", "Df=3;Loc=0;Scale=2", "LogProb", Inf, "Df", -Inf }, { "StudentT", "Df=3;Loc=0;Scale=2", "LogProb", -Inf, "Scale", 1.5 }, { "StudentT", "Df=3;Loc=0;Scale=2", "LogProb", Inf, "Loc", 0 },
        { "Kumaraswamy", "Concentration1=1;Concentration0=4", "Icdf", 0, "value", 0.25 }, { "Kumaraswamy", "Concentration1=2;Concentration0=4", "Icdf", 0, "Concentration1", 0 },
        { "LogNormal", "Loc=0;Scale=1", "Icdf", 0, "value", Inf }, { "LogNormal", "Loc=0;Scale=1", "Icdf", 0, "Scale", 0 },
        { "Normal", "Loc=0;Scale=2", "LogProb", Inf, "Loc", Inf }, { "Laplace", "Loc=0;Scale=2", "LogProb", Inf, "value", -0.5 }, { "Cauchy", "Loc=0;Scale=2", "LogProb", -Inf, "Scale", 0.5 },
    };

    [Theory, MemberData(nameof(Limits))]
    public void Slopes_at_an_end_are_limits(string kind, string parameters, string function, double at, string leaf, double expected)
    {
        using var scope = NewDisposeScope();
        Dictionary<string, Tensor> leaves = parameters.Split(';').Select(part => part.Split('='))
            .ToDictionary(part => part[0], part => tensor(double.Parse(part[1], System.Globalization.CultureInfo.InvariantCulture), requires_grad: true));
        Distribution distribution = DistributionCatalog.Get(kind).Create(leaves.ToDictionary(pair => pair.Key, pair => (object)pair.Value));
        // Beside an ordinary element.
        Tensor value = tensor([0.4, at], requires_grad: true);
        Evaluate(distribution, function, value)!.select(0, 1).backward();
        double actual = leaf == "value" ? value.grad![1].item<double>() : leaves[leaf].grad!.item<double>();
        Assert.True(double.IsInfinity(expected) ? actual == expected : Math.Abs(actual - expected) <= 1e-12, $"{actual}, not {expected}");
    }

    [Fact]
    public void On_a_device_that_the_host_does_not_read()
    {
        using var scope = NewDisposeScope();
        using IDisposable hidden = HostMemory.Hide();
        Tensor scale = tensor(2.0, requires_grad: true);
        new Weibull(scale, tensor(3.0)).LogProb(tensor([0.5, 0, Inf, double.NaN])).narrow(0, 0, 1).sum().backward();
        // −k / s + k xᵏ / sᵏ⁺¹.
        Assert.Equal(-1.5 + (3 * 0.125 / 16), scale.grad!.item<double>(), 1e-14);
    }

    [Fact]
    public void Vectors_that_are_all_infinite_keep_the_slope_in_their_infinite_part()
    {
        using var scope = NewDisposeScope();
        Tensor loc = tensor([1.0, 2], requires_grad: true);
        Tensor log = new MultivariateNormal(loc, covarianceMatrix: eye(2, dtype: ScalarType.Float64)).LogProb(tensor(new[,] { { 0, Inf }, { 0, -Inf } }));
        log.select(0, 0).backward();
        Assert.Equal([double.NegativeInfinity, double.NegativeInfinity], log.data<double>().ToArray());
        Assert.Equal(Inf, loc.grad![1].item<double>());
    }

    [Fact]
    public void In_single_precision_too()
    {
        using var scope = NewDisposeScope();
        Tensor loc = tensor(1f, requires_grad: true), scale = tensor(2f, requires_grad: true), value = tensor([3f, float.NegativeInfinity, float.NaN], requires_grad: true);
        new Gumbel(loc, scale).LogProb(value)[0].backward();
        float decay = MathF.Exp(-1);
        Assert.Equal((1 - decay) / 2, loc.grad!.item<float>(), 1e-6f);
        Assert.Equal(-decay / 2, scale.grad!.item<float>(), 1e-6f);
        Assert.Equal([0, 0], value.grad!.data<float>().ToArray()[1..]);
    }

    [Fact]
    public void An_end_with_finite_slopes_keeps_its_second_derivative()
    {
        using var scope = NewDisposeScope();
        Tensor rate = tensor(2.0, requires_grad: true);
        Tensor slope = autograd.grad([new Exponential(rate).LogProb(tensor([0.0, 1, Inf])).narrow(0, 0, 2).sum()], [rate], retain_graph: true, create_graph: true)[0];
        // d²/dλ² (log λ − λ x) of two elements.
        Assert.Equal(-0.5, autograd.grad([slope], [rate])[0].item<double>(), 1e-15);
    }

    private static long[] Batch(ReferenceSetting reference, int count) =>
        ReferenceDistribution.Make(reference.File, reference.Parameters).Leaves.Values.All(leaf => leaf.dim() == 0) ? [count] : [];

    private static double[] Inner(ReferenceSetting reference, string function)
    {
        double[] points = [.. reference.PointValues.Where(double.IsFinite)];
        return function == "Icdf" ? [0.2, 0.6] : [points[points.Length / 2], points[(points.Length / 2) - 1]];
    }

    private static double[] Ends(Distribution distribution, string function)
    {
        if (function == "Icdf") return [0, 1];
        double[] ends = distribution.HasQuantile ? ManagedValues.ToDoubles(distribution.Icdf(tensor([0.0, 1]), cancellation: TestContext.Current.CancellationToken)) : [];
        return [.. ((double[])[-Inf, Inf, 0, 1, .. ends]).Distinct()];
    }

    private static Dictionary<string, double[]> Gradients(ReferenceDistribution made, string function, Tensor value, Func<Tensor, Tensor> sum)
    {
        Tensor leaf = value.requires_grad_();
        if (Evaluate(made.Value, function, leaf) is not { requires_grad: true } result) return [];
        Dictionary<string, Tensor> leaves = made.Leaves.Where(pair => pair.Value.requires_grad).Append(new("value", leaf)).ToDictionary();
        foreach (Tensor one in leaves.Values) one.grad = null;
        sum(result).backward();
        return leaves.Where(pair => pair.Value.grad is not null).ToDictionary(pair => pair.Key, pair => ManagedValues.ToDoubles(pair.Value.grad!));
    }

    private static Tensor? Evaluate(Distribution distribution, string function, Tensor value) => function switch
    {
        "LogProb" => distribution.LogProb(value),
        "Icdf" => distribution.HasQuantile ? distribution.Icdf(value, cancellation: TestContext.Current.CancellationToken) : null,
        _ when !distribution.HasCdf => null,
        "Cdf" => distribution.Cdf(value),
        "LogCdf" => distribution.LogCdf(value),
        "Survival" => distribution.Survival(value),
        _ => distribution.LogSurvival(value),
    };

    private static bool AreNear(double expected, double actual) => expected.Equals(actual) || Math.Abs(expected - actual) <= 1e-9 * Math.Max(1, Math.Abs(expected));

    private static string Text(IEnumerable<double> numbers) => string.Join(", ", numbers.Select(number => number.ToString("G6", System.Globalization.CultureInfo.InvariantCulture)));
}
