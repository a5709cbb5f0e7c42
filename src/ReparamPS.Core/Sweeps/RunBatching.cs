namespace ReparamPS.Sweeps;

/// <summary>Which runs one worker process executes together: runs of one command that differ only in a few settings.</summary>
/// <param name="Size">The maximum number of runs of a batch.</param>
/// <param name="Command">The name of the command, a cmdlet of this module.</param>
/// <param name="Settings">The settings in which the runs of a batch may differ.</param>
public sealed record RunBatching(int Size, string Command, IReadOnlyList<string> Settings);
