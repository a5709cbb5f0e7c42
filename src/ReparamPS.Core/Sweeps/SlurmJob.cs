using ReparamPS.Data;

namespace ReparamPS.Sweeps;

/// <summary>What the tasks of a job array do: which runs, in which order, and how.</summary>
/// <param name="Runs">The ids of the runs, in their order.</param>
/// <param name="Location">The location that runs start in.</param>
/// <param name="Options">How they are run.</param>
public sealed record SlurmJob(IReadOnlyList<string> Runs, string Location, SweepOptions Options)
{
    internal ExperimentRow ToRow() => new(
        [nameof(Location), "ThreadsPerWorker", "Retry", "TimeoutSeconds", "Devices", nameof(Runs)],
        [Location, Options.ThreadsPerWorker, Options.Retry, Options.Timeout?.TotalSeconds, Options.Devices.Cast<object?>().ToArray(), Runs.Cast<object?>().ToArray()]);

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
            });
    }

    // An id of digits alone reads back as text all the same, since it was written as text.
    private static string[] Strings(object? list) => [.. ((object?[])list!).Select(item => (string)item!)];
}
