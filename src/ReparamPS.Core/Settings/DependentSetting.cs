using ReparamPS.Messages;

namespace ReparamPS.Settings;

/// <summary>A setting that has an effect only with certain values of other settings.</summary>
/// <typeparam name="T">The record of the values; a property for each setting.</typeparam>
/// <param name="Name">The name.</param>
/// <param name="On">The settings that decide whether it has an effect.</param>
/// <param name="Requirement">What they must be, as it follows "requires".</param>
/// <param name="IsUsed">Whether the setting has an effect.</param>
public sealed record DependentSetting<T>(string Name, IReadOnlyList<string> On, string Requirement, Func<T, bool> IsUsed) where T : class, new()
{
    /// <summary>The whole message, if another setting has to be absent; null if the setting requires one.</summary>
    public string? Conflict { get; init; }

    /// <summary>Refuses a value that has no effect, also if it is the default; null is never an error.</summary>
    /// <param name="values">The settings, among which a user has given this one.</param>
    /// <exception cref="ArgumentException">The setting has no effect; the message says what it requires.</exception>
    public void Check(T values)
    {
        if (ValueOf(Name, values) is null || IsUsed(values)) return;
        throw new ArgumentException(Conflict ?? $"{Name} requires {Requirement}; got {Found(values)}.", Name);
    }

    // Of many settings, a value alone would not tell which one it is.
    private string Found(T values) => On.Count <= 2 ? string.Join(" and ", On.Select(name => (TextOf(name, values) ?? "none") + (IsDefault(name, values) ? " (the default)" : "")))
        : string.Join(", ", On.Select(name => (Name: name, Text: TextOf(name, values))).Where(entry => entry.Text is not null).Select(entry => $"{entry.Name} {entry.Text}"));

    private static string? TextOf(string name, T values) => ValueOf(name, values) is { } value ? ShortText.Of(SettingText.Of(value)) : null;

    private static bool IsDefault(string name, T values) => ValueOf(name, values) is { } value && value.Equals(ValueOf(name, new T()));

    private static object? ValueOf(string name, T values) => typeof(T).GetProperty(name)!.GetValue(values);
}
