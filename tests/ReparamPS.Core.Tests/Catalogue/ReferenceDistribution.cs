using System.Text.Json;
using ReparamPS.Distributions;
using ReparamPS.Distributions.Parameters;
using ReparamPS.Distributions.Transforms;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Catalogue;

/// <summary>A distribution made from a reference file's parameters, and the tensors that it was made from.</summary>
internal sealed class ReferenceDistribution
{
    private readonly ScalarType dtype;
    private readonly long[] batch;
    private readonly bool requiresGrad;
    private readonly Func<string, Tensor, Tensor>? change;

    private ReferenceDistribution(ScalarType dtype, long[] batch, bool requiresGrad, Func<string, Tensor, Tensor>? change) =>
        (this.dtype, this.batch, this.requiresGrad, this.change) = (dtype, batch, requiresGrad, change);

    public Distribution Value { get; private set; } = null!;

    /// <summary>The tensors, by the parameter's path (Loc, ComponentDistribution.Loc, …).</summary>
    public Dictionary<string, Tensor> Leaves { get; } = [];

    /// <summary>Makes it.</summary>
    /// <param name="file">The kind.</param>
    /// <param name="parameters">Its parameters.</param>
    /// <param name="dtype">The floating type.</param>
    /// <param name="batch">A batch shape that every tensor is copied to, so that each element has parameters of its own; null keeps the tensors as they are.</param>
    /// <param name="requiresGrad">Whether the tensors require gradients.</param>
    /// <param name="change">Changes a tensor before it is used, by the parameter's path.</param>
    public static ReferenceDistribution Make(
        ReferenceFile file, JsonElement parameters, ScalarType dtype = ScalarType.Float64, long[]? batch = null, bool requiresGrad = false, Func<string, Tensor, Tensor>? change = null) =>
        Make(file.Type, parameters, dtype, batch, requiresGrad, change);

    /// <inheritdoc cref="Make(ReferenceFile, JsonElement, ScalarType, long[], bool, Func{string, Tensor, Tensor})"/>
    public static ReferenceDistribution Make(
        DistributionType type, JsonElement parameters, ScalarType dtype = ScalarType.Float64, long[]? batch = null, bool requiresGrad = false, Func<string, Tensor, Tensor>? change = null)
    {
        var made = new ReferenceDistribution(dtype, batch ?? [], requiresGrad, change);
        made.Value = made.Create(type, parameters, "");
        return made;
    }

    /// <summary>A transform from its parameters.</summary>
    public static Transform MakeTransform(JsonElement transform, ScalarType dtype = ScalarType.Float64, long cacheSize = 0, Func<string, Tensor, Tensor>? change = null) =>
        new ReferenceDistribution(dtype, [], false, change).Transform(transform, "", cacheSize);

    public static Tensor Values(double[] numbers, long[] shape, ScalarType dtype = ScalarType.Float64)
    {
        using var scope = NewDisposeScope();
        return tensor(numbers, dtype: ScalarType.Float64).reshape(shape).to(dtype).MoveToOuterDisposeScope();
    }

    private Distribution Create(DistributionType type, JsonElement parameters, string path) => type.Create(parameters.EnumerateObject().ToDictionary(property => property.Name, property =>
    {
        ParameterInfo info = type.Parameters.Single(parameter => parameter.Name == property.Name);
        return info.Kind switch
        {
            ParameterKind.Tensor => Leaf(path + property.Name, property.Value),
            ParameterKind.Integer => property.Value.GetInt64(),
            ParameterKind.Distribution => (object)Create(
                DistributionCatalog.Get(property.Value.GetProperty("distribution").GetString()!), property.Value.GetProperty("parameters"), path + property.Name + "."),
            _ => property.Value.EnumerateArray().Select((transform, i) => Transform(transform, $"{path}{property.Name}.{i}.")).ToArray(),
        };
    }));

    private Transform Transform(JsonElement transform, string path, long cacheSize = 0)
    {
        TransformType type = TransformType.Get(transform.GetProperty("transform").GetString()!);
        Dictionary<string, object> values = transform.EnumerateObject().Where(property => property.Name is not ("transform" or "Inverse")).ToDictionary(property => property.Name, property =>
            type.Parameters.Single(parameter => parameter.Name == property.Name).Kind switch
            {
                ParameterKind.Tensor => (object)Leaf($"{path}{property.Name}", property.Value),
                ParameterKind.Integer => property.Value.GetInt64(),
                ParameterKind.Shape => JsonNumbers.Longs(property.Value),
                ParameterKind.Distribution => Create(
                    DistributionCatalog.Get(property.Value.GetProperty("distribution").GetString()!), property.Value.GetProperty("parameters"), $"{path}{property.Name}."),
                _ when property.Value.ValueKind == JsonValueKind.Array => property.Value.EnumerateArray().Select((part, i) => Transform(part, $"{path}{property.Name}.{i}.")).ToArray(),
                _ => Transform(property.Value, $"{path}{property.Name}."),
            });
        Transform made = type.Create(new Dictionary<string, object>(values) { ["CacheSize"] = cacheSize });
        return transform.TryGetProperty("Inverse", out _) ? made.Inv : made;
    }

    private Tensor Leaf(string path, JsonElement value)
    {
        Tensor leaf = Values(JsonNumbers.Doubles(value), JsonNumbers.Shape(value), dtype);
        if (batch.Length > 0) leaf = leaf.expand([.. batch, .. leaf.shape]).clone();
        if (change is not null) leaf = change(path, leaf);
        if (requiresGrad) leaf = leaf.detach().requires_grad_();
        Leaves.Add(path, leaf);
        return leaf;
    }
}
