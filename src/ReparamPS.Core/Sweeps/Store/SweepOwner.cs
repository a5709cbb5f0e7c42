using System.Globalization;
using ReparamPS.Data;

namespace ReparamPS.Sweeps.Store;

/// <summary>The file of an owner: its process and its workers.</summary>
internal sealed record StoredOwner(string Host, int ProcessId, DateTime Started, string? Boot, long? StartTicks, IReadOnlyList<ProcessIdentity>? Workers);

/// <summary>
/// A coordinator that works on a sweep folder. Its file in owners/ names its process and its workers, and is touched while it lives; its claims carry its id.
/// The claim of a dead owner is void, so a crash needs no cleanup.
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
        AtomicFile.CreateFolder(owners);
        Id = string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}-{Guid.NewGuid().ToString("N")[..8]}");
        path = PathOf(owners, Id);
        Write();
        timer = new Timer(_ => Beat(), null, Look, Look);
    }

    /// <summary>The name that its claims carry.</summary>
    public string Id { get; }

    /// <summary>Cancelled when another process asks the owner to stop.</summary>
    public CancellationToken Stopped => stopped.Token;

    /// <summary>Whether another process has asked the owner to stop, even if <see cref="Stopped"/> does not know yet.</summary>
    public bool IsAskedToStop => stopped.IsCancellationRequested || File.Exists(StopPath);

    /// <summary>Adds a worker process. The owner counts as alive as long as one of them is.</summary>
    public void Add(ProcessIdentity worker)
    {
        lock (workers)
        {
            workers.RemoveAll(known => !known.IsAlive());
            workers.Add(worker);
            Write();
        }
    }

    /// <summary>Removes the owner's files.</summary>
    public void Dispose()
    {
        using (var ended = new ManualResetEvent(false))
        {
            if (timer.Dispose(ended)) ended.WaitOne();
        }
        stopped.Dispose();
        SharedFiles.TryDelete(StopPath);
        SharedFiles.TryDelete(path);
    }

    /// <summary>The live owners of a folder.</summary>
    public static IReadOnlyList<string> Alive(string owners) =>
        Directory.Exists(owners) ? [.. Ids(owners).Where(id => IsAlive(owners, id))] : [];

    /// <summary>Asks all live owners to stop.</summary>
    /// <returns>The number of them.</returns>
    public static int StopAll(string owners)
    {
        IReadOnlyList<string> alive = Alive(owners);
        foreach (string id in alive) File.WriteAllText(StopPathOf(owners, id), "");
        return alive.Count;
    }

    /// <summary>Whether an owner is alive: on this machine by its processes, on another by the age of its last heartbeat.</summary>
    public static bool IsAlive(string owners, string id)
    {
        string path = PathOf(owners, id);
        if (SweepJson.TryRead(path, StoreRecords.Default.StoredOwner) is not { } owner) return false;
        var process = new ProcessIdentity(owner.Host ?? "", owner.ProcessId, owner.Started, owner.Boot, owner.StartTicks);
        return process.IsLocal
            ? process.IsAlive() || (owner.Workers?.Any(worker => worker.IsAlive()) ?? false)
            : DateTime.UtcNow - File.GetLastWriteTimeUtc(path) < SilentIsDead;
    }

    /// <summary>Removes the files of dead owners. Their claims stay void.</summary>
    public static void RemoveDead(string owners)
    {
        if (!Directory.Exists(owners)) return;
        foreach (string id in Ids(owners).Where(id => !IsAlive(owners, id)).ToArray())
        {
            SharedFiles.TryDelete(StopPathOf(owners, id));
            SharedFiles.TryDelete(PathOf(owners, id));
        }
    }

    private string StopPath => Path.ChangeExtension(path, StopExtension);

    private static string PathOf(string owners, string id) => Path.Combine(owners, id + ".json");

    private static string StopPathOf(string owners, string id) => Path.Combine(owners, id + StopExtension);

    private static IEnumerable<string> Ids(string owners) => Directory.EnumerateFiles(owners, "*.json").Select(file => Path.GetFileNameWithoutExtension(file));

    private void Write()
    {
        ProcessIdentity own = ProcessIdentity.Current;
        SweepJson.Write(path, new StoredOwner(own.Host, own.ProcessId, own.Started, own.Boot, own.StartTicks, [.. workers]), StoreRecords.Default.StoredOwner);
    }

    // Runs on a thread of the pool, where an exception would end the process.
    private void Beat()
    {
        try
        {
            if (File.Exists(StopPath)) stopped.Cancel();
            if (++looks % LooksPerHeartbeat == 0) File.SetLastWriteTimeUtc(path, DateTime.UtcNow);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The folder is out of reach now; the next heartbeat may get through.
        }
    }
}
