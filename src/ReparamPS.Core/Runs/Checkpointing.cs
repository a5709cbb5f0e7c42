namespace ReparamPS.Runs;

/// <summary>How often a run writes a checkpoint. The end of a run always writes one.</summary>
/// <param name="Epochs">Epochs between checkpoints; 0: none by epochs.</param>
/// <param name="Minutes">Minutes between checkpoints, also within an epoch; 0: none by time.</param>
/// <param name="MinSeconds">The minimum time between two checkpoints by epochs, in seconds, so that runs of very short epochs do not spend their time on writing.</param>
public readonly record struct Checkpointing(int Epochs, double Minutes, double MinSeconds = 0);
