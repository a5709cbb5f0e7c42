namespace ReparamPS.Data;

/// <summary>
/// Reads, renames and deletes files that other processes use at the same time. On Windows a file that a virus scanner, an indexer or a reader has open refuses a rename for a moment: such operations are repeated.
/// </summary>
internal static class SharedFiles
{
    private const int Attempts = 100, PauseMilliseconds = 50;

    // A record takes some kilobytes; a schedule of 100,000 runs two megabytes.
    private const int MaxBytes = 64 << 20;

    /// <summary>A small file's bytes; null if it does not exist, and empty if it is too large to be a record.</summary>
    public static byte[]? TryRead(string path)
    {
        // A look is much cheaper than an exception.
        if (!File.Exists(path)) return null;
        try
        {
            return Repeat(() =>
            {
                using FileStream file = RegularFile.OpenShared(path, bufferSize: 0);
                byte[] bytes = new byte[file.Length <= MaxBytes ? file.Length : 0];
                file.ReadExactly(bytes);
                return bytes;
            });
        }
        catch (Exception error) when (IsMissing(error))
        {
            return null;
        }
    }

    /// <summary>Renames a file; an older file of that name is replaced.</summary>
    public static void Replace(string from, string to) => Repeat(() => File.Move(from, to, overwrite: true));

    /// <summary>Renames a file. The rename of one file succeeds for one process only.</summary>
    /// <returns>False if the file does not exist, such as when another process was faster.</returns>
    public static bool TryMove(string from, string to)
    {
        try
        {
            Repeat(() => File.Move(from, to));
            return true;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
    }

    /// <summary>Renames a folder.</summary>
    public static void MoveFolder(string from, string to) => Repeat(() => Directory.Move(from, to));

    /// <summary>Deletes a file if that is possible. A file that stays does no harm.</summary>
    public static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It is in use, or the folder is out of reach.
        }
    }

    private static bool IsMissing(Exception error) => error is FileNotFoundException or DirectoryNotFoundException;

    /// <summary>Whether another program has the file open: Windows' access denied, sharing violation and lock.</summary>
    internal static bool IsInUse(Exception error) =>
        OperatingSystem.IsWindows() && (error is UnauthorizedAccessException || (error is IOException && (error.HResult & 0xFFFF) is 5 or 32 or 33));

    private static void Repeat(Action operation) => Repeat(() =>
    {
        operation();
        return true;
    });

    private static T Repeat<T>(Func<T> operation)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return operation();
            }
            catch (Exception error) when (attempt < Attempts && IsInUse(error))
            {
                Thread.Sleep(PauseMilliseconds);
            }
        }
    }
}
