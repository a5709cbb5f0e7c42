using System.Globalization;
using System.Text;

namespace ReparamPS.Sweeps.Store;

/// <summary>
/// What a run prints, in its folder, written through at once so that a crash loses nothing. The file is made with the first line. It stops growing at a limit; a disk
/// that is full does not end the run.
/// </summary>
internal sealed class RunLog(string path, int attempt) : IDisposable
{
    private const long MaximumBytes = 64 << 20;

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
                if (writer.BaseStream.Position <= MaximumBytes) return;
                writer.WriteLine("… what comes after this is not kept.");
                Close();
            }
            catch (IOException)
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
        catch (IOException)
        {
            // As above: printed text is worth less than the run.
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (gate) Close();
    }

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
        catch (IOException)
        {
            // The last characters found no place.
        }
    }
}
