using System.Globalization;
using ReparamPS.Data;
using ReparamPS.Sweeps.Store;

namespace ReparamPS.Sweeps.Analysis;

/// <summary>What differs between two runs.</summary>
public static class RunComparison
{
    /// <summary>One row for each setting and each output that differs; the difference of numbers is the second minus the first.</summary>
    /// <param name="reference">The first run.</param>
    /// <param name="other">The second run.</param>
    /// <param name="includeEqual">Whether to include what is equal.</param>
    public static IEnumerable<ExperimentRow> Of(RunRow reference, RunRow other, bool includeEqual)
    {
        return Rows("Setting", reference.Spec.Settings, other.Spec.Settings)
            .Concat(Rows("Run", Own(reference), Own(other)))
            .Concat(Rows("Output", reference.Last, other.Last))
            .Where(row => includeEqual || !(bool)row["Equal"]!);
    }

    private static ExperimentRow Own(RunRow run) => new(
        ["Status", "Attempt", "RunSeconds", "Version", RunMeasurement.CommandColumn], [run.Status.ToString(), run.Result?.Attempt, run.Result?.Seconds, run.Spec.Version, run.Spec.Command]);

    private static IEnumerable<ExperimentRow> Rows(string kind, ExperimentRow? first, ExperimentRow? second)
    {
        IEnumerable<string> names = (first?.Columns ?? []).Concat(second?.Columns ?? []).Distinct(StringComparer.OrdinalIgnoreCase);
        foreach (string name in names)
        {
            object? x = RunRow.Flat(first?[name]), y = RunRow.Flat(second?[name]);
            (double? difference, bool equal) = Compare(x, y);
            yield return new ExperimentRow(["Kind", "Name", "Reference", "Other", "Difference", "Equal"], [kind, name, x, y, difference, equal]);
        }
    }

    private static (double? Difference, bool Equal) Compare(object? x, object? y)
    {
        // Two long integers, such as seeds, may be the same as doubles.
        if (Exact(x) is { } first && Exact(y) is { } second)
        {
            double distance = (double)second - (double)first;
            // The cast of a Decimal to a double isn't the nearest one; the text is.
            if (Math.Abs(distance) < (double)decimal.MaxValue) distance = double.Parse((second - first).ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
            return (distance, first == second);
        }
        (double? a, double? b) = (Number(x), Number(y));
        return (b - a, a is not null && b is not null ? a.Equals(b) : Equals(x, y));
    }

    private static decimal? Exact(object? value) => value is int or long or ulong or decimal ? Convert.ToDecimal(value, CultureInfo.InvariantCulture) : null;

    private static double? Number(object? value) =>
        value is int or long or ulong or float or double or decimal ? Convert.ToDouble(value, CultureInfo.InvariantCulture) : null;
}
