using ReparamPS.Torch;

namespace ReparamPS.Distributions.Parameters;

/// <summary>A parameter's value is outside its constraint.</summary>
public sealed class ParameterConstraintException : ArgumentException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="parameter">The parameter with the value that violates its constraint.</param>
    public ParameterConstraintException(DistributionParameter parameter)
        : base($"{parameter.Name} must be {parameter.Constraint.Phrase}; got {TensorText.Brief(parameter.Value)}.", parameter.Name)
        => (Constraint, Value) = (parameter.Constraint.Name, TensorText.Brief(parameter.Value));

    /// <summary>What is allowed.</summary>
    public string Constraint { get; }

    /// <summary>The rejected value, as text.</summary>
    public string Value { get; }

    /// <inheritdoc/>
    public override string Message => base.Message.Split(" (Parameter '")[0];
}
