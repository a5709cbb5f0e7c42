using ReparamPS.Messages;

namespace ReparamPS.Settings;

/// <summary>The values that a setting selects by name, ignoring case. A new choice is one line in its table.</summary>
/// <typeparam name="T">What a name stands for: an object, or a factory of one.</typeparam>
public sealed class NamedChoices<T>
{
    private readonly Dictionary<string, T> values;

    /// <summary>Makes the table.</summary>
    /// <param name="setting">The setting's name, for the error message.</param>
    /// <param name="entries">Names and values, in the order of help and completion.</param>
    public NamedChoices(string setting, params (string Name, T Value)[] entries)
    {
        (Setting, Names) = (setting, [.. entries.Select(entry => entry.Name)]);
        values = entries.ToDictionary(entry => entry.Name, entry => entry.Value, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>The setting's name.</summary>
    public string Setting { get; }

    /// <summary>The allowed names, in order.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The value of a name.</summary>
    /// <exception cref="ArgumentException">The name is not allowed.</exception>
    public T this[string name] => name is not null && values.TryGetValue(name, out T? value) ? value
        : throw new ArgumentException($"{Setting} must be one of {string.Join(", ", Names)}; got {ShortText.Quoted(name)}.", Setting);
}
