using ReparamPS.Torch;

namespace ReparamPS.Distributions.Parameters;

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
