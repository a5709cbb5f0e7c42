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

/// <summary>How far a run is, beside what its tensors hold.</summary>
internal sealed class VaeProgressPoint
{
    /// <summary>Epochs done.</summary>
    public int Epoch { get; set; }

    /// <summary>Steps done of the epoch after them.</summary>
    public int Step { get; set; }

    /// <summary>How long those steps took.</summary>
    public double Seconds { get; set; }

    /// <summary>The epoch of the best bound on the validation images; 0 before there is one.</summary>
    public int BestEpoch { get; set; }

    /// <summary>That bound.</summary>
    public double BestValidation { get; set; }

    /// <summary>The size of the first step's loss, plus one.</summary>
    public double FirstLoss { get; set; }
}

/// <summary>A run's loss is no finite number any more.</summary>
public sealed class TrainingDivergedException : InvalidOperationException
{
    /// <summary>Creates the exception.</summary>
    public TrainingDivergedException(string message) : base(message) { }
}
