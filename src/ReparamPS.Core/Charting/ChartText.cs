using System.Globalization;

namespace ReparamPS.Charting;

/// <summary>Numbers as charts write them: short and invariant.</summary>
internal static class ChartText
{
    /// <summary>A number with up to six digits, or as a power of ten if it is very large or small.</summary>
    public static string Number(double value)
    {
        double size = Math.Abs(value);
        if (size is 0 or (>= 1e-4 and < 1e6)) return Trimmed(value).ToString("0.##########", CultureInfo.InvariantCulture);
        return double.IsFinite(value) ? value.ToString("0.#####e0", CultureInfo.InvariantCulture) : value.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>A number on an axis, with as many digits as its neighbors need to differ.</summary>
    /// <param name="value">The number.</param>
    /// <param name="step">About the distance to the next one.</param>
    public static string Number(double value, double step)
    {
        const int shortDigits = 6, maxDigits = 15;
        double digits = Math.Ceiling(Math.Log10(Math.Abs(value) / step)) + 2;
        if (!(digits > shortDigits) || digits > maxDigits) return Number(value);
        int decimals = (int)Math.Clamp(2 - Math.Floor(Math.Log10(step)), 0, maxDigits);
        return Math.Round(value, decimals).ToString("0.###############", CultureInfo.InvariantCulture);
    }

    /// <summary>A text on one line, without control characters.</summary>
    public static string OneLine(string text) => string.Concat(text.Select(character => char.IsControl(character) ? ' ' : character));

    /// <summary>A power of ten.</summary>
    public static string PowerOfTen(int exponent) => exponent switch
    {
        >= -2 and <= 4 => Math.Pow(10, exponent).ToString("0.##", CultureInfo.InvariantCulture),
        _ => "10" + string.Concat(exponent.ToString(CultureInfo.InvariantCulture).Select(digit => digit == '-' ? '⁻' : "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit - '0'])),
    };

    private static double Trimmed(double value) => value == 0 ? 0 : double.Parse(value.ToString("G6", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
