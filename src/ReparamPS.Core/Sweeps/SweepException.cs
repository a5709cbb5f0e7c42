namespace ReparamPS.Sweeps;

/// <summary>A sweep cannot continue: its workers cannot be started, or its scheduler is missing.</summary>
public sealed class SweepException : InvalidOperationException
{
    /// <summary>Creates the exception.</summary>
    public SweepException(string message, Exception? inner = null) : base(message, inner) { }
}
