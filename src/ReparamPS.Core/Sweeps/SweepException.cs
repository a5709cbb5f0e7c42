namespace ReparamPS.Sweeps;

/// <summary>A sweep can't go on: its workers can't be started, or its scheduler is not there.</summary>
public sealed class SweepException : InvalidOperationException
{
    /// <summary>Creates the exception.</summary>
    public SweepException(string message, Exception? inner = null) : base(message, inner) { }
}
