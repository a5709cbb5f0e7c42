using System.Globalization;
using Parquet.Schema;

namespace ReparamPS.Tables;

/// <summary>Dates in Parquet: to the nanosecond from 1678 to 2261, otherwise to the microsecond.</summary>
internal static class ParquetDates
{
    private static readonly DateTime EarliestNanosecond = new(1678, 1, 1, 0, 0, 0, DateTimeKind.Unspecified);
    private static readonly DateTime LatestNanosecond = new(2262, 1, 1, 0, 0, 0, DateTimeKind.Unspecified);

    /// <summary>The field that keeps dates exactly; null if there is none.</summary>
    public static DataField? FieldFor(string name, ColumnKind kind, IReadOnlyCollection<object?> values)
    {
        foreach (DateTimeTimeUnit unit in new[] { DateTimeTimeUnit.Nanos, DateTimeTimeUnit.Micros })
        {
            if (values.All(value => value is null || Fits(unit, Stored(value)))) return new DateTimeDataField(name, DateTimeFormat.Timestamp, isAdjustedToUTC: kind != ColumnKind.Timestamp, unit: unit, isNullable: true);
        }
        return null;
    }

    /// <summary>Whether a field keeps a date exactly.</summary>
    public static bool Fits(DataField field, DateTime date) => field is DateTimeDataField { DateTimeFormat: DateTimeFormat.Timestamp } known && Fits(known.Unit, Stored(date));

    /// <summary>The moment, or the time of no zone, that is written.</summary>
    public static DateTime Stored(object value) => value switch
    {
        DateTimeOffset date => date.UtcDateTime,
        DateTime { Kind: DateTimeKind.Local } date => date.ToUniversalTime(),
        _ => (DateTime)value,
    };

    /// <summary>The value that a cell says.</summary>
    public static object Read(DateTime date, ColumnKind kind, TimeSpan offset) => kind switch
    {
        // A DateTime would become a DateTimeOffset without the cast.
        ColumnKind.UtcTimestamp => (object)DateTime.SpecifyKind(date, DateTimeKind.Utc),
        ColumnKind.LocalTimestamp => DateTime.SpecifyKind(date, DateTimeKind.Utc).ToLocalTime(),
        ColumnKind.OffsetTimestamp => new DateTimeOffset(DateTime.SpecifyKind(date, DateTimeKind.Utc)).ToOffset(offset),
        _ => DateTime.SpecifyKind(date, DateTimeKind.Unspecified),
    };

    private static bool Fits(DateTimeTimeUnit unit, DateTime date) => unit switch
    {
        DateTimeTimeUnit.Nanos => date >= EarliestNanosecond && date <= LatestNanosecond,
        DateTimeTimeUnit.Micros => date.Ticks % TimeSpan.TicksPerMicrosecond == 0,
        _ => date.Ticks % TimeSpan.TicksPerMillisecond == 0,
    };
}

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
