namespace ReparamPS.Vae;

/// <summary>The names that settings can have, for checks, completion and help.</summary>
public static class VaeChoices
{
    /// <summary>What a pixel is, given the latent point.</summary>
    public static IReadOnlyList<string> Likelihoods { get; } = ["bernoulli", "continuousbernoulli", "gaussian", "learnedgaussian"];

    /// <summary>What latent points are before an image is seen.</summary>
    public static IReadOnlyList<string> Priors { get; } = ["normal", "mixture"];

    /// <summary>What latent points are once an image is seen: normals, or a reparameterized distribution of the catalogue.</summary>
    public static IReadOnlyList<string> Posteriors { get; } = ["normal", "fullnormal", .. CatalogPosterior.Names];

    /// <summary>What is made large.</summary>
    public static IReadOnlyList<string> Objectives { get; } = ["elbo", "sgvba", "iwae", "stl", "dreg"];

    /// <summary>How the weight of the KL term comes up.</summary>
    public static IReadOnlyList<string> KlWarmups { get; } = ["none", "linear", "cyclic"];

    /// <summary>How weights begin.</summary>
    public static IReadOnlyList<string> Initializations { get; } = ["uniform", "normal"];

    /// <summary>Whether grey pixels become black and white ones.</summary>
    public static IReadOnlyList<string> Binarizations { get; } = ["none", "static", "dynamic"];
}
