using System.Diagnostics.CodeAnalysis;

namespace ReparamPS.Sweeps.Local;

/// <summary>
/// A queue between threads, whose readers sleep until an item comes. (BlockingCollection spins first, which takes the cores from the workers.)
/// </summary>
internal sealed class Mailbox<T> where T : class
{
    private readonly Queue<T> items = new();
    private bool closed;

    /// <summary>Whether it is closed and empty.</summary>
    public bool IsCompleted
    {
        get
        {
            lock (items) return closed && items.Count == 0;
        }
    }

    /// <summary>Adds an item.</summary>
    public void Add(T item)
    {
        lock (items)
        {
            items.Enqueue(item);
            Monitor.Pulse(items);
        }
    }

    /// <summary>Ends the queue: no more items come.</summary>
    public void Close()
    {
        lock (items)
        {
            closed = true;
            Monitor.PulseAll(items);
        }
    }

    /// <summary>Takes the oldest item, and waits for one.</summary>
    /// <param name="milliseconds">How long; <see cref="Timeout.Infinite"/> without a limit.</param>
    /// <param name="item">The item.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>False if none came in that time, or the queue has ended.</returns>
    public bool TryTake(int milliseconds, [NotNullWhen(true)] out T? item, CancellationToken cancellation = default)
    {
        using CancellationTokenRegistration waking = cancellation.UnsafeRegister(_ => Wake(), null);
        long end = Environment.TickCount64 + milliseconds;
        lock (items)
        {
            while (true)
            {
                cancellation.ThrowIfCancellationRequested();
                if (items.TryDequeue(out item)) return true;
                if (closed) return false;
                int left = milliseconds < 0 ? Timeout.Infinite : (int)Math.Max(0, end - Environment.TickCount64);
                if (left == 0) return false;
                Monitor.Wait(items, left);
            }
        }
    }

    /// <summary>The items as they come, until the queue ends.</summary>
    public IEnumerable<T> TakeAll(CancellationToken cancellation = default)
    {
        while (TryTake(Timeout.Infinite, out T? item, cancellation)) yield return item;
    }

    private void Wake()
    {
        lock (items) Monitor.PulseAll(items);
    }
}
