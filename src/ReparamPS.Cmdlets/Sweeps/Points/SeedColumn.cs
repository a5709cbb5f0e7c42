using System.Management.Automation;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Sweeps.Points;

namespace ReparamPS.Cmdlets.Sweeps.Points;

/// <summary>The checks of -Repeat and -SeedStart, by which points get a column of seeds.</summary>
internal static class SeedColumn
{
    /// <exception cref="ArgumentException">SeedStart was given without Repeat.</exception>
    public static void CheckStart(PSCmdlet cmdlet, int repeat)
    {
        const string start = "SeedStart";
        if (repeat == 0 && cmdlet.MyInvocation.BoundParameters.ContainsKey(start) && !SessionDefaults.Has(cmdlet, start)) throw new ArgumentException($"{start} requires -Repeat, which adds the column {ExperimentGrid.SeedAxis}.", start);
    }

    /// <exception cref="ArgumentException">Repeat was given, and the settings have a Seed of their own.</exception>
    public static void CheckFree(IEnumerable<string> settings, int repeat)
    {
        if (repeat > 0 && settings.Contains(ExperimentGrid.SeedAxis, StringComparer.OrdinalIgnoreCase))
            throw new ArgumentException($"Repeat adds the setting {ExperimentGrid.SeedAxis} to each point, but Space already has it. Remove it from Space, or leave out -Repeat.", "Repeat");
    }
}
