using System.Runtime.InteropServices;
using ReparamPS.Native;
using static TorchSharp.torch;

namespace ReparamPS.Torch;

/// <summary>
/// Runs managed work on libtorch's threads. Between two matrix products these stay awake and wait, so threads of the runtime would only compete
/// with them. If libtorch's threads are not those of GNU OpenMP, all work runs on the calling thread.
/// </summary>
internal static class TorchThreads
{
    // Less work than this finishes before a second thread starts.
    private const long BytesPerThread = 1 << 17;

    private static readonly Body Native = Enter;
    private static readonly GompParallel? Gomp = Find();

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate void Body(nint job);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate void GompParallel(Body body, nint job, uint threads, uint flags);

    /// <summary>Processes all items, in as many parts as pay off, and returns when all are done. The result of an item must not depend on the parts.</summary>
    /// <param name="count">The number of items.</param>
    /// <param name="bytes">The approximate number of bytes that all items read or write.</param>
    /// <param name="part">Processes the items from the first index up to, but not including, the second.</param>
    public static void Run(int count, long bytes, Action<int, int> part)
    {
        int parts = (int)Math.Clamp(Math.Min(bytes / BytesPerThread, get_num_threads()), 1, Math.Max(count, 1));
        if (parts == 1 || Gomp is null)
        {
            part(0, count);
            return;
        }
        var job = new Job(count, parts, part);
        GCHandle handle = GCHandle.Alloc(job);
        try
        {
            Gomp(Native, GCHandle.ToIntPtr(handle), (uint)parts, 0);
        }
        finally
        {
            handle.Free();
        }
        job.Finish();
    }

    private static void Enter(nint job) => ((Job)GCHandle.FromIntPtr(job).Target!).Do();

    private static GompParallel? Find()
    {
        NativeLibraries.LoadTorch();
        if (!OperatingSystem.IsLinux()) return null;
        foreach (string file in LoadedModules.StartingWith("libgomp"))
        {
            if (NativeLibrary.TryLoad(file, out nint library) && NativeLibrary.TryGetExport(library, "GOMP_parallel", out nint parallel))
                return Marshal.GetDelegateForFunctionPointer<GompParallel>(parallel);
        }
        return null;
    }

    // OpenMP can provide fewer threads than requested, so each thread takes the next part until none is left. Exceptions must not pass through native frames.
    private sealed class Job(int count, int parts, Action<int, int> part)
    {
        private int next = -1;
        private Exception? error;

        public void Do()
        {
            try
            {
                for (int index; (index = Interlocked.Increment(ref next)) < parts;) part((int)((long)count * index / parts), (int)((long)count * (index + 1) / parts));
            }
            catch (Exception exception)
            {
                error = exception;
            }
        }

        public void Finish()
        {
            if (error is not null) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(error);
        }
    }
}
