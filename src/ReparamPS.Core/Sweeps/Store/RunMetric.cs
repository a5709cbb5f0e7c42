using System.Globalization;
using ReparamPS.Data;

namespace ReparamPS.Sweeps.Store;

/// <summary>The metric of a row.</summary>
internal static class RunMetric
{
    /// <summary>A column as a number, which may be NaN; null if the column does not exist or does not hold a number.</summary>
    public static double? Of(ExperimentRow row, string column) => row[column] switch
    {
        null or bool or char or DBNull => null,
        string text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double parsed) ? parsed : null,
        IConvertible number and not DateTime => number.ToDouble(CultureInfo.InvariantCulture),
        _ => null,
    };
}
