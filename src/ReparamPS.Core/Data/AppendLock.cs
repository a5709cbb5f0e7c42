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
    /// <exception cref="IOException">Another held it for minutes.</exception>
    public static IDisposable Take(string path)
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
            catch (IOException) when (Environment.TickCount64 - start < Patience.TotalMilliseconds)
            {
                Thread.Sleep(PollMilliseconds);
            }
            catch (IOException error)
            {
                throw new IOException($"Rows can't be appended to '{path}': others have been appending to it for {Patience.TotalMinutes} minutes.", error);
            }
        }
    }
}
