using ReparamPS.Messages;

namespace ReparamPS.Sweeps.Points;

/// <summary>One setting of a search: the value that belongs to a coordinate in (0, 1).</summary>
/// <param name="Name">The setting's name.</param>
/// <param name="At">The value at a coordinate.</param>
public sealed record SearchAxis(string Name, Func<double, object?> At)
{
    // Beyond it, a double is not exact for each integer.
    private const double MaxInteger = 9007199254740991;

    /// <summary>The number of different values; infinite unless it is a list or a range of integers.</summary>
    public double Size { get; private init; } = double.PositiveInfinity;

    /// <summary>A value of a list, all equally likely.</summary>
    public static SearchAxis OfList(string name, IReadOnlyList<object?> values)
    {
        if (values.Count == 0) throw new ArgumentException($"{ShortText.Of(name)} must have at least one value; the list is empty.", name);
        return new SearchAxis(name, u => values[Math.Min((int)(u * values.Count), values.Count - 1)]) { Size = values.Distinct().Count() };
    }

    /// <summary>A number of a range, uniform in itself or in its logarithm. A range of integers includes both ends.</summary>
    /// <param name="name">The setting's name.</param>
    /// <param name="low">The lower end.</param>
    /// <param name="high">The upper end.</param>
    /// <param name="logarithmic">Whether the logarithm is uniform.</param>
    /// <param name="whole">Whether the values are integers.</param>
    public static SearchAxis OfRange(string name, double low, double high, bool logarithmic, bool whole)
    {
        if (whole && (low < -MaxInteger || high > MaxInteger)) throw new ArgumentException($"{ShortText.Of(name)}: Min and Max of a range of integers must be from -{MaxInteger:F0} to {MaxInteger:F0}; got Min = {ShortText.Of(low)} and Max = {ShortText.Of(high)}.", name);
        if (!(low < high) || !double.IsFinite(low) || !double.IsFinite(high)) throw new ArgumentException($"{ShortText.Of(name)}: Min must be less than Max, and both must be finite; got Min = {ShortText.Of(low)} and Max = {ShortText.Of(high)}.", name);
        if (logarithmic && low <= 0) throw new ArgumentException($"{ShortText.Of(name)}: Min must be positive with Log; got {ShortText.Of(low)}. Raise Min, or leave out Log.", name);
        // Each integer gets an interval of length 1 around it.
        (double from, double to) = whole ? (low - 0.5, high + 0.5) : (low, high);
        double size = whole ? high - low + 1 : double.PositiveInfinity;
        if (logarithmic)
        {
            (from, to) = (Math.Log(from), Math.Log(to));
            return new SearchAxis(name, u => Value(Math.Exp(from + u * (to - from)))) { Size = size };
        }
        // The distance between the ends may be infinite, although the ends are not.
        return new SearchAxis(name, u => Value(double.IsFinite(to - from) ? from + u * (to - from) : from * (1 - u) + to * u)) { Size = size };

        object Value(double x) => whole ? (object)(long)Math.Clamp(Math.Round(x), low, high) : Math.Clamp(x, low, high);
    }

    /// <summary>The quantiles of a distribution.</summary>
    /// <param name="name">The setting's name.</param>
    /// <param name="quantile">The value below which a share of the distribution lies.</param>
    public static SearchAxis OfQuantiles(string name, Func<double, object?> quantile) => new(name, quantile);
}
