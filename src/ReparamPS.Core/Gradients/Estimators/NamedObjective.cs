using ReparamPS.Messages;

using static TorchSharp.torch;

namespace ReparamPS.Gradients.Estimators;

/// <summary>A named test function of draws; those of Mohamed, Rosca, Figurnov, Mnih 2020 (arXiv:1906.10652), section 8, among them.</summary>
/// <param name="Name">The name.</param>
/// <param name="Text">The formula.</param>
/// <param name="Function">The function of the draws and of k, element by element.</param>
public sealed record NamedObjective(string Name, string Text, Func<Tensor, double, Tensor> Function)
{
    /// <summary>All named objectives.</summary>
    public static IReadOnlyList<NamedObjective> All { get; } =
    [
        new("Cosine", "cos(k z)", (z, k) => (k * z).cos()),
        new("Exponential", "exp(k z)", (z, k) => (k * z).exp()),
        new("GaussianBump", "exp(−k z²)", (z, k) => (-k * z.square()).exp()),
        new("Identity", "k z", (z, k) => k * z),
        new("Quadratic", "(z − k)²", (z, k) => (z - k).square()),
    ];

    /// <summary>Finds a function by name, ignoring case, for the given k.</summary>
    /// <exception cref="ArgumentException">There is no such function; the message lists those that exist.</exception>
    public static Func<Tensor, Tensor> Get(string name, double k)
    {
        NamedObjective found = All.FirstOrDefault(each => each.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            ?? throw new ArgumentException($"There is no objective '{ShortText.Of(name)}'. Allowed: {string.Join(", ", All.Select(each => $"{each.Name} = {each.Text}"))}, where z is the draw and k the value of the parameter K; or a script block, such as {{ $_.pow(2) }}.", nameof(name));
        return z => found.Function(z, k);
    }
}
