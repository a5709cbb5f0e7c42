namespace ReparamPS.Vae.Steps;

/// <summary>A phase of a training step.</summary>
internal enum VaePhase
{
    Noise,
    Gather,
    Product,
    Activation,
    Draw,
    Loss,
    WeightGradient,
    BiasGradient,
    InputGradient,
    ActivationSlope,
    DrawSlope,
    Optimizer,
}

/// <summary>Shows a benchmark where the time of a step goes. A phase costs one test for null while nothing listens.</summary>
internal static class VaePhases
{
    /// <summary>Called at the end of each phase with its layer, on the thread that trains; null except in a benchmark.</summary>
    public static Action<VaePhase, int>? Ended { get; set; }

    /// <summary>Marks the end of a phase.</summary>
    public static void End(VaePhase phase, int layer = 0) => Ended?.Invoke(phase, layer);
}
