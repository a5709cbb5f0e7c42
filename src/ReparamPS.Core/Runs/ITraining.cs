using static TorchSharp.torch;

namespace ReparamPS.Runs;

/// <summary>A training that <see cref="RunFolder"/> can store and resume. All members are called on one thread, and the state is read between steps only.</summary>
/// <typeparam name="TRow">The row that an epoch returns; its public properties are the columns of the rows file.</typeparam>
internal interface ITraining<TRow> : IDisposable
{
    /// <summary>The kind of the run.</summary>
    RunKind Kind { get; }

    /// <summary>The run's name: equal for equal settings and data.</summary>
    string RunId { get; }

    /// <summary>Epochs done.</summary>
    int Epoch { get; }

    /// <summary>Whether nothing is left to do.</summary>
    bool IsFinished { get; }

    /// <summary>What ended a finished run, such as Epochs or Patience.</summary>
    string StoppedBy { get; }

    /// <summary>The device that trains.</summary>
    Device Device { get; }

    /// <summary>Whether an epoch that fails leaves the state as it was before that epoch, so that it can still be stored.</summary>
    bool KeepsStateOnFailure { get; }

    /// <summary>Trains one epoch, or the rest of it.</summary>
    /// <param name="between">Called between steps, whenever the state can be stored.</param>
    /// <param name="cancellation">Stops the run within a step.</param>
    /// <exception cref="TrainingDivergedException">The training has diverged.</exception>
    TRow RunEpoch(Action between, CancellationToken cancellation);

    /// <summary>The state from which the run can be resumed. The tensors stay the training's.</summary>
    /// <param name="rows">The rows so far.</param>
    TrainingState Save(IReadOnlyList<TRow> rows);

    /// <summary>Checks that a stored run is this one, and continues from its state.</summary>
    /// <param name="stored">The stored run.</param>
    /// <returns>The rows so far.</returns>
    /// <exception cref="ArgumentException">The stored run is another one; the message lists the settings that differ.</exception>
    /// <exception cref="System.Text.Json.JsonException">A text cannot be read.</exception>
    /// <exception cref="KeyNotFoundException">A tensor is missing.</exception>
    IReadOnlyList<TRow> Resume(StoredRun stored);

    /// <summary>Writes the trained model.</summary>
    void SaveModel(string path);

    /// <summary>What run.json says of this kind of run, in order: progress, settings, data.</summary>
    /// <param name="rows">The rows so far.</param>
    IReadOnlyDictionary<string, object?> Describe(IReadOnlyList<TRow> rows);
}

/// <summary>The state of a training: texts (JSON) and tensors.</summary>
/// <param name="Settings">All settings.</param>
/// <param name="Point">The progress of the run, apart from the tensors.</param>
/// <param name="Rows">The rows so far.</param>
/// <param name="Tensors">The tensors by name.</param>
internal sealed record TrainingState(string Settings, string Point, string Rows, IReadOnlyList<(string Name, Tensor Value)> Tensors);

/// <summary>A run that a folder holds.</summary>
/// <param name="Folder">The folder.</param>
/// <param name="RunId">The run's name.</param>
/// <param name="Settings">Its settings, as JSON.</param>
/// <param name="State">Its last checkpoint; null if it has none yet.</param>
internal sealed record StoredRun(string Folder, string RunId, string Settings, TrainingState? State);
