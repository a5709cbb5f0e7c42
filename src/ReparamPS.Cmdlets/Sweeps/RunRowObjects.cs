using System.Management.Automation;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Sweeps.Store;

namespace ReparamPS.Cmdlets.Sweeps;

/// <summary>Runs as PowerShell objects.</summary>
internal static class RunRowObjects
{
    /// <summary>One object for a run, or one for each of its rows.</summary>
    public static IEnumerable<PSObject> From(SweepFolder folder, RunRow run, bool expand)
    {
        if (!expand || run.Result is not { Rows: > 0 })
        {
            yield return Named(RowObjects.From(run.ToRow()));
            yield break;
        }
        foreach (var row in folder.ReadRows(run.Spec.Id)) yield return Named(RowObjects.From(run.Around(row)));
    }

    private static PSObject Named(PSObject row)
    {
        row.TypeNames.Insert(0, "ReparamPS.ExperimentRun");
        return row;
    }
}
