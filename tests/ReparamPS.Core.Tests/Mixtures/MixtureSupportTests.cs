using ReparamPS.Distributions;
using ReparamPS.Distributions.Checks;
using ReparamPS.Gradients;
using ReparamPS.Gradients.Estimators;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Mixtures;

/// <summary>Mixtures whose components lie on different supports.</summary>
public sealed class MixtureSupportTests
{
    private static Categorical Weights => new(tensor([0.3, 0.7]));

    [Fact]
    public void A_value_in_the_support_of_any_component_has_the_density_of_the_mixture()
    {
        using var scope = NewDisposeScope();
        var mixture = new MixtureSameFamily(Weights, new Uniform(tensor([0.0, 5.0]), tensor([1.0, 6.0])));
        double[] logs = ManagedValues.ToDoubles(mixture.LogProb(tensor([5.5, 0.5, 3.0, -1.0])));
        Assert.Equal(Math.Log(0.7), logs[0], 1e-14);
        Assert.Equal(Math.Log(0.3), logs[1], 1e-14);
        Assert.Equal([double.NegativeInfinity, double.NegativeInfinity], logs[2..]);
        Assert.Equal([true, true, false], mixture.Support.Check(tensor([5.5, 0.5, 3.0])).data<bool>().ToArray());
    }

    [Fact]
    public void Pareto_and_binomial_components_and_vectors_of_uniform_parts_add_up()
    {
        using var scope = NewDisposeScope();
        var pareto = new MixtureSameFamily(Weights, new Pareto(tensor([1.0, 2.0]), tensor([2.0, 3.0])));
        Assert.Equal(Math.Log(0.3 * 2 / Math.Pow(1.5, 3)), pareto.LogProb(tensor(1.5)).item<double>(), 1e-14);
        Assert.Equal(Math.Log((0.3 * 2 / 27) + (0.7 * 3 * 8 / 81)), pareto.LogProb(tensor(3.0)).item<double>(), 1e-14);
        var binomial = new MixtureSameFamily(Weights, new Binomial(tensor([2.0, 5.0]), tensor([0.5, 0.5])));
        Assert.Equal(Math.Log(0.7 * 5 / 32), binomial.LogProb(tensor(4.0)).item<double>(), 1e-14);
        var vectors = new MixtureSameFamily(Weights, new Independent(new Uniform(tensor(new double[,] { { 0, 0 }, { 0.5, -1 } }), tensor(new double[,] { { 1, 1 }, { 2.5, 1 } })), 1));
        double[] logs = ManagedValues.ToDoubles(vectors.LogProb(tensor(new double[,] { { 0.75, 0.5 }, { 0.25, -0.5 }, { 2, -0.5 } })));
        Assert.Equal(Math.Log(0.3 + (0.7 / 4)), logs[0], 1e-14);
        Assert.Equal(double.NegativeInfinity, logs[1]);
        Assert.Equal(Math.Log(0.7 / 4), logs[2], 1e-14);
    }

    public static TheoryData<string> Overlapping() => ["Uniform", "Pareto", "TruncatedNormal", "GeneralizedPareto", "LogUniform"];

    private static Distribution Components(string name) => name switch
    {
        "Uniform" => new Uniform(tensor([0.0, 0.5]), tensor([1.0, 3.0])),
        "Pareto" => new Pareto(tensor([1.0, 2.0]), tensor([5.0, 6.0])),
        "TruncatedNormal" => new TruncatedNormal(tensor([0.0, 1.0]), tensor([1.0, 2.0]), tensor([-1.0, 0.0]), tensor([1.0, 4.0])),
        "GeneralizedPareto" => new GeneralizedPareto(tensor([0.0, 0.5]), tensor([1.0, 2.0]), tensor([0.1, -0.2])),
        _ => new LogUniform(tensor([0.5, 1.0]), tensor([2.0, 4.0])),
    };

