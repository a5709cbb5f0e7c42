using System.Globalization;
using ReparamPS.Data;

namespace ReparamPS.Sweeps.Store;

/// <summary>
/// A coordinator at work on a sweep folder. Its file in owners/ says which process it is and which its workers are, and is touched as long as it lives; its claims carry its id.
/// A claim of an owner that is dead is void, so nothing has to be cleaned up after a crash.
/// </summary>
internal sealed class SweepOwner : IDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private const int LooksPerHeartbeat = 10;
    private const string StopExtension = ".stop";
    private static readonly TimeSpan SilentIsDead = TimeSpan.FromSeconds(120);

    private readonly string path;
    private readonly List<ProcessIdentity> workers = [];
    private readonly Timer timer;
    private readonly CancellationTokenSource stopped = new();
    private int looks;

    /// <summary>Registers this process in a sweep folder.</summary>
    public SweepOwner(string owners)
    {
        Directory.CreateDirectory(owners);
        Id = string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}-{Guid.NewGuid().ToString("N")[..8]}");
        path = PathOf(owners, Id);
        Write();
        timer = new Timer(_ => Beat(), null, Look, Look);
    }

    /// <summary>The name that claims carry.</summary>
    public string Id { get; }

    /// <summary>Cancelled when somebody asks the owner to stop.</summary>
    public CancellationToken Stopped => stopped.Token;

    /// <summary>Adds a worker process, without which the owner is not dead.</summary>
    public void Add(ProcessIdentity worker)
    {
        lock (workers)
        {
            workers.RemoveAll(known => !known.IsAlive());
            workers.Add(worker);
            Write();
        }
    }

    /// <summary>Signs off.</summary>
    public void Dispose()
    {
        using (var ended = new ManualResetEvent(false))
        {
            if (timer.Dispose(ended)) ended.WaitOne();
        }
        stopped.Dispose();
        File.Delete(StopPath);
        File.Delete(path);
    }

    /// <summary>Asks the owners that are alive to stop.</summary>
    /// <returns>How many there are.</returns>
    public static int StopAll(string owners)
    {
        if (!Directory.Exists(owners)) return 0;
        string[] alive = [.. Directory.EnumerateFiles(owners, "*.json").Select(file => Path.GetFileNameWithoutExtension(file)).Where(id => IsAlive(owners, id))];
        foreach (string id in alive) File.WriteAllText(Path.Combine(owners, id + StopExtension), "");
        return alive.Length;
    }

    /// <summary>Whether any owner is alive.</summary>
    public static bool IsAnyAlive(string owners) =>
        Directory.Exists(owners) && Directory.EnumerateFiles(owners, "*.json").Any(file => IsAlive(owners, Path.GetFileNameWithoutExtension(file)));

    /// <summary>Whether an owner is alive: on this machine by its processes, on another by the age of its last sign.</summary>
    public static bool IsAlive(string owners, string id)
    {
        string path = PathOf(owners, id);
        if (SweepJson.TryRead(path) is not { } row) return false;
        List<ProcessIdentity> processes = [Read(row)];
        if (row["Workers"] is object?[] listed) processes.AddRange(listed.OfType<ExperimentRow>().Select(Read));
        return processes[0].IsLocal ? processes.Exists(process => process.IsAlive()) : DateTime.UtcNow - File.GetLastWriteTimeUtc(path) < SilentIsDead;
    }

    /// <summary>Removes the files of the dead.</summary>
    public static void RemoveDead(string owners)
    {
        foreach (string file in Directory.EnumerateFiles(owners, "*.json"))
        {
            if (!IsAlive(owners, Path.GetFileNameWithoutExtension(file))) File.Delete(file);
        }
    }

    private string StopPath => Path.ChangeExtension(path, StopExtension);

    private static string PathOf(string owners, string id) => Path.Combine(owners, id + ".json");

    private static ProcessIdentity Read(ExperimentRow row) =>
        new(row["Host"] as string ?? "", Convert.ToInt32(row["ProcessId"], null), row["Started"] is DateTime started ? started : default);

    private static ExperimentRow Row(ProcessIdentity process, params (string Name, object? Value)[] more) => new(
        ["Host", "ProcessId", "Started", .. more.Select(pair => pair.Name)], [process.Host, process.ProcessId, process.Started, .. more.Select(pair => pair.Value)]);

    private void Write() => SweepJson.Write(path, Row(ProcessIdentity.Current, ("Workers", workers.Select(worker => (object?)Row(worker)).ToArray())));

    private void Beat()
    {
        try
        {
            if (File.Exists(StopPath)) stopped.Cancel();
            if (++looks % LooksPerHeartbeat == 0) File.SetLastWriteTimeUtc(path, DateTime.UtcNow);
        }
        catch (IOException)
        {
            // The folder is out of reach for now; the next sign may get through.
        }
    }
}
