using ReparamPS.Torch.Randomness;

namespace ReparamPS.Gradients;

/// <summary>The options of a reparameterization check.</summary>
public sealed record ReparameterizationCheckOptions
{
    /// <summary>The default number of draws of an expectation check.</summary>
    public const long DefaultExpectationDraws = 50_000;

    /// <summary>The least number of draws of an expectation check: the mean over fewer is not normal enough for <see cref="StandardErrorsAllowed"/>.</summary>
    public const long FewestExpectationDraws = 1000;

    /// <summary>The default number of draws of a draw-by-draw check.</summary>
    public const long DefaultPathDraws = 64;

    /// <summary>
    /// The allowed error of an expectation, in standard errors. A correct gradient exceeds it with probability 2e-9 per row
    /// and test function, if the mean over the draws is normal.
    /// </summary>
    public const double StandardErrorsAllowed = 6;

    /// <summary>The reference to compare with.</summary>
    public ReparameterizationCheckMethod Method { get; init; } = ReparameterizationCheckMethod.Auto;

    /// <summary>The number of draws; null for the method's default.</summary>
    public long? Draws { get; init; }

    /// <summary>The seed of the draws.</summary>
    public long Seed { get; init; }

    /// <summary>The generator of the draws.</summary>
    public RandomGenerator Generator { get; init; }

    internal RandomSeed Stream => new(Seed, Generator);

    /// <summary>The allowed relative error; null for the default of method and element type.</summary>
    public double? Tolerance { get; init; }
}
