using System.Diagnostics;
using ReparamPS.Data;
using ReparamPS.Messages;

namespace ReparamPS.Runs;

/// <summary>
/// A run on disk: run.json (kind, settings, versions, data), the rows as CSV, checkpoint.safetensors (the state to resume from) and model.safetensors. Each file is
/// replaced by an atomic rename, so a run that was killed at any moment resumes from its checkpoint to the same weights and rows. One process at a time has the folder.
/// </summary>
public static class RunFolder
{
    // A cancelled run has this long to reach the end of a step, where it can be stored.
    private static readonly TimeSpan TimeToSave = TimeSpan.FromSeconds(5);

    /// <summary>Whether a folder holds a run. A checkpoint alone is one.</summary>
    public static bool HoldsRun(string folder) => new RunDescription(folder).Exists || new LoneCheckpoint(folder).Kind is not null;

    /// <summary>The name of the kind of run that a folder holds, such as Vae; null if it holds none.</summary>
    public static string? KindOf(string folder) => new RunDescription(folder).Kind ?? new LoneCheckpoint(folder).Kind;

    /// <summary>Whether a folder holds a file that a run of a kind would overwrite.</summary>
    public static bool HoldsFiles(string folder, RunKind kind) => HoldsRun(folder) || kind.Files.Any(name => File.Exists(Path.Combine(folder, name)));

    /// <summary>The settings of the run that a folder holds; null if it holds none.</summary>
    /// <exception cref="ArgumentException">The folder holds a run of another kind.</exception>
    /// <exception cref="DataFormatException">The folder's run.json cannot be read.</exception>
    internal static T? Settings<T>(string folder, RunKind kind) where T : class
    {
        if (!HoldsRun(folder)) return null;
        CheckKind(folder, kind);
        var description = new RunDescription(folder);
        return description.Exists ? description.ReadSettings<T>() : new LoneCheckpoint(folder).ReadSettings<T>();
    }

    /// <summary>Trains and stores a run. A resumed run returns its stored rows first.</summary>
    /// <param name="kind">The kind of training.</param>
    /// <param name="folder">The folder that stores the run.</param>
    /// <param name="start">What to do with the run in the folder.</param>
    /// <param name="checkpointing">How often the run is stored.</param>
    /// <param name="create">Creates the training, once the folder is locked.</param>
    /// <param name="cancellation">Stops the run with a checkpoint of what is done; within seconds, even if it cannot be stored by then.</param>
    /// <exception cref="ArgumentException">The folder holds another run, a run that is not to be resumed, or files that are not a run's.</exception>
    /// <exception cref="IOException">Another process trains the folder's run.</exception>
    internal static IEnumerable<TRow> Train<TRow>(
        RunKind kind, string folder, RunStart start, Checkpointing checkpointing, Func<ITraining<TRow>> create, CancellationToken cancellation = default)
    {
        (FileLock locked, ITraining<TRow> created) = Open(kind, folder, start, create);
        using FileLock held = locked;
        using ITraining<TRow> training = created;
        var stored = new StoredTraining<TRow>(folder, training);
        if (start == RunStart.Restart && !HoldsFiles(folder, kind)) start = RunStart.New;
        if (start != RunStart.Restart) stored.Start(start == RunStart.Resume);
        var sinceSaved = Stopwatch.StartNew();
        bool isSaved = false;
        void Save(string state = "running")
        {
            stored.Save(state);
            isSaved = true;
            sinceSaved.Restart();
        }
        bool IsTime() => checkpointing.Minutes > 0 && sinceSaved.Elapsed.TotalMinutes >= checkpointing.Minutes;
        bool IsEpoch() => checkpointing.Epochs > 0 && training.Epoch % checkpointing.Epochs == 0 && (!isSaved || sinceSaved.Elapsed.TotalSeconds >= checkpointing.MinSeconds);
        using var overdue = new CancellationTokenSource();
        using CancellationTokenRegistration stopping = cancellation.Register(() => overdue.CancelAfter(TimeToSave));
        void SaveIfCancelled()
        {
            if (!cancellation.IsCancellationRequested) return;
            if (stored.IsStarted) Save("interrupted");
            cancellation.ThrowIfCancellationRequested();
        }
        void Between()
        {
            stored.StartAnew();
            SaveIfCancelled();
            if (IsTime()) Save();
        }
        bool isBetween = true;
        try
        {
            foreach (TRow row in stored.Rows) yield return row;
            while (!training.IsFinished)
            {
                isBetween = false;
                SaveIfCancelled();
                stored.RunEpoch(Between, overdue.Token, cancellation);
                stored.StartAnew();
                if (training.IsFinished || IsTime() || IsEpoch()) Save();
                // The consumer of the last row must find the run complete.
                if (training.IsFinished) stored.Finish();
                isBetween = true;
                yield return stored.Rows[^1];
            }
        }
        finally
        {
            // The consumer takes no more rows: a stopped pipeline, or Select-Object -First.
            if (isBetween && !training.IsFinished) Save("interrupted");
        }
    }

