using System.Globalization;
using System.Text;

namespace ReparamPS.Sweeps.Store;

/// <summary>
/// What a run prints. Each line is written at once, so that a crash loses nothing. The file appears with the first line and stops growing at a limit. A full
/// disk does not end the run.
/// </summary>
internal sealed class RunLog(string path, int attempt) : IDisposable
{
    private const long MaxBytes = 64 << 20;

    private readonly object gate = new();
    private StreamWriter? writer;
    private bool closed;

    /// <summary>Writes a line.</summary>
    public void WriteLine(string line)
    {
        lock (gate)
        {
            if (closed) return;
            try
            {
                writer ??= Open();
                writer.WriteLine(line);
                if (writer.BaseStream.Position <= MaxBytes) return;
                writer.WriteLine("… the log has reached its limit; later lines are not saved.");
                Close();
            }
            catch (Exception error) when (IsFileError(error))
            {
                Close();
            }
        }
    }

    /// <summary>Adds lines to a run's log from outside.</summary>
    public static void Append(string path, string text)
    {
        try
        {
            File.AppendAllText(path, text);
        }
        catch (Exception error) when (IsFileError(error))
        {
            // The run matters more than its log.
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (gate) Close();
    }

    private static bool IsFileError(Exception error) => error is IOException or UnauthorizedAccessException;

    private StreamWriter Open()
    {
        var opened = new StreamWriter(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0), new UTF8Encoding(false)) { AutoFlush = true };
        if (attempt > 1) opened.WriteLine(string.Create(CultureInfo.InvariantCulture, $"--- attempt {attempt} ---"));
        return opened;
    }

    private void Close()
    {
        closed = true;
        try
        {
            writer?.Dispose();
        }
        catch (Exception error) when (IsFileError(error))
        {
            // The last characters do not fit on the disk.
        }
    }
}
