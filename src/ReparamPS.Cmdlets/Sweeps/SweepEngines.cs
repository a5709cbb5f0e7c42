using Newtonsoft.Json;
using Newtonsoft.Json.Converters;
using ReparamPS.Sweeps;
using ReparamPS.Sweeps.Local;
using ReparamPS.Sweeps.Slurm;
using ReparamPS.Sweeps.Store;

namespace ReparamPS.Cmdlets.Sweeps;

/// <summary>Where a sweep executes its runs.</summary>
[JsonConverter(typeof(StringEnumConverter))]
public enum SweepEngine
{
    /// <summary>In processes of this machine.</summary>
    Local,

    /// <summary>On the nodes of a cluster, as a job array of Slurm.</summary>
    Slurm,
}

/// <summary>The engines by their names.</summary>
internal static class SweepEngines
{
    /// <summary>An engine.</summary>
    /// <param name="engine">Its name.</param>
    /// <param name="folder">The sweep's folder.</param>
    /// <param name="location">The location in which runs start.</param>
    /// <param name="slurm">What to request from Slurm.</param>
    /// <param name="prefix">The prefix under which runs see the commands of this module.</param>
    public static ISweepEngine Create(SweepEngine engine, SweepFolder folder, string location = "", SlurmOptions? slurm = null, string prefix = "") => engine switch
    {
        SweepEngine.Slurm => new SlurmEngine(folder, slurm ?? new SlurmOptions(), location, () => SweepWorkerProcess.LaunchTask(prefix)),
        _ => new LocalEngine(folder, () => SweepWorkerProcess.Launch(location, prefix)),
    };

    /// <summary>All engines that may have workers at a folder.</summary>
    public static IReadOnlyList<ISweepEngine> All(SweepFolder folder) => [Create(SweepEngine.Slurm, folder), Create(SweepEngine.Local, folder)];
}
