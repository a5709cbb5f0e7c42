namespace ReparamPS.Gradients;

/// <summary>Why differences of a sample at the same noise are not its gradient in a parameter.</summary>
internal enum FrozenNoiseObstacle
{
    /// <summary>They are.</summary>
    None,

    /// <summary>The parameter reaches a draw whose gradient is implicit.</summary>
    ImplicitGradient,

    /// <summary>The sampler rounds, or rejects proposals, so that its result jumps.</summary>
    Jumps,
}
