using System.Globalization;

namespace ReparamPS.Tables;

/// <summary>
/// The offsets from universal time of a column's dates, in the order of its rows: Parquet keeps the moment alone. Equal offsets that follow each other are one run,
/// since most columns have one or two; a null continues its run. As text, runs are <c>rows:minutes</c>, separated by commas.
/// </summary>
internal sealed class OffsetRuns
{
    private readonly List<(long Rows, int Minutes)> runs = [];
    private int run;
    private long row;

    /// <summary>The runs of a text; runs that cannot be read, and all after them, count as universal time.</summary>
    public static OffsetRuns Parse(string text)
    {
        var parsed = new OffsetRuns();
        foreach (string part in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part.Split(':') is not [var rows, var minutes]
                || !long.TryParse(rows, NumberStyles.None, CultureInfo.InvariantCulture, out long count)
                || !int.TryParse(minutes, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int offset) || Math.Abs(offset) > 14 * 60) break;
            parsed.runs.Add((count, offset));
        }
        return parsed;
    }

    /// <summary>Adds a row.</summary>
    public void Add(DateTimeOffset? date)
    {
        int last = runs.Count > 0 ? runs[^1].Minutes : 0;
        int minutes = date is { } known ? (int)known.Offset.TotalMinutes : last;
        if (runs.Count > 0 && minutes == last) runs[^1] = (runs[^1].Rows + 1, minutes);
        else runs.Add((1, minutes));
    }

    /// <summary>The offset of the next row.</summary>
    public TimeSpan Next()
    {
        while (run < runs.Count && row == runs[run].Rows) (run, row) = (run + 1, 0);
        row++;
        return run < runs.Count ? TimeSpan.FromMinutes(runs[run].Minutes) : TimeSpan.Zero;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Join(',', runs.Select(known => string.Create(CultureInfo.InvariantCulture, $"{known.Rows}:{known.Minutes}")));
}
