using ReparamPS.Torch;

namespace ReparamPS.Distributions;

/// <summary>A parameter's value is outside its constraint.</summary>
public sealed class ParameterConstraintException : ArgumentException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="distribution">The name of the kind of distribution.</param>
    /// <param name="parameter">The parameter and the value that was refused.</param>
    public ParameterConstraintException(string distribution, DistributionParameter parameter)
        : base($"{distribution}: {parameter.Name} must be {parameter.Constraint}, but {TensorText.Brief(parameter.Value)} came.", parameter.Name)
        => (Constraint, Value) = (parameter.Constraint.Name, TensorText.Brief(parameter.Value));

    /// <summary>What is allowed.</summary>
    public string Constraint { get; }

    /// <summary>What came.</summary>
    public string Value { get; }

    /// <inheritdoc/>
    public override string Message => base.Message.Split(" (Parameter '")[0];
}

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
