using ReparamPS.Distributions;
using ReparamPS.Distributions.Transforms;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Transforms;

/// <summary>What holds for every transform: shapes, inverses, and determinants by the Jacobian that automatic differentiation gives.</summary>
public sealed class TransformTests
{
    private static readonly Dictionary<string, Func<(Transform Transform, Tensor Input)>> Examples = new()
    {
        ["Exp"] = () => (new ExpTransform(), Vector),
        ["Affine"] = () => (new AffineTransform(tensor([1.0, 2, 3]), tensor(-2.0)), Vector),
        ["Affine of vectors"] = () => (new AffineTransform(tensor([1.0, 2, 3]), tensor(-2.0), eventDim: 1), Vector),
        ["Sigmoid"] = () => (new SigmoidTransform(), Vector),
        ["Tanh"] = () => (new TanhTransform(), Vector),
        ["Softplus"] = () => (new SoftplusTransform(), Vector),
        ["Power"] = () => (new PowerTransform(tensor(-0.5)), Vector.exp()),
        ["StickBreaking"] = () => (new StickBreakingTransform(), Vector),
        ["CorrCholesky"] = () => (new CorrCholeskyTransform(), Vector),
        ["LowerCholesky"] = () => (new LowerCholeskyTransform(), Matrix),
        ["PositiveDefinite"] = () => (new PositiveDefiniteTransform(), Matrix),
        ["Reshape"] = () => (new ReshapeTransform([3], [3, 1]), Vector),
        ["CumulativeDistribution"] = () => (new CumulativeDistributionTransform(new Normal(tensor(1.0), tensor(2.0))), Vector),
        ["Independent"] = () => (new IndependentTransform(new ExpTransform(), 1), Vector),
        ["Cat"] = () => (new CatTransform([new ExpTransform(), new TanhTransform()], -1, [2, 1]), Vector),
        ["Stack"] = () => (new StackTransform([new ExpTransform(), new TanhTransform(), new SoftplusTransform()], -1), Vector),
        ["Stack of vectors"] = () => (new StackTransform([new IndependentTransform(new ExpTransform(), 1), new IndependentTransform(new TanhTransform(), 1)], -1), Matrix.narrow(-1, 0, 2)),
        ["Compose"] = () => (new ComposeTransform([new AffineTransform(tensor(1.0), tensor(2.0)), new StickBreakingTransform()]), Vector),
        ["Inverse"] = () => (new ComposeTransform([new ExpTransform().Inv, new AffineTransform(tensor(1.0), tensor(2.0))]), Vector.exp()),
    };

    // Twice an angle is a number, and its mean is not twice a direction.
    // PowerShell turns the number 1 into a tensor of type int32, in which 0.5 + 0.4 · 1 would be 0.
    [Fact]
    public void Integers_are_mapped_as_real_numbers()
    {
        using var scope = NewDisposeScope();
        var affine = new AffineTransform(0.5, 0.4);
        Assert.Equal(0.9, affine.Forward(tensor(1)).item<double>(), 1e-15);
        Assert.Equal(1.25, affine.Inverse(tensor(1)).item<double>(), 1e-15);
        Assert.Equal(Math.Log(0.4), affine.LogAbsDetJacobian(tensor(1), tensor(1)).item<double>(), 1e-15);
        Assert.Equal(Math.Exp(100), new ExpTransform().Forward(tensor(100)).item<double>(), Math.Exp(100) * 1e-15);
    }

    [Fact]
    public void The_class_name_of_PyTorch_names_a_transform() => Assert.Same(TransformType.Get("Affine"), TransformType.Get("AffineTransform"));

    [Fact]
    public void Transformed_angles_have_no_closed_form_moments()
    {
        using var scope = NewDisposeScope();
        var transformed = new TransformedDistribution(new VonMises(tensor(0.0), tensor(2.0)), [new AffineTransform(tensor(0.0), tensor(2.0))]);
        Assert.False(transformed.HasMoments);
        Assert.Throws<NotSupportedException>(() => transformed.Mean);
        Assert.Throws<NotSupportedException>(() => transformed.Variance);
        Assert.Equal(0, transformed.Mode.item<double>());
    }

    public static TheoryData<string> Names() => [.. Examples.Keys];

    public static TheoryData<string> Bijective() => [.. Examples.Keys.Except(["LowerCholesky", "PositiveDefinite"])];

    private static Tensor Vector => tensor([-1.2, 0.3, 0.7]);

    private static Tensor Matrix => tensor(new[,] { { 0.3, 1.0, 2.0 }, { -0.5, 0.2, 1.0 }, { 0.7, 0.1, -0.9 } });

    [Theory, MemberData(nameof(Names))]
    public void The_inverse_takes_outputs_back_and_outputs_lie_in_the_codomain(string name)
    {
        using var scope = NewDisposeScope();
        (Transform transform, Tensor x) = Examples[name]();
        Tensor y = transform.Forward(x);
        Assert.True(transform.Codomain.IsMetBy(y));
        Assert.Equal(y.shape, transform.ForwardShape(x.shape));
        Assert.Equal(x.shape, transform.InverseShape(y.shape));
        Tensor back = transform.Inverse(y), expected = transform is LowerCholeskyTransform or PositiveDefiniteTransform ? x.tril() : x;
        Assert.True((back - expected).abs().max().item<double>() < 1e-12);
        Assert.Same(transform, transform.Inv.Inv);
        Assert.True((transform.Inv.Forward(y) - expected).abs().max().item<double>() < 1e-12);
    }

