namespace ReparamPS.Distributions.Checks;

/// <summary>One check of a distribution, on the element of a batch or event that did worst.</summary>
public sealed record DistributionCheckRow
{
    /// <summary>The kind of distribution.</summary>
    public required string Distribution { get; init; }

    /// <summary>Support, GoodnessOfFit, Mean, Variance, Normalization or Quantile.</summary>
    public required string Check { get; init; }

    /// <summary>How it was checked.</summary>
    public required string Method { get; init; }

    /// <summary>The element that did worst, as [i, j]; empty where there is one only.</summary>
    public string Index { get; init; } = "";

    /// <summary>What was measured there.</summary>
    public double Actual { get; init; } = double.NaN;

    /// <summary>What it should be.</summary>
    public double Expected { get; init; } = double.NaN;

    /// <summary>The standard error of what was measured; NaN where chance has no part in it.</summary>
    public double StandardError { get; init; } = double.NaN;

    /// <summary>The probability of a result as bad or worse if all is right; NaN where chance has no part in it.</summary>
    public double PValue { get; init; } = double.NaN;

    /// <summary>The number of draws or points.</summary>
    public long Count { get; init; }

    /// <summary>Whether it is what it should be.</summary>
    public required bool Passed { get; init; }

    /// <summary>The verdict in words.</summary>
    public required string Reason { get; init; }
}
