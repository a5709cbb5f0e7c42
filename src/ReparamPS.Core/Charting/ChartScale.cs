using System.Globalization;
using ReparamPS.Data;
using ReparamPS.Messages;

namespace ReparamPS.Charting;

/// <summary>What an axis counts.</summary>
internal enum ScaleKind
{
    /// <summary>Numbers.</summary>
    Number,

    /// <summary>Moments in time.</summary>
    Date,

    /// <summary>Names, side by side.</summary>
    Category,
}

/// <summary>How a column's cells become places on an axis: numbers as they are, dates as days of the session's clock, anything else as categories.</summary>
internal sealed class ChartScale
{
    /// <summary>The largest number on a linear axis: differences, and what is computed from them, must stay finite.</summary>
    public const double MaxLinear = 1e300;

    // Pixels per unit must stay finite.
    private const double MinLinear = 1e-300;

    // From here on, labels of six digits do not show a difference of 1.
    private const double Large = 1e6, LargeMargin = 1e-3;

    // Larger numbers have no Decimal.
    private const double MaxDecimal = 7.9e28;

    private readonly Dictionary<object, int> places = [];
    private readonly List<string> labels = [];
    private double? single;

    private ChartScale(ScaleKind kind, bool logarithmic) => (Kind, IsLogarithmic) = (kind, logarithmic);

    /// <summary>What the axis counts.</summary>
    public ScaleKind Kind { get; }

    /// <summary>Whether places are decimal logarithms.</summary>
    public bool IsLogarithmic { get; }

    /// <summary>The names of the categories; category i is at place i.</summary>
    public IReadOnlyList<string> Labels => labels;

    /// <summary>The vertical scale that fits all columns of Y.</summary>
    public static ChartScale OfY(ChartData data, ChartOptions options)
    {
        if (options.LogY) foreach (string column in options.Y) _ = Of(data.Cells(column, "Y"), logarithmic: true, categories: false, column, "Y");
        return Of(options.Y.SelectMany(column => data.Cells(column, "Y")), options.LogY, categories: false, "Y");
    }

    /// <summary>The scale that fits cells.</summary>
    /// <param name="cells">The cells.</param>
    /// <param name="logarithmic">Whether the axis is logarithmic.</param>
    /// <param name="categories">Whether numbers too are to be side by side, in their order.</param>
    /// <param name="column">The column's name, for errors.</param>
    /// <param name="axis">The axis, X or Y, for errors.</param>
    public static ChartScale Of(IEnumerable<object?> cells, bool logarithmic, bool categories, string column, string axis = "X")
    {
        object[] present = [.. cells.Select(Read).OfType<object>()];
        bool numbers = Array.TrueForAll(present, cell => cell is double), dates = present.Length > 0 && Array.TrueForAll(present, cell => cell is DateTime);
        if (logarithmic && Array.Find(present, cell => cell is not double) is { } other)
            throw new ArgumentException($"A logarithmic axis needs numbers; column '{ShortText.Of(column)}' holds {ShortText.Quoted(Name(other))}. Leave out rows without a number, or leave out -Log{axis}.", column);
        if (numbers && !categories) return new ChartScale(ScaleKind.Number, logarithmic) { single = logarithmic ? null : Single(present.Cast<double>()) };
        if (dates && !categories) return new ChartScale(ScaleKind.Date, false);

        var scale = new ChartScale(ScaleKind.Category, false);
        object[] distinct = [.. cells.Select(ReadExact).OfType<object>().Distinct()];
        Dictionary<object, double> gaps = Gaps(distinct);
        bool areLong = Array.Exists(distinct, cell => cell is decimal);
        foreach (object category in numbers ? distinct.Order(Comparer<object>.Create(CompareNumbers)) : dates ? distinct.Order() : (IEnumerable<object>)distinct)
        {
            scale.places.Add(category, scale.labels.Count);
            scale.labels.Add((category, gaps.GetValueOrDefault(category)) switch
            {
                // All digits, beside numbers that need them.
                (decimal number, _) => ExperimentValue.Format(number),
                (double number, _) when areLong && number == Math.Floor(number) && Math.Abs(number) < MaxDecimal => number.ToString("F0", CultureInfo.InvariantCulture),
                (double number, var gap) => ChartText.Number(number, gap),
                (DateTime date, var gap) => ChartText.Date(date, gap),
                _ => Name(category),
            });
        }
        return scale;
    }

    // The place of all numbers, if they differ from each other or from zero by less than a linear axis can show.
    private static double? Single(IEnumerable<double> numbers)
    {
        (double low, double high) = (double.PositiveInfinity, double.NegativeInfinity);
        foreach (double number in numbers.Where(number => Math.Abs(number) <= MaxLinear)) (low, high) = (Math.Min(low, number), Math.Max(high, number));
        if (Math.Max(Math.Abs(low), Math.Abs(high)) < MinLinear) return 0;
        return high - low < MinLinear && low < high ? low : null;
    }

