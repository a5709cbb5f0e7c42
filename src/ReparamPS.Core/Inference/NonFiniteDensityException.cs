namespace ReparamPS.Inference;

/// <summary>The log-density of a model, or its gradient, is NaN or infinite where a fit needs it.</summary>
public sealed class NonFiniteDensityException : ArithmeticException
{
    /// <summary>Creates the exception.</summary>
    public NonFiniteDensityException(string message) : base(message) { }
}
