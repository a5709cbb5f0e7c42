namespace ReparamPS.Data;

/// <summary>The names by which folders of sweeps and of trainings are told apart, so that neither writes into the other's.</summary>
internal static class FolderMarks
{
    /// <summary>The file that every sweep has.</summary>
    public const string Sweep = "sweep.json";

    /// <summary>The file that every run has, of a sweep or of a training.</summary>
    public const string Run = "run.json";

    /// <summary>The folder of a sweep's runs.</summary>
    public const string SweepRuns = "runs";

    /// <summary>The folder in which a run of a sweep stores its training.</summary>
    public const string SweepTraining = "checkpoint";

    /// <summary>Whether a folder holds a sweep.</summary>
    public static bool IsSweep(string folder) => File.Exists(Path.Combine(folder, Sweep));

    /// <summary>The folder of the sweep that a folder is a run of; null for other folders.</summary>
    public static string? SweepOf(string folder)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        return Path.GetDirectoryName(full) is { } runs && Path.GetFileName(runs) == SweepRuns && Path.GetDirectoryName(runs) is { } sweep && IsSweep(sweep) ? sweep : null;
    }
}