    // How far each number, and each date in days, is from the next.
    private static Dictionary<object, double> Gaps(object[] categories)
    {
        double[] numbers = [.. categories.OfType<double>().Where(double.IsFinite).Order()];
        DateTime[] dates = [.. categories.OfType<DateTime>().Order()];
        return numbers.Cast<object>().Zip(ChartText.Gaps(numbers))
            .Concat(dates.Cast<object>().Zip(ChartText.Gaps(Array.ConvertAll(dates, date => (date - dates[0]).TotalDays))))
            .ToDictionary(pair => pair.First, pair => pair.Second);
    }

    /// <summary>The place of a cell; NaN if it has none.</summary>
    public double Place(object? cell) => Scaled(Raw(cell));

    /// <summary>A cell before its logarithm is taken, if the scale does that; NaN if it has no place.</summary>
    public double Raw(object? cell) => (Kind, Kind == ScaleKind.Category ? ReadExact(cell) : Read(cell)) switch
    {
        (ScaleKind.Category, { } value) => places.TryGetValue(value, out int place) ? place : double.NaN,
        (ScaleKind.Date, DateTime date) => date.ToOADate(),
        (ScaleKind.Number, double number) when double.IsFinite(number) && (IsLogarithmic || Math.Abs(number) <= MaxLinear) => single ?? number,
        _ => double.NaN,
    };

    /// <summary>The place of a raw number.</summary>
    public double Scaled(double raw)
    {
        if (!IsLogarithmic || double.IsNaN(raw)) return raw;
        return raw > 0 ? Math.Log10(raw) : double.NaN;
    }

    /// <summary>The range that is drawn around a single number: wide enough to tell its ends from the number.</summary>
    /// <param name="place">The number.</param>
    /// <param name="margin">The margin of numbers that are not large.</param>
    public static (double Low, double High) Around(double place, double margin)
    {
        if (Math.Abs(place) >= Large) margin = Math.Abs(place) * LargeMargin;
        return (place - margin, place + margin);
    }

    /// <summary>The range around places that are all one large number; null for others, around which axes have a margin by themselves.</summary>
    public static (double Low, double High)? AroundSingle(IEnumerable<double> places)
    {
        (double low, double high) = (double.PositiveInfinity, double.NegativeInfinity);
        foreach (double place in places.Where(double.IsFinite)) (low, high) = (Math.Min(low, place), Math.Max(high, place));
        return low == high && Math.Abs(low) >= Large ? Around(low, 0) : null;
    }

    /// <summary>A cell as a name in a legend or on an axis.</summary>
    public static string Name(object? cell) => cell switch
    {
        null => "(none)",
        decimal number when ReadExact(number) is decimal => ExperimentValue.Format(number),
        double or float or decimal => ChartText.Number(Convert.ToDouble(cell, CultureInfo.InvariantCulture)),
        DateTime or DateTimeOffset => ChartText.Date((DateTime)Read(cell)!),
        IFormattable value => value.ToString(null, CultureInfo.InvariantCulture),
        _ => cell.ToString() ?? "",
    };

    /// <summary>A cell as a double, a DateTime, a string, or null. Text that is a number counts as one: Import-Csv's rows hold nothing else.</summary>
    public static object? Read(object? cell) => Parsed(cell) switch
    {
        (null or string or DateTime) and var value => value,
        var number => Convert.ToDouble(number, CultureInfo.InvariantCulture),
    };

    /// <summary>As <see cref="Read"/>, but an integer or decimal number that no double equals, such as a long id, is a Decimal.</summary>
    public static object? ReadExact(object? cell) => Parsed(cell) switch
    {
        (long or ulong or decimal) and var number => Nearest(Convert.ToDecimal(number, CultureInfo.InvariantCulture)),
        _ => Read(cell),
    };

    private static object? Parsed(object? cell)
    {
        object? value = ExperimentValue.Normalize(cell, "");
        if (value is string text) value = text.Length == 0 ? null : ExperimentValue.Parse(text);
        return value switch
        {
            // All moments by one clock, that of the session.
            DateTime { Kind: DateTimeKind.Utc } moment => moment.ToLocalTime(),
            null or string or DateTime => value,
            bool flag => flag ? "True" : "False",
            DateTimeOffset moment => moment.LocalDateTime,
            _ => value,
        };
    }

    // The double that a number equals; the number itself if there is none.
    private static object Nearest(decimal value)
    {
        double nearest = (double)value;
        bool isExact = value == decimal.Truncate(value) ? (Int128)nearest == (Int128)value : ExperimentValue.FromDouble(nearest) == value;
        return isExact ? nearest : value;
    }

    private static int CompareNumbers(object? a, object? b)
    {
        int order = Convert.ToDouble(a, CultureInfo.InvariantCulture).CompareTo(Convert.ToDouble(b, CultureInfo.InvariantCulture));
        // Two that are the same as doubles are finite, and one of them is not a double.
        return order != 0 || a!.Equals(b) ? order : Exact(a).CompareTo(Exact(b!));

        static decimal Exact(object number) => number is double value
            ? value == Math.Floor(value) ? (decimal)(Int128)Math.Clamp(value, -MaxDecimal, MaxDecimal) : ExperimentValue.FromDouble(value)!.Value
            : (decimal)number;
    }
}
