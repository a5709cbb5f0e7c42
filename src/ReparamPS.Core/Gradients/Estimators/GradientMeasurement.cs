namespace ReparamPS.Gradients.Estimators;

/// <summary>The estimated derivative of E[f(z)] in one element of one parameter.</summary>
public sealed record GradientMeasurement
{
    /// <summary>The distribution's name.</summary>
    public required string Distribution { get; init; }

    /// <summary>The parameter's name.</summary>
    public required string Parameter { get; init; }

    /// <summary>The element of the parameter, from 0, in row-major order.</summary>
    public required long Index { get; init; }

    /// <summary>The estimator, with its baseline where it has one.</summary>
    public required string Estimator { get; init; }

    /// <summary>How draws were spread.</summary>
    public required DrawScheme Scheme { get; init; }

    /// <summary>The derivative.</summary>
    public required double Estimate { get; init; }

    /// <summary>The standard error of the estimate; 0 where it is exact, NaN where one repetition can't tell. Where most repetitions of draws that depend on each other coincide it is that of as many independent draws, which is rather too large.</summary>
    public required double StandardError { get; init; }

    /// <summary>The variance of one draw's derivative; for draws that depend on each other, that of independent draws which would do as well.</summary>
    public required double VariancePerDraw { get; init; }

    /// <summary>The standard error of <see cref="VariancePerDraw"/>.</summary>
    public required double VarianceStandardError { get; init; }

    /// <summary>The time of drawing, evaluating and differentiating, for one draw.</summary>
    public required double SecondsPerDraw { get; init; }

    /// <summary>The number of draws of one repetition.</summary>
    public required long Draws { get; init; }

    /// <summary>The number of repetitions.</summary>
    public required int Repetitions { get; init; }

    /// <summary>The seed of the first repetition.</summary>
    public required long Seed { get; init; }
}
