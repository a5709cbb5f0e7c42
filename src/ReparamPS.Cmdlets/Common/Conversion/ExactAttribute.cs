using System.Management.Automation;

namespace ReparamPS.Cmdlets.Common.Conversion;

/// <summary>
/// Converts an argument to a number or a duration without loss, or refuses it. PowerShell's own conversion rounds 2.5 to an integer, reads '0,001' as 1 and 60 as 6 microseconds, and quotes the framework
/// about a date.
/// </summary>
/// <typeparam name="T">The type of the parameter, without null.</typeparam>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ExactAttribute<T> : ArgumentTransformationAttribute where T : struct
{
    /// <summary>A sentence that follows if a list was given; empty for none.</summary>
    public string ListHint { get; init; } = "";

    /// <inheritdoc/>
    public override bool TransformNullOptionalParameters => false;

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object? value = TensorInput.Unwrap(inputData);
        if (ExactConversion.IsBlank(value)) return inputData;
        if (ExactConversion.Convert(value!, typeof(T), out object? converted) is not { } expected) return converted ?? inputData;
        throw new ArgumentTransformationMetadataException($"Expected {expected}; got {NestedNumbers.Quoted(value)}.{(value is System.Collections.IEnumerable and not string && ListHint.Length > 0 ? " " + ListHint : "")}");
    }
}
