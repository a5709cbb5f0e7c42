using ReparamPS.Sweeps.Points;

namespace ReparamPS.Cmdlets.Sweeps.Points;

/// <summary>The checks of -Repeat and -SeedStart, by which points get a column of seeds.</summary>
internal static class SeedColumn
{
    /// <exception cref="ArgumentException">SeedStart was given without Repeat.</exception>
    public static void CheckStart(bool isGiven, int repeat)
    {
        if (repeat == 0 && isGiven) throw new ArgumentException($"SeedStart requires -Repeat, which adds the column {ExperimentGrid.SeedAxis}.", "SeedStart");
    }

    /// <exception cref="ArgumentException">Repeat was given, and the settings have a Seed of their own.</exception>
    public static void CheckFree(IEnumerable<string> settings, int repeat)
    {
        if (repeat > 0 && settings.Contains(ExperimentGrid.SeedAxis, StringComparer.OrdinalIgnoreCase))
            throw new ArgumentException($"Repeat adds the setting {ExperimentGrid.SeedAxis} to each point, but Space already has it. Remove it from Space, or leave out -Repeat.", "Repeat");
    }
}
