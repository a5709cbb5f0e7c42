using System.Text.Json;
using ReparamPS.Core.Tests.Catalogue;
using ReparamPS.Distributions.Transforms;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Transforms;

/// <summary>Transforms from outside: Data/transforms/transforms.json.</summary>
internal static class TransformFile
{
    private static readonly Lazy<IReadOnlyDictionary<string, TransformCase>> Rows = new(() => JsonDocument
        .Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Data", "transforms", "transforms.json"))).RootElement
        .EnumerateArray().Select(element => new TransformCase(element)).ToDictionary(row => row.Name));

    public static IEnumerable<TransformCase> All => Rows.Value.Values;

    public static TransformCase Of(string name) => Rows.Value[name];

    public static TheoryData<string> Names() => [.. Rows.Value.Keys];

    public static TheoryData<string> Bijective() => [.. Rows.Value.Values.Where(row => row.IsBijective).Select(row => row.Name)];
}

/// <summary>One transform with inputs and outputs.</summary>
internal sealed class TransformCase(JsonElement element)
{
    public string Name => element.GetProperty("name").GetString()!;

    public bool IsBijective => element.GetProperty("bijective").GetBoolean();

    public JsonElement Spec => element.GetProperty("transform");

    public Transform Make(ScalarType dtype = ScalarType.Float64, long cacheSize = 0, Func<string, Tensor, Tensor>? change = null) =>
        ReferenceDistribution.MakeTransform(Spec, dtype, cacheSize, change);

    public bool Has(string property) => element.TryGetProperty(property, out _);

    public JsonElement this[string property] => element.GetProperty(property);

    public Tensor Tensor(string property, ScalarType dtype = ScalarType.Float64) => ReferenceDistribution.Values(JsonNumbers.Doubles(this[property]), JsonNumbers.Shape(this[property]), dtype);

    /// <summary>A shape with the one that comes of it, or null where it must be refused.</summary>
    public IEnumerable<(long[] From, long[]? To)> Shapes(string property) => Has(property)
        ? this[property].EnumerateArray().Select(row => (JsonNumbers.Longs(row[0]), row[1].ValueKind == JsonValueKind.Null ? null : JsonNumbers.Longs(row[1])))
        : [];
}
