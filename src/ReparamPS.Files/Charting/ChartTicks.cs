using System.Globalization;
using ScottPlot;
using ScottPlot.TickGenerators;

namespace ReparamPS.Charting;

/// <summary>The ticks of each kind of scale.</summary>
internal static class ChartTicks
{
    /// <summary>The ticks of a scale.</summary>
    /// <param name="scale">The scale.</param>
    /// <param name="wholeNumbers">Whether only whole numbers make sense, as for epochs.</param>
    /// <param name="fonts">The fonts of the picture.</param>
    public static ITickGenerator Of(ChartScale scale, bool wholeNumbers, ChartFonts fonts) => scale.Kind switch
    {
        ScaleKind.Category => new FittedTicks(new NumericManual([.. Enumerable.Range(0, scale.Labels.Count).Select(i => (double)i)], [.. scale.Labels]), fonts, names: true),
        ScaleKind.Date => new FittedTicks(new DateTicks(), fonts, names: false),
        _ when scale.IsLogarithmic => new FittedTicks(new LogarithmicTicks(), fonts, names: false),
        _ => new FittedTicks(new NumberTicks(wholeNumbers), fonts, names: false),
    };

    /// <summary>The ticks of any numbers.</summary>
    public static ITickGenerator Numbers(ChartFonts fonts) => new FittedTicks(new NumberTicks(wholeNumbers: false), fonts, names: false);

    /// <summary>Numbers with as many digits as the range needs to tell its ticks apart.</summary>
    private sealed class NumberTicks(bool wholeNumbers) : ITickGenerator
    {
        private readonly NumericAutomatic automatic = new() { TickDensity = 0.6 };

        public Tick[] Ticks { get; private set; } = [];

        public int MaxTickCount { get => automatic.MaxTickCount; set => automatic.MaxTickCount = value; }

        public void Regenerate(CoordinateRange range, Edge edge, PixelLength size, Paint paint, LabelStyle labelStyle)
        {
            if (FineTicks.Fit(range))
            {
                Ticks = FineTicks.Of(range);
                return;
            }
            // The library compares with a 32-bit integer.
            automatic.IntegerTicksOnly = wholeNumbers && Math.Max(Math.Abs(range.Min), Math.Abs(range.Max)) < int.MaxValue;
            automatic.LabelFormatter = value => ChartText.Number(value, range.Length / 10);
            automatic.Regenerate(range, edge, size, paint, labelStyle);
            Ticks = wholeNumbers && !automatic.IntegerTicksOnly ? Array.FindAll(automatic.Ticks, tick => tick.Position == Math.Floor(tick.Position)) : automatic.Ticks;
        }
    }

    /// <summary>Dates with as much of the time of day as the range needs, whatever the culture.</summary>
    private sealed class DateTicks : ITickGenerator
    {
        private readonly DateTimeAutomatic automatic = new();

        public Tick[] Ticks => automatic.Ticks;

        public int MaxTickCount { get => automatic.MaxTickCount; set => automatic.MaxTickCount = value; }

        public void Regenerate(CoordinateRange range, Edge edge, PixelLength size, Paint paint, LabelStyle labelStyle)
        {
            // The time of day is above its date, so that neighbors have room.
            string day = edge.IsHorizontal() ? "\nyyyy-MM-dd" : " yyyy-MM-dd";
            string format = range.Length switch { > 4 => "yyyy-MM-dd", > 0.01 => "HH:mm" + day, > 1e-4 => "HH:mm:ss" + day, _ => "HH:mm:ss.fff" + day };
            automatic.LabelFormatter = date => date.ToString(format, CultureInfo.InvariantCulture);
            automatic.Regenerate(range, edge, size, paint, labelStyle);
        }
    }
}

/// <summary>Ticks at powers of ten, and between them if there is room.</summary>
internal sealed class LogarithmicTicks : ITickGenerator
{
    // Plain numbers beyond these powers of ten have many zeros.
    private const int MinPlain = -4, MaxPlain = 5;

    public Tick[] Ticks { get; private set; } = [];

    public int MaxTickCount { get; set; } = 100;

    public void Regenerate(CoordinateRange range, Edge edge, PixelLength size, Paint paint, LabelStyle labelStyle)
    {
        int first = (int)Math.Floor(range.Min), last = (int)Math.Ceiling(range.Max);
        int step = Math.Max(1, (last - first) / 12);
        List<(double Place, int Digit, int Exponent)> labelled = [];
        List<Tick> ticks = [];
        for (int exponent = first; exponent <= last; exponent++)
        {
            for (int digit = 1; digit <= 9; digit++)
            {
                double place = exponent + Math.Log10(digit);
                if (place < range.Min || place > range.Max) continue;
                bool major = digit == 1 ? exponent % step == 0 : IsLabelled(digit, range.Length);
                if (major) labelled.Add((place, digit, exponent));
                else if (step == 1) ticks.Add(new Tick(place, "", false));
            }
        }
        // One notation for all labels of an axis.
        bool isPlain = labelled.TrueForAll(tick => tick.Exponent is >= MinPlain and <= MaxPlain);
        ticks.AddRange(labelled.Select(tick => new Tick(tick.Place, isPlain ? ChartText.Number(tick.Digit * Math.Pow(10, tick.Exponent)) : ChartText.Power(tick.Digit, tick.Exponent), true)));
        Ticks = labelled.Count >= 2 ? [.. ticks.OrderBy(tick => tick.Position)] : [.. Linear(range)];
    }

    // A range too narrow for round digits of its decade has round differences.
    private static IEnumerable<Tick> Linear(CoordinateRange range)
    {
        var numbers = new CoordinateRange(Math.Pow(10, range.Min), Math.Pow(10, range.Max));
        // Sums of doubles that hardly differ would not reach the end of the range.
        if (FineTicks.Fit(numbers)) return FineTicks.Of(numbers).Select(tick => new Tick(Math.Log10(tick.Position), tick.Label, true)).DistinctBy(tick => tick.Position);
        return numbers.Length > 0 ? Round(numbers) : [new Tick(range.Center, ChartText.Number(numbers.Min), true)];
    }

    private static IEnumerable<Tick> Round(CoordinateRange numbers)
    {
        double low = numbers.Min, high = numbers.Max, rough = (high - low) / 5;
        double power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        double step = power * (rough / power) switch { < 1.5 => 1, < 3.5 => 2, < 7.5 => 5, _ => 10 };
        for (double at = Math.Ceiling(low / step) * step; at <= high; at += step) yield return new Tick(Math.Log10(at), ChartText.Number(at, step), true);
    }

    // Less than two decades have too few powers of ten.
    private static bool IsLabelled(int digit, double decades) => decades < 0.7 || (decades < 2.2 && digit is 2 or 5);
}
