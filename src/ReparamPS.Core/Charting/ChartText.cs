using System.Globalization;

namespace ReparamPS.Charting;

/// <summary>Numbers as charts write them: short and invariant.</summary>
internal static class ChartText
{
    private const int MaxDigits = 15;
    private const double SecondsPerDay = 86_400;

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
        const int shortDigits = 6;
        double size = Math.Abs(value), digits = Math.Ceiling(Math.Log10(size / step)) + 2;
        if (!(digits > shortDigits) || !double.IsFinite(digits)) return Number(value);
        if (digits > MaxDigits) return value.ToString("R", CultureInfo.InvariantCulture).Replace("E+", "e", StringComparison.Ordinal).Replace('E', 'e');
        if (size is < 1e-4 or >= 1e15 || step < 1e-13) return value.ToString("0." + new string('#', (int)digits - 1) + "e0", CultureInfo.InvariantCulture);
        return Rounded(value, 2 - Math.Floor(Math.Log10(step))).ToString("0.###############", CultureInfo.InvariantCulture);
    }

    /// <summary>A number at any place on an axis, rounded to as many digits as its neighbors need to differ, but to four at least.</summary>
    /// <inheritdoc cref="Number(double, double)"/>
    public static string ShortNumber(double value, double step)
    {
        double size = Math.Abs(value);
        if (size == 0 || (double.IsFinite(step) && size < step * 1e-9)) return "0";
        return Number(Rounded(value, Math.Max(3 - Math.Floor(Math.Log10(size)), 2 - Math.Floor(Math.Log10(step)))), step);
    }

    /// <summary>A date, with as much of its time of day as it needs to differ from its neighbors.</summary>
    /// <param name="date">The date.</param>
    /// <param name="step">About the distance to the next one, in days.</param>
    public static string Date(DateTime date, double step = double.PositiveInfinity)
    {
        // The last digit is a zero after rounding if the step is a second but for its last bit.
        string fraction = step switch { 0 or >= 1 / SecondsPerDay => "", >= 1e-3 / SecondsPerDay => ".FFF", _ => ".FFFFFFF" };
        return date.ToString(date.TimeOfDay == TimeSpan.Zero ? "yyyy-MM-dd" : "yyyy-MM-dd HH:mm:ss" + fraction, CultureInfo.InvariantCulture);
    }

    /// <summary>The distance from each of some sorted numbers to the nearest other one; infinity if there is none.</summary>
    public static double[] Gaps(IReadOnlyList<double> sorted) =>
    [
        .. sorted.Select((place, i) => Math.Min(i > 0 ? place - sorted[i - 1] : double.PositiveInfinity, i + 1 < sorted.Count ? sorted[i + 1] - place : double.PositiveInfinity)),
    ];

    /// <summary>A text on one line, without control characters.</summary>
    public static string OneLine(string text) => string.Concat(text.Select(character => char.IsControl(character) ? ' ' : character));

    /// <summary>A power of ten.</summary>
    public static string PowerOfTen(int exponent) => exponent switch
    {
        >= -2 and <= 4 => Math.Pow(10, exponent).ToString("0.##", CultureInfo.InvariantCulture),
        _ => "10" + string.Concat(exponent.ToString(CultureInfo.InvariantCulture).Select(digit => digit == '-' ? '⁻' : "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit - '0'])),
    };

    // Decimals beyond the fifteenth, which the library's own rounding lacks, matter to small numbers.
    private static double Rounded(double value, double decimals)
    {
        if (decimals <= MaxDigits) return Math.Round(value, (int)Math.Max(0, decimals));
        double digits = Math.Clamp(decimals + 1 + Math.Floor(Math.Log10(Math.Abs(value))), 1, MaxDigits);
        return double.Parse(value.ToString("G" + digits, CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
    }

    private static double Trimmed(double value) => value == 0 ? 0 : double.Parse(value.ToString("G6", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
