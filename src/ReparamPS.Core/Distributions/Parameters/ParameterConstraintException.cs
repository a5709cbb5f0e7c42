using ReparamPS.Distributions.Constraints;
using ReparamPS.Messages;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.Parameters;

/// <summary>A parameter's value is outside its constraint.</summary>
public sealed class ParameterConstraintException : ArgumentException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="parameter">The parameter with the value that violates its constraint.</param>
    public ParameterConstraintException(DistributionParameter parameter) : this(parameter, isMet: null) { }

    /// <summary>Creates the exception of a constraint that is not the parameter's alone.</summary>
    /// <param name="parameter">The parameter.</param>
    /// <param name="isMet">Which of its values are allowed; null asks its constraint.</param>
    /// <param name="bound">The value that the constraint names, such as that of Low, which may be a default; empty if it names none.</param>
    internal ParameterConstraintException(DistributionParameter parameter, Tensor? isMet, string bound = "") : this(parameter.Name, parameter.Constraint, Violation.Of(parameter.Constraint, parameter.Value, isMet), bound) { }

    /// <summary>Creates the exception with its source or with advice.</summary>
    /// <param name="refusal">The distribution's exception.</param>
    /// <param name="function">The function, such as “The prior of Mu”; empty for none.</param>
    /// <param name="advice">What to do; may be empty.</param>
    public ParameterConstraintException(ParameterConstraintException refusal, string function, string advice) : base($"{(function.Length > 0 ? $"{function}: " : "")}{refusal.Message}{advice}", refusal.ParamName, refusal)
        => (Constraint, Value) = (refusal.Constraint, refusal.Value);

    private ParameterConstraintException(string name, Constraint constraint, string got, string bound) : base($"{name} must be {constraint.Phrase}{(bound.Length > 0 ? $", {bound}" : "")}; got {got}.", name) => (Constraint, Value) = (constraint.Name, got);

    /// <summary>What is allowed.</summary>
    public string Constraint { get; }

    /// <summary>The rejected value, as text: the first wrong one of several, with its place.</summary>
    public string Value { get; }

    /// <inheritdoc/>
    public override string Message => ShortText.WithoutParameter(base.Message);
}
