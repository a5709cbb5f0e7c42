using System.Collections;
using System.Globalization;
using ReparamPS.Messages;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.Parameters;

/// <summary>The named values that a distribution or transform is built from, checked against the names of its parameters, with defaults filled in.</summary>
public sealed class ParameterValues
{
    private readonly Dictionary<string, object> values;
    private readonly string owner;
    private readonly IReadOnlyList<ParameterInfo> parameters;

    internal ParameterValues(string owner, IReadOnlyList<ParameterInfo> parameters, IReadOnlyDictionary<string, object> given)
    {
        (this.owner, this.parameters) = (owner, parameters);
        values = new Dictionary<string, object>(given, StringComparer.OrdinalIgnoreCase);
        string[] names = [.. parameters.Select(parameter => parameter.Name)], unknown = [.. values.Keys.Except(names, StringComparer.OrdinalIgnoreCase).Order(StringComparer.OrdinalIgnoreCase)];
        if (unknown.Length == 0) return;
        string[] meant = [.. unknown.SelectMany(name => NearNames.Of(name, names)).Distinct()];
        throw new ArgumentException(
            $"{owner} has no {(unknown.Length == 1 ? "parameter" : "parameters")} {ShortText.List(unknown.Select(name => $"'{ShortText.Of(name)}'"))}. Allowed: {string.Join(", ", names)}.{(meant.Length > 0 ? $" Did you mean {string.Join(" or ", meant)}?" : "")}",
            unknown[0]);
    }

    /// <summary>The tensor of a parameter, or its default.</summary>
    /// <exception cref="ArgumentException">It is missing and has no default.</exception>
    public Tensor Tensor(string name) => TensorOrNull(name) ?? throw Missing(name);

    /// <summary>The tensor of a parameter, or its default, or null.</summary>
    public Tensor? TensorOrNull(string name)
    {
        if (values.TryGetValue(name, out object? value)) return (Tensor)value;
        double? fallback = Info(name).Default;
        if (fallback is null) return null;
        Tensor? other = values.Values.OfType<Tensor>().FirstOrDefault();
        return full(Array.Empty<long>(), fallback.Value, other?.dtype ?? ScalarType.Float64, other?.device ?? CPU);
    }

    /// <summary>A value other than a tensor: a distribution, a transform or an integer.</summary>
    /// <exception cref="ArgumentException">It is missing.</exception>
    public T Value<T>(string name) => ValueOrDefault<T>(name, default) ?? throw new ArgumentException($"{owner} requires {name}, {Info(name).Kind switch { ParameterKind.Distribution => "a distribution", ParameterKind.Transform => "one or more transforms from New-DistributionTransform", _ => "which has no default" }}.", name);

    /// <summary>A value other than a tensor, or its default.</summary>
    public T? ValueOrDefault<T>(string name, T? fallback) => !values.TryGetValue(name, out object? value) ? fallback
        : value is T wanted ? wanted : throw Wrong<T>(name, value);

    /// <summary>An integer, or its default.</summary>
    /// <exception cref="ArgumentException">It is missing and has no default, or is not an integer.</exception>
    public int Whole(string name)
    {
        object value = values.GetValueOrDefault(name) ?? Info(name).Default ?? throw Missing(name);
        double number = value is Tensor tensor ? ManagedValues.ToDoubles(tensor)[0] : Convert.ToDouble(value, CultureInfo.InvariantCulture);
        return number == Math.Floor(number) && Math.Abs(number) <= int.MaxValue
            ? (int)number
            : throw new ArgumentException($"{name} must be an integer; got {number.ToString(CultureInfo.InvariantCulture)}.", name);
    }

    /// <summary>One value of a type, or several.</summary>
    /// <exception cref="ArgumentException">It is missing, or of another type.</exception>
    public IReadOnlyList<T> Many<T>(string name) => Value<object>(name) switch
    {
        T one => [one],
        IEnumerable<T> several => [.. several],
        IEnumerable items when items.Cast<object>().All(item => item is T) => [.. items.Cast<T>()],
        object other => throw Wrong<T>(name, other),
    };

    private ArgumentException Wrong<T>(string name, object value)
    {
        string allowed = Info(name).Kind switch
        {
            ParameterKind.Transform => "a transform from New-DistributionTransform",
            ParameterKind.Distribution when typeof(T).IsAbstract => "a distribution",
            ParameterKind.Distribution => $"a distribution from New-{typeof(T).Name}Distribution",
            _ => "a list of whole numbers",
        };
        return new ArgumentException($"{name} must be {allowed}; got {(value is string text ? ShortText.Quoted(text) : ShortText.Of(value))}.", name);
    }

    private ArgumentException Missing(string name) => new($"{owner} requires {name}, which must be {Info(name).Allowed ?? Info(name).Constraint.Phrase}.", name);

    private ParameterInfo Info(string name) => parameters.First(parameter => parameter.Name == name);
}
