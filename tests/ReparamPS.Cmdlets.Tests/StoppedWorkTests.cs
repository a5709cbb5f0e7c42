using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace ReparamPS.Cmdlets.Tests;

/// <summary>What a user reads after Ctrl+C in work that is stored.</summary>
[Collection(ModuleCollection.Name)]
public sealed class StoppedWorkTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("reparamps-stop-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("Invoke-VaeTraining -Epochs 100000 -HiddenSize 4 -Seed 1 -CheckpointEpochs 1 -OutPath", "Invoke-VaeTraining -OutPath '{0}' -Resume")]
    [InlineData("New-ControlProblem Pendulum -Horizon 5 | Invoke-PolicyTraining (New-NeuralPolicy -HiddenSize 2) -Iterations 100000 -Trajectories 2 -Seed 1 -CheckpointIterations 1 -OutPath", "-OutPath '{0}' -Resume")]
    [InlineData("New-ExperimentGrid @{ X = 0, 600 } | Invoke-ExperimentSweep { [Threading.Thread]::Sleep(1000 * $_.X); 1 } -ThrottleLimit 1 -Path", "1 of 2 runs has ended. The sweep is stored in '{0}'. To resume it: Invoke-ExperimentSweep '{0}' -Resume")]
    public void Stopped_work_says_where_it_is_stored_and_how_to_resume_it(string call, string advice)
    {
        string path = $"{folder}/kept";
        var host = new WidthHost(200);
        using Runspace runspace = RunspaceFactory.CreateRunspace(host, InitialSessionState.CreateDefault2());
        runspace.Open();
        using var shell = PowerShell.Create(runspace);
        shell.AddScript($"Import-Module '{ModuleRunspace.ManifestPath}'; {call} '{path}'");
        using var output = new PSDataCollection<PSObject>();
        IAsyncResult running = shell.BeginInvoke<PSObject, PSObject>(null, output);
        Assert.True(SpinWait.SpinUntil(() => output.Count > 0 || running.IsCompleted, TimeSpan.FromMinutes(2)));
        shell.Stop();
        string expected = string.Format(System.Globalization.CultureInfo.InvariantCulture, advice, path);
        Assert.Contains(host.Lines, line => line.Contains(expected, StringComparison.Ordinal) && line.Contains($"is stored in '{path}'", StringComparison.Ordinal));
    }
}
