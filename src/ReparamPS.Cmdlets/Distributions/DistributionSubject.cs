using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Distributions;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>What a check of distributions is asked to check: a distribution, or a kind of the catalogue.</summary>
internal static class DistributionSubject
{
    /// <summary>The kind that a value names; null if it is a distribution.</summary>
    /// <exception cref="ArgumentException">It is neither.</exception>
    public static DistributionType? Kind(object? value) => TensorInput.Unwrap(value) switch
    {
        Distribution => null,
        DistributionType kind => kind,
        DistributionTypeRow row => row.Type,
        string name => DistributionCatalog.Get(name),
        var other => throw new ArgumentException($"Distribution must come from a New-…Distribution cmdlet or Get-DistributionType, or be a name, such as Normal; got {NestedNumbers.Quoted(other)}.{ArgumentRules.CallAdvice(other)}", "Distribution"),
    };

    /// <summary>A distribution as it was given. Element type and device are its own.</summary>
    /// <exception cref="ArgumentException">Another element type or device is asked for.</exception>
    public static Distribution Made(object value, ScalarType? dtype, string? device)
    {
        var given = (Distribution)TensorInput.Unwrap(value)!;
        if (dtype is not null && dtype != given.DType)
            throw new ArgumentException($"DType applies only to a distribution given by name or from Get-DistributionType; this {given.Name} has the element type {TorchTypes.NameOf(given.DType)}. Leave out -DType.", "DType");
        return device is null || TorchDevices.Parse(device).ToString() == given.Device.ToString() ? given
            : throw new ArgumentException($"Device applies only to a distribution given by name or from Get-DistributionType; this {given.Name} is on {given.Device}. Leave out -Device.", "Device");
    }
}
