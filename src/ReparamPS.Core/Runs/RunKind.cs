namespace ReparamPS.Runs;

/// <summary>A kind of training, and how its runs are stored.</summary>
/// <param name="Name">The kind's name, such as Vae: part of run.json and of the formats of checkpoints and models.</param>
/// <param name="RowsFile">The name of the CSV file of the rows.</param>
/// <param name="CheckpointVersion">The version of the checkpoint's content.</param>
/// <param name="ModelVersion">The version of the model file's content.</param>
public sealed record RunKind(string Name, string RowsFile, int CheckpointVersion, int ModelVersion)
{
    /// <summary>The name of the checkpoint in a run's folder.</summary>
    internal const string CheckpointFile = "checkpoint.safetensors";

    /// <summary>The name of the model in a run's folder.</summary>
    internal const string ModelFile = "model.safetensors";

    /// <summary>What to do if a file of a run cannot be read.</summary>
    internal const string RestoreAdvice = "Restore the file, or use -Force instead of -Resume to restart the run.";

    /// <summary>What a run counts: epochs or iterations.</summary>
    internal string Unit => Path.GetFileNameWithoutExtension(RowsFile);

    /// <summary>The format that a checkpoint's metadata name.</summary>
    internal string CheckpointFormat => $"ReparamPS.{Name}.Checkpoint/{CheckpointVersion}";

    /// <summary>The format that a model's metadata name.</summary>
    internal string ModelFormat => $"ReparamPS.{Name}/{ModelVersion}";

    /// <summary>The cmdlet whose runs are of a kind.</summary>
    internal static string CmdletOf(string name) => $"Invoke-{name}Training";

    /// <summary>The kind that a checkpoint's format names; null if it names none.</summary>
    internal static string? OfCheckpointFormat(string? format)
    {
        string[] parts = (format ?? "").Split('.', '/');
        return parts is ["ReparamPS", { Length: > 0 } name, "Checkpoint", _] ? name : null;
    }

    /// <summary>The files that a run writes in addition to run.json.</summary>
    internal IReadOnlyList<string> Files => [RowsFile, CheckpointFile, ModelFile];
}
