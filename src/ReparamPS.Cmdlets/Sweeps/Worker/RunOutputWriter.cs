using System.Text;
using ReparamPS.Sweeps.Local;

namespace ReparamPS.Cmdlets.Sweeps.Worker;

/// <summary>The worker's Console.Out: lines go to the log of the current run.</summary>
internal sealed class RunOutputWriter : TextWriter
{
    private readonly StringBuilder line = new();

    /// <summary>The current run; null between runs.</summary>
    public IRunOutput? Run { get; set; }

    public override Encoding Encoding => Encoding.UTF8;

    public override void Write(char value)
    {
        lock (line)
        {
            if (value == '\n') EndLine();
            else if (value != '\r') line.Append(value);
        }
    }

    public override void Write(string? value)
    {
        lock (line)
        {
            foreach (char character in value ?? "") Write(character);
        }
    }

    public override void Flush() { }

    /// <summary>Prints a line without an end.</summary>
    public void Finish()
    {
        lock (line)
        {
            if (line.Length > 0) EndLine();
        }
    }

    private void EndLine()
    {
        Run?.Print(line.ToString());
        line.Clear();
    }
}
