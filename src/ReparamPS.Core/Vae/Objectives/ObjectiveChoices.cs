using ReparamPS.Settings;

namespace ReparamPS.Vae.Objectives;

/// <summary>The objectives by name. A new one is a file with its class, and a line here.</summary>
internal static class ObjectiveChoices
{
    /// <summary>The table: factories that take the free nats per dimension.</summary>
    public static NamedChoices<Func<double, Objective>> All { get; } = new(
        "Objective",
        ("elbo", freeBits => new BoundObjective(byDraws: false, freeBits)),
        ("sgvba", freeBits => new BoundObjective(byDraws: true, freeBits)),
        ("iwae", _ => new ImportanceWeightedObjective()),
        ("stl", _ => new StickingTheLandingObjective()),
        ("dreg", _ => new DoublyReparameterizedObjective()));
}
