using System.Reflection;
using ReparamPS.Messages;

namespace ReparamPS.Settings;

/// <summary>A setting of a kind of run.</summary>
/// <param name="Name">The name: of the property, of the row's column and of the cmdlet's parameter.</param>
/// <param name="Help">What it does, in one or two sentences.</param>
/// <param name="Allowed">The allowed values.</param>
public sealed record Setting(string Name, string Help, AllowedValues Allowed)
{
    /// <summary>Whether runs that differ in it are different runs.</summary>
    public bool IsInRunId { get; init; } = true;

    /// <summary>The text in a run's id for every value of a setting that identified runs once and does no longer, so that earlier runs keep their ids; null for other settings.</summary>
    public string? TextInRunId { get; init; }

    /// <summary>Whether a run's id leaves the setting out at its default, so that runs from before the setting keep their ids.</summary>
    public bool IsNewerThanRunIds { get; init; }
}

/// <summary>The settings of a kind of run: the one place from which validation, run ids, columns, completion and help are made.</summary>
/// <typeparam name="T">The record of the values; a property for each setting.</typeparam>
public sealed class SettingTable<T> : ISettingTable where T : class, new()
{
    private static readonly T Defaults = new();

    private readonly Dictionary<string, Setting> byName;

    /// <summary>Makes the table.</summary>
    /// <param name="settings">The settings, in the order of columns and help.</param>
    public SettingTable(params Setting[] settings)
    {
        All = settings;
        byName = settings.ToDictionary(setting => setting.Name, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>The settings in order.</summary>
    public IReadOnlyList<Setting> All { get; }

    /// <summary>The setting of a name, ignoring case; null if there is none.</summary>
    public Setting? Find(string name) => byName.GetValueOrDefault(name);

    /// <summary>The default of a setting.</summary>
    public object? DefaultOf(Setting setting) => ValueOf(setting, Defaults);

    /// <summary>The value of a setting.</summary>
    public object? ValueOf(Setting setting, T values) => Property(setting).GetValue(values);

    /// <summary>The value of a setting as text, the same in every culture. An empty list is [], since blank text in a row means the default.</summary>
    public string TextOf(Setting setting, T values) => SettingText.Of(ValueOf(setting, values));

    /// <summary>All settings on one line.</summary>
    public string Line(T values) => string.Join(", ", All.Select(setting => $"{setting.Name} = {TextOf(setting, values)}"));

    /// <summary>Sets the values that are given, names in the table's own spelling; the others keep their defaults.</summary>
    /// <param name="given">The value of a setting by its name; null: not given.</param>
    public T Create(Func<string, object?> given)
    {
        T values = new();
        foreach (Setting setting in All)
            if (given(setting.Name) is { } value) Property(setting).SetValue(values, setting.Allowed.Spelled(value));
        return values;
    }

    /// <summary>Copies the settings of some names from one record to another.</summary>
    /// <param name="from">The record to read.</param>
    /// <param name="to">The record to change.</param>
    /// <param name="names">Names of settings; other names among them are ignored.</param>
    public void Copy(T from, T to, IEnumerable<string> names)
    {
        foreach (string name in names)
            if (Find(name) is { } setting) Property(setting).SetValue(to, ValueOf(setting, from));
    }

    /// <summary>Checks each value on its own.</summary>
    /// <exception cref="ArgumentException">A value is not allowed.</exception>
    public void Validate(T values)
    {
        foreach (Setting setting in All)
            Require(setting.Allowed.Holds(ValueOf(setting, values)), setting.Name, setting.Allowed.Text, values);
    }

    /// <summary>Checks a condition on several values.</summary>
    /// <param name="holds">Whether it holds.</param>
    /// <param name="name">The setting that the error names.</param>
    /// <param name="allowed">What it must be.</param>
    /// <param name="values">The values.</param>
    /// <exception cref="ArgumentException">The condition does not hold.</exception>
    public void Require(bool holds, string name, string allowed, T values)
    {
        if (!holds) throw new ArgumentException($"{name} must be {allowed}; got {(TextOf(byName[name], values) is { Length: > 0 } text ? ShortText.Of(text) : ShortText.Quoted(""))}.", name);
    }

    /// <summary>One line per setting that identifies a run, by name: equal for equal runs.</summary>
    public string Identity(T values) => string.Concat(All.Where(setting => setting.IsInRunId && !(setting.IsNewerThanRunIds && Equals(ValueOf(setting, values), DefaultOf(setting)))).OrderBy(setting => setting.Name, StringComparer.Ordinal)
        .Select(setting => $"{setting.Name}={TextInId(setting, values)}\n"));

    /// <summary>The settings that differ, in words, except those that identify no run.</summary>
    public IReadOnlyList<string> Differences(T earlier, T current) =>
        [.. All.Where(setting => setting.TextInRunId is null).Select(setting => (setting.Name, Earlier: TextOf(setting, earlier), Current: TextOf(setting, current)))
            .Where(entry => entry.Earlier != entry.Current).Select(entry => $"{entry.Name} is {Shown(entry.Earlier)} in that run and {Shown(entry.Current)} now")];

    // In ids, an empty list is blank, as it always was.
    private string TextInId(Setting setting, T values) => setting.TextInRunId ?? (ValueOf(setting, values) is string text ? text.ToLowerInvariant() : TextOf(setting, values) is not SettingText.EmptyList and var other ? other : "");

    private static string Shown(string text) => text.Length == 0 ? "not set" : text;

    private static PropertyInfo Property(Setting setting) => typeof(T).GetProperty(setting.Name) ?? throw new MissingMemberException(typeof(T).Name, setting.Name);
}
