namespace ReparamPS.Distributions;

/// <summary>A differentiable sample was requested from a distribution that has none.</summary>
public sealed class NotReparameterizableException : InvalidOperationException
{
    /// <summary>Creates the exception.</summary>
    public NotReparameterizableException(Distribution distribution) : base(Explain(distribution)) { }

    private static string Explain(Distribution distribution)
    {
        DistributionType type = distribution.Type;
        string alternative = type.Alternative is null ? "" : $" For a differentiable sample, use {type.Alternative}.";
        string condition = type.RSampleCondition is null ? "" : $" {type.RSampleCondition}";
        return $"{distribution.Name} is not reparameterized: it has no RSample. Use Sample (Invoke-Sample) for draws without a gradient.{alternative}{condition}";
    }
}
