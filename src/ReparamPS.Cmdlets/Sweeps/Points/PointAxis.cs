using System.Globalization;
using System.Management.Automation.Internal;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Messages;

namespace ReparamPS.Cmdlets.Sweeps.Points;

/// <summary>What grids and searches check of the values of a setting.</summary>
internal static class PointAxis
{
    /// <summary>The value of a key of the space.</summary>
    /// <exception cref="ArgumentException">The value is null. Among several values, null means the default of the command.</exception>
    public static object? Set(string name, object? value) => value == AutomationNull.Value || TensorInput.Unwrap(value) is null
        ? throw new ArgumentException($"{ShortText.Of(name)} must have a value or a list of values; got null. If the value comes from a variable, the variable is not set.", name) : value;

    /// <summary>The ends of a range that is written as text, such as '1e-4..1e-1'; null for other text.</summary>
    public static (string Low, string High)? EndsOf(string text) =>
        text.Split("..") is [var low, var high] && IsNumber(low) && IsNumber(high) ? (low.Trim(), high.Trim()) : null;

    private static bool IsNumber(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _);
}
