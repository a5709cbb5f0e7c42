using System.Collections;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Distributions;
using ReparamPS.Distributions.Parameters;
using ReparamPS.Distributions.Transforms;
using TorchSharp;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>A PowerShell value as what a parameter of a distribution or a transform holds.</summary>
internal static class ParameterConversion
{
    /// <summary>The value in the form that Core takes.</summary>
    public static object Convert(ParameterInfo? info, string name, object value, torch.ScalarType? dtype, torch.Device? device, bool requiresGrad)
    {
        object bare = TensorInput.Unwrap(value)!;
        return info?.Kind switch
        {
            null or ParameterKind.Tensor => TensorInput.ToTensor(value, name, dtype, device, requiresGrad),
            ParameterKind.Transform when bare is IEnumerable items and not string => items.Cast<object>().Select(item => Expect<Transform>(TensorInput.Unwrap(item), name)).ToArray(),
            ParameterKind.Transform => Expect<Transform>(bare, name),
            ParameterKind.Distribution => Expect<Distribution>(bare, name),
            ParameterKind.Shape => IntegerListAttribute.Read(bare, name),
            // Large counts keep their digits as integers.
            _ => bare is bool or int or long or double ? bare : Number(bare, name),
        };
    }

    // Its size is checked by the distribution.
    private static double Number(object bare, string name)
    {
        try
        {
            return NestedNumbers.Number(bare, name);
        }
        catch (ArgumentException)
        {
            throw new ArgumentException($"{name} must be an integer; got {NestedNumbers.Quoted(bare)}.", name);
        }
    }

    private static T Expect<T>(object? value, string name) => value is T expected
        ? expected
        : throw new ArgumentException($"{name} must be a {(typeof(T) == typeof(Transform) ? "transform from New-DistributionTransform" : "distribution")}; got {NestedNumbers.Quoted(value)}.{ArgumentRules.CommandAdvice(value, typeof(T))}", name);
}
