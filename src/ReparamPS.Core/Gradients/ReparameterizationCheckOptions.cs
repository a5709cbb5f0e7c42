namespace ReparamPS.Gradients;

/// <summary>How a reparameterization is checked.</summary>
public sealed record ReparameterizationCheckOptions
{
    /// <summary>The number of draws of an expectation check where none is given.</summary>
    public const long DefaultExpectationDraws = 50_000;

    /// <summary>The number of draws of a draw-by-draw check where none is given.</summary>
    public const long DefaultPathDraws = 64;

    /// <summary>
    /// How many standard errors an expectation may be off. A right gradient is beyond it with probability 2e-9 for each row
    /// and test function, as far as the mean over the draws is normal.
    /// </summary>
    public const double StandardErrorsAllowed = 6;

    /// <summary>What to compare with.</summary>
    public ReparameterizationCheckMethod Method { get; init; } = ReparameterizationCheckMethod.Auto;

    /// <summary>The number of draws; null takes the method's default.</summary>
    public long? Draws { get; init; }

    /// <summary>The seed of the draws.</summary>
    public long Seed { get; init; }

    /// <summary>The relative error that is allowed; null takes the default of method and element type.</summary>
    public double? Tolerance { get; init; }
}