    /// <summary>Refuses the folder of a run that has no model yet.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="kind">The kind of run.</param>
    /// <param name="resume">How such a run is resumed.</param>
    /// <exception cref="FileNotFoundException">The run is not finished.</exception>
    internal static void CheckFinished(string folder, RunKind kind, string resume)
    {
        string model = Path.Combine(folder, RunKind.ModelFile);
        if (File.Exists(model)) return;
        if (FolderMarks.IsSweep(folder))
            throw new FileNotFoundException($"'{ShortText.Of(folder)}' is the folder of a sweep. The model of one of its runs is in {FolderMarks.SweepRuns}/<RunId>/{FolderMarks.SweepTraining}, if the run was a training; Get-ExperimentRun '{ShortText.Of(folder)}' lists the ids.", model);
        if (FolderMarks.SweepOf(folder) is not null)
            throw new FileNotFoundException($"'{ShortText.Of(folder)}' is a run of a sweep. {(Path.Combine(folder, FolderMarks.SweepTraining) is var training && File.Exists(Path.Combine(training, RunKind.ModelFile)) ? $"Its model is in '{ShortText.Of(training)}'." : "It holds no model.")}", model);
        if (KindOf(folder) != kind.Name) return;
        throw new FileNotFoundException(
            new RunDescription(folder) is var description && description.Failure is { } failure ? $"The run in '{ShortText.Of(folder)}' failed, so it has no {RunKind.ModelFile}. {failure}"
                : description.IsFinished ? $"The run in '{ShortText.Of(folder)}' is finished, but its {RunKind.ModelFile} was moved or deleted. {(File.Exists(Path.Combine(folder, RunKind.CheckpointFile)) ? $"To write it again from the checkpoint, use {resume}." : $"There is no checkpoint either. To train the run again from the start, use {resume}.")}"
                : $"The run in '{ShortText.Of(folder)}' is not finished, so it has no {RunKind.ModelFile} yet. To resume it, use {resume}.",
            model);
    }

    /// <summary>The error of a model that cannot be read, with how to write it again if the run's checkpoint is there.</summary>
    /// <param name="error">The error.</param>
    /// <param name="kind">The kind of run.</param>
    /// <param name="resume">How a run in a folder is resumed.</param>
    /// <param name="allowed">What to give instead of a file of another format.</param>
    internal static DataFormatException Advised(DataFormatException error, RunKind kind, Func<string, string> resume, string allowed)
    {
        string folder = Path.GetDirectoryName(error.Path) ?? "";
        return Path.GetFileName(error.Path) == RunKind.ModelFile && new LoneCheckpoint(folder).Kind == kind.Name
            ? error.With($"To write it again from the checkpoint, use {resume(folder)}.")
            : error.IsOtherFormat ? error.With(allowed) : error;
    }

