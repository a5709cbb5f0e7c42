using Newtonsoft.Json;
using Newtonsoft.Json.Converters;
using ReparamPS.Data;
using ReparamPS.Numerics.Points;

namespace ReparamPS.Sweeps.Points;

/// <summary>How to pick the points of a search.</summary>
[JsonConverter(typeof(StringEnumConverter))]
public enum SearchStrategy
{
    /// <summary>Independent points.</summary>
    Random,

    /// <summary>A Sobol sequence, which fills the space evenly.</summary>
    Sobol,
}

/// <summary>Points of a space of settings. With one seed, a longer sequence starts with the shorter ones.</summary>
public static class ExperimentSearch
{
    /// <summary>An endless sequence of points.</summary>
    /// <exception cref="ArgumentException">There is no axis, an axis has no name, or two axes have one name.</exception>
    public static IEnumerable<ExperimentRow> Points(IReadOnlyList<SearchAxis> axes, SearchStrategy strategy, long seed) => Points(axes, strategy, new SplitMix(seed).Next);

    /// <summary>An endless sequence of points from 64-bit random numbers.</summary>
    /// <exception cref="ArgumentException">There is no axis, an axis has no name, or two axes have one name.</exception>
    public static IEnumerable<ExperimentRow> Points(IReadOnlyList<SearchAxis> axes, SearchStrategy strategy, Func<ulong> bits)
    {
        if (axes.Count == 0) throw new ArgumentException("Space must have at least one setting, such as @{ Beta = @{ Min = 0.1; Max = 4 } }; got none.", nameof(axes));
        string[] columns = [.. axes.Select(axis => axis.Name)];
        SettingNames.Check(columns);
        if (strategy == SearchStrategy.Sobol && axes.Count > SobolCoordinate.MaxDimensions)
        {
            throw new ArgumentException($"Strategy Sobol takes at most {SobolCoordinate.MaxDimensions} settings; got {axes.Count}. Use -Strategy Random, which takes any number.", nameof(axes));
        }
        return Pick(axes, columns, Coordinates(axes.Count, strategy, bits));
    }

    private static IEnumerable<ExperimentRow> Pick(IReadOnlyList<SearchAxis> axes, string[] columns, IEnumerable<double[]> coordinates) =>
        coordinates.Select(point => new ExperimentRow(columns, [.. axes.Select((axis, i) => axis.At(point[i]))]));

    private static IEnumerable<double[]> Coordinates(int count, SearchStrategy strategy, Func<ulong> bits)
    {
        Func<double>[] axes = [.. Enumerable.Range(0, count).Select<int, Func<double>>(axis =>
            strategy == SearchStrategy.Sobol ? new SobolCoordinate(axis, () => (uint)(bits() >> 32)).Next : () => SplitMix.Fraction(bits()))];
        while (true) yield return Array.ConvertAll(axes, next => next());
    }
}
