using static TorchSharp.torch;

namespace ReparamPS.Distributions;

/// <summary>Named values on their way into a distribution: checked against the names that its kind knows, defaults filled in.</summary>
public sealed class ParameterValues
{
    private readonly Dictionary<string, object> values;
    private readonly DistributionType type;

    internal ParameterValues(DistributionType type, IReadOnlyDictionary<string, object> given)
    {
        this.type = type;
        values = new Dictionary<string, object>(given, StringComparer.OrdinalIgnoreCase);
        foreach (string name in values.Keys)
        {
            if (!type.Parameters.Any(parameter => parameter.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
                throw new ArgumentException($"{type.Name} has no parameter '{name}': allowed are {string.Join(", ", type.Parameters.Select(parameter => parameter.Name))}.", name);
        }
    }

    /// <summary>The tensor of a parameter, or its default.</summary>
    /// <exception cref="ArgumentException">It is missing and has no default.</exception>
    public Tensor Tensor(string name) => TensorOrNull(name) ?? throw new ArgumentException($"{type.Name} needs a value for {name}.", name);

    /// <summary>The tensor of a parameter, or its default, or null.</summary>
    public Tensor? TensorOrNull(string name)
    {
        if (values.TryGetValue(name, out object? value)) return (Tensor)value;
        double? fallback = type.Parameters.First(parameter => parameter.Name == name).Default;
        if (fallback is null) return null;
        Tensor? other = values.Values.OfType<Tensor>().FirstOrDefault();
        return full(Array.Empty<long>(), fallback.Value, other?.dtype ?? ScalarType.Float64, other?.device ?? CPU);
    }

    /// <summary>A value that is no tensor: a distribution, a transform, a whole number.</summary>
    /// <exception cref="ArgumentException">It is missing.</exception>
    public T Value<T>(string name) => ValueOrDefault<T>(name, default) ?? throw new ArgumentException($"{type.Name} needs a value for {name}.", name);

    /// <summary>A value that is no tensor, or what stands in for it.</summary>
    public T? ValueOrDefault<T>(string name, T? fallback) => values.TryGetValue(name, out object? value) ? (T)value : fallback;
}
