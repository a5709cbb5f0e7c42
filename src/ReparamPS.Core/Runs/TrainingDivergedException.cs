namespace ReparamPS.Runs;

/// <summary>A training has diverged: its loss or its parameters are not finite or far too large.</summary>
public sealed class TrainingDivergedException : InvalidOperationException
{
    /// <summary>Creates the exception.</summary>
    public TrainingDivergedException(string message) : base(message) { }
}
