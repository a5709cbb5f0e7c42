using ReparamPS.Data;
using ReparamPS.Sweeps.Points;

namespace ReparamPS.Sweeps.Store;

/// <summary>The order of runs in tables: by the values of their settings, the first setting first. The names of their folders are hashes, which say nothing.</summary>
internal sealed class RunOrder : IComparer<RunSpec>
{
    /// <summary>The only instance.</summary>
    public static RunOrder Instance { get; } = new();

    /// <inheritdoc/>
    public int Compare(RunSpec? first, RunSpec? second)
    {
        (ExperimentRow one, ExperimentRow other) = (first!.Settings, second!.Settings);
        for (int i = 0; i < Math.Min(one.Columns.Count, other.Columns.Count); i++)
        {
            int order = StringComparer.OrdinalIgnoreCase.Compare(one.Columns[i], other.Columns[i]);
            if (order == 0) order = CompareValues(one.Values[i], other.Values[i]);
            if (order != 0) return order;
        }
        int sizes = one.Columns.Count.CompareTo(other.Columns.Count);
        return sizes != 0 ? sizes : string.CompareOrdinal(first.Id, second.Id);
    }

    // Numbers come before texts. Equal numbers of different types tie.
    private static int CompareValues(object? one, object? other) => (Number(one), Number(other)) switch
    {
        ({ } a, { } b) => a.CompareTo(b),
        (null, null) => string.CompareOrdinal(Text(one), Text(other)),
        (null, _) => 1,
        _ => -1,
    };

    // Settings of a list, such as layer sizes, have no cell.
    private static string Text(object? value) => value is object?[] or ExperimentRow ? SettingsText.OfValue(value) : ExperimentValue.Format(value);

    private static double? Number(object? value) => value switch { double number => number, long number => number, int number => number, bool flag => flag ? 1 : 0, _ => null };
}
