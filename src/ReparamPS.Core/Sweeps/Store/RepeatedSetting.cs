using System.Globalization;
using ReparamPS.Data;
using ReparamPS.Sweeps.Points;

namespace ReparamPS.Sweeps.Store;

/// <summary>Tells a column of the output that only repeats a setting from one that computes what the setting is called.</summary>
internal static class RepeatedSetting
{
    /// <summary>Whether an output repeats a setting: also in another case, as a list written in another way, in float32, as the full path of a relative one, or as the default that stands for a blank.</summary>
    /// <param name="setting">The setting.</param>
    /// <param name="output">The output of the same name.</param>
    public static bool Is(object? setting, object? output)
    {
        if (setting is null or "" || SettingsText.AreEqual(setting, output)) return true;
        if (NumberOf(setting) is { } one && NumberOf(output) is { } other) return one == other || (float)one == other;
        string given = ExperimentValue.Format(RunRow.Flat(setting)), returned = ExperimentValue.Format(RunRow.Flat(output));
        return Items(given).SequenceEqual(Items(returned), StringComparer.OrdinalIgnoreCase)
            || (Path.IsPathFullyQualified(returned) && Path.GetFileName(given) is { Length: > 0 } name && name.Equals(Path.GetFileName(returned), StringComparison.Ordinal));
    }

    private static double? NumberOf(object? value) => value is string text ? double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double parsed) ? parsed : null
        : value is int or long or ulong or float or double or decimal ? Convert.ToDouble(value, CultureInfo.InvariantCulture) : null;

    private static string[] Items(string text) => text.Split([',', ';', ' ', '[', ']', 'x', '×'], StringSplitOptions.RemoveEmptyEntries);
}
