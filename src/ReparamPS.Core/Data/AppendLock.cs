using System.Security.Cryptography;
using System.Text;

namespace ReparamPS.Data;

/// <summary>
/// Lets one at a time of this machine's processes and threads append to a file, since what is there is copied before what comes is added. The lock is a file in the folder for temporary files; it
/// ends with its process.
/// </summary>
internal static class AppendLock
{
    private const int PollMilliseconds = 20;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>Waits for the lock, which is held until what this gives is disposed.</summary>
    /// <param name="path">The file that is appended to.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="IOException">Another held it for minutes, or the lock's file can't be made.</exception>
    public static IDisposable Take(string path, CancellationToken cancellation)
    {
        string name = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(Path.GetFullPath(path))))[..16];
        string file = Path.Combine(Path.GetTempPath(), $"reparamps-append-{Environment.UserName}-{name}.lock");
        long start = Environment.TickCount64;
        while (true)
        {
            try
            {
                return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists(file) && Environment.TickCount64 - start < Patience.TotalMilliseconds)
            {
                cancellation.WaitHandle.WaitOne(PollMilliseconds);
                cancellation.ThrowIfCancellationRequested();
            }
            catch (IOException error) when (File.Exists(file))
            {
                throw new IOException($"Rows can't be appended to '{path}': others have been appending to it for {Patience.TotalMinutes} minutes.", error);
            }
        }
    }
}
