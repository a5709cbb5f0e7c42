using System.Globalization;

namespace ReparamPS.Settings;

/// <summary>The values of settings as text, the same in every culture.</summary>
internal static class SettingText
{
    /// <summary>The text of an empty list: blank text in a row means the default.</summary>
    public const string EmptyList = "[]";

    /// <summary>The text of a value; blank for null.</summary>
    public static string Of(object? value) => value is not IEnumerable<int> list ? Convert.ToString(value, CultureInfo.InvariantCulture) ?? "" : list.Any() ? string.Join(',', list) : EmptyList;
}
