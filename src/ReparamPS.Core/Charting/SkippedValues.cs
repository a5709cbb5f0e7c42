using ReparamPS.Messages;

namespace ReparamPS.Charting;

/// <summary>Counts the values that a chart can't show, or shows otherwise than their column suggests.</summary>
internal sealed class SkippedValues
{
    private readonly List<string> texts = [];
    private int missing;
    private int notNumbers;
    private int infinite;
    private int notPositive;
    private int tooLarge;

    /// <summary>What a user should know about all of them; null if every value is shown as expected.</summary>
    public string? Warning => string.Join(' ', texts.Append(NotDrawn).OfType<string>()) is { Length: > 0 } warning ? warning : null;

    private string? NotDrawn
    {
        get
        {
            (int Count, string Name)[] parts =
            [
                .. new[] { (missing, "missing"), (notNumbers, "NaN"), (infinite, "infinite"), (tooLarge, "beyond ±1e300 on a linear axis"), (notPositive, "not positive on a logarithmic axis") }.Where(part => part.Item1 > 0),
            ];
            int count = parts.Sum(part => part.Count);
            if (count == 0) return null;
            string why = parts is [var only] ? $", because {(count == 1 ? "it is" : "they are")} {only.Name}" : ": " + string.Join(", ", parts.Select(part => $"{part.Count} {part.Name}"));
            return $"{(count == 1 ? "1 value is" : $"{count} values are")} not drawn{why}.";
        }
    }

    /// <summary>Counts cells of a column.</summary>
    /// <param name="cells">The cells.</param>
    /// <param name="scale">The scale of their axis.</param>
    /// <param name="averaged">Whether means are drawn, which a logarithmic axis judges in place of the cells.</param>
    public void Count(IEnumerable<object?> cells, ChartScale scale, bool averaged = false)
    {
        int moved = 0;
        double place = 0;
        foreach (object? cell in cells)
        {
            switch (ChartScale.Read(cell))
            {
                case null: missing++; break;
                case double number when scale.Kind == ScaleKind.Category: break;
                case double number when double.IsNaN(number): notNumbers++; break;
                case double number when double.IsInfinity(number): infinite++; break;
                case double number when Math.Abs(number) > ChartScale.MaxLinear && !scale.IsLogarithmic: tooLarge++; break;
                case double number when number <= 0 && scale.IsLogarithmic && !averaged: notPositive++; break;
                case double number when scale.Raw(cell) is var raw && raw != number: (moved, place) = (moved + 1, raw); break;
            }
        }
        if (moved > 0) texts.Add($"{(moved == 1 ? "1 value is" : $"{moved} values are")} drawn as {ChartText.Number(place)}: a linear axis cannot show differences below 1e-300.");
    }

    /// <summary>Looks for a column of numbers or dates that an axis shows as categories, because a few cells hold text, such as NA, or because it holds both.</summary>
    /// <param name="column">The column.</param>
    /// <param name="cells">Its cells.</param>
    /// <param name="scale">The scale of its axis.</param>
    public void CheckTexts(string column, IReadOnlyCollection<object?> cells, ChartScale scale)
    {
        if (scale.Kind != ScaleKind.Category) return;
        object?[] read = [.. cells.Select(ChartScale.Read)];
        string[] found = [.. read.OfType<string>()];
        (int numbers, int dates) = (read.OfType<double>().Count(), read.OfType<DateTime>().Count());
        if (found.Length > 0 && Math.Max(numbers, dates) > read.Length / 2.0)
            texts.Add($"Column '{ShortText.Of(column)}' holds text in {found.Length} of {read.Length} rows, such as {ShortText.Quoted(found[0])}, so its values are drawn as categories. To draw them to scale, leave out {(found.Length == 1 ? "this row" : "these rows")}.");
        else if (numbers > 0 && dates > 0)
            texts.Add($"Column '{ShortText.Of(column)}' holds numbers in {numbers} of {read.Length} rows and dates in {dates}, so its values are drawn as categories. To draw them to scale, use only numbers or only dates.");
    }

    /// <summary>Notes that a line is drawn through several rows per X, one above the other.</summary>
    /// <param name="column">The column of X.</param>
    public void NoteRepeats(string column) =>
        texts.Add($"Several rows of one line have the same X ('{ShortText.Of(column)}'), so the line jumps between them. To draw one line per group, name the settings that differ with -GroupBy. To draw the mean, use Export-Chart -Band StandardError, or Measure-ExperimentRun before the chart.");

    /// <summary>Counts means that a logarithmic axis can't show.</summary>
    public void CountNotPositive(int count) => notPositive += count;
}
