using System.Globalization;
using ReparamPS.Data;

namespace ReparamPS.Sweeps.Store;

/// <summary>The metric of a row.</summary>
internal static class RunMetric
{
    /// <summary>A column as a number; NaN if it does not exist or is not a number.</summary>
    public static double Of(ExperimentRow row, string column) => Number(row[column]) ?? double.NaN;

    /// <summary>A cell as a number; null if it is not a number.</summary>
    public static double? Number(object? cell) => cell switch
    {
        null or bool => null,
        string text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double parsed) ? parsed : null,
        IConvertible number and not DateTime => number.ToDouble(CultureInfo.InvariantCulture),
        _ => null,
    };
}
