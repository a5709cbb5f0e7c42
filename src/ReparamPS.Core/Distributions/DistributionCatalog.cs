using System.Reflection;
using ReparamPS.Messages;

namespace ReparamPS.Distributions;

/// <summary>Every kind of distribution in this library: each class that declares a static <c>Definition</c>.</summary>
public static class DistributionCatalog
{
    private static readonly Lazy<IReadOnlyList<DistributionType>> Types = new(() =>
    [
        .. typeof(Distribution).Assembly.GetExportedTypes()
            .Where(type => type.IsSubclassOf(typeof(Distribution)) && !type.IsAbstract)
            .Select(type => type.GetProperty("Definition", BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly)?.GetValue(null))
            .OfType<DistributionType>()
            .OrderBy(type => type.Name, StringComparer.Ordinal),
    ]);

    /// <summary>All kinds, by name.</summary>
    public static IReadOnlyList<DistributionType> All => Types.Value;

    /// <summary>Finds a distribution by name, ignoring case.</summary>
    /// <exception cref="ArgumentException">No distribution has this name. The message lists the nearest names, or all.</exception>
    public static DistributionType Get(string name) =>
        All.FirstOrDefault(type => type.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw new ArgumentException($"There is no distribution '{ShortText.Of(name)}'. {NearNames.Advice(name, [.. All.Select(type => type.Name)])}", nameof(name));
}
