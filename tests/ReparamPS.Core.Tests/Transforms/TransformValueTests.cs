using ReparamPS.Distributions.Transforms;
using ReparamPS.Gradients;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Transforms;

/// <summary>Every kind of transform against PyTorch's values, and log|det J| against the Jacobian by automatic differentiation.</summary>
public sealed class TransformValueTests
{
    [Fact]
    public void Every_kind_has_a_case() =>
        Assert.Empty(TransformType.All.Select(type => type.Name).Except(TransformFile.All.Select(row => row.Spec.GetProperty("transform").GetString()!)));

    [Theory, MemberData(nameof(TransformFile.Names), MemberType = typeof(TransformFile))]
    public void Forward_inverse_and_log_determinant_agree(string name)
    {
        using var scope = NewDisposeScope();
        TransformCase row = TransformFile.Of(name);
        Transform transform = row.Make();
        Tensor x = row.Tensor("x"), y = row.Tensor("y");
        AssertEqual(y, transform.Forward(x), "forward");
        AssertEqual(row.Tensor("inverse"), transform.Inverse(y), "inverse");
        if (row.Has("logAbsDetJacobian")) AssertEqual(row.Tensor("logAbsDetJacobian"), transform.LogAbsDetJacobian(x, y), "log|det J|");
    }

    [Theory, MemberData(nameof(TransformFile.Bijective), MemberType = typeof(TransformFile))]
    public void The_inverse_takes_outputs_back(string name)
    {
        using var scope = NewDisposeScope();
        TransformCase row = TransformFile.Of(name);
        Transform transform = row.Make();
        Tensor x = row.Tensor("x"), y = transform.Forward(x), back = transform.Inverse(y);
        // As far as outputs have the digits: an error of y's last digit grows by the slope of the inverse.
        Tensor slopes = name is "sigmoid" or "softplus" ? (-transform.LogAbsDetJacobian(x, y)).exp() * y.abs() : ones_like(x);
        Tensor error = (back - x.expand(back.shape)).abs();
        Assert.True((error <= 1e-9 * (1 + x.abs()) + 1e-14 * slopes).all().item<bool>(), $"{name}: {error.ToString(TorchSharp.TensorStringStyle.Numpy)}");
        AssertEqual(y, transform.Forward(back), "forward of the inverse");
        AssertEqual(y, transform.Inv.Inverse(x), "inverse of the inverse");
    }

    [Theory, InlineData("abs"), InlineData("softmax"), InlineData("lower Cholesky"), InlineData("positive definite")]
    public void What_is_no_bijection_says_so_and_has_a_section(string name)
    {
        using var scope = NewDisposeScope();
        TransformCase row = TransformFile.Of(name);
        Transform transform = row.Make();
        Assert.False(transform.IsBijective);
        Tensor y = transform.Forward(row.Tensor("x"));
        AssertEqual(y, transform.Forward(transform.Inverse(y)), "forward of the section");
        Assert.Contains(transform.Name, Assert.Throws<NotSupportedException>(() => transform.LogAbsDetJacobian(y, y)).Message, StringComparison.Ordinal);
    }

    // One Jacobian for each element of the batch, of the coordinates that don't follow from others.
    [Theory, MemberData(nameof(TransformFile.Bijective), MemberType = typeof(TransformFile))]
    public void The_log_determinant_is_that_of_the_Jacobian(string name)
    {
        using var scope = NewDisposeScope();
        TransformCase row = TransformFile.Of(name);
        Transform transform = row.Make();
        Tensor given = row.Tensor("x");
        if (name == "affine that widens") given = given.expand(transform.ForwardShape(given.shape)).contiguous();
        bool isFromSimplex = name == "inverse stick-breaking";
        Tensor free = (isFromSimplex ? given.narrow(-1, 0, given.shape[^1] - 1).contiguous() : given).requires_grad_();
        Tensor x = isFromSimplex ? cat([free, 1 - free.sum(-1, keepdim: true)], -1) : free;
        Tensor y = transform.Forward(x);
        double[] claimed = ManagedValues.ToDoubles(transform.LogAbsDetJacobian(x, y));
        Tensor outputs = OutputCoordinates(y, name).reshape(claimed.Length, -1);
        for (int i = 0; i < claimed.Length; i++)
        {
            Tensor jacobian = stack([.. Enumerable.Range(0, (int)outputs.shape[1]).Select(j =>
                Backward.Of([outputs], [OneAt(outputs, i, j)], [free])[0]!.reshape(claimed.Length, -1)[i])]);
            Assert.Equal(jacobian.shape[0], jacobian.shape[1]);
            double actual = ManagedValues.ToDoubles(linalg.slogdet(jacobian).Item2)[0];
            Assert.True(Math.Abs(actual - claimed[i]) <= 1e-8 * (1 + Math.Abs(actual)), $"{name}[{i}]: log|det J| is {claimed[i]:R}, the Jacobian's {actual:R}");
        }
    }

    [Theory, MemberData(nameof(TransformFile.Names), MemberType = typeof(TransformFile))]
    public void Single_precision_keeps_its_type_and_agrees(string name)
    {
        using var scope = NewDisposeScope();
        TransformCase row = TransformFile.Of(name);
        Transform transform = row.Make(ScalarType.Float32);
        Tensor x = row.Tensor("x", ScalarType.Float32), y = transform.Forward(x);
        Assert.Equal(ScalarType.Float32, y.dtype);
        Assert.Equal(ScalarType.Float32, transform.Inverse(y).dtype);
        Assert.True(y.allclose(row.Tensor("y", ScalarType.Float32), 1e-4, 1e-6), y.ToString(TorchSharp.TensorStringStyle.Numpy));
    }

    private static Tensor OutputCoordinates(Tensor y, string name) =>
        name.StartsWith("correlation", StringComparison.Ordinal) ? TriangleVector.FromMatrix(y, -1)
        : name.Contains("stick-breaking", StringComparison.Ordinal) && name != "inverse stick-breaking" || name == "chain into the simplex" ? y.narrow(-1, 0, y.shape[^1] - 1)
        : y;

    private static Tensor OneAt(Tensor like, int row, int column)
    {
        Tensor selector = zeros_like(like).detach();
        selector[row, column] = 1.0;
        return selector;
    }

    internal static void AssertEqual(Tensor expected, Tensor actual, string what)
    {
        Assert.Equal(expected.shape, actual.shape);
        double[] wanted = ManagedValues.ToDoubles(expected), found = ManagedValues.ToDoubles(actual);
        for (int i = 0; i < wanted.Length; i++)
            Assert.True(Math.Abs(found[i] - wanted[i]) <= 1e-9 * Math.Abs(wanted[i]) + 1e-13, $"{what}[{i}] is {found[i]:R}, not {wanted[i]:R}");
    }
}
