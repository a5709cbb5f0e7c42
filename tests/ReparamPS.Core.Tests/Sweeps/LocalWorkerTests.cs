using ReparamPS.Data;
using ReparamPS.Sweeps;
using ReparamPS.Sweeps.Local;
using ReparamPS.Sweeps.Store;

namespace ReparamPS.Core.Tests.Sweeps;

public sealed class LocalWorkerTests : IDisposable
{
    private static readonly SweepCommand Command = new(SweepCommandKind.ScriptBlock, "1", null, false, "1");

    private readonly SweepFolder folder = new(Path.Combine(Path.GetTempPath(), "reparamps-worker-" + Path.GetRandomFileName()));

    public void Dispose() => Directory.Delete(folder.Path, recursive: true);

    [Fact]
    public void The_last_run_of_a_batch_that_had_not_begun_when_its_process_died_is_executed_alone()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("The worker of this test is a Unix shell script.");
        RunSpec[] specs = [.. new[] { 1, 2 }.Select(x => new RunSpec(Command.Id, new ExperimentRow(["X"], [x])))];
        folder.Enlist(Command, specs, null, CancellationToken.None);
        string script = Path.Combine(folder.Path, "worker.sh");
        // The first process ends one run of its batch, and itself. The second process gets the other run.
        File.WriteAllText(script, $$"""
            exec 3<"/dev/fd/$4" 4>"/dev/fd/$6"
            end() {
                echo '{"Status":"Done","Attempt":1,"Started":"2026-01-02T03:04:05Z","Seconds":1,"Host":"host"}' > "$1/result.jsonl"
                echo "{\"Kind\":\"Ended\",\"Id\":\"$2\"}" >&4
            }
            echo '{"Kind":"Ready"}' >&4
            read -r request <&3
            if mkdir '{{folder.Path}}/first' 2>/dev/null; then
                read -r request <&3
                end '{{folder.Run(specs[0].Id).Path}}' {{specs[0].Id}}
                exit 3
            fi
            end '{{folder.Run(specs[1].Id).Path}}' {{specs[1].Id}}
            read -r request <&3
            """);
        using var owner = new SweepOwner(folder.Owners);
        foreach (RunSpec spec in specs) Assert.Equal(ClaimOutcome.Claimed, folder.Run(spec.Id).TryClaim(owner.Id, (_, _) => false));
        List<RunRow> ended = [];
        using (var worker = new LocalWorker(folder, owner, new SweepOptions { Batching = new RunBatching(2, "Test", []) }, new WorkerLaunch("/bin/sh", [script]), 0, 1, _ => { }))
            worker.Run([.. specs.Select(spec => new RunTask(spec))], (_, row) => ended.Add(row), CancellationToken.None);
        Assert.Equal([RunStatus.Done, RunStatus.Done], ended.Select(row => row.Status));
        Assert.All(ended, row => Assert.Equal(2026, row.Result!.Started.Year));
    }
}
