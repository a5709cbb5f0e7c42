using ReparamPS.Settings;

namespace ReparamPS.Vae.Steps;

/// <summary>How grey pixels become black and white.</summary>
internal enum Binarization
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>Each image once.</summary>
    Static,

    /// <summary>Training images are binarized again in each step.</summary>
    Dynamic,
}

/// <summary>How weights start.</summary>
internal enum Initialization
{
    /// <summary>Uniform on ±1/√inputs.</summary>
    Uniform,

    /// <summary>Normal with biases of 0.</summary>
    Normal,
}

/// <summary>The binarizations by name.</summary>
internal static class BinarizationChoices
{
    /// <summary>The table.</summary>
    public static NamedChoices<Binarization> All { get; } = new("Binarization", ("none", Binarization.None), ("static", Binarization.Static), ("dynamic", Binarization.Dynamic));

    /// <summary>The names.</summary>
    public static IReadOnlyList<string> Names => All.Names;
}

/// <summary>The initializations by name.</summary>
internal static class InitializationChoices
{
    /// <summary>The table.</summary>
    public static NamedChoices<Initialization> All { get; } = new("Initialization", ("uniform", Initialization.Uniform), ("normal", Initialization.Normal));

    /// <summary>The names.</summary>
    public static IReadOnlyList<string> Names => All.Names;
}
