namespace ReparamPS.Distributions;

/// <summary>A differentiable sample was requested from a distribution that has none.</summary>
public sealed class NotReparameterizableException : InvalidOperationException
{
    /// <summary>Creates the exception.</summary>
    public NotReparameterizableException(Distribution distribution) : this(distribution, "Use Sample (Invoke-Sample) for draws without a gradient.") { }

    /// <summary>Creates the exception with other advice than to draw without a gradient.</summary>
    internal NotReparameterizableException(Distribution distribution, string advice) : base(Explain(distribution, advice)) { }

    private static string Explain(Distribution distribution, string advice)
    {
        DistributionType type = distribution.Type;
        string alternative = type.Alternative is null ? "" : $" For a differentiable sample, use {type.Alternative}.";
        string condition = type.RSampleCondition is null ? "" : $" {type.RSampleCondition}";
        return $"{distribution.Name} is not reparameterized: it has no RSample. {advice}{alternative}{condition}";
    }
}
