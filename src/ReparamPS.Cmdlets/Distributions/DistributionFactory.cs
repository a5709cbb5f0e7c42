using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Distributions;
using ReparamPS.Distributions.Parameters;
using ReparamPS.Native;
using ReparamPS.Torch;
using TorchSharp;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>PowerShell values in, a distribution out.</summary>
internal static class DistributionFactory
{
    /// <summary>Makes a distribution; numbers take the type and device of a tensor among the values, unless those are given.</summary>
    public static Distribution Create(DistributionType type, IReadOnlyDictionary<string, object> given, string? dtypeName, string? deviceName, bool requiresGrad)
    {
        NativeLibraries.LoadTorch();
        torch.Tensor? tensor = given.Values.Select(TensorInput.Unwrap).OfType<torch.Tensor>().FirstOrDefault(each => !each.IsInvalid);
        torch.ScalarType dtype = dtypeName is not null ? TorchTypes.ParseFloat(dtypeName) : tensor?.dtype ?? torch.ScalarType.Float64;
        torch.Device device = deviceName is not null ? TorchDevices.Parse(deviceName) : tensor?.device ?? torch.CPU;
        var values = new Dictionary<string, object>(StringComparer.OrdinalIgnoreCase);
        foreach ((string name, object value) in given)
        {
            ParameterInfo? info = type.Parameters.FirstOrDefault(parameter => parameter.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
            values[name] = ParameterConversion.Convert(info, name, value, dtype, device, requiresGrad);
        }
        foreach (ParameterInfo info in type.Parameters.Where(info => info.Default is not null && info.Kind == ParameterKind.Tensor && !values.ContainsKey(info.Name)))
            values[info.Name] = TensorInput.ToTensor(info.Default, info.Name, dtype, device, requiresGrad);
        Distribution made = type.Create(values);
        bool isComposed = type.Parameters.Any(info => info.Kind == ParameterKind.Distribution);
        return isComposed && (dtypeName ?? deviceName) is not null ? made.To(deviceName is null ? made.Device : device, dtypeName is null ? made.DType : dtype) : made;
    }
}
