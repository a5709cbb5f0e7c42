using ReparamPS.Data;
using ReparamPS.Sweeps.Scheduling;
using ReparamPS.Sweeps.Store;

namespace ReparamPS.Sweeps.Slurm;

/// <summary>What the tasks of a job array do: which runs, in which order, and how.</summary>
/// <param name="Runs">The ids of the runs, in their order.</param>
/// <param name="Location">The location that runs start in.</param>
/// <param name="Options">How they are run.</param>
/// <param name="Schedule">How the budget is divided over them; null where each is run once.</param>
public sealed record SlurmJob(IReadOnlyList<string> Runs, string Location, SweepOptions Options, SweepSchedule? Schedule = null)
{
    internal ExperimentRow ToRow() => new(
        [nameof(Location), "ThreadsPerWorker", "Retry", "TimeoutSeconds", "Devices", nameof(SweepOptions.Pruner), nameof(Schedule), nameof(Runs)],
        [Location, Options.ThreadsPerWorker, Options.Retry, Options.Timeout?.TotalSeconds, Options.Devices.Cast<object?>().ToArray(), Options.Pruner?.ToRow(), Schedule?.ToRow(), Runs.Cast<object?>().ToArray()]);

    /// <summary>Reads what <c>Slurm</c> wrote for its tasks.</summary>
    /// <exception cref="DataFormatException">The file is not there, or not whole.</exception>
    public static SlurmJob Read(string path)
    {
        ExperimentRow row = SweepJson.TryRead(path) ?? throw new DataFormatException(path, "this is no job of a sweep.");
        return new SlurmJob(
            Strings(row[nameof(Runs)]), (string)row[nameof(Location)]!,
            new SweepOptions
            {
                ThrottleLimit = 1,
                ThreadsPerWorker = Convert.ToInt32(row["ThreadsPerWorker"], null),
                Retry = Convert.ToInt32(row["Retry"], null),
                Timeout = row["TimeoutSeconds"] is { } seconds ? TimeSpan.FromSeconds(Convert.ToDouble(seconds, null)) : null,
                Devices = Strings(row["Devices"]),
                Pruner = MedianPruner.From(row[nameof(SweepOptions.Pruner)]),
            },
            row[nameof(Schedule)] is ExperimentRow schedule ? SweepSchedule.From(schedule) : null);
    }

    // An id of digits alone reads back as text all the same, since it was written as text.
    private static string[] Strings(object? list) => [.. ((object?[])list!).Select(item => (string)item!)];
}
