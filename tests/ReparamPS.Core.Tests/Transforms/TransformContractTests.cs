using System.Text.Json;
using ReparamPS.Core.Tests.Catalogue;
using ReparamPS.Distributions;
using ReparamPS.Distributions.Transforms;
using ReparamPS.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Transforms;

/// <summary>What every transform keeps: shapes, event dimensions, domain and codomain, the inverse of the inverse, native memory, the meta device.</summary>
public sealed class TransformContractTests
{
    private const int Calls = 10;

    [Theory, MemberData(nameof(TransformFile.Names), MemberType = typeof(TransformFile))]
    public void Shapes_are_PyTorchs(string name)
    {
        using var scope = NewDisposeScope();
        TransformCase row = TransformFile.Of(name);
        Transform transform = row.Make();
        foreach ((string property, int dims, Func<long[], long[]> change) in new (string, int, Func<long[], long[]>)[]
        {
            ("forwardShapes", transform.Domain.EventDims, transform.ForwardShape), ("inverseShapes", transform.Codomain.EventDims, transform.InverseShape),
        })
        {
            foreach ((long[] from, long[]? to) in row.Shapes(property))
            {
                if (to is null) Assert.Throws<ShapeMismatchException>(() => change(from));
                // PyTorch lets shapes pass that have fewer dimensions than an event.
                else if (from.Length >= dims) Assert.Equal(to, change(from));
            }
        }
    }

    [Theory, MemberData(nameof(TransformFile.Names), MemberType = typeof(TransformFile))]
    public void Shapes_are_those_of_the_values(string name)
    {
        using var scope = NewDisposeScope();
        TransformCase row = TransformFile.Of(name);
        Transform transform = row.Make();
        Tensor x = row.Tensor("x"), y = transform.Forward(x);
        Assert.Equal(y.shape, transform.ForwardShape(x.shape));
        Assert.Equal(transform.Inverse(y).shape, transform.InverseShape(y.shape));
        if (row.IsBijective) Assert.Equal(transform.Inverse(y).shape[..^transform.Domain.EventDims], transform.LogAbsDetJacobian(x, y).shape);
    }

    [Theory, MemberData(nameof(TransformFile.Names), MemberType = typeof(TransformFile))]
    public void Event_dimensions_bijectivity_and_sign_are_PyTorchs(string name)
    {
        using var scope = NewDisposeScope();
        TransformCase row = TransformFile.Of(name);
        Transform transform = row.Make();
        Assert.Equal(row.IsBijective, transform.IsBijective);
        if (row.Has("domainEventDims"))
        {
            Assert.Equal(row["domainEventDims"].GetInt32(), transform.Domain.EventDims);
            Assert.Equal(row["codomainEventDims"].GetInt32(), transform.Codomain.EventDims);
        }
        Tensor x = row.Tensor("x");
        if (row.Has("sign") && transform.Domain.EventDims == 0) Assert.Equal(JsonNumbers.Doubles(row["sign"]), ManagedValues.ToDoubles(transform.Sign(x)));
        if (transform.Domain.EventDims > 0 && transform is not (AffineTransform or ComposeTransform)) Assert.Throws<NotSupportedException>(() => transform.Sign(x));
    }

    [Theory, MemberData(nameof(TransformFile.Names), MemberType = typeof(TransformFile))]
    public void Inputs_lie_in_the_domain_and_outputs_in_the_codomain(string name)
    {
        using var scope = NewDisposeScope();
        TransformCase row = TransformFile.Of(name);
        Transform transform = row.Make();
        Assert.True(transform.Domain.IsMetBy(row.Tensor("x")), $"{name}: {transform.Domain}");
        Assert.True(transform.Codomain.IsMetBy(transform.Forward(row.Tensor("x"))), $"{name}: {transform.Codomain}");
        foreach ((string property, var constraint) in new[] { ("outsideDomain", transform.Domain), ("outsideCodomain", transform.Codomain) })
        {
            if (row[property].GetArrayLength() > 0) Assert.False(constraint.Check(row.Tensor(property)).any().item<bool>(), $"{name}: {property}");
        }
    }

    [Theory, MemberData(nameof(TransformFile.Names), MemberType = typeof(TransformFile))]
    public void The_inverse_is_a_transform_with_everything_turned(string name)
    {
        using var scope = NewDisposeScope();
        TransformCase row = TransformFile.Of(name);
        Transform transform = row.Make(), inverse = transform.Inv;
        Assert.Same(transform, inverse.Inv);
        Assert.Same(inverse, transform.Inv);
        Assert.Same(transform.Domain, inverse.Codomain);
        Assert.Same(transform.Codomain, inverse.Domain);
        Tensor x = row.Tensor("x"), y = transform.Forward(x);
        Assert.Equal(ManagedValues.ToDoubles(transform.Inverse(y)), ManagedValues.ToDoubles(inverse.Forward(y)));
        if (row.IsBijective) Assert.Equal(ManagedValues.ToDoubles(-transform.LogAbsDetJacobian(x, y)), ManagedValues.ToDoubles(inverse.LogAbsDetJacobian(y, x)));
    }

