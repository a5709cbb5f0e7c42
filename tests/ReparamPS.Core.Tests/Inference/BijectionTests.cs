using ReparamPS.Distributions;
using ReparamPS.Distributions.Constraints;
using ReparamPS.Distributions.Transforms;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Inference;

public sealed class BijectionTests
{
    public static TheoryData<string> Continuous() => [.. DistributionCatalog.All
        .Where(type => !type.Support.IsDiscrete && type.Name is not ("VonMisesFisher" or "VonMises" or "OneHotCategoricalStraightThrough" or "ExpRelaxedCategorical")).Select(type => type.Name)];

    [Theory, MemberData(nameof(Continuous))]
    public void Unconstrained_numbers_lead_into_the_support_and_back(string name)
    {
        using var scope = NewDisposeScope();
        Distribution distribution = DistributionCatalog.Get(name).CreateExample();
        Transform map = Bijections.To(distribution.Support);
        long[] shape = map.InverseShape([5, .. distribution.BatchShape, .. distribution.EventShape]);
        using var random = new RandomSource(3);
        Tensor x = random.Normal(shape, ScalarType.Float64), y = map.Forward(x);
        Assert.True(distribution.Support.IsMetBy(y), $"{TensorText.Full(y)} is not {distribution.Support}");
        Assert.Equal([5, .. distribution.BatchShape, .. distribution.EventShape], y.shape);
        Assert.True((map.Inverse(y) - x).abs().max().item<double>() < 1e-7);
        Assert.True(distribution.LogProb(y).isfinite().all().item<bool>());
    }

    // The columns of the Jacobian of the elements that are free, by differences.
    [Theory]
    [InlineData("LowerCholesky", 6, 3)]
    [InlineData("PositiveDefinite", 6, 3)]
    [InlineData("CorrCholesky", 3, 3)]
    public void The_Jacobian_of_a_matrix_is_that_of_its_free_elements(string name, int size, int width)
    {
        using var scope = NewDisposeScope();
        Constraint constraint = name switch { "LowerCholesky" => Constraints.LowerCholesky, "PositiveDefinite" => Constraints.PositiveDefinite, _ => Constraints.CorrCholesky };
        Transform map = Bijections.To(constraint);
        Tensor x = linspace(-0.6, 0.7, size, ScalarType.Float64);
        (int Row, int Column)[] free = [.. Enumerable.Range(0, width).SelectMany(i => Enumerable.Range(0, name == "CorrCholesky" ? i : i + 1).Select(j => (i, j)))];
        double[,] jacobian = new double[size, size];
        for (int k = 0; k < size; k++)
        {
            Tensor shift = zeros(size, ScalarType.Float64);
            shift[k] = 1e-6;
            Tensor slope = (map.Forward(x + shift) - map.Forward(x - shift)) / 2e-6;
            for (int i = 0; i < size; i++) jacobian[i, k] = slope[free[i].Row, free[i].Column].item<double>();
        }
        double expected = tensor(jacobian).det().abs().log().item<double>();
        Assert.Equal(expected, map.LogAbsDetJacobian(x, map.Forward(x)).item<double>(), 1e-7);
    }

    [Theory]
    [InlineData("Bernoulli")]
    [InlineData("VonMisesFisher")]
    public void A_set_without_a_bijection_is_refused_by_name(string name)
    {
        Constraint support = DistributionCatalog.Get(name).CreateExample().Support;
        Assert.Contains(support.Name, Assert.Throws<NotSupportedException>(() => Bijections.To(support)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bounds_that_are_finite_for_some_of_a_batch_only_are_refused()
    {
        var mixed = new TruncatedNormal(tensor(new[] { 0.0, 0 }), tensor(1.0), tensor(new[] { 0.0, double.NegativeInfinity }), tensor(new[] { 1.0, 1 }));
        Assert.Throws<NotSupportedException>(() => Bijections.To(mixed.Support));
    }

    [Fact]
    public void A_constraint_class_of_ones_own_can_be_registered()
    {
        var constraint = new Above(7);
        Assert.Throws<NotSupportedException>(() => Bijections.To(constraint));
        Bijections.Register<Above>(above => new ComposeTransform([new ExpTransform(), new AffineTransform(tensor(above.Low), tensor(1.0))]));
        Assert.Equal(8, Bijections.To(constraint).Forward(tensor(0.0)).item<double>(), 1e-12);
    }

    private sealed class Above(double low) : Constraint("above a number")
    {
        public double Low => low;

        public override Tensor Check(Tensor value) => value > low;

        public override Tensor InteriorPoint(Tensor value) => full([], low + 1, value.dtype, value.device);
    }
}
