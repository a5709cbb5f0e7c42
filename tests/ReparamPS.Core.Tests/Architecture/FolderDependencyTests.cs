using System.Text.RegularExpressions;

namespace ReparamPS.Core.Tests.Architecture;

/// <summary>Folders depend on each other as CONTRIBUTING.md says, and never in a circle. A namespace is its folder.</summary>
public sealed partial class FolderDependencyTests
{
    private static readonly Lazy<IReadOnlyDictionary<(string From, string To), string>> Compiled = new(() => new[] { "ReparamPS.Core.dll", "ReparamPS.Files.dll" }
        .SelectMany(name => TypeReferences.Of(Path.Combine(AppContext.BaseDirectory, name))).ToDictionary());

    private static readonly Lazy<HashSet<(string From, string To)>> Documented = new(() =>
    [
        .. MapLine().Matches(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "CONTRIBUTING.md")))
            .SelectMany(line => line.Groups[2].Value.Split(", ").Where(to => to != "nothing").Select(to => (line.Groups[1].Value, to))),
    ]);

    [Fact]
    public void No_folders_depend_on_each_other_in_a_circle()
    {
        var edges = Compiled.Value.Keys.ToLookup(edge => edge.From, edge => edge.To);
        List<string> circles = [];
        foreach (string start in edges.Select(group => group.Key))
        {
            // The shortest way back.
            var cameFrom = new Dictionary<string, string>();
            var queue = new Queue<string>([start]);
            while (queue.Count > 0 && !cameFrom.ContainsKey(start))
            {
                string at = queue.Dequeue();
                foreach (string next in edges[at].Where(next => cameFrom.TryAdd(next, at))) queue.Enqueue(next);
            }
            if (!cameFrom.ContainsKey(start)) continue;
            List<string> steps = [];
            for (string at = start; steps.Count == 0 || at != start; at = cameFrom[at]) steps.Insert(0, $"{cameFrom[at]} -> {at} ({Compiled.Value[(cameFrom[at], at)]})");
            circles.Add(string.Join(", ", steps));
        }
        Assert.True(circles.Count == 0, string.Join("\n", circles));
    }

    [Fact]
    public void The_map_in_CONTRIBUTING_is_the_compiled_one()
    {
        string[] missing = [.. Compiled.Value.Keys.Except(Documented.Value).Select(edge => $"not documented: {edge.From} -> {edge.To} ({Compiled.Value[edge]})")];
        string[] stale = [.. Documented.Value.Except(Compiled.Value.Keys).Select(edge => $"documented, but not there: {edge.From} -> {edge.To}")];
        Assert.True(missing.Length + stale.Length == 0, $"{string.Join("\n", [.. missing, .. stale])}\n\nThe compiled map:\n{Map()}");
    }

    [Fact]
    public void The_compiled_dependencies_are_found()
    {
        // If the reader saw nothing, the other tests would pass.
        Assert.Contains(("Distributions", "Torch"), Compiled.Value.Keys);
        Assert.Contains(("Distributions", "Distributions/Parameters"), Compiled.Value.Keys);
        Assert.Contains(("Gradients", "Distributions"), Compiled.Value.Keys);
        Assert.Contains(("Files/Tables", "Data"), Compiled.Value.Keys);
    }

    private static string Map() => string.Join("\n", Compiled.Value.Keys.Select(edge => edge.From).Concat(Compiled.Value.Keys.Select(edge => edge.To)).Distinct().Order(StringComparer.Ordinal)
        .Select(from => (from, Compiled.Value.Keys.Where(edge => edge.From == from).Select(edge => edge.To).Order(StringComparer.Ordinal).ToArray()))
        .Select(line => $"    {line.from} -> {(line.Item2.Length == 0 ? "nothing" : string.Join(", ", line.Item2))}"));

    [GeneratedRegex(@"^ {4}([\w/]+) -> ([\w/, ]+?)\s*$", RegexOptions.Multiline)]
    private static partial Regex MapLine();
}