    [Theory, MemberData(nameof(Overlapping))]
    public void Members_and_gradients_agree(string name)
    {
        using var scope = NewDisposeScope();
        var mixture = new MixtureSameFamily(Weights, Components(name));
        Assert.True(mixture.HasRSample);
        Assert.All(DistributionCheck.Run(mixture, 5000, 0, 1e-6, TestContext.Current.CancellationToken), row => Assert.True(row.Passed, $"{row.Check}: {row.Reason}"));
        Assert.All(ReparameterizationCheck.Run(mixture, new ReparameterizationCheckOptions { Seed = 0 }, TestContext.Current.CancellationToken), row => Assert.True(row.Passed, row.ToString()));
    }

    public static TheoryData<string> Broadcast => ["weights", "components", "weights in an event"];

    // Weights and components with batch dimensions that only the other one has.
    [Theory, MemberData(nameof(Broadcast))]
    public void Gradients_can_be_checked_where_a_part_broadcasts(string part)
    {
        using var scope = NewDisposeScope();
        Normal batch = new(tensor(new double[,] { { 0, 1 }, { 2, 3 } }), tensor(1.0));
        Distribution mixture = part switch
        {
            "weights" => new MixtureSameFamily(Weights, batch),
            "components" => new MixtureSameFamily(new Categorical(tensor(new[,] { { 0.3, 0.7 }, { 0.5, 0.5 }, { 0.9, 0.1 } })), new Normal(tensor([0.0, 1.0]), tensor(1.0))),
            _ => new Independent(new MixtureSameFamily(Weights, batch), 1),
        };
        IReadOnlyList<ReparameterizationCheckRow> rows = ReparameterizationCheck.Run(mixture, new ReparameterizationCheckOptions { Seed = 0 }, TestContext.Current.CancellationToken);
        Assert.Contains(rows, row => row.Parameter.EndsWith("Probs", StringComparison.Ordinal));
        Assert.All(rows, row => Assert.True(row.Passed, row.ToString()));
    }

    // With weights w, E[Σ z²] = Σ over the batch of w₁ (μ₁² + 1) + w₂ (μ₂² + 1).
    [Fact]
    public void Gradients_can_be_estimated_where_weights_broadcast()
    {
        using var scope = NewDisposeScope();
        var mixture = new MixtureSameFamily(Weights, new Normal(tensor(new double[,] { { 0, 1 }, { 2, 3 } }), tensor(1.0)));
        GradientMeasurement[] rows = [.. GradientEstimation.Measure(mixture, z => z.square().sum(-1), new GradientEstimatorOptions { Draws = 20_000, Seed = 0 }, TestContext.Current.CancellationToken)];
        double[] expected = [0, 2 * 0.7 * 1, 2 * 0.3 * 2, 2 * 0.7 * 3];
        Assert.Equal(expected, rows.Where(row => row.Parameter == "ComponentDistribution.Loc").Select(row => row.Estimate), (x, y) => Math.Abs(x - y) < 0.1);
    }

    [Fact]
    public void Draws_that_would_jump_are_not_reparameterized()
    {
        using var scope = NewDisposeScope();
        Assert.False(new MixtureSameFamily(Weights, new Uniform(tensor([0.0, 5.0]), tensor([1.0, 6.0]))).HasRSample);
        Assert.True(new MixtureSameFamily(new Categorical(tensor([0.0, 1.0])), new Uniform(tensor([0.0, 5.0]), tensor([1.0, 6.0]))).HasRSample);
        Assert.False(new MixtureSameFamily(Weights, new Independent(new Uniform(tensor(new double[,] { { 0, 0 }, { 0.5, 0 } }), tensor(1.0)), 1)).HasRSample);
        Assert.True(new MixtureSameFamily(Weights, new Independent(new Exponential(tensor(new double[,] { { 1, 2 }, { 3, 4 } })), 1)).HasRSample);
    }
}
