namespace ReparamPS.Distributions;

/// <summary>A differentiable sample was requested from a distribution that has none.</summary>
public sealed class NotReparameterizableException : InvalidOperationException
{
    /// <summary>Creates the exception.</summary>
    public NotReparameterizableException(Distribution distribution) : this(distribution, "For samples without a gradient, use Invoke-Sample or .sample().") { }

    /// <summary>Creates the exception with other advice than to draw without a gradient.</summary>
    internal NotReparameterizableException(Distribution distribution, string advice) : base(Explain(distribution, advice)) { }

    private static string Explain(Distribution distribution, string advice)
    {
        DistributionType type = distribution.Type;
        string alternative = type.Alternative is null ? "" : $" For a differentiable sample, use {type.Alternative}.";
        string condition = type.RSampleCondition is null ? "" : $" {type.RSampleCondition}";
        return $"{distribution.Name} is not reparameterized, so its samples carry no gradient. {advice}{alternative}{condition}";
    }
}
