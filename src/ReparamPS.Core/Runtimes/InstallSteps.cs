using System.Security.Cryptography;

namespace ReparamPS.Runtimes;

/// <summary>Reports how far an installation is.</summary>
/// <param name="activity">What is done, such as Downloading.</param>
/// <param name="done">Bytes that are done.</param>
/// <param name="total">Bytes in all; 0 if they are not known.</param>
public delegate void InstallProgress(string activity, long done, long total);

/// <summary>Copies bytes with progress and cancellation.</summary>
internal static class InstallSteps
{
    private const int BufferBytes = 1 << 20;

    /// <summary>Copies a stream to its end.</summary>
    /// <param name="from">The stream.</param>
    /// <param name="to">Where the bytes go.</param>
    /// <param name="progress">Receives the number of bytes so far.</param>
    /// <param name="cancellation">Stops the copy.</param>
    /// <param name="hash">Sees the bytes too; null for none.</param>
    /// <returns>The number of bytes copied.</returns>
    public static long Copy(Stream from, Stream to, Action<long> progress, CancellationToken cancellation, IncrementalHash? hash = null)
    {
        byte[] buffer = new byte[BufferBytes];
        long copied = 0;
        for (int read; (read = from.Read(buffer)) > 0;)
        {
            cancellation.ThrowIfCancellationRequested();
            to.Write(buffer.AsSpan(0, read));
            hash?.AppendData(buffer.AsSpan(0, read));
            progress(copied += read);
        }
        return copied;
    }
}
