using System.Globalization;

namespace ReparamPS.Charting;

/// <summary>Numbers as charts write them: short and invariant.</summary>
internal static class ChartText
{
    private const int MaxDigits = 15, FewestKept = 4;
    private const double SecondsPerDay = 86_400, FirstDay = -657_434;

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
        string text = value.ToString("F" + (int)Math.Clamp(2 - Math.Floor(Math.Log10(step)), 0, MaxDigits), CultureInfo.InvariantCulture);
        return text.Contains('.', StringComparison.Ordinal) ? text.TrimEnd('0').TrimEnd('.') : text;
    }

    /// <summary>A number at any place on an axis, rounded to as many digits as its neighbors need to differ, but to four at least.</summary>
    /// <inheritdoc cref="Number(double, double)"/>
    public static string ShortNumber(double value, double step)
    {
        double size = Math.Abs(value);
        if (size == 0 || (double.IsFinite(step) && size < step * 1e-9)) return "0";
        return Number(Rounded(value, Math.Max(3 - Math.Floor(Math.Log10(size)), 2 - Math.Floor(Math.Log10(step)))), step);
    }

    /// <summary>A number with some digits more than its neighbors need to differ.</summary>
    /// <param name="value">The number.</param>
    /// <param name="step">About the distance to the next one.</param>
    /// <param name="spare">How many digits more; one is an error of at most a twentieth of the step.</param>
    public static string Number(double value, double step, int spare)
    {
        double digits = Math.Ceiling(Math.Log10(Math.Abs(value) / step)) + spare;
        return digits < MaxDigits ? ShortNumber(double.Parse(value.ToString("G" + (int)Math.Max(1, digits), CultureInfo.InvariantCulture), CultureInfo.InvariantCulture), step) : ShortNumber(value, step);
    }

    /// <summary>The date at a place on an axis, in days; the nearest one if the calendar ends before.</summary>
    public static DateTime DateAt(double place) => DateTime.FromOADate(Math.Clamp(place, FirstDay, DateTime.MaxValue.ToOADate()));

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
    public static string OneLine(string text) => string.Concat(text.Select(character => char.IsControl(character) || character is '\u2028' or '\u2029' ? ' ' : character));

    /// <summary>A text on one line, shortened in the middle until it fits; empty if too little of it would remain.</summary>
    public static string Fit(string text, Func<string, bool> fits)
    {
        text = OneLine(text);
        if (fits(text)) return text;
        string[] characters = Characters(text);
        int low = 1, high = characters.Length - 1;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            if (fits(Shortened(characters, middle))) low = middle;
            else high = middle - 1;
        }
        string shortened = Shortened(characters, Math.Min(low, characters.Length));
        return low >= FewestKept && fits(shortened) ? shortened : "";
    }

    /// <summary>A digit times a power of ten.</summary>
    public static string Power(int digit, int exponent) =>
        (digit == 1 ? "10" : $"{digit}·10") + string.Concat(exponent.ToString(CultureInfo.InvariantCulture).Select(each => each == '-' ? '⁻' : "⁰¹²³⁴⁵⁶⁷⁸⁹"[each - '0']));

    private static string[] Characters(string text)
    {
        var characters = new List<string>();
        TextElementEnumerator all = StringInfo.GetTextElementEnumerator(text);
        while (all.MoveNext()) characters.Add(all.GetTextElement());
        return [.. characters];
    }

    private static string Shortened(string[] characters, int kept) =>
        string.Concat(characters[..((kept + 1) / 2)]) + "…" + string.Concat(characters[^(kept / 2)..]);

    // Decimals beyond the fifteenth, which the library's own rounding lacks, matter to small numbers.
    private static double Rounded(double value, double decimals)
    {
        if (decimals <= MaxDigits) return Math.Round(value, (int)Math.Max(0, decimals));
        double digits = Math.Clamp(decimals + 1 + Math.Floor(Math.Log10(Math.Abs(value))), 1, MaxDigits);
        return double.Parse(value.ToString("G" + digits, CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
    }

    private static double Trimmed(double value) => value == 0 ? 0 : double.Parse(value.ToString("G6", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
