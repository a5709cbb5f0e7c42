using System.Management.Automation;

namespace ReparamPS.Cmdlets.Common.Conversion;

/// <summary>Refuses text that is not one of some names, in one sentence. It stands before ValidateSet, which completes the names.</summary>
/// <param name="names">The names.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class AllowedNamesAttribute(params string[] names) : ValidateArgumentsAttribute
{
    /// <summary>A sentence that follows in the error; empty for none.</summary>
    public string Hint { get; init; } = "";

    /// <inheritdoc/>
    protected override void Validate(object? arguments, EngineIntrinsics engineIntrinsics)
    {
        object? value = TensorInput.Unwrap(arguments);
        if (value is not string name || !names.Contains(name, StringComparer.OrdinalIgnoreCase))
            throw new ValidationMetadataException($"Expected {ArgumentRules.OneOf(names)}; got {ArgumentRules.Got(value)}.{(Hint.Length > 0 ? " " + Hint : "")}");
    }
}
