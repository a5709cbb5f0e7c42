namespace ReparamPS.Cmdlets.Tests;

/// <summary>Tensors in several runspaces beside garbage collections, and in loops that dispose of nothing. Child processes, so that a fault is seen.</summary>
public sealed class ThreadsAndMemoryTests
{
    /// <summary>Seconds of the thread test; 60 on demand.</summary>
    private const string SecondsVariable = "REPARAMPS_TEST_THREAD_SECONDS";

    [Fact]
    public void SevenRunspacesComputeRightBesideAThreadThatCollects()
    {
        string seconds = Environment.GetEnvironmentVariable(SecondsVariable) is { Length: > 0 } given ? given : "5";
        HostRun run = HostProcess.Run(Script("threads.ps1"), "-Module", ModuleRunspace.ManifestPath, "-Seconds", seconds, "-Runspaces", "7");
        Assert.True(run.ExitCode == 0 && run.Lines is [.., "end"], $"The process ended with {run.ExitCode}: {run.Error}");
        Assert.DoesNotContain(run.Lines, line => line.StartsWith("wrong", StringComparison.Ordinal));
        Assert.Equal(7, run.Lines.Count(line => line.StartsWith("rounds", StringComparison.Ordinal)));
    }

    [Fact]
    public void APromptLoopThatDisposesOfNothingStaysBelow500Megabytes()
    {
        HostRun run = HostProcess.Run(Script("prompt-loop.ps1"), "-Module", ModuleRunspace.ManifestPath, "-Steps", "200");
        Assert.InRange(int.Parse(Assert.Single(run.Lines)), 50, 500);
    }

    private static string Script(string name) => Path.Combine(AppContext.BaseDirectory, "Data", name);
}
