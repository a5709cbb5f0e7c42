using System.Globalization;
using System.Management.Automation;
using System.Text.RegularExpressions;
using ReparamPS.Settings;

namespace ReparamPS.HelpWriter;

/// <summary>The sentences "Allowed: …" and "Default: …" of a parameter, taken from its attributes so that help cannot contradict the code.</summary>
internal static partial class Facts
{
    /// <summary>What a parameter's validation attributes allow; null if they do not restrict it.</summary>
    public static string? Allowed(ParameterMetadata parameter, IReadOnlyList<string> values)
    {
        if (values.Count > 0) return string.Join(", ", values);
        return RangeOf(parameter) is { } range ? range.Max == double.MaxValue ? $"at least {Number(range.Min)}" : $"{Number(range.Min)} to {Number(range.Max)}" : null;
    }

    /// <summary>What the table of settings allows; null if the parameter is not a setting or takes any value.</summary>
    public static string? Allowed(Setting? setting) => setting switch
    {
        null or { Allowed.Text: "" } => null,
        { Allowed.Names.Count: > 0 } => string.Join(", ", setting.Allowed.Names),
        _ => setting.Allowed.Text,
    };

    /// <summary>The description with the facts that it does not state itself: allowed values before the default.</summary>
    public static string Append(string description, string? allowed, string? @default)
    {
        if (description.Length == 0) return description;
        if (allowed is not null && !description.Contains("Allowed:", StringComparison.Ordinal))
        {
            int at = description.IndexOf("Default: ", StringComparison.Ordinal);
            description = at < 0 ? $"{description} Allowed: {allowed}." : description.Insert(at, $"Allowed: {allowed}. ");
        }
        if (@default is not null and not "False" && !description.Contains("Default", StringComparison.Ordinal)) description += $" Default: {@default}.";
        return description;
    }

    /// <summary>The default that help shows: what the description says, otherwise the property's value, unless it is outside the allowed range and so means "not given".</summary>
    public static string? Default(string description, ParameterMetadata parameter, string? value)
    {
        if (StatedDefault().Match(description) is { Success: true } stated) return stated.Groups[1].Value;
        return RangeOf(parameter) is { } range && double.TryParse(value, CultureInfo.InvariantCulture, out double number) && (number < range.Min || number > range.Max) ? null : value;
    }

    [GeneratedRegex(@"Default: (.+?)[.;](?:\s|$)")]
    private static partial Regex StatedDefault();

    private static INumberRange? RangeOf(ParameterMetadata parameter) => parameter.Attributes.OfType<INumberRange>().FirstOrDefault();

    private static string Number(double value) => value.ToString(CultureInfo.InvariantCulture);
}
