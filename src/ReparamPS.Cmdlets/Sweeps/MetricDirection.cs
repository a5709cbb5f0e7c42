using ReparamPS.Messages;

namespace ReparamPS.Cmdlets.Sweeps;

/// <summary>Whether a metric is to be large or small. The module knows it for the columns of its own rows; for others the user says it.</summary>
internal static class MetricDirection
{
    private const string First = "TestElbo";

    private static readonly HashSet<string> Maximized = new(StringComparer.OrdinalIgnoreCase)
    {
        "TrainElbo", "TestElbo", "ValidationElbo", "Elbo", "Reconstruction", "LogLikelihood", "LogEvidence", "Return", "SamplesPerSecond",
    };

    private static readonly HashSet<string> Minimized = new(StringComparer.OrdinalIgnoreCase) { "Loss", "Cost", "KlDivergence", "Variance", "Seconds", "RunSeconds" };

    // Every run has them, and few runs are made to compare them.
    private static readonly string[] Times = ["SamplesPerSecond", "Seconds", "RunSeconds"];

    /// <summary>The metrics with a known direction.</summary>
    public static IEnumerable<string> Known => Maximized.Concat(Minimized);

    /// <summary>The metric that runs are compared by if the user names none: TestElbo, or the first column whose direction is known, times left out.</summary>
    /// <param name="columns">The columns of the runs' output.</param>
    /// <exception cref="ArgumentException">No column has a known direction.</exception>
    public static string Default(IEnumerable<string> columns)
    {
        string[] names = [.. columns.Distinct(StringComparer.OrdinalIgnoreCase)];
        return Array.Find(names, name => name.Equals(First, StringComparison.OrdinalIgnoreCase)) ?? Array.Find(names, name => Known.Except(Times).Contains(name, StringComparer.OrdinalIgnoreCase))
            ?? throw new ArgumentException(names.Length == 0 ? "Metric is required, because no run has an output row yet from which it could be chosen. Give -Metric, or try again when a run has written a row."
                : $"Metric is required: the column by which runs are compared. The columns are {ShortText.List(names)}.", "Metric");
    }

    /// <summary>Whether larger is better.</summary>
    /// <param name="metric">The column.</param>
    /// <param name="maximize">-Maximize; null if it is not given.</param>
    /// <param name="minimize">-Minimize; null if it is not given.</param>
    /// <param name="isColumn">Whether the rows have such a column, so that it is not mistyped.</param>
    /// <param name="warn">Takes the warning that the direction is not that of the module's own column of this name; null for none.</param>
    /// <exception cref="ArgumentException">Both are given, or none for a column whose direction is unknown.</exception>
    public static bool IsMaximized(string metric, bool? maximize, bool? minimize, bool isColumn = false, Action<string>? warn = null)
    {
        if (maximize is not null && maximize == minimize) throw new ArgumentException("Maximize and Minimize cannot be combined. Use one of them.", "Maximize");
        if ((maximize ?? !minimize) is { } given)
        {
            // The slowest run may be wanted.
            if (!Times.Contains(metric, StringComparer.OrdinalIgnoreCase) && (given ? Minimized : Maximized).Contains(metric))
                warn?.Invoke($"-{(given ? "Maximize" : "Minimize")} takes the {(given ? "largest" : "smallest")} {ShortText.Of(metric)} as the best, but {(given ? "smaller" : "larger")} values of a column with this name are usually better. If {(given ? "smaller" : "larger")} values are better here, leave out -{(given ? "Maximize" : "Minimize")}.");
            return given;
        }
        if (Maximized.Contains(metric)) return true;
        if (Minimized.Contains(metric)) return false;
        throw new ArgumentException($"Maximize or Minimize is required for '{ShortText.Of(metric)}': use -Maximize if larger values are better, -Minimize if smaller ones are. The direction is known only for {string.Join(", ", Known)}.{(isColumn ? "" : NearNames.Hint(metric, Known))}", "Maximize");
    }
}
