using ReparamPS.Distributions;
using ReparamPS.Distributions.Checks;
using ReparamPS.Distributions.Constraints;
using ReparamPS.Distributions.Transforms;
using ReparamPS.Gradients;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Gradients;

/// <summary>Mass and draws that round to an end of the support, and parameters that the distribution does not change with, accuse nothing that is right.</summary>
public sealed class SupportEndTests
{
    private static IReadOnlyList<ReparameterizationCheckRow> Gradients(Distribution distribution, ReparameterizationCheckMethod method = ReparameterizationCheckMethod.Auto) =>
        ReparameterizationCheck.Run(distribution, new ReparameterizationCheckOptions { Method = method }, TestContext.Current.CancellationToken);

    private static IReadOnlyList<DistributionCheckRow> Checks(Distribution distribution) => DistributionCheck.Run(distribution, 5000, new RandomSeed(0), 1e-6, TestContext.Current.CancellationToken);

    private static TransformedDistribution Squashed(ScalarType dtype, Transform map) => new(new Cauchy(tensor(0.0, dtype), tensor(0.2, dtype)), [map]);

    // P(|X| > 18.7) = 0.0068 for Cauchy(0, 0.2), and tanh rounds to 1 there; in float32 beyond 9. For N(0.5, 2), Φ rounds to 1 beyond 8.3, with probability 5e-5.
    public static TheoryData<string, Func<Distribution>> WithMassAtEnds => new()
    {
        { "Cauchy after tanh", () => Squashed(ScalarType.Float64, new TanhTransform()) },
        { "Cauchy after tanh, float32", () => Squashed(ScalarType.Float32, new TanhTransform()) },
        { "Cauchy after sigmoid, whose clamp keeps draws inside", () => Squashed(ScalarType.Float64, new SigmoidTransform()) },
        { "normal after the CDF of another", () => new TransformedDistribution(new Normal(tensor(0.5), tensor(2.0)), [new CumulativeDistributionTransform(new Normal(tensor(0.0), tensor(1.0)))]) },
        { "wide normal after sigmoid", () => new TransformedDistribution(new Normal(tensor(0.0), tensor(30.0)), [new SigmoidTransform()]) },
        { "all mass at the end", () => new TanhNormal(tensor(30.0), tensor(0.1), tensor(-1.0), tensor(1.0)) },
        { "a batch, of which one is at the end", () => new TanhNormal(tensor(new[] { 0.0, -30 }), tensor(0.1), tensor(-1.0), tensor(1.0)) },
    };

    [Theory, MemberData(nameof(WithMassAtEnds))]
    public void Mass_that_rounds_to_an_end_is_counted(string name, Func<Distribution> make)
    {
        using var scope = NewDisposeScope();
        Assert.All(Checks(make()), row => Assert.True(row.Passed, $"{name} {row.Check}: {row.Actual} {row.Reason}"));
    }

    // Draws beyond ±709 overflow or are 0, which the row Support shows.
    [Fact]
    public void Mass_that_overflows_is_counted()
    {
        using var scope = NewDisposeScope();
        Assert.True(Checks(Squashed(ScalarType.Float64, new ExpTransform())).Single(row => row.Check == "Normalization").Passed);
    }

    // A density that is 1 % too large; draws of tanh(1.5 x) with the inverse of tanh(x).
    [Theory, InlineData(0.01, 1.0, "Normalization"), InlineData(0, 1.5, "GoodnessOfFit"), InlineData(0, 1.5, "Quantile")]
    public void Faults_beside_that_mass_are_found(double excess, double factor, string check)
    {
        using var scope = NewDisposeScope();
        Assert.False(Checks(Squashed(ScalarType.Float64, new FaultyTanh(excess, factor))).Single(row => row.Check == check).Passed);
    }

    public static TheoryData<string, Func<Distribution>> AtEnds => new()
    {
        { "above", () => new TanhNormal(tensor(30.0), tensor(0.1), tensor(-1.0), tensor(1.0)) },
        { "below", () => new TanhNormal(tensor(-30.0), tensor(0.1), tensor(-2.0), tensor(3.0)) },
        { "a few roundings from the end", () => new TanhNormal(tensor(19.0), tensor(0.1), tensor(-1.0), tensor(1.0)) },
        { "many roundings from the end", () => new TanhNormal(tensor(17.0), tensor(1.0), tensor(-1.0), tensor(1.0)) },
        { "float32", () => new TanhNormal(tensor(8f), tensor(0.1f), tensor(-1f), tensor(1f)) },
        { "a transform", () => new TransformedDistribution(new Normal(tensor(30.0), tensor(0.1)), [new TanhTransform()]) },
    };

    [Theory, MemberData(nameof(AtEnds))]
    public void Gradients_of_draws_that_round_to_an_end_pass(string name, Func<Distribution> make)
    {
        using var scope = NewDisposeScope();
        Assert.All(Gradients(make()), row => Assert.True(row.Passed, $"{name}: {row}"));
    }

    // A draw at the upper bound moves with that bound.
    [Fact]
    public void A_draw_at_a_bound_moves_with_it() =>
        Assert.Equal(1, Gradients(new TanhNormal(tensor(30.0), tensor(0.1), tensor(-1.0), tensor(1.0))).Single(row => row.Parameter == "High").Analytic, 1e-12);

    [Fact]
    public void A_wrong_gradient_at_the_end_is_found()
    {
        Tensor Wrong(Tensor value) => value.detach() + 1.05 * (value - value.detach());
        var plan = new PlantedDistribution.Plan(TanhNormal.Definition, Reparameterization.LocationScale, (given, shape, random) => new TanhNormal(given[0], given[1], given[2], Wrong(given[3])).Expand(shape).RSample([], random));
        Assert.False(Gradients(PlantedDistribution.Of(plan, tensor(30.0), tensor(0.1), tensor(-1.0), tensor(1.0))).Single(row => row.Parameter == "High").Passed);
    }

    public static TheoryData<bool> Weights => [true, false];

    // A mixture does not change with a component of weight 0, nor with the scale of its weights.
    [Theory, MemberData(nameof(Weights))]
    public void A_component_without_weight_has_a_gradient_of_0(bool isLogits)
    {
        using var scope = NewDisposeScope();
        Categorical weights = isLogits ? new Categorical(logits: tensor(new[] { double.NegativeInfinity, 0 })) : new Categorical(tensor(new[] { 0.0, 1 }));
        IReadOnlyList<ReparameterizationCheckRow> rows = Gradients(new MixtureSameFamily(weights, new Normal(tensor(new[] { -1.0, 2 }), tensor(new[] { 0.5, 1.5 }))));
        Assert.All(rows, row => Assert.True(row.Passed, row.ToString()));
        Assert.All(rows.Where(row => row.Index == 0 && row.Parameter.StartsWith("Component", StringComparison.Ordinal)), row => Assert.Equal((0, 0), (row.Analytic, row.Reference)));
    }

    private sealed class FaultyTanh(double excess, double factor) : Transform("FaultyTanh", Constraints.Real, Constraints.Between(-1, 1))
    {
        public override bool IsMonotone => true;

        public override Tensor Sign(Tensor like) => ones([], like.dtype, like.device);

        protected override Tensor Apply(Tensor x) => (factor * x).tanh();

        protected override Tensor Invert(Tensor y) => y.atanh();

        protected override Tensor ComputeLogAbsDetJacobian(Tensor x, Tensor y) => -2 * x.cosh().log() - Math.Log(1 + excess);
    }
}
