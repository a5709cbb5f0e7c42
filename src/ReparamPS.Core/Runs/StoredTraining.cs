using System.Reflection;
using System.Text.Json;
using ReparamPS.Data;
using ReparamPS.Messages;

namespace ReparamPS.Runs;

/// <summary>A training and the folder that stores it: writes checkpoint, rows, model and description, and reads them back.</summary>
internal sealed class StoredTraining<TRow>(string folder, ITraining<TRow> training)
{
    private const string PointText = "point", RowsText = "rows";

    private static readonly PropertyInfo[] Columns = typeof(TRow).GetProperties();
    private static readonly string[] ColumnNames = [.. Columns.Select(column => column.Name)];

    private readonly RunDescription description = new(folder);
    private readonly List<TRow> rows = [];

    /// <summary>The rows so far.</summary>
    public IReadOnlyList<TRow> Rows => rows;

    private string CheckpointPath => Path.Combine(folder, RunKind.CheckpointFile);

    /// <summary>Takes the folder for a new run, or continues the run that it holds.</summary>
    public void Start(bool resume)
    {
        RemoveLeftovers();
        if (resume) rows.AddRange(Restore());
        if (training.IsFinished) Finish();
        else description.Write(training, rows, "running");
    }

    /// <summary>Trains one epoch, or the rest of it.</summary>
    public void RunEpoch(Action between, CancellationToken cancellation)
    {
        try
        {
            rows.Add(training.RunEpoch(between, cancellation));
        }
        catch (TrainingDivergedException error)
        {
            description.Write(training, rows, "failed", error.Message);
            throw;
        }
    }

    /// <summary>Writes a checkpoint, the rows, and how far the run is.</summary>
    /// <param name="state">running or interrupted.</param>
    public void Save(string state = "running")
    {
        TrainingState saved = training.Save(rows);
        StoredTensors.Write(
            CheckpointPath, training.Kind.CheckpointFormat, training.RunId, saved.Tensors, (StoredTensors.SettingsName, saved.Settings), (PointText, saved.Point), (RowsText, saved.Rows));
        WriteRows();
        description.Write(training, rows, state);
    }

    /// <summary>Writes the files of a finished run. It also repairs a run that was killed between its last files.</summary>
    public void Finish()
    {
        WriteRows();
        training.SaveModel(Path.Combine(folder, RunKind.ModelFile));
        description.Write(training, rows, "finished");
    }

    private IReadOnlyList<TRow> Restore()
    {
        try
        {
            return File.Exists(CheckpointPath) ? RestoreCheckpoint() : description.Exists ? training.Resume(description.Read()) : [];
        }
        catch (DataFormatException error) when (error.Path == CheckpointPath)
        {
            throw error.With("Restore the file, or use -Force instead of -Resume to restart the run.");
        }
    }

    private IReadOnlyList<TRow> RestoreCheckpoint()
    {
        using StoredTensors stored = StoredTensors.Read(CheckpointPath, training.Kind.CheckpointFormat, $"a checkpoint of a {training.Kind.Name} run");
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
