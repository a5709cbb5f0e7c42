namespace ReparamPS.Distributions;

/// <summary>A differentiable sample was asked of a distribution that has none.</summary>
public sealed class NotReparameterizableException : InvalidOperationException
{
    /// <summary>Creates the exception.</summary>
    public NotReparameterizableException(Distribution distribution) : base(Explain(distribution)) { }

    private static string Explain(Distribution distribution)
    {
        string relaxation = distribution.Name switch
        {
            "Bernoulli" => " For a differentiable stand-in see RelaxedBernoulli.",
            "Categorical" or "OneHotCategorical" => " For a differentiable stand-in see RelaxedOneHotCategorical.",
            "MixtureSameFamily" => " A mixture is reparameterized where its components have a CDF and no gap lies between them; components of several parts need one support besides.",
            _ => "",
        };
        return $"{distribution.Name} is not reparameterized: it has no RSample. Use Sample (Invoke-Sample) for draws without a gradient.{relaxation}";
    }
}
