using System.Text.Json.Serialization;
using ReparamPS.Data;
using ReparamPS.Sweeps.Scheduling;
using ReparamPS.Sweeps.Store;

namespace ReparamPS.Sweeps.Slurm;

/// <summary>What the tasks of a job array do: which runs, in which order, and how.</summary>
/// <param name="Runs">The ids of the runs, in their order.</param>
/// <param name="Location">The location in which runs start.</param>
/// <param name="Options">How to execute them.</param>
/// <param name="Schedule">How the budget is divided over them; null if each is executed once.</param>
public sealed record SlurmJob(IReadOnlyList<string> Runs, string Location, SweepOptions Options, SweepSchedule? Schedule = null)
{
    /// <summary>Reads what <see cref="SlurmEngine"/> wrote for its tasks.</summary>
    /// <exception cref="DataFormatException">The file is missing or damaged.</exception>
    public static SlurmJob Read(string path)
    {
        if (SweepJson.TryRead(path, SlurmRecords.Default.StoredJob) is not { Runs: { } runs, Location: { } location } stored)
            throw new DataFormatException(path, "the file does not describe a job of a sweep.");
        var options = new SweepOptions
        {
            ThrottleLimit = Math.Max(1, stored.ThrottleLimit),
            ThreadsPerWorker = stored.ThreadsPerWorker,
            Retry = stored.Retry,
            Timeout = stored.TimeoutSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            Devices = stored.Devices ?? [],
            Pruner = stored.Pruner,
            AllowedExitCodes = stored.AllowedExitCodes ?? [],
            Batching = stored.Batching,
        };
        return new SlurmJob(runs, location, options, stored.Schedule);
    }

    internal void Write(string path) => SweepJson.Write(
        path, new StoredJob(Location, Options.ThreadsPerWorker, Options.Retry, Options.Timeout?.TotalSeconds, Options.Devices, Options.Pruner, Schedule, Runs, Options.AllowedExitCodes, Options.ThrottleLimit, Options.Batching), SlurmRecords.Default.StoredJob);
}

/// <summary>The file jobs/NAME.json.</summary>
internal sealed record StoredJob(
    string? Location, int ThreadsPerWorker, int Retry, double? TimeoutSeconds, IReadOnlyList<string>? Devices, MedianPruner? Pruner, SweepSchedule? Schedule, IReadOnlyList<string>? Runs, IReadOnlyList<int>? AllowedExitCodes,
    int ThrottleLimit, RunBatching? Batching);

/// <summary>The generated code for jobs.</summary>
[JsonSourceGenerationOptions(UseStringEnumConverter = true)]
[JsonSerializable(typeof(StoredJob))]
internal sealed partial class SlurmRecords : JsonSerializerContext;
