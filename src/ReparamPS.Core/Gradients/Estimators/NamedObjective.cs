using static TorchSharp.torch;

namespace ReparamPS.Gradients.Estimators;

/// <summary>A test function of draws that goes by a name; those of Mohamed, Rosca, Figurnov, Mnih 2020 (arXiv:1906.10652), section 8, among them.</summary>
/// <param name="Name">The name.</param>
/// <param name="Text">The formula.</param>
/// <param name="Function">The function of the draws and of k, element by element.</param>
public sealed record NamedObjective(string Name, string Text, Func<Tensor, double, Tensor> Function)
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<NamedObjective> All { get; } =
    [
        new("Cosine", "cos(k z)", (z, k) => (k * z).cos()),
        new("Exponential", "exp(k z)", (z, k) => (k * z).exp()),
        new("GaussianBump", "exp(−k z²)", (z, k) => (-k * z.square()).exp()),
        new("Identity", "k z", (z, k) => k * z),
        new("Quadratic", "(z − k)²", (z, k) => (z - k).square()),
    ];

    /// <summary>The function of a name, without regard to case, at a k.</summary>
    /// <exception cref="ArgumentException">There is none; the message lists what there is.</exception>
    public static Func<Tensor, Tensor> Get(string name, double k)
    {
        NamedObjective found = All.FirstOrDefault(each => each.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            ?? throw new ArgumentException($"There is no objective '{name}': there are {string.Join(", ", All.Select(each => $"{each.Name} = {each.Text}"))}.", nameof(name));
        return z => found.Function(z, k);
    }
}
