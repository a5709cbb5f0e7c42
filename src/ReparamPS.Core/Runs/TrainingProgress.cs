namespace ReparamPS.Runs;

/// <summary>How far a training is.</summary>
/// <param name="Epoch">The current epoch, from 1.</param>
/// <param name="Epochs">The number of epochs.</param>
/// <param name="Step">Steps done in this epoch.</param>
/// <param name="Steps">Steps per epoch.</param>
public readonly record struct TrainingProgress(int Epoch, int Epochs, int Step, int Steps)
{
    /// <summary>The fraction that is done, from 0 to 1.</summary>
    public double Fraction => (Epoch - 1 + (double)Step / Steps) / Epochs;
}
