using System.Collections;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ReparamPS.Data;

namespace ReparamPS.Sweeps.Points;

/// <summary>
/// The text that identifies settings: sorted by name, without case, and with numbers written in one way, so that 1, 1.0 and the "1" of a CSV
/// file are one setting. "1.10" is text, and differs from 1.1.
/// </summary>
internal static class SettingsText
{
    /// <summary>The text of settings.</summary>
    public static string Of(ExperimentRow settings)
    {
        var text = new StringBuilder();
        foreach (int i in Enumerable.Range(0, settings.Columns.Count).OrderBy(i => settings.Columns[i], StringComparer.OrdinalIgnoreCase))
        {
            text.Append(settings.Columns[i].ToLowerInvariant()).Append('=').Append(Value(settings.Values[i])).Append('\n');
        }
        return text.ToString();
    }

    /// <summary>Sixteen hexadecimal digits of the SHA-256 of texts.</summary>
    public static string Hash(params string[] texts)
    {
        // The lengths keep ("ab", "c") apart from ("a", "bc").
        string joined = string.Concat(texts.Select(text => string.Create(CultureInfo.InvariantCulture, $"{text.Length}:{text}\n")));
        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(joined)))[..16].ToLowerInvariant();
    }

    /// <summary>Whether two values identify the same setting.</summary>
    public static bool AreEqual(object? one, object? other) => Value(one) == Value(other);

    private static string Value(object? value)
    {
        object? known = value is string written ? ExperimentValue.ParseExact(written) : value;
        return known switch
        {
            null => "null",
            bool flag => flag ? "true" : "false",
            string text => JsonSerializer.Serialize(text),
            int number => Number(number),
            long number when Math.Abs((double)number) < 1L << 53 => Number(number),
            float number => Number(number),
            double number => Number(number),
            // The largest decimal rounds to a double that no decimal can hold.
            decimal number when Math.Abs((double)number) < (double)decimal.MaxValue && (decimal)(double)number == number => Number((double)number),
            ExperimentRow row => "{" + Of(row) + "}",
            IEnumerable items => "[" + string.Join(",", items.Cast<object?>().Select(Value)) + "]",
            _ => ExperimentValue.Format(known),
        };
    }

    private static string Number(double number) => number.ToString("R", CultureInfo.InvariantCulture);
}
