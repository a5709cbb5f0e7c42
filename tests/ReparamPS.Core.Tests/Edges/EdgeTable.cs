using System.IO.Compression;
using System.Text.Json;
using ReparamPS.Core.Tests.Catalogue;

namespace ReparamPS.Core.Tests.Edges;

/// <summary>The rows of Data/edges: the catalogue over log-spaced parameters, with the truth to 50 digits. Made by tests/reference/make_edges.py.</summary>
internal static class EdgeTable
{
    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Data", "edges");

    /// <summary>The kinds that have a file.</summary>
    public static IReadOnlyList<string> Kinds => [.. Directory.EnumerateFiles(Folder, "*.json.gz").Select(path => Path.GetFileName(path)[..^".json.gz".Length]).Order(StringComparer.Ordinal)];

    /// <summary>A kind's groups: the rows of one member, type and choice of parameters.</summary>
    public static IReadOnlyList<EdgeGroup> Read(string kind) => ReadFile(Path.Combine(Folder, kind + ".json.gz"));

    /// <summary>The groups of Data/extremes.json.gz, with parameters beyond those of the table. Made by tests/reference/make_extremes.py.</summary>
    public static IReadOnlyList<EdgeGroup> ReadExtremes() => ReadFile(Path.Combine(Folder, "..", "extremes.json.gz"));

    private static IReadOnlyList<EdgeGroup> ReadFile(string path)
    {
        using var packed = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
        return [.. JsonDocument.Parse(packed).RootElement.EnumerateArray().Select(group => new EdgeGroup(group))];
    }
}

/// <summary>The rows of one kind, member, type and choice of parameters.</summary>
internal sealed class EdgeGroup(JsonElement element)
{
    public string Kind { get; } = element.GetProperty("kind").GetString()!;

    /// <summary>What a kind that is made of others is made of; otherwise empty.</summary>
    public string Form { get; } = element.TryGetProperty("form", out JsonElement form) ? form.GetString()! : "";

    public string Member { get; } = element.GetProperty("member").GetString()!;

    public bool IsSingle { get; } = element.GetProperty("dtype").GetString() == "float32";

    public IReadOnlyList<string> Names { get; } = [.. element.GetProperty("names").EnumerateArray().Select(name => name.GetString()!)];

    public IReadOnlyList<long[]> Shapes { get; } = [.. element.GetProperty("shapes").EnumerateArray().Select(JsonNumbers.Longs)];

    public IReadOnlyList<EdgeRow> Rows { get; } = [.. element.GetProperty("rows").EnumerateArray().Select(row => new EdgeRow(row))];

    public override string ToString() => $"{Kind}{Form}({string.Join(", ", Names)}).{Member} in {(IsSingle ? "float32" : "float64")}";
}

/// <summary>The truth at one place: a value with its scale, and, where they exist, the slopes in the parameters with theirs.</summary>
internal sealed class EdgeRow(JsonElement element)
{
    /// <summary>The parameters, then the value, the probability or the other distribution's parameters.</summary>
    public double[] Inputs { get; } = JsonNumbers.Doubles(element[0]);

    public double Value { get; } = JsonNumbers.Number(element[1]);

    public double Scale { get; } = JsonNumbers.Number(element[2]);

    public double[]? Slopes { get; } = element.GetArrayLength() > 3 ? [.. element[3].EnumerateArray().Select(slope => slope.ValueKind == JsonValueKind.Null ? double.NaN : JsonNumbers.Number(slope))] : null;

    public double[]? SlopeScales { get; } = element.GetArrayLength() > 3 ? JsonNumbers.Doubles(element[4]) : null;
}
