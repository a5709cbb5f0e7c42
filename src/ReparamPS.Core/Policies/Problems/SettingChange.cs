using ReparamPS.Messages;
using ReparamPS.Torch.Randomness;

namespace ReparamPS.Policies.Problems;

/// <summary>Clauses of a message that says how a run differs from the one in a folder.</summary>
internal static class SettingChange
{
    /// <summary>A setting that has changed.</summary>
    public static string Of(string name, string before, string now) => $"{name} is {Shown(before)} in that run and {Shown(now)} now";

    /// <summary>The settings that differ of two lists of them, such as <c>Horizon=50 Discount=1</c>.</summary>
    /// <param name="before">The settings of the earlier run.</param>
    /// <param name="now">The present settings.</param>
    /// <param name="default">The value of a setting that a list lacks.</param>
    public static IEnumerable<string> OfLists(string before, string now, string @default)
    {
        Dictionary<string, string> earlier = Parts(before), current = Parts(now);
        return earlier.Keys.Union(current.Keys).Select(name => (Name: name, Before: earlier.GetValueOrDefault(name, @default), Now: current.GetValueOrDefault(name, @default)))
            .Where(each => each.Before != each.Now).Select(each => Of(each.Name, each.Before, each.Now));
    }

    /// <summary>What differs of two policies; see their definitions.</summary>
    public static IEnumerable<string> OfPolicies(string before, string now)
    {
        if (before == now) return [];
        string[] earlier = before.Split(' ', 2), current = now.Split(' ', 2);
        if (earlier[0] != current[0] || earlier.Length < 2 || current.Length < 2) return [Of("the policy", earlier[0], current[0])];
        // Only the generator is left out if it is the default.
        if (current[1].Contains('=')) return OfLists(earlier[1], current[1], nameof(RandomGenerator.Torch));
        int shapeBefore = earlier[1].LastIndexOf(' '), shapeNow = current[1].LastIndexOf(' ');
        (string Name, string Before, string Now)[] parts =
        [
            ("the shape of Gain", earlier[1][..Math.Max(0, shapeBefore)], current[1][..shapeNow]),
            ("the type of Gain", earlier[1][(shapeBefore + 1)..].ToLowerInvariant(), current[1][(shapeNow + 1)..].ToLowerInvariant()),
        ];
        return parts.Where(part => part.Before != part.Now).Select(part => Of(part.Name, part.Before, part.Now));
    }

    private static string Shown(string value) => value.Length == 0 ? "none" : ShortText.Of(value);

    private static Dictionary<string, string> Parts(string settings)
    {
        var parts = new Dictionary<string, string>();
        foreach (string setting in settings.Split(' '))
        {
            int end = setting.IndexOf('=');
            if (end > 0) parts[setting[..end]] = setting[(end + 1)..];
        }
        return parts;
    }
}
