using System.Management.Automation;
using System.Runtime.CompilerServices;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Cmdlets.Common.Rows;
using ReparamPS.Data;
using ReparamPS.Messages;
using ReparamPS.Sweeps.Store;

namespace ReparamPS.Cmdlets.Sweeps;

/// <summary>Runs as PowerShell objects.</summary>
internal static class RunRowObjects
{
    private static readonly ConditionalWeakTable<SweepFolder, IReadOnlySet<string>> Varying = [];

    /// <summary>Warns of the first run whose output is not in its rows. The runs of a sweep mostly share the reason.</summary>
    /// <param name="run">A run that has ended.</param>
    /// <param name="hasWarned">Whether the call has warned of another run.</param>
    /// <param name="warn">Takes the warning.</param>
    public static void WarnOfLeftOut(RunRow run, ref bool hasWarned, Action<string> warn)
    {
        if (hasWarned || run.Result?.LeftOut is not { } message) return;
        hasWarned = true;
        warn($"Run {run.Spec.Id}: {FirstLetter.Lower(message)} The file runs/<RunId>/output.log in the folder of the sweep has all such messages of a run.");
    }

    /// <summary>One object for a run, or one for each of its rows.</summary>
    /// <param name="folder">The sweep's folder.</param>
    /// <param name="run">The run.</param>
    /// <param name="expand">Whether to return all rows.</param>
    /// <param name="added">Runs whose folders may not exist yet; their settings count among those that vary.</param>
    /// <param name="columns">The columns that each object has; null for those of the run.</param>
    public static IEnumerable<PSObject> From(SweepFolder folder, RunRow run, bool expand, IEnumerable<RunSpec>? added = null, CommonColumns? columns = null)
    {
        IReadOnlySet<string> varying = Varying.GetValue(folder, found => VaryingSettings.Among(found.ReadSpecs(_ => { }).Concat(added ?? []).Select(spec => spec.Settings)).Select(RunRow.ColumnOf).ToHashSet(StringComparer.OrdinalIgnoreCase));
        string[] settings = [.. run.Spec.Settings.Columns.Select(RunRow.ColumnOf)];
        if (!expand || run.Result is not { Rows: > 0 })
        {
            yield return Object(run.ToRow());
            yield break;
        }
        foreach (var row in folder.ReadRows(run.Spec.Id)) yield return Object(run.Around(row));

        PSObject Object(ExperimentRow row) => VaryingSettings.Mark(RowObjects.From(columns?.Fill(row) ?? row, ArgumentRules.RunRowTypeName), varying, settings);
    }
}
