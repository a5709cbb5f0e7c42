using System.Management.Automation;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Sweeps.Store;

namespace ReparamPS.Cmdlets.Sweeps;

/// <summary>Runs as PowerShell objects.</summary>
internal static class RunRowObjects
{
    private const string TypeName = "ReparamPS.ExperimentRun";

    /// <summary>One object for a run, or one for each of its rows.</summary>
    public static IEnumerable<PSObject> From(SweepFolder folder, RunRow run, bool expand)
    {
        if (!expand || run.Result is not { Rows: > 0 })
        {
            yield return RowObjects.From(run.ToRow(), TypeName);
            yield break;
        }
        foreach (var row in folder.ReadRows(run.Spec.Id)) yield return RowObjects.From(run.Around(row), TypeName);
    }
}
