namespace ReparamPS.Vae;

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
