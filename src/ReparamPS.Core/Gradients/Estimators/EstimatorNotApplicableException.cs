namespace ReparamPS.Gradients.Estimators;

/// <summary>A gradient estimator doesn't apply to a distribution or to an objective.</summary>
public sealed class EstimatorNotApplicableException : NotSupportedException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">Which one, and why.</param>
    public EstimatorNotApplicableException(string message) : base(message) { }
}
