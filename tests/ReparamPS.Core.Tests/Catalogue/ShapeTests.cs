using System.Text.Json;
using ReparamPS.Distributions;
using ReparamPS.Distributions.Parameters;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Catalogue;

/// <summary>Batch, event, sample and expanded shapes as PyTorch has them: scalars, vectors, matrices, empty batches, parameters that broadcast.</summary>
public sealed class ShapeTests
{
    public static TheoryData<string, int> Rows() => Cases.Rows("shapes");

    [Theory, MemberData(nameof(Rows))]
    public void Shapes_are_those_of_PyTorch(string name, int row)
    {
        using var scope = NewDisposeScope();
        ReferenceFile file = ReferenceFile.Of(name);
        JsonElement expected = file.Rows("shapes")[row], example = file.Root.GetProperty("example");
        Distribution distribution = file.Type.Create(expected.GetProperty("parameters").EnumerateObject().ToDictionary(
            parameter => parameter.Name, parameter => Value(file.Type, parameter.Name, example.GetProperty(parameter.Name), parameter.Value)));
        using var random = new RandomSource(1);
        long[] sample = JsonNumbers.Longs(expected.GetProperty("sampleShape"));
        Tensor draws = distribution.HasRSample ? distribution.RSample(sample, random) : distribution.Sample(sample, random);
        Distribution wider = distribution.Expand(JsonNumbers.Longs(expected.GetProperty("expandTo")));

        AssertShape(expected, "batchShape", distribution.BatchShape);
        AssertShape(expected, "eventShape", distribution.EventShape);
        AssertShape(expected, "draws", draws.shape);
        AssertShape(expected, "logProb", distribution.LogProb(draws).shape);
        AssertShape(expected, "expandTo", wider.BatchShape);
        AssertShape(expected, "expandedDraws", wider.Sample(sample, random).shape);
        Assert.Equal([.. distribution.BatchShape, .. distribution.EventShape], ShapeOf(() => distribution.Mean) ?? [.. distribution.BatchShape, .. distribution.EventShape]);
        Assert.Equal([.. wider.BatchShape, .. wider.EventShape], ShapeOf(() => wider.Variance) ?? [.. wider.BatchShape, .. wider.EventShape]);
        Assert.Equal(wider.BatchShape, ShapeOf(() => wider.Entropy) ?? wider.BatchShape);
    }

    [Theory, MemberData(nameof(Cases.Names), MemberType = typeof(Cases))]
    public void Expansion_to_a_shape_that_does_not_fit_is_refused(string name)
    {
        using var scope = NewDisposeScope();
        Distribution wide = DistributionCatalog.Get(name).CreateExample().Expand(3);
        Assert.Equal([3L], wide.BatchShape);
        Assert.Throws<ShapeMismatchException>(() => wide.Expand(2));
    }

    public static TheoryData<string> Multivariate() => [.. DistributionCatalog.All.Where(type => type.CreateExample().EventShape.Length > 0).Select(type => type.Name)];

    // torch 1.13, Distribution._validate_sample: "The right-most size of value must match event_shape".
    [Theory, MemberData(nameof(Multivariate))]
    public void A_value_without_the_whole_event_has_no_density(string name)
    {
        using var scope = NewDisposeScope();
        Distribution distribution = DistributionCatalog.Get(name).CreateExample();
        long[] events = distribution.EventShape;
        foreach (long[] shape in new long[][] { [], [1], [.. events[..^1], 1], [.. events[..^1], events[^1] + 1], [5, .. events[..^1], 1], [.. events, 1] })
        {
            if (shape.TakeLast(events.Length).SequenceEqual(events)) continue;
            var error = Assert.Throws<ShapeMismatchException>(() => distribution.LogProb(full(shape, 0.5, ScalarType.Float64)));
            Assert.Contains($"A value of {name} must have the shape {TensorShapes.Format(events)}, and several values a shape that ends with it; got ", error.Message, StringComparison.Ordinal);
        }
        Assert.Equal([7L, .. distribution.BatchShape], distribution.LogProb(distribution.Sample([7])).shape);
    }

    // torch 1.13: Independent(Normal(zeros(1), ones(1)), 1).log_prob refuses a number and a vector of three; [3, 1] is three values.
    [Fact]
    public void An_event_of_size_1_is_a_dimension_too()
    {
        using var scope = NewDisposeScope();
        var distribution = new Independent(new Normal(zeros(1, ScalarType.Float64), ones(1, ScalarType.Float64)), 1);
        Assert.Throws<ShapeMismatchException>(() => distribution.LogProb(tensor(0.5)));
        Assert.Throws<ShapeMismatchException>(() => distribution.LogProb(tensor(new[] { 0.5, 1, 2 })));
        Assert.Equal([3L], distribution.LogProb(tensor(new[,] { { 0.5 }, { 1 }, { 2 } })).shape);
    }

    // Whole numbers that are one for the whole batch in PyTorch stand in the shapes as themselves.
    private static object Value(DistributionType type, string parameter, JsonElement example, JsonElement shape) =>
        type.Parameters.Single(info => info.Name == parameter).Kind == ParameterKind.Integer
            ? shape.GetInt64()
            : ReferenceDistribution.Values(JsonNumbers.Doubles(example), JsonNumbers.Shape(example)).expand(shape.ValueKind == JsonValueKind.Number ? [] : JsonNumbers.Longs(shape));

    private static void AssertShape(JsonElement expected, string property, long[] actual) =>
        Assert.True(JsonNumbers.Longs(expected.GetProperty(property)).SequenceEqual(actual), $"{property} is {TensorShapes.Format(actual)}: {expected.GetRawText()}");

    private static long[]? ShapeOf(Func<Tensor> compute)
    {
        try
        {
            return compute().shape;
        }
        catch (NotSupportedException)
        {
            return null;
        }
    }

    [Fact]
    public void LKJCholesky_goes_to_another_type_and_device()
    {
        using var scope = NewDisposeScope();
        var source = (LKJCholesky)new LKJCholesky(3, tensor([1.0, 2.0])).Expand(4, 2);
        var single = (LKJCholesky)source.To(CPU, ScalarType.Float32);
        Assert.Equal((3, ScalarType.Float32), (single.Dim, single.DType));
        Assert.Equal([4L, 2], single.BatchShape);
        Assert.Equal("meta", source.To(TorchDevices.Parse("meta")).Device.ToString());
        Assert.Equal(ScalarType.Float32, new Independent(source, 1).To(CPU, ScalarType.Float32).DType);
    }

    // torch 1.13: LogisticNormal(tensor([0.5, -1.]), tensor(1.5)).log_prob(tensor([0.2, 0.3, 0.5])).
    [Fact]
    public void LogisticNormal_takes_one_scale_for_all()
    {
        using var scope = NewDisposeScope();
        LogisticNormal distribution = new(tensor([0.5, -1.0]), tensor(1.5));
        Assert.Equal(0.48821911139606833, distribution.LogProb(tensor([0.2, 0.3, 0.5])).item<double>(), 1e-12);
        Assert.Equal([7L, 3], distribution.Sample([7]).shape);
    }
}
