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
        torch.Tensor[] tensors = [.. given.Values.Select(TensorInput.Unwrap).OfType<torch.Tensor>().Where(each => !each.IsInvalid)];
        torch.Tensor? tensor = tensors.FirstOrDefault();
        // Of several types the widest, as in PyTorch: float32 would round a float64 parameter.
        torch.ScalarType dtype = dtypeName is not null ? TorchTypes.ParseFloat(dtypeName) : tensors.Any(each => each.dtype == torch.ScalarType.Float64) ? torch.ScalarType.Float64 : tensor?.dtype ?? torch.ScalarType.Float64;
        torch.Device device = deviceName is not null ? TorchDevices.Parse(deviceName) : tensor?.device ?? torch.CPU;
        var values = new Dictionary<string, object>(StringComparer.OrdinalIgnoreCase);
        foreach ((string name, object value) in given)
        {
            ParameterInfo? info = type.Parameters.FirstOrDefault(parameter => parameter.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
            // A name that the kind does not have is refused below; its value may be anything.
            values[name] = info is null ? value : ParameterConversion.Convert(info, name, value, dtype, device, requiresGrad);
        }
        foreach (ParameterInfo info in type.Parameters.Where(info => info.Default is not null && info.Kind == ParameterKind.Tensor && !values.ContainsKey(info.Name)))
            values[info.Name] = TensorInput.ToTensor(info.Default, info.Name, dtype, device, requiresGrad);
        Distribution made = Refined(() => type.Create(values), given.Select(pair => (pair.Key, (object?)pair.Value)), dtype);
        bool isComposed = type.Parameters.Any(info => info.Kind == ParameterKind.Distribution);
        if (isComposed && dtypeName is not null && dtype == torch.ScalarType.Float32)
        {
            foreach (DistributionParameter parameter in made.Parameters) TensorInput.RequireSingles(ManagedValues.ToDoubles(parameter.Value), parameter.Name);
        }
        return isComposed && (dtypeName ?? deviceName) is not null ? made.To(deviceName is null ? made.Device : device, dtypeName is null ? made.DType : dtype) : made;
    }

    /// <summary>Makes a distribution. An error about a number that is 0 in float32 only names the number as it was given.</summary>
    public static Distribution Refined(Func<Distribution> make, IEnumerable<(string Name, object? Value)> given, torch.ScalarType dtype)
    {
        try
        {
            return make();
        }
        catch (ParameterConstraintException refusal) when (dtype == torch.ScalarType.Float32 && refusal.Value.Split(' ')[0] is "0" or "-0")
        {
            using var scope = torch.NewDisposeScope();
            object? value = given.FirstOrDefault(each => each.Name.Equals(refusal.ParamName, StringComparison.OrdinalIgnoreCase)).Value;
            double[] numbers = value is null ? [] : ManagedValues.ToDoubles(TensorInput.ToTensor(value, refusal.ParamName!, torch.ScalarType.Float64));
            double tiny = Array.Find(numbers, number => number != 0 && (float)number == 0);
            if (tiny == 0) throw;
            throw new ParameterConstraintException(refusal, "", $" In float32, {TensorText.Number(tiny)} is 0: use float64, or a larger number.");
        }
    }
}
