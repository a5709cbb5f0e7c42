using System.Text.Json;
using ReparamPS.Core.Tests.Catalogue;
using ReparamPS.Distributions;

namespace ReparamPS.Core.Tests.Divergences;

/// <summary>Divergences from outside: Data/divergences/P.json.</summary>
internal static class DivergenceFile
{
    private static readonly Lazy<IReadOnlyDictionary<(string P, string Q), JsonElement>> Pairs = new(() => Directory
        .EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Data", "divergences"), "*.json")
        .Order(StringComparer.Ordinal)
        .Select(path => JsonDocument.Parse(File.ReadAllBytes(path)).RootElement)
        .SelectMany(root => root.GetProperty("pairs").EnumerateArray().Select(pair => (Key: (root.GetProperty("p").GetString()!, pair.GetProperty("q").GetString()!), Pair: pair)))
        .ToDictionary(row => row.Key, row => row.Pair));

    public static IEnumerable<(string P, string Q)> Names => Pairs.Value.Keys;

    /// <summary>Every setting of every pair.</summary>
    public static TheoryData<string, string, int> Settings()
    {
        var data = new TheoryData<string, string, int>();
        foreach ((string p, string q) in Names)
        {
            for (int i = 0; i < Of(p, q).Length; i++) data.Add(p, q, i);
        }
        return data;
    }

    /// <summary>Every pair that has gradients.</summary>
    public static TheoryData<string, string> Differentiable()
    {
        var data = new TheoryData<string, string>();
        foreach ((string p, string q) in Names.Where(pair => Gradients(pair.P, pair.Q) is not null)) data.Add(p, q);
        return data;
    }

    public static DivergenceSetting[] Of(string p, string q) => [.. Pairs.Value[(p, q)].GetProperty("settings").EnumerateArray().Select(element => new DivergenceSetting(p, q, element))];

    /// <summary>The derivatives of the first setting's sum, by side (p, q) and path.</summary>
    public static JsonElement? Gradients(string p, string q) => Pairs.Value[(p, q)].TryGetProperty("gradients", out JsonElement gradients) ? gradients : null;
}

/// <summary>A P and a Q with their divergences.</summary>
internal sealed class DivergenceSetting(string p, string q, JsonElement element)
{
    public double[] Values => JsonNumbers.Doubles(element.GetProperty("kl"));

    public long[] BatchShape => JsonNumbers.Longs(element.GetProperty("batchShape"));

    public ReferenceDistribution P(bool requiresGrad = false) => ReferenceDistribution.Make(DistributionCatalog.Get(p), element.GetProperty("p"), requiresGrad: requiresGrad);

    public ReferenceDistribution Q(bool requiresGrad = false) => ReferenceDistribution.Make(DistributionCatalog.Get(q), element.GetProperty("q"), requiresGrad: requiresGrad);

    public override string ToString() => $"KL({p} {element.GetProperty("p").GetRawText()} ‖ {q} {element.GetProperty("q").GetRawText()})";
}
