using System.Reflection;
using System.Text.Json;
using ReparamPS.Data;
using ReparamPS.Messages;

namespace ReparamPS.Runs;

/// <summary>A training and the folder that stores it: writes checkpoint, rows, model and description, and reads them back.</summary>
internal sealed class StoredTraining<TRow>(string folder, ITraining<TRow> training)
{
    private const string PointText = "point", RowsText = "rows";

    private static readonly TimeSpan StopDelay = TimeSpan.FromMilliseconds(200);
    private static readonly PropertyInfo[] Columns = typeof(TRow).GetProperties();
    private static readonly string[] ColumnNames = [.. Columns.Select(column => column.Name)];

    private readonly RunDescription description = new(folder);
    private readonly List<TRow> rows = [];

    /// <summary>The rows so far.</summary>
    public IReadOnlyList<TRow> Rows => rows;

    /// <summary>Whether the folder holds this run.</summary>
    public bool IsStarted { get; private set; }

    private string CheckpointPath => Path.Combine(folder, RunKind.CheckpointFile);

    /// <summary>Takes the folder for a new run, or continues the run that it holds.</summary>
    public void Start(bool resume)
    {
        RemoveLeftovers();
        if (resume) rows.AddRange(Restore());
        IsStarted = true;
        if (training.IsFinished) Finish();
        else description.Write(training, rows, "running");
    }

    /// <summary>Replaces the run in the folder by this one, unless this has been done. run.json is deleted last, so that an interrupted deletion still counts as a run.</summary>
    public void StartAnew()
    {
        if (IsStarted) return;
        foreach (string name in training.Kind.Files.Append(RunDescription.FileName)) File.Delete(Path.Combine(folder, name));
        Start(resume: false);
    }

    /// <summary>Trains one epoch, or the rest of it. If that fails, stores what is done and why it ended, unless the folder still holds the run to replace.</summary>
    /// <param name="between">Called between steps.</param>
    /// <param name="overdue">Stops the run within a step.</param>
    /// <param name="cancellation">Whether the run is to stop.</param>
    public void RunEpoch(Action between, CancellationToken overdue, CancellationToken cancellation)
    {
        try
        {
            rows.Add(training.RunEpoch(between, overdue));
        }
        catch (Exception error)
        {
            if (!IsStarted) throw;
            // A script block that is stopped fails a moment before the token says so.
            bool isStopped = error is OperationCanceledException || (error is not TrainingDivergedException && cancellation.WaitHandle.WaitOne(StopDelay));
            TrySaveEnd(isStopped ? "interrupted" : "failed", isStopped ? null : ShortText.Message(error));
            throw;
        }
    }

    /// <summary>Writes a checkpoint, the rows, and how far the run is.</summary>
    /// <param name="state">running, interrupted or failed.</param>
    /// <param name="failure">Why it failed.</param>
    public void Save(string state = "running", string? failure = null)
    {
        TrainingState saved = training.Save(rows);
        StoredTensors.Write(
            CheckpointPath, training.Kind.CheckpointFormat, training.RunId, saved.Tensors, (StoredTensors.SettingsName, saved.Settings), (PointText, saved.Point), (RowsText, saved.Rows));
        WriteRows();
        description.Write(training, rows, state, failure);
    }

    /// <summary>Writes the files of a finished run. It also repairs a run that was killed between its last files.</summary>
    public void Finish()
    {
        WriteRows();
        training.SaveModel(Path.Combine(folder, RunKind.ModelFile));
        description.Write(training, rows, "finished");
    }

    // An error of storing must not hide the one that ended the run.
    private void TrySaveEnd(string state, string? failure)
    {
        try
        {
            // Without the row of its last epoch, a state cannot be resumed.
            if (training.KeepsStateOnFailure && training.Epoch == rows.Count)
            {
                Save(state, failure);
                return;
            }
            WriteRows();
            description.Write(training, rows, state, failure);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or JsonException or NotSupportedException)
        {
        }
    }

    private IReadOnlyList<TRow> Restore()
    {
        try
        {
            return File.Exists(CheckpointPath) ? RestoreCheckpoint() : description.Exists ? training.Resume(description.Read()) : [];
        }
        catch (DataFormatException error) when (error.Path == CheckpointPath)
        {
            throw error.With(RunKind.RestoreAdvice);
        }
    }

    private IReadOnlyList<TRow> RestoreCheckpoint()
    {
        using StoredTensors stored = StoredTensors.Read(CheckpointPath, training.Kind.CheckpointFormat, $"a checkpoint of {RunKind.CmdletOf(training.Kind.Name)}");
        try
        {
            string settings = stored[StoredTensors.SettingsName];
            var state = new TrainingState(settings, stored[PointText], stored[RowsText], [.. stored.Tensors.Select(entry => (entry.Key, entry.Value))]);
            return training.Resume(new StoredRun(folder, stored.RunId, settings, state));
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException)
        {
            throw new DataFormatException(CheckpointPath, $"the checkpoint cannot be read: {JsonFault.Of(error)}", error);
        }
    }

    private void WriteRows() => ExperimentFile.Write(
        Path.Combine(folder, training.Kind.RowsFile), rows.Select(row => new ExperimentRow(ColumnNames, [.. Columns.Select(column => column.GetValue(row))])));

    private void RemoveLeftovers()
    {
        foreach (string name in training.Kind.Files.Append(RunDescription.FileName))
            foreach (string leftover in Directory.EnumerateFiles(folder, $".{name}.*.tmp")) File.Delete(leftover);
    }
}
