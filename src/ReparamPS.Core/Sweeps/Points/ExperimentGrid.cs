using ReparamPS.Data;
using ReparamPS.Messages;

namespace ReparamPS.Sweeps.Points;

/// <summary>One setting of a grid.</summary>
/// <param name="Name">The setting's name.</param>
/// <param name="Values">Its values; at least one.</param>
public sealed record GridAxis(string Name, IReadOnlyList<object?> Values);

/// <summary>The cartesian product of lists of values.</summary>
public static class ExperimentGrid
{
    /// <summary>The name of the axis that repeats every combination with other random numbers.</summary>
    public const string SeedAxis = "Seed";

    /// <summary>All combinations, one row each; the last axis varies fastest.</summary>
    /// <exception cref="ArgumentException">There is no axis, an axis has no value or no name, or two axes have one name.</exception>
    public static IEnumerable<ExperimentRow> Combine(IReadOnlyList<GridAxis> axes)
    {
        if (axes.Count == 0) throw new ArgumentException("Space must have at least one setting, such as @{ Beta = 0.5, 1.0 }; got none.", nameof(axes));
        SettingNames.Check(axes.Select(axis => axis.Name));
        if (axes.FirstOrDefault(axis => axis.Values.Count == 0) is { } empty) throw new ArgumentException($"{ShortText.Of(empty.Name)} must have at least one value; the list is empty.", empty.Name);
        return Enumerate(axes);
    }

    /// <summary>The axis of seeds that repeats every combination.</summary>
    /// <param name="repeat">The number of seeds; at least 1.</param>
    /// <param name="start">The first seed.</param>
    /// <exception cref="ArgumentException">The last seed exceeds 64 bits.</exception>
    public static GridAxis Seeds(int repeat, long start)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(repeat, 1);
        long greatest = long.MaxValue - (repeat - 1);
        if (start > greatest) throw new ArgumentException($"SeedStart must be at most {greatest} for {repeat} seeds; got {start}.", "SeedStart");
        return new GridAxis(SeedAxis, new SeedRange(start, start + repeat - 1));
    }

    private static IEnumerable<ExperimentRow> Enumerate(IReadOnlyList<GridAxis> axes)
    {
        string[] columns = [.. axes.Select(axis => axis.Name)];
        int[] places = new int[axes.Count];
        while (true)
        {
            object?[] values = new object?[places.Length];
            for (int i = 0; i < values.Length; i++) values[i] = axes[i].Values[places[i]];
            yield return new ExperimentRow(columns, values);

            int digit = places.Length - 1;
            while (digit >= 0 && ++places[digit] == axes[digit].Values.Count) places[digit--] = 0;
            if (digit < 0) yield break;
        }
    }

    /// <summary>Seeds are counted, not stored: a grid of billions of points is a stream.</summary>
    private sealed class SeedRange(long first, long last) : IReadOnlyList<object?>
    {
        public int Count => (int)(last - first + 1);

        public object? this[int index] => first + index;

        public IEnumerator<object?> GetEnumerator() => Enumerable.Range(0, Count).Select(i => this[i]).GetEnumerator();

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
