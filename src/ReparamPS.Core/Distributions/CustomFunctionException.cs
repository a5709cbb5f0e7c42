namespace ReparamPS.Distributions;

/// <summary>A function that the user wrote for a distribution or a model fails, or returns something else than it must.</summary>
/// <param name="message">The function, what it belongs to, and what is wrong.</param>
/// <param name="inner">The error of the function; null if it returned.</param>
public sealed class CustomFunctionException(string message, Exception? inner = null) : InvalidOperationException(message, inner);
