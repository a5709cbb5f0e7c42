using System.Collections;
using System.Globalization;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.Parameters;

/// <summary>Named values on their way into a distribution or a transform: checked against the names that its kind knows, defaults filled in.</summary>
public sealed class ParameterValues
{
    private readonly Dictionary<string, object> values;
    private readonly string owner;
    private readonly IReadOnlyList<ParameterInfo> parameters;

    internal ParameterValues(string owner, IReadOnlyList<ParameterInfo> parameters, IReadOnlyDictionary<string, object> given)
    {
        (this.owner, this.parameters) = (owner, parameters);
        values = new Dictionary<string, object>(given, StringComparer.OrdinalIgnoreCase);
        foreach (string name in values.Keys)
        {
            if (!parameters.Any(parameter => parameter.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
                throw new ArgumentException($"{owner} has no parameter '{name}': allowed are {string.Join(", ", parameters.Select(parameter => parameter.Name))}.", name);
        }
    }

    /// <summary>The tensor of a parameter, or its default.</summary>
    /// <exception cref="ArgumentException">It is missing and has no default.</exception>
    public Tensor Tensor(string name) => TensorOrNull(name) ?? throw new ArgumentException($"{owner} needs a value for {name}.", name);

    /// <summary>The tensor of a parameter, or its default, or null.</summary>
    public Tensor? TensorOrNull(string name)
    {
        if (values.TryGetValue(name, out object? value)) return (Tensor)value;
        double? fallback = Info(name).Default;
        if (fallback is null) return null;
        Tensor? other = values.Values.OfType<Tensor>().FirstOrDefault();
        return full(Array.Empty<long>(), fallback.Value, other?.dtype ?? ScalarType.Float64, other?.device ?? CPU);
    }

    /// <summary>A value that is no tensor: a distribution, a transform, a whole number.</summary>
    /// <exception cref="ArgumentException">It is missing.</exception>
    public T Value<T>(string name) => ValueOrDefault<T>(name, default) ?? throw new ArgumentException($"{owner} needs a value for {name}.", name);

    /// <summary>A value that is no tensor, or what stands in for it.</summary>
    public T? ValueOrDefault<T>(string name, T? fallback) => !values.TryGetValue(name, out object? value) ? fallback
        : value is T wanted ? wanted : throw new ArgumentException($"{owner}: {name} must be of type {typeof(T).Name}, but '{value}' came.", name);

    /// <summary>A whole number, or its default.</summary>
    /// <exception cref="ArgumentException">It is missing and has no default, or is no whole number.</exception>
    public int Whole(string name)
    {
        object value = values.GetValueOrDefault(name) ?? Info(name).Default ?? throw new ArgumentException($"{owner} needs a value for {name}.", name);
        double number = value is Tensor tensor ? ManagedValues.ToDoubles(tensor)[0] : Convert.ToDouble(value, CultureInfo.InvariantCulture);
        return number == Math.Floor(number) && Math.Abs(number) <= int.MaxValue
            ? (int)number
            : throw new ArgumentException($"{owner}: {name} must be a whole number, but {number.ToString(CultureInfo.InvariantCulture)} came.", name);
    }

    /// <summary>One value of a type, or several.</summary>
    /// <exception cref="ArgumentException">It is missing, or something else.</exception>
    public IReadOnlyList<T> Many<T>(string name) => Value<object>(name) switch
    {
        T one => [one],
        IEnumerable<T> several => [.. several],
        IEnumerable items when items.Cast<object>().All(item => item is T) => [.. items.Cast<T>()],
        object other => throw new ArgumentException($"{owner}: {name} must be of type {typeof(T).Name}, but '{other}' came.", name),
    };

    private ParameterInfo Info(string name) => parameters.First(parameter => parameter.Name == name);
}
