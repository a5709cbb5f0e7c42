using System.Globalization;
using ScottPlot;

namespace ReparamPS.Charting;

/// <summary>
/// Ticks of a range so narrow that it holds few doubles, as around 1e17 or between 1 and 1 + 1e-15. Their places and labels are computed as decimal numbers, since sums of doubles would repeat or skip ticks there.
/// </summary>
internal static class FineTicks
{
    private const double Narrow = 1e-11;
    private const int Count = 5, MinPlainExponent = -5, MaxPlainExponent = 14;

    /// <summary>Whether a range needs such ticks.</summary>
    public static bool Fit(CoordinateRange range) => range.Length > 0 && range.Length < Narrow * Largest(range);

    /// <summary>The ticks of a range, at round numbers.</summary>
    public static Tick[] Of(CoordinateRange range)
    {
        int exponent = int.Parse(Text(Largest(range)).Split('E')[1], CultureInfo.InvariantCulture);
        (decimal low, decimal high) = (Mantissa(range.Min, exponent), Mantissa(range.Max, exponent));
        decimal step = Step((high - low) / Count);
        List<Tick> ticks = [];
        for (decimal at = Math.Ceiling(low / step) * step; at <= high; at += step)
        {
            double place = double.Parse(at.ToString(CultureInfo.InvariantCulture) + "e" + exponent.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
            // Between two neighboring doubles there is no other place. A label of more digits than the double needs would look like another number.
            string label = Label(at, exponent), own = Label(Mantissa(place, exponent), exponent);
            if (ticks.Count == 0 || place > ticks[^1].Position) ticks.Add(new Tick(place, own.Length < label.Length ? own : label, true));
        }
        return [.. ticks];
    }

    private static double Largest(CoordinateRange range) => Math.Max(Math.Abs(range.Min), Math.Abs(range.Max));

    // All digits that tell a double from its neighbors.
    private static string Text(double value)
    {
        string text = value.ToString("E15", CultureInfo.InvariantCulture);
        return double.Parse(text, CultureInfo.InvariantCulture) == value ? text : value.ToString("E16", CultureInfo.InvariantCulture);
    }

    private static decimal Mantissa(double value, int exponent)
    {
        string[] parts = Text(value).Split('E');
        decimal mantissa = decimal.Parse(parts[0], CultureInfo.InvariantCulture);
        // The ends of the range may be on both sides of a power of ten.
        for (int power = int.Parse(parts[1], CultureInfo.InvariantCulture); power < exponent; power++) mantissa /= 10;
        return mantissa;
    }

    private static decimal Step(decimal rough)
    {
        decimal power = 1;
        while (power > rough) power /= 10;
        return power * (rough / power) switch { < 1.5m => 1, < 3.5m => 2, < 7.5m => 5, _ => 10 };
    }

    private static string Label(decimal mantissa, int exponent)
    {
        const string digits = "0.####################";
        if (exponent is < MinPlainExponent or > MaxPlainExponent) return mantissa.ToString(digits, CultureInfo.InvariantCulture) + "e" + exponent.ToString(CultureInfo.InvariantCulture);
        for (int power = exponent; power != 0; power -= Math.Sign(power)) mantissa = power > 0 ? mantissa * 10 : mantissa / 10;
        return mantissa.ToString(digits + "########", CultureInfo.InvariantCulture);
    }
}
