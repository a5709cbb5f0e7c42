namespace ReparamPS.Gradients.Estimators;

/// <summary>A gradient estimator does not apply to a distribution or to an objective.</summary>
public sealed class EstimatorNotApplicableException : NotSupportedException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">The estimator and the reason.</param>
    public EstimatorNotApplicableException(string message) : base(message) { }
}