    [Theory, MemberData(nameof(TransformFile.Names), MemberType = typeof(TransformFile))]
    public void Equal_parameters_make_the_same_map(string name)
    {
        using var scope = NewDisposeScope();
        Transform transform = TransformFile.Of(name).Make();
        foreach (TransformCase other in TransformFile.All)
        {
            bool isSame = JsonSerializer.Serialize(other.Spec) == JsonSerializer.Serialize(TransformFile.Of(name).Spec);
            // A distribution is compared as an object.
            if (!other.Spec.GetRawText().Contains("\"distribution\"", StringComparison.Ordinal)) Assert.True(isSame == transform.IsSameAs(other.Make()), $"{name} and {other.Name}");
        }
    }

    [Theory, MemberData(nameof(TransformFile.Names), MemberType = typeof(TransformFile))]
    public void No_call_leaves_tensors_behind(string name)
    {
        using var scope = NewDisposeScope();
        TransformCase row = TransformFile.Of(name);
        foreach (long cacheSize in new[] { 0L, 1L })
        {
            Transform transform = row.Make(cacheSize: cacheSize);
            Tensor x = row.Tensor("x").requires_grad_(), y = transform.Forward(x);
            foreach ((string what, Func<Tensor> call) in new (string, Func<Tensor>)[]
            {
                ("Forward", () => transform.Forward(x)), ("Inverse", () => transform.Inverse(y)), ("LogAbsDetJacobian", () => row.IsBijective ? transform.LogAbsDetJacobian(x, y) : y.alias()),
            })
            {
                call().Dispose();
                long before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
                for (int i = 0; i < Calls; i++) call().Dispose();
                Assert.True(DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount == before, $"{what} of {name}, cache {cacheSize}");
            }
        }
    }

    [Theory, MemberData(nameof(TransformFile.Names), MemberType = typeof(TransformFile))]
    public void Everything_stays_on_the_meta_device(string name)
    {
        using var scope = NewDisposeScope();
        TransformCase row = TransformFile.Of(name);
        Device meta = TorchDevices.Parse("meta");
        Transform onCpu = row.Make(), transform = row.Make(change: (_, tensor) => tensor.to(meta));
        Tensor cpuX = row.Tensor("x"), cpuY = onCpu.Forward(cpuX), x = cpuX.to(meta), y = cpuY.to(meta);
        foreach ((string what, Func<Tensor> call, Func<Tensor> expected) in new (string, Func<Tensor>, Func<Tensor>)[]
        {
            ("Forward", () => transform.Forward(x), () => cpuY), ("Inverse", () => transform.Inverse(y), () => onCpu.Inverse(cpuY)),
            ("LogAbsDetJacobian", () => transform.LogAbsDetJacobian(x, y), () => onCpu.LogAbsDetJacobian(cpuX, cpuY)),
        })
        {
            if (what == "LogAbsDetJacobian" && !row.IsBijective) continue;
            try
            {
                Tensor result = call();
                Assert.True(result.device_type == DeviceType.META, $"{what} of {name} is on {result.device}");
                Assert.Equal(expected().shape, result.shape);
            }
            catch (System.Runtime.InteropServices.ExternalException error) when (error.Message.Contains("no fake impl or Meta kernel", StringComparison.Ordinal))
            {
                // libtorch alone has no shape function for log_sigmoid, flip and others (PyTorch's are in Python): there is nothing to see past them.
            }
        }
    }

    [Theory]
    [InlineData("Affine", "Scale", 0.0)]
    [InlineData("Power", "Exponent", 0.0)]
    public void A_map_without_inverse_is_refused(string name, string parameter, double value)
    {
        using var scope = NewDisposeScope();
        var error = Assert.ThrowsAny<ArgumentException>(() => TransformType.Get(name).Create(new Dictionary<string, object> { [parameter] = tensor(value, ScalarType.Float64) }));
        Assert.StartsWith($"{parameter} must be a number other than 0; got 0.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_does_not_fit_together_is_refused()
    {
        using var scope = NewDisposeScope();
        ExpTransform exp = new();
        Assert.Throws<ArgumentException>(() => new ExpTransform(2));
        Assert.StartsWith("OutShape must have the same product as InShape [2, 3], 6; got [3, 3], whose product is 9.", Assert.Throws<ShapeMismatchException>(() => new ReshapeTransform([2, 3], [3, 3])).Message, StringComparison.Ordinal);
        Assert.StartsWith("Exponent must be a number other than 0; got NaN (at index 1).", Assert.Throws<ArgumentException>(() => new PowerTransform(tensor(new[] { 1, double.NaN }))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new CatTransform([exp, exp], lengths: [1]));
        Assert.Throws<ShapeMismatchException>(() => new CatTransform([exp, exp], -1, [1, 2]).Forward(zeros(4)));
        Assert.Throws<ShapeMismatchException>(() => new StackTransform([exp, exp], -1).Forward(zeros(3)));
        Assert.Throws<ShapeMismatchException>(() => new CorrCholeskyTransform().Forward(zeros(4)));
        Assert.Throws<ShapeMismatchException>(() => new SoftmaxTransform().Forward(tensor(1.0)));
        Assert.Throws<ArgumentException>(() => new CumulativeDistributionTransform(DistributionCatalog.Get("Dirichlet").CreateExample()));
        Assert.Throws<ArgumentException>(() => new CumulativeDistributionTransform(DistributionCatalog.Get("Poisson").CreateExample()));
        Assert.Contains("Affine", Assert.Throws<ArgumentException>(() => TransformType.Get("Affin")).Message, StringComparison.Ordinal);
    }
}
