using ReparamPS.Messages;

namespace ReparamPS.Cmdlets.Sweeps;

/// <summary>Whether a metric is to be large or small. The module knows it for the columns of its own rows; for others the user says it.</summary>
internal static class MetricDirection
{
    private static readonly HashSet<string> Maximized = new(StringComparer.OrdinalIgnoreCase)
    {
        "TrainElbo", "TestElbo", "ValidationElbo", "Elbo", "Reconstruction", "LogLikelihood", "LogEvidence", "SamplesPerSecond",
    };

    private static readonly HashSet<string> Minimized = new(StringComparer.OrdinalIgnoreCase) { "Loss", "KlDivergence", "Variance", "Seconds", "RunSeconds" };

    /// <summary>The metrics with a known direction.</summary>
    public static IEnumerable<string> Known => Maximized.Concat(Minimized);

    /// <summary>Whether larger is better.</summary>
    /// <param name="metric">The column.</param>
    /// <param name="maximize">-Maximize; null if it is not given.</param>
    /// <param name="minimize">-Minimize; null if it is not given.</param>
    /// <param name="isColumn">Whether the rows have such a column, so that it is not mistyped.</param>
    /// <exception cref="ArgumentException">Both are given, or none for a column whose direction is unknown.</exception>
    public static bool IsMaximized(string metric, bool? maximize, bool? minimize, bool isColumn = false)
    {
        if (maximize is not null && maximize == minimize) throw new ArgumentException("Maximize and Minimize cannot be combined.", "Maximize");
        if ((maximize ?? !minimize) is { } given) return given;
        if (Maximized.Contains(metric)) return true;
        if (Minimized.Contains(metric)) return false;
        throw new ArgumentException($"Maximize: say whether a larger '{ShortText.Of(metric)}' is better (-Maximize) or a smaller one (-Minimize). The direction is known only for {string.Join(", ", Known)}.{(isColumn ? "" : NearNames.Hint(metric, Known))}", "Maximize");
    }
}
