namespace ReparamPS.Distributions;

/// <summary>A function of a custom distribution fails, or returns something else than it must.</summary>
/// <param name="message">The function, the distribution, and what is wrong.</param>
/// <param name="function">The function.</param>
/// <param name="inner">The error of the function; null if it returned.</param>
public sealed class CustomFunctionException(string message, string function, Exception? inner = null) : InvalidOperationException(message, inner)
{
    /// <summary>The function: Sample, LogProbability, Cdf or Quantile.</summary>
    public string Function { get; } = function;
}
