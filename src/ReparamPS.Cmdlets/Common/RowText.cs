using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
using ReparamPS.Cmdlets.Common.Rows;
using ReparamPS.Sweeps.Store;
using ReparamPS.Torch;

namespace ReparamPS.Cmdlets.Common;

/// <summary>Texts for the columns of ReparamPS.Format.ps1xml whose names vary from row to row, such as a sweep's settings.</summary>
public static class RowText
{
    // Of a training.
    private const string MainResult = "TestElbo";
    private const string Gap = "  ";
    private const int MaxLines = 6;

    /// <summary>All properties as Name=value; settings that vary come first.</summary>
    public static string All(PSObject row) => Join(VaryingSettings.First(row, row.Properties));

    /// <summary>The properties before one.</summary>
    public static string Before(PSObject row, string name) => Join(row.Properties.TakeWhile(property => property.Name != name));

    /// <summary>The properties after one.</summary>
    public static string After(PSObject row, string name) => Join(row.Properties.SkipWhile(property => property.Name != name).Skip(1));

    /// <summary>A run's status; its column has another name if a setting is called Status.</summary>
    public static string StatusOf(PSObject run) => Value((run.Properties["RunStatus"] ?? run.Properties["Status"])?.Value);

    /// <summary>What tells a run from the others, the message of a failure, the numbers that it returned, and then all else. A screen often shows only the start.</summary>
    public static string OfRun(PSObject run) => Whole(Parts(run));

    /// <summary>As <see cref="OfRun"/>, in as many lines of the last column as it takes to show what tells the run from the others and its result, at most six. What does not fit into them is left out.</summary>
    /// <param name="run">The run.</param>
    /// <param name="host">The host, whose screen gives the width.</param>
    /// <param name="start">Where the column starts.</param>
    public static string LinesOfRun(PSObject run, PSHost? host, int start)
    {
        (string needed, string optional) = Parts(run);
        int lines = Math.Min(MaxLines, CellText.LastWords(needed, host, start).Split('\n').Length);
        return CellText.FirstLines(CellText.LastWords(Whole((needed, optional)), host, start), lines);
    }

    private static string Whole((string Needed, string Optional) parts) => string.Join(Gap, new[] { parts.Needed, parts.Optional }.Where(part => part.Length > 0));

    // What a row must show, and what it may.
    private static (string Needed, string Optional) Parts(PSObject run)
    {
        // A setting named like an own column keeps its name, and the own column has a prefix.
        string[] own = [.. RunRow.OwnColumns.Select(name => run.Properties["Run" + name] is null ? name : "Run" + name)];
        IReadOnlyList<string> settings = VaryingSettings.NamesOf(run), telling = VaryingSettings.Telling(run);
        ILookup<bool, PSPropertyInfo> shown = run.Properties.Where(property => !own.Contains(property.Name)).ToLookup(property => telling.Contains(property.Name));
        object? message = (run.Properties["RunMessage"] ?? run.Properties["Message"])?.Value;
        string[] start = [Join(shown[true]), Value(message).ReplaceLineEndings(" ")];
        IEnumerable<PSPropertyInfo> others = settings.Count == 0 ? shown[false] : shown[false].OrderBy(Place);
        // The result of a training is one number; of a script, all numbers that it returned.
        ILookup<int, PSPropertyInfo> byPlace = shown[false].ToLookup(Place);
        int results = settings.Count == 0 ? 0 : byPlace[0].Any() ? 1 : byPlace[1].Count();
        return (string.Join(Gap, start.Append(Join(others.Take(results))).Where(part => part.Length > 0)), Join(others.Skip(results)));

        int Place(PSPropertyInfo property) => settings.Contains(property.Name) ? 2 : property.Name == MainResult ? 0 : IsNumber(property.Value) ? 1 : 3;
    }

    /// <summary>A number in a column: in the column's format, or with as many digits as the column is wide, so that no exponent is cut.</summary>
    /// <param name="value">The number; other values are shown as they are.</param>
    /// <param name="format">The standard numeric format of numbers that fit.</param>
    /// <param name="width">The column's width.</param>
    public static string? Fit(object? value, string format, int width)
    {
        if ((value is PSObject wrapped ? wrapped.BaseObject : value) is not IFormattable number) return value?.ToString();
        string text = number.ToString(format, CultureInfo.CurrentCulture);
        for (int digits = width; text.Length > width && digits > 0; digits--) text = number.ToString($"G{digits}", CultureInfo.CurrentCulture);
        return text;
    }

    /// <summary>A number beside a standard deviation: with three digits of the deviation, or as many as fit, and at least four digits of its own.</summary>
    /// <param name="value">The number.</param>
    /// <param name="deviation">The standard deviation.</param>
    /// <param name="width">The column's width.</param>
    public static string? Beside(double value, double deviation, int width)
    {
        const int Least = 4, OfDeviation = 3;
        double needed = Math.Floor(Math.Log10(Math.Abs(value))) - Math.Floor(Math.Log10(deviation)) + OfDeviation;
        return Fit(value, $"G{(double.IsFinite(needed) ? Math.Clamp((int)needed, Least, width) : Least)}", width);
    }

    /// <summary>A value with six significant digits in the invariant culture.</summary>
    public static string Value(object? value) => value switch
    {
        PSObject wrapped when wrapped.BaseObject is not PSCustomObject => Value(wrapped.BaseObject),
        double number => TensorText.Number(number),
        float number => TensorText.Number(number),
        object?[] { Length: 0 } => "[]",
        object?[] items => string.Join(',', items.Select(Value)),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value?.ToString() ?? "",
    };

    private static bool IsNumber(object? value) => value is not null && Type.GetTypeCode((value is PSObject wrapped ? wrapped.BaseObject : value).GetType()) is >= TypeCode.SByte and <= TypeCode.Decimal;

    private static string Join(IEnumerable<PSPropertyInfo> properties) =>
        string.Join(Gap, properties.Where(property => property.Value is not null).Select(property => $"{property.Name}={Value(property.Value)}"));
}