    /// <summary>The warning that a run has been extended since its model was written; null if the model is the run's own. It cannot fail: a file that cannot be read is a matter of its reader.</summary>
    /// <param name="path">The model file, or the folder of the run.</param>
    /// <param name="kind">The kind of run.</param>
    /// <param name="total">The number of epochs, or of iterations, of the run in a folder.</param>
    /// <param name="resume">How a run in a folder is resumed.</param>
    internal static string? ModelWarning(string path, RunKind kind, Func<string, int?> total, Func<string, string> resume)
    {
        try
        {
            string model = Directory.Exists(path) ? Path.Combine(path, RunKind.ModelFile) : path, folder = Path.GetDirectoryName(Path.GetFullPath(model)) ?? "";
            var description = new RunDescription(folder);
            // The id of a run contains the number of its epochs.
            if (Path.GetFileName(model) != RunKind.ModelFile || description.Kind != kind.Name || description.IsFinished || description.Read().RunId == StoredTensors.RunIdOf(model)) return null;
            return $"The model in '{ShortText.Of(folder)}' is older than the run: the run was extended to {total(folder)} {kind.Unit}, and {description.Done(kind.Unit) switch { 1 => "1 is", var done => $"{done} are" }} done. To finish it, use {resume(folder)}.";
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>The warning that a run cannot be resumed from where it was, because its checkpoint was moved or deleted; null if there is nothing to warn of.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="kind">The kind of run.</param>
    public static string? CheckpointWarning(string folder, RunKind kind) =>
        !File.Exists(Path.Combine(folder, RunKind.CheckpointFile)) && new RunDescription(folder).Done(kind.Unit) > 0
            ? $"The checkpoint in '{ShortText.Of(folder)}' is missing, so the run can only restart from {kind.Unit.TrimEnd('s')} 1." : null;

    // The lock of the folder, and the training. If one of them fails, folders that this created are removed.
    private static (FileLock Held, ITraining<TRow> Training) Open<TRow>(RunKind kind, string folder, RunStart start, Func<ITraining<TRow>> create)
    {
        if (File.Exists(folder)) throw new ArgumentException($"'{ShortText.Of(folder)}' is a file; a folder is required.", nameof(folder));
        string[] added = [.. Missing(folder)];
        FileLock? held = null;
        try
        {
            AtomicFile.CreateFolder(folder);
            held = RunLock.Take(folder);
            CheckFree(folder, kind, start);
            return (held, create());
        }
        catch
        {
            held?.Dispose();
            foreach (string path in added) RemoveIfEmpty(path);
            throw;
        }
    }

    // Of a folder and those above it, the ones that do not exist, the innermost first.
    private static IEnumerable<string> Missing(string folder)
    {
        for (string? path = Path.GetFullPath(folder); path is not null && !Directory.Exists(path); path = Path.GetDirectoryName(path)) yield return path;
    }

    private static void RemoveIfEmpty(string folder)
    {
        try
        {
            Directory.Delete(folder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It was never created, or another process has put a file there.
        }
    }

    private static void CheckFree(string folder, RunKind kind, RunStart start)
    {
        CheckKind(folder, kind);
        if (start == RunStart.Restart) return;
        bool holdsRun = HoldsRun(folder);
        if (holdsRun && start == RunStart.New) throw new ArgumentException($"'{ShortText.Of(folder)}' already holds a run. Use -Resume to resume it, or -Force to restart it.", nameof(folder));
        if (!holdsRun && kind.Files.FirstOrDefault(name => File.Exists(Path.Combine(folder, name))) is { } foreign)
            throw new ArgumentException($"'{ShortText.Of(folder)}' holds no earlier run, but a file '{ShortText.Of(foreign)}' that the new run would replace. Use -Force to replace it, or choose another folder.", nameof(folder));
    }

    /// <summary>Refuses the folder of a run of another kind, of a sweep, and of a sweep's run.</summary>
    /// <exception cref="ArgumentException">The folder holds something else.</exception>
    public static void CheckKind(string folder, RunKind kind)
    {
        if (FolderMarks.IsSweep(folder)) throw new ArgumentException($"'{ShortText.Of(folder)}' holds a sweep; a run needs a folder of its own. Choose another folder.", nameof(folder));
        if (FolderMarks.SweepOf(folder) is { } sweep)
            throw new ArgumentException($"'{ShortText.Of(folder)}' is a run of the sweep in '{ShortText.Of(sweep)}'. To resume the sweep, use Invoke-ExperimentSweep '{ShortText.Of(sweep)}' -Resume. For another run, choose another folder.", nameof(folder));
        if (KindOf(folder) is { } found && found != kind.Name)
            throw new ArgumentException($"'{ShortText.Of(folder)}' holds a run of {ShortText.Of(RunKind.CmdletOf(found))}, not of {RunKind.CmdletOf(kind.Name)}. Choose another folder.", nameof(folder));
    }
}
