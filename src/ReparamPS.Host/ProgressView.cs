using System.Management.Automation;
using ReparamPS.Messages;
using Spectre.Console;

namespace ReparamPS.Host;

/// <summary>Progress bars below the output, drawn in place at most five times a second. Other output, or the end of the work, removes them. Redirected output has none.</summary>
internal sealed class ProgressView
{
    private const int BarWidth = 30, MaximumBars = 5;

    private readonly Lock gate = new();
    private readonly SortedDictionary<(long Source, int Activity), ProgressRecord> records = [];
    private readonly List<int> drawn = [];
    private readonly ProgressPace pace = new(TimeSpan.Zero);

    /// <summary>Adds a record, and draws the bars unless they were drawn a moment ago.</summary>
    public void Show(long source, ProgressRecord record)
    {
        if (!Terminal.CanRedraw) return;
        lock (gate)
        {
            var key = (source, record.ActivityId);
            if (record.RecordType == ProgressRecordType.Completed)
            {
                records.Remove(key);
                if (records.Count == 0) Erase();
                return;
            }
            records[key] = record;
            if (pace.IsDue()) Draw();
        }
    }

    /// <summary>Removes the bars from the screen; the next record draws them again.</summary>
    public void Clear()
    {
        if (!Terminal.CanRedraw) return;
        lock (gate)
        {
            records.Clear();
            Erase();
        }
    }

    /// <summary>One bar as Spectre markup that fits the width.</summary>
    internal static string Format(ProgressRecord record, int width)
    {
        string text = string.Join(": ", new[] { record.Activity, record.StatusDescription, record.CurrentOperation }.Where(part => !string.IsNullOrWhiteSpace(part)));
        string rest = record.SecondsRemaining >= 0 ? $" {TimeSpan.FromSeconds(record.SecondsRemaining):c} left" : "";
        if (record.PercentComplete < 0) return $"[yellow]{Cut(text + rest, width)}[/]";
        int percent = Math.Clamp(record.PercentComplete, 0, 100), done = percent * BarWidth / 100;
        string figures = $" {percent,3}%{rest} ";
        return $"[green]{new string('━', done)}[/][grey]{new string('━', BarWidth - done)}[/]{figures}{Cut(text, width - BarWidth - figures.Length)}";
    }

    private static string Cut(string text, int length)
    {
        text = text.ReplaceLineEndings(" ");
        if (length <= 0) return "";
        return Markup.Escape(text.Length <= length ? text : text[..(length - 1)] + "…");
    }

    private void Draw()
    {
        Erase();
        foreach (ProgressRecord record in records.Values.Take(MaximumBars))
        {
            string bar = Format(record, Terminal.Width - 1);
            AnsiConsole.Console.MarkupLine(bar);
            drawn.Add(Markup.Remove(bar).Length);
        }
    }

    private void Erase()
    {
        int rows = Rows(drawn, Terminal.Width);
        if (rows > 0) Console.Out.Write($"\e[{rows}A\r\e[J");
        drawn.Clear();
    }

    /// <summary>The rows that lines take on the screen. A terminal that has become narrower has wrapped them.</summary>
    internal static int Rows(IEnumerable<int> lengths, int width) => lengths.Sum(length => Math.Max(1, (length + width - 1) / width));
}
