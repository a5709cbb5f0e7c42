using ReparamPS.Settings;
using ReparamPS.Vae.Posteriors;

namespace ReparamPS.Vae.Priors;

/// <summary>The priors by name. A new one is a file with its class, and a line here.</summary>
internal static class PriorChoices
{
    /// <summary>The table.</summary>
    public static NamedChoices<PriorFactory> All { get; } = new(
        "Prior",
        ("normal", (posterior, _) => new FixedPrior(posterior)),
        ("mixture", (posterior, components) => new MixturePrior(posterior.LatentSize, components)));
}

/// <summary>Makes a prior.</summary>
/// <param name="posterior">The posterior that it goes with.</param>
/// <param name="components">The components of a mixture.</param>
internal delegate Prior PriorFactory(Posterior posterior, int components);
