namespace ReparamPS.Vae;

/// <summary>How far a run is.</summary>
/// <param name="Epoch">The epoch under way, from 1 on.</param>
/// <param name="Epochs">Epochs in all.</param>
/// <param name="Step">Steps done of this epoch.</param>
/// <param name="Steps">Steps an epoch.</param>
public readonly record struct VaeProgress(int Epoch, int Epochs, int Step, int Steps)
{
    /// <summary>The share that is done, from 0 to 1.</summary>
    public double Fraction => (Epoch - 1 + (double)Step / Steps) / Epochs;
}

/// <summary>A run's loss is no finite number any more.</summary>
public sealed class TrainingDivergedException : InvalidOperationException
{
    /// <summary>Creates the exception.</summary>
    public TrainingDivergedException(string message) : base(message) { }
}
