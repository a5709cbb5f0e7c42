using System.Reflection;
using ReparamPS.Messages;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.Constraints;

/// <summary>Constraints by name: those that tables show (“non-negative”) and those of <see cref="Constraints"/> (NonNegative). Case, spaces and hyphens do not matter.</summary>
public static class ConstraintNames
{
    private static readonly Lazy<IReadOnlyDictionary<string, Constraint>> Known = new(() =>
    {
        var known = new Dictionary<string, Constraint>();
        foreach (PropertyInfo property in typeof(Constraints).GetProperties(BindingFlags.Public | BindingFlags.Static))
        {
            if (property.GetValue(null) is not Constraint constraint) continue;
            known[Plain(property.Name)] = constraint;
            known[Plain(constraint.Name)] = constraint;
        }
        return known;
    });

    /// <summary>The names, for completion.</summary>
    public static IReadOnlyList<string> All { get; } =
        [.. typeof(Constraints).GetProperties(BindingFlags.Public | BindingFlags.Static).Where(property => property.PropertyType == typeof(Constraint)).Select(property => property.Name).Order(StringComparer.Ordinal)];

    /// <summary>Finds a constraint.</summary>
    /// <param name="text">The name, or an interval such as “in [0, 2)” or “at least 1”.</param>
    /// <param name="parameter">The parameter that holds it, for errors.</param>
    /// <param name="bounds">The names of parameters that bounds of an interval may have, for errors; null for none.</param>
    /// <exception cref="ArgumentException">There is none of that name.</exception>
    public static Constraint Parse(string text, string parameter, IReadOnlyList<string>? bounds = null) => Known.Value.TryGetValue(Plain(text), out Constraint? found)
        ? found
        : NamedInterval.Parse(text, [])?.Between(new Dictionary<string, Tensor>()) ?? throw new ArgumentException(Refusal(text, parameter, bounds ?? []), parameter);

    private static string Refusal(string text, string parameter, IReadOnlyList<string> bounds)
    {
        string allowed = bounds.Count > 0 ? $"numbers or parameters ({ShortText.List(bounds)})" : "numbers";
        if (NamedInterval.Fault(text, bounds, allowed) is { } fault) return $"{parameter} must be {fault.Expected}; got {ShortText.Quoted(text)}{fault.Got}.";
        return $"{parameter} must name a set of values; got {ShortText.Quoted(text)}.{NearNames.Hint(text, All)} Allowed: {string.Join(", ", All)}; or an interval: 'in [a, b]', 'in (a, b)', 'greater than a', 'at least a', 'less than b' or 'at most b', where a < b and both are {allowed}.";
    }

    private static string Plain(string text) => text.Replace(" ", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal).ToUpperInvariant();
}