    [Theory, MemberData(nameof(Bijective))]
    public void The_determinant_is_that_of_the_Jacobian(string name)
    {
        using var scope = NewDisposeScope();
        (Transform transform, Tensor x) = Examples[name]();
        Tensor leaf = x.clone().requires_grad_();
        Tensor y = transform.Forward(leaf);
        Tensor actual = transform.LogAbsDetJacobian(leaf, y);
        Assert.Equal(x.shape[..^transform.Domain.EventDims], actual.shape);
        Tensor full = Jacobian(y, leaf);
        double expected = LogDeterminant(name, full);
        Assert.Equal(expected, actual.sum().item<double>(), 1e-10);
        Assert.Equal(-expected, transform.Inv.LogAbsDetJacobian(y, leaf).sum().item<double>(), 1e-10);
    }

    [Theory, InlineData(0), InlineData(1)]
    public void The_cache_makes_the_inverse_of_the_latest_output_exact(int cacheSize)
    {
        using var scope = NewDisposeScope();
        var sigmoid = new SigmoidTransform(cacheSize);
        Tensor x = tensor(800.0), y = sigmoid.Forward(x);
        double back = sigmoid.Inverse(y).item<double>();
        if (cacheSize == 1) Assert.Equal(800.0, back);
        else Assert.True(back < 40);
        Assert.True(sigmoid.Inverse(tensor(0.5)).item<double>() == 0);
    }

    [Fact]
    public void Transforms_are_the_same_when_kind_and_parameters_are()
    {
        using var scope = NewDisposeScope();
        Transform Affine(double scale) => new AffineTransform(tensor(1.0), tensor(scale));
        Assert.True(Affine(2).IsSameAs(Affine(2)));
        Assert.False(Affine(2).IsSameAs(Affine(3)));
        Assert.True(new ComposeTransform([Affine(2), new ExpTransform()]).IsSameAs(new ComposeTransform([Affine(2), new ExpTransform()])));
        Assert.False(new ComposeTransform([Affine(2), new ExpTransform()]).IsSameAs(new ComposeTransform([new ExpTransform(), Affine(2)])));
        Assert.True(new ExpTransform().Inv.IsSameAs(new ExpTransform().Inv));
    }

    [Fact]
    public void Every_kind_is_in_the_catalogue_and_a_wrong_shape_is_refused()
    {
        string[] expected =
        [
            "Abs", "Affine", "Cat", "Compose", "CorrCholesky", "CumulativeDistribution", "Exp", "Independent", "LowerCholesky", "PositiveDefinite", "Power", "Reshape", "Sigmoid", "Softmax", "Softplus", "Stack",
            "StickBreaking", "Tanh",
        ];
        Assert.Equal(expected, TransformType.All.Select(type => type.Name));
        using var scope = NewDisposeScope();
        Assert.Throws<ShapeMismatchException>(() => new CorrCholeskyTransform().Forward(tensor([1.0, 2])));
        Assert.Throws<ShapeMismatchException>(() => new StickBreakingTransform().Forward(tensor(1.0)));
        Assert.Throws<ArgumentException>(() => new AffineTransform(tensor(0.0), tensor(0.0)));
    }

    [Fact]
    public void A_cached_chain_keeps_the_log_probability_of_its_own_draws_finite()
    {
        using var scope = NewDisposeScope();
        using var random = new RandomSource(1);
        var wide = new TransformedDistribution(new Normal(tensor(0.0), tensor(200.0)), [new SigmoidTransform(cacheSize: 1)]);
        Tensor draws = wide.Sample([100], random);
        Tensor normal = new Normal(tensor(0.0), tensor(200.0)).LogProb(wide.Transforms[0].Inverse(draws));
        Assert.True(normal.max().item<double>() - normal.min().item<double>() > 0.1);
    }

    // Rows are outputs, columns are inputs.
    private static Tensor Jacobian(Tensor y, Tensor x)
    {
        Tensor flat = y.flatten();
        return stack([.. Enumerable.Range(0, (int)flat.numel()).Select(i => autograd.grad([flat[i]], [x], retain_graph: true)[0].flatten())], 0);
    }

    // Some outputs follow from others: of those the Jacobian has one free coordinate for each input.
    private static double LogDeterminant(string name, Tensor jacobian)
    {
        Tensor square = name switch
        {
            "StickBreaking" or "Compose" => jacobian.narrow(0, 0, jacobian.shape[0] - 1),
            "CorrCholesky" => jacobian.index_select(0, tensor(new long[] { 3, 6, 7 })),
            _ => jacobian,
        };
        return linalg.slogdet(square).Item2.item<double>();
    }
}
