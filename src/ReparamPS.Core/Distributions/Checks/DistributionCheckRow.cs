namespace ReparamPS.Distributions.Checks;

/// <summary>One check of a distribution, with the worst element of its batch or event.</summary>
public sealed record DistributionCheckRow
{
    /// <summary>The kind of distribution.</summary>
    public required string Distribution { get; init; }

    /// <summary>Support, GoodnessOfFit, Mean, Variance, Normalization or Quantile; for a custom distribution also Seed, Cdf, Levels and Score.</summary>
    public required string Check { get; init; }

    /// <summary>How it was checked.</summary>
    public required string Method { get; init; }

    /// <summary>The worst element, as [i, j]; empty if there is only one.</summary>
    public string Index { get; init; } = "";

    /// <summary>The measured value of that element.</summary>
    public double Actual { get; init; } = double.NaN;

    /// <summary>The expected value.</summary>
    public double Expected { get; init; } = double.NaN;

    /// <summary>The standard error of the measured value; NaN for a deterministic check.</summary>
    public double StandardError { get; init; } = double.NaN;

    /// <summary>The probability of a result at least as bad if the distribution is correct; NaN for a deterministic check.</summary>
    public double PValue { get; init; } = double.NaN;

    /// <summary>The number of draws or points.</summary>
    public long Count { get; init; }

    /// <summary>Whether the check passed.</summary>
    public required bool Passed { get; init; }

    /// <summary>The verdict in words.</summary>
    public required string Reason { get; init; }
}
