using ReparamPS.Data;

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
            if (order == 0) order = ValueOrder.Instance.Compare(one.Values[i], other.Values[i]);
            if (order != 0) return order;
        }
        int sizes = one.Columns.Count.CompareTo(other.Columns.Count);
        return sizes != 0 ? sizes : string.CompareOrdinal(first.Id, second.Id);
    }
}
