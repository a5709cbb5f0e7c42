namespace ReparamPS.Messages;

/// <summary>Names that a mistyped one may stand for.</summary>
public static class NearNames
{
    private const int MaxSuggestions = 3, MaxLength = 100;

    /// <summary>The nearest of some names, nearest first; none if all are far.</summary>
    public static IReadOnlyList<string> Of(string name, IEnumerable<string> candidates) =>
        name.Length > MaxLength ? [] : [.. Nearest([.. candidates.Select(candidate => (Name: candidate, Distance: Distance(name.ToUpperInvariant(), candidate.ToUpperInvariant())))
            .Where(pair => pair.Distance <= AllowedEdits(Math.Min(name.Length, pair.Name.Length)) || IsPart(name, pair.Name))
            .OrderBy(pair => pair.Distance)], name)];

    // Beside a near name, farther ones only distract; names that the given one begins are all meant.
    private static IEnumerable<string> Nearest(IReadOnlyList<(string Name, int Distance)> sorted, string name) =>
        sorted.Where(pair => pair.Distance <= sorted[0].Distance + 1 || IsPart(name, pair.Name)).Take(MaxSuggestions).Select(pair => pair.Name);

    /// <summary>The end of a message about an unknown name: the nearest ones, or all if none is near.</summary>
    public static string Advice(string name, IReadOnlyList<string> allowed) =>
        Of(name, allowed) is { Count: > 0 } near ? $"Did you mean {string.Join(" or ", near)}?" : $"Allowed: {string.Join(", ", allowed)}.";

    /// <summary>What follows a message that lists all names: the nearest ones, or nothing if none is near.</summary>
    public static string Hint(string name, IEnumerable<string> allowed) => Of(name, allowed) is { Count: > 0 } near ? $" Did you mean {string.Join(" or ", near)}?" : "";

    // One edit turns any letter into any other.
    private static int AllowedEdits(int length) => length < 2 ? 0 : Math.Max(1, length / 3);

    private static bool IsPart(string name, string candidate) => (name.Length >= 3 && candidate.StartsWith(name, StringComparison.OrdinalIgnoreCase)) || IsInitials(name, candidate);

    // Such as lr for LearningRate.
    private static bool IsInitials(string name, string candidate) => name.Length >= 2 && name.Equals(string.Concat(candidate.Where(char.IsUpper)), StringComparison.OrdinalIgnoreCase);

    /// <summary>The number of edits: insertions, deletions, substitutions and swaps of neighbours.</summary>
    private static int Distance(string first, string second)
    {
        int[,] edits = new int[first.Length + 1, second.Length + 1];
        for (int i = 0; i <= first.Length; i++) edits[i, 0] = i;
        for (int j = 0; j <= second.Length; j++) edits[0, j] = j;
        for (int i = 1; i <= first.Length; i++)
        {
            for (int j = 1; j <= second.Length; j++)
            {
                int same = first[i - 1] == second[j - 1] ? 0 : 1;
                edits[i, j] = Math.Min(Math.Min(edits[i - 1, j], edits[i, j - 1]) + 1, edits[i - 1, j - 1] + same);
                if (i > 1 && j > 1 && first[i - 1] == second[j - 2] && first[i - 2] == second[j - 1]) edits[i, j] = Math.Min(edits[i, j], edits[i - 2, j - 2] + 1);
            }
        }
        return edits[first.Length, second.Length];
    }
}
