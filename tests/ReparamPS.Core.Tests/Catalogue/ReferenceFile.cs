using System.Globalization;
using System.Text.Json;
using ReparamPS.Distributions;

namespace ReparamPS.Core.Tests.Catalogue;

/// <summary>One distribution's reference values: Data/reference/Name.json.</summary>
internal sealed class ReferenceFile
{
    private static readonly Lazy<IReadOnlyDictionary<string, ReferenceFile>> Files = new(() => Directory
        .EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Data", "reference"), "*.json")
        .Select(path => new ReferenceFile(JsonDocument.Parse(File.ReadAllBytes(path)).RootElement))
        .ToDictionary(file => file.Name));

    private ReferenceFile(JsonElement root) => (Root, Name) = (root, root.GetProperty("distribution").GetString()!);

    /// <summary>All files whose distribution is in the catalogue.</summary>
    public static IEnumerable<ReferenceFile> Known => DistributionCatalog.All.Select(type => Files.Value.GetValueOrDefault(type.Name)).OfType<ReferenceFile>();

    public string Name { get; }

    public JsonElement Root { get; }

    public DistributionType Type => DistributionCatalog.Get(Name);

    public IReadOnlyList<ReferenceSetting> Settings => [.. Root.GetProperty("settings").EnumerateArray().Select(element => new ReferenceSetting(this, element))];

    public static bool Exists(string name) => Files.Value.ContainsKey(name);

    public static ReferenceFile Of(string name) => Files.Value[name];

    /// <summary>Whether a distribution may lack a property (mean, cdf, …), because PyTorch's has none.</summary>
    public bool IsOptional(string property) => Root.GetProperty("optional").EnumerateArray().Any(element => element.GetString() == property);

    /// <summary>The rows of a section, or none.</summary>
    public IReadOnlyList<JsonElement> Rows(string section) => Root.TryGetProperty(section, out JsonElement rows) ? [.. rows.EnumerateArray()] : [];
}

/// <summary>One choice of parameters with its values.</summary>
internal sealed class ReferenceSetting(ReferenceFile file, JsonElement element)
{
    public ReferenceFile File => file;

    public JsonElement Parameters => element.GetProperty("parameters");

    public long[] EventShape => JsonNumbers.Longs(element.GetProperty("eventShape"));

    public IReadOnlyList<JsonElement> Points => [.. element.GetProperty("points").EnumerateArray()];

    public IReadOnlyList<JsonElement> Quantiles => [.. element.GetProperty("quantiles").EnumerateArray()];

    /// <summary>How gradients of draws are judged where there is no CDF.</summary>
    public string? GradientCheck => element.TryGetProperty("gradientCheck", out JsonElement check) ? check.GetString() : null;

    /// <summary>A moment's values, or null where the file has none.</summary>
    public double[]? Moment(string property) => element.TryGetProperty(property, out JsonElement value) ? JsonNumbers.Doubles(value) : null;

    /// <summary>The points' values in the event shape, one after the other.</summary>
    public double[] PointValues => [.. Points.SelectMany(point => JsonNumbers.Doubles(point.GetProperty("value")))];

    /// <summary>One column of the points; empty where the file lacks it.</summary>
    public double[] Column(string property) => [.. Points.Where(point => point.TryGetProperty(property, out _)).Select(point => JsonNumbers.Number(point.GetProperty(property)))];

    /// <summary>The relative error that is allowed for a property, unless the file says why it is larger.</summary>
    public double Tolerance(string property, double usual = 1e-9)
    {
        if (!element.TryGetProperty("tolerances", out JsonElement exceptions) || !exceptions.TryGetProperty(property, out JsonElement exception)) return usual;
        Assert.False(string.IsNullOrEmpty(exception.GetProperty("reason").GetString()));
        return exception.GetProperty("relative").GetDouble();
    }

    public override string ToString() => $"{file.Name} {Parameters.GetRawText()}";
}

/// <summary>Numbers as the reference files hold them: infinities and NaN are text.</summary>
internal static class JsonNumbers
{
    public static double Number(JsonElement element) =>
        element.ValueKind == JsonValueKind.String ? double.Parse(element.GetString()!, CultureInfo.InvariantCulture) : element.GetDouble();

    /// <summary>All numbers of nested arrays, in row-major order.</summary>
    public static double[] Doubles(JsonElement element) =>
        element.ValueKind == JsonValueKind.Array ? [.. element.EnumerateArray().SelectMany(Doubles)] : [Number(element)];

    public static long[] Longs(JsonElement element) => [.. element.EnumerateArray().Select(size => size.GetInt64())];

    /// <summary>The shape of nested arrays.</summary>
    public static long[] Shape(JsonElement element) =>
        element.ValueKind != JsonValueKind.Array ? [] : element.GetArrayLength() == 0 ? [0] : [element.GetArrayLength(), .. Shape(element[0])];
}
