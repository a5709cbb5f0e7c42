using ReparamPS.Settings;

namespace ReparamPS.Vae.Posteriors;

/// <summary>The posteriors by name. A new one is a file with its class, and a line here.</summary>
internal static class PosteriorChoices
{
    /// <summary>The table.</summary>
    public static NamedChoices<PosteriorFactory> All { get; } = new(
        "Posterior",
        [
            ("normal", (latentSize, _) => new DiagonalNormalPosterior(latentSize)),
            ("fullnormal", (latentSize, _) => new FullNormalPosterior(latentSize)),
            .. CatalogPosterior.Names.Select(name => (name, (PosteriorFactory)((latentSize, temperature) => new CatalogPosterior(name, latentSize, temperature)))),
        ]);
}

/// <summary>Makes a posterior.</summary>
/// <param name="latentSize">Latent dimensions.</param>
/// <param name="temperature">The temperature of relaxed posteriors.</param>
internal delegate Posterior PosteriorFactory(int latentSize, double temperature);
