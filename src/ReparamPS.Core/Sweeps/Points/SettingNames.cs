using ReparamPS.Messages;

namespace ReparamPS.Sweeps.Points;

/// <summary>The names of the settings of a point.</summary>
public static class SettingNames
{
    /// <summary>Checks that each setting has a name of its own; case does not count.</summary>
    /// <exception cref="ArgumentException">A name is blank, or occurs twice.</exception>
    public static void Check(IEnumerable<string> names)
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (string name in names)
        {
            if (string.IsNullOrWhiteSpace(name)) throw new ArgumentException("A setting needs a name; got an empty one.");
            if (seen.TryGetValue(name, out string? earlier))
                throw new ArgumentException($"{ShortText.Of(name)}: the setting occurs twice{(earlier == name ? "" : $", also as {ShortText.Of(earlier)}; upper and lower case count as equal")}. Rename or remove one of them.", name);
            seen.Add(name);
        }
    }
}
