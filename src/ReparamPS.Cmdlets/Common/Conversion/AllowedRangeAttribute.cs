using System.Globalization;
using System.Management.Automation;
using ReparamPS.Settings;

namespace ReparamPS.Cmdlets.Common.Conversion;

/// <summary>Refuses a number outside a range in one sentence. That of ValidateRange is three, in other words than those of all other errors here.</summary>
/// <param name="min">The smallest number.</param>
/// <param name="max">The largest number.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class AllowedRangeAttribute(double min, double max = double.MaxValue) : ValidateArgumentsAttribute, INumberRange
{
    /// <inheritdoc/>
    public double Min => min;

    /// <inheritdoc/>
    public double Max => max;

    /// <inheritdoc/>
    protected override void Validate(object? arguments, EngineIntrinsics engineIntrinsics)
    {
        object? value = TensorInput.Unwrap(arguments);
        // A parameter that may be blank is not given then.
        if (value is null) return;
        double number = Convert.ToDouble(value, CultureInfo.InvariantCulture);
        if (number >= min && number <= max) return;
        string kind = value is int or long ? "an integer" : "a finite number", range = max == double.MaxValue ? $"of at least {Text(min)}" : $"from {Text(min)} to {Text(max)}";
        throw new ValidationMetadataException($"Expected {kind} {range}; got {(value is IFormattable ? Text(number) : ArgumentRules.Got(value))}.");
    }

    private static string Text(double number) => number.ToString(CultureInfo.InvariantCulture);
}
