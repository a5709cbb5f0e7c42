using System.Collections.Concurrent;
using System.Diagnostics;
using CsCheck;
using ReparamPS.Data;
using ReparamPS.Sweeps.Analysis;
using ReparamPS.Sweeps.Store;

namespace ReparamPS.Core.Tests;

public sealed class SweepFolderTests : IDisposable
{
    private static readonly SweepCommand Command = new(SweepCommandKind.ScriptBlock, "1", null, false, "1");

    private readonly SweepFolder folder = new(Path.Combine(Path.GetTempPath(), "reparamps-folder-" + Path.GetRandomFileName()));

    public SweepFolderTests() => folder.Create(Command);

    public void Dispose() => Directory.Delete(folder.Path, recursive: true);

    private static RunSpec Spec(params (string Name, object? Value)[] settings) =>
        new(Command.Id, new ExperimentRow([.. settings.Select(pair => pair.Name)], [.. settings.Select(pair => pair.Value)]));

    private static RunResult Result(RunStatus status = RunStatus.Done) => new(status, 1, DateTime.UtcNow, 0.5, "host");

    private RunFolder Created(RunSpec spec)
    {
        RunFolder run = folder.Run(spec.Id);
        run.Create(spec);
        return run;
    }

    private static void Finish(RunFolder run, RunResult result, params ExperimentRow[] rows)
    {
        using var file = new ResultFile(run.ResultPath);
        foreach (ExperimentRow row in rows) file.Add(row);
        file.Commit(result);
    }

    [Fact]
    public void An_id_depends_on_settings_command_and_version_and_on_nothing_else()
    {
        string id = Spec(("A", 1), ("B", "x")).Id;
        Assert.Equal(id, Spec(("b", "x"), ("a", 1.0)).Id);
        Assert.Equal(id, Spec(("A", "1"), ("B", "x")).Id);
        Assert.NotEqual(id, Spec(("A", "01"), ("B", "x")).Id);
        Assert.NotEqual(id, Spec(("A", 1.0000000001), ("B", "x")).Id);
        Assert.NotEqual(id, Spec(("A", null), ("B", "x")).Id);
        // More digits than a double holds.
        Assert.NotEqual(Spec(("A", 0.12345678901234567891m)).Id, Spec(("A", 0.12345678901234567892m)).Id);
        Assert.Equal(Spec(("A", 0.12345678901234567891m)).Id, Spec(("A", 0.1234567890123456789100m)).Id);
        Assert.Equal(Spec(("A", 0.1)).Id, Spec(("A", 0.10m)).Id);
        Assert.NotEqual(id, Spec(("A", new object?[] { 1 }), ("B", "x")).Id);
        var settings = new ExperimentRow(["A", "B"], [1, "x"]);
        Assert.NotEqual(id, new RunSpec("other", settings).Id);
        Assert.NotEqual(id, new RunSpec(Command.Id, settings, "9.9.9").Id);
    }

    [Fact]
    public void Settings_come_back_as_they_went()
    {
        RunSpec spec = Spec(("Int", 3), ("Long", 1L << 40), ("Double", 0.1), ("Whole", 2.0), ("Text", "1e5"), ("Date", new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc)), ("None", null), ("Flag", true), ("List", new object?[] { 1, "a", 0.5 }));
        RunSpec read = Created(spec).ReadSpec();
        Assert.Equal(spec.Id, read.Id);
        Assert.Equal(spec.Settings.Columns, read.Settings.Columns);
        Assert.Equal(spec.Settings.Values, read.Settings.Values);
    }

    [Fact]
    public void Any_settings_come_back_with_the_id_that_they_went_with()
    {
        Gen<object?> value = Gen.OneOf<object?>(
            Gen.Int.Select(item => (object?)item), Gen.Long.Select(item => (object?)item), Gen.Double.Select(item => (object?)item), Gen.Float.Select(item => (object?)item), Gen.Decimal.Select(item => (object?)item), Gen.Bool.Select(item => (object?)item), Gen.String.Select(item => (object?)item), Gen.Const(0).Select(_ => (object?)null),
            Gen.OneOf([.. new object?[] { "NaN", "inf", "2026-01-02", "1.10", "1e5", "-0", "true", "True", -0.0, 0.1f, 1.0m, 0.1234567890123456789m, 12345678901234567890.5m, double.NaN, double.NegativeInfinity, double.Epsilon }.Select(item => Gen.Const(0).Select(_ => item))]),
            Gen.DateTime.Select(item => (object?)item), Gen.DateTimeOffset.Select(item => (object?)item));
        Gen<object?> any = Gen.OneOf(value, value.Array[0, 3].Select(items => (object?)items));
        int number = 0;
        any.Array[1, 4].Sample(values =>
        {
            RunSpec spec = Spec([("Number", number++), .. values.Select((item, i) => ($"S{i}", item))]);
            return Created(spec).ReadSpec().Id == spec.Id;
        }, iter: 500, threads: 1);
    }

    [Fact]
    public void What_a_dead_worker_left_goes_when_its_run_ends_and_only_by_who_holds_the_run()
    {
        RunFolder run = Created(Spec(("X", 1)));
        using var owner = new SweepOwner(folder.Owners);
        Assert.Equal(ClaimOutcome.Claimed, run.TryClaim(owner.Id, (_, _) => false));
        string leftover = run.ResultPath + ".other.tmp";
        File.WriteAllText(leftover, "half a row");
        Finish(run, Result());
        run.End("somebody else");
        Assert.True(File.Exists(leftover));
        run.End(owner.Id);
        Assert.False(File.Exists(leftover));
        Assert.Equal(RunStatus.Done, run.ReadState().Status);
    }

    [Fact]
    public void Of_many_that_claim_runs_at_once_each_run_has_one()
    {
        RunFolder[] runs = [.. Enumerable.Range(0, 200).Select(i => Created(Spec(("X", i))))];
        SweepOwner[] owners = [.. Enumerable.Range(0, 4).Select(_ => new SweepOwner(folder.Owners))];
        var claims = new ConcurrentBag<(string Run, string Owner)>();
        Thread[] threads = [.. owners.Select(owner => new Thread(() =>
        {
            foreach (RunFolder run in runs)
            {
                if (run.TryClaim(owner.Id, (_, _) => false) == ClaimOutcome.Claimed) claims.Add((run.Id, owner.Id));
            }
        }))];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();
        Assert.Equal(runs.Length, claims.Count);
        Assert.Equal(runs.Length, claims.Select(claim => claim.Run).Distinct().Count());
        Assert.All(owners, owner => owner.Dispose());
    }

    [Fact]
    public void A_claim_dies_with_its_owner()
    {
        RunFolder run = Created(Spec(("X", 1)));
        var dead = new SweepOwner(folder.Owners);
        Assert.Equal(ClaimOutcome.Claimed, run.TryClaim(dead.Id, (_, _) => false));
        using var other = new SweepOwner(folder.Owners);
        Assert.Equal(ClaimOutcome.Busy, run.TryClaim(other.Id, (_, _) => false));
        Assert.Equal(RunStatus.Running, run.ReadState().Status);
        dead.Dispose();
        Assert.Equal(RunStatus.Pending, run.ReadState().Status);
        Assert.Equal(ClaimOutcome.Claimed, run.TryClaim(other.Id, (_, _) => false));
    }

    [Fact]
    public void An_owner_whose_process_has_ended_is_dead_and_so_is_one_whose_number_another_process_has_now()
    {
        using Process sleeper = Process.Start(OperatingSystem.IsWindows() ? "timeout" : "sleep", "600");
        ProcessIdentity identity = ProcessIdentity.Of(sleeper);
        Assert.True(identity.IsAlive());
        Assert.False((identity with { StartTicks = identity.StartTicks - 30_000_000_000 }).IsAlive());
        // A step of the clock moves the start as computed from it, and the process is the same.
        Assert.True((identity with { Started = identity.Started.AddHours(-5) }).IsAlive());
        // Files of version 0.1 have no ticks.
        Assert.True((identity with { Boot = null, StartTicks = null }).IsAlive());
        Assert.False((identity with { Boot = null, StartTicks = null, Started = identity.Started.AddMinutes(-5) }).IsAlive());
        sleeper.Kill();
        sleeper.WaitForExit();
        Assert.False(identity.IsAlive());
    }

    [Fact]
    public void A_result_counts_even_where_its_owner_died_before_the_token_was_renamed()
    {
        RunFolder run = Created(Spec(("X", 1)));
        var dead = new SweepOwner(folder.Owners);
        run.TryClaim(dead.Id, (_, _) => false);
        Finish(run, Result());
        dead.Dispose();
        using var other = new SweepOwner(folder.Owners);
        Assert.Equal(RunStatus.Done, run.ReadState().Status);
        Assert.Equal(ClaimOutcome.Ended, run.TryClaim(other.Id, (_, _) => false));
    }

    [Fact]
    public void A_failure_is_no_end_as_long_as_its_owner_may_try_again()
    {
        RunFolder run = Created(Spec(("X", 1)));
        var first = new SweepOwner(folder.Owners);
        using var other = new SweepOwner(folder.Owners);
        run.TryClaim(first.Id, (_, _) => false);
        Finish(run, Result(RunStatus.Died));
        Assert.Equal(RunStatus.Running, run.ReadState().Status);
        Assert.Equal(ClaimOutcome.Busy, run.TryClaim(other.Id, (_, _) => false));
        Assert.Equal(ClaimOutcome.Busy, run.TryClaim(other.Id, (_, _) => true));

        // Its owner is gone before it tried again: who waited for it may.
        first.Dispose();
        Assert.Equal(RunStatus.Died, run.ReadState().Status);
        Assert.Equal(ClaimOutcome.Claimed, run.TryClaim(other.Id, (_, isOver) => !isOver));
        run.Release(other.Id);
        Assert.Equal(ClaimOutcome.Claimed, run.TryClaim(other.Id, (_, isOver) => !isOver));
        run.End(other.Id);
        Assert.Equal(ClaimOutcome.Ended, run.TryClaim(other.Id, (_, isOver) => !isOver));
    }

    [Fact]
    public void A_result_that_a_crash_cut_off_is_none()
    {
        RunFolder run = Created(Spec(("X", 1)));
        Finish(run, Result(), new ExperimentRow(["Y"], [1]), new ExperimentRow(["Y"], [2]));
        byte[] whole = File.ReadAllBytes(run.ResultPath);
        Assert.Equal(2, run.ReadResult()!.Value.Last!["Y"]);
        Assert.Equal([1, 2], ResultFile.ReadRows(run.ResultPath).Select(row => row["Y"]));
        for (int length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(run.ResultPath, whole[..length]);
            Assert.Null(run.ReadResult());
        }
    }

    [Fact]
    public void A_last_row_longer_than_any_buffer_is_read_whole()
    {
        RunFolder run = Created(Spec(("X", 1)));
        Finish(run, Result(), new ExperimentRow(["Y"], ["first"]), new ExperimentRow(["Y"], [new string('y', 300_000)]));
        Assert.Equal(300_000, ((string)run.ReadResult()!.Value.Last!["Y"]!).Length);
    }

    [Fact]
    public void The_end_of_a_result_larger_than_any_array_is_read()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("The file has a hole, which takes space on this system.");
        RunFolder run = Created(Spec(("X", 1)));
        Finish(run, Result(), new ExperimentRow(["Y"], ["first"]), new ExperimentRow(["Y"], [new string('y', 300_000)]));
        byte[] end = File.ReadAllBytes(run.ResultPath);
        using (FileStream file = File.OpenWrite(run.ResultPath))
        {
            file.Position = 3L << 30;
            file.Write(end);
        }
        Assert.Equal(300_000, ((string)run.ReadResult()!.Value.Last!["Y"]!).Length);
    }

    [Fact]
    public void A_damaged_mark_is_reported_once_and_written_again()
    {
        Created(Spec(("X", 1)));
        string mark = Path.Combine(folder.Path, "sweep.json");
        foreach (string text in new[] { "{ \"Format\": ", "{}", "" })
        {
            File.WriteAllText(mark, text);
            List<DataFormatException> damages = [];
            Assert.Single(folder.ReadRuns(damages.Add));
            Assert.Equal(mark, Assert.Single(damages).Path);
            folder.RestoreMark();
            damages.Clear();
            Assert.Single(folder.ReadRuns(damages.Add));
            Assert.Empty(damages);
        }
    }

    [Fact]
    public void A_run_whose_folder_was_removed_is_an_error_and_not_waited_for()
    {
        RunFolder run = Created(Spec(("X", 1)));
        using var owner = new SweepOwner(folder.Owners);
        Directory.Delete(run.Path, recursive: true);
        Assert.Contains(run.Path, Assert.Throws<DirectoryNotFoundException>(() => run.TryClaim(owner.Id, (_, _) => false)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_older_result_is_put_aside_when_a_run_is_tried_again()
    {
        RunFolder run = Created(Spec(("X", 1)));
        using var owner = new SweepOwner(folder.Owners);
        run.TryClaim(owner.Id, (_, _) => false);
        Assert.Equal(1, run.BeginAttempt());
        Finish(run, Result(RunStatus.Failed));
        run.End(owner.Id);
        Assert.Equal(ClaimOutcome.Ended, run.TryClaim(owner.Id, (_, _) => false));
        Assert.Equal(ClaimOutcome.Claimed, run.TryClaim(owner.Id, (result, _) => result.Status == RunStatus.Failed));
        Assert.Equal(2, run.BeginAttempt());
        Assert.Null(run.ReadResult());
        run.Release(owner.Id);
        Assert.Equal(2, run.BeginAttempt());
    }

    [Fact]
    public void Thousands_of_runs_are_read_as_a_stream()
    {
        // Runs that were kept would take 8 MB for their text alone.
        const int count = 2_000;
        string text = new('x', 2_000);
        for (int i = 0; i < count; i++)
        {
            RunFolder run = Created(Spec(("X", i), ("Rate", i * 0.001)));
            Finish(run, Result(), new ExperimentRow(["Y", "Text"], [i, text]));
        }
        long before = GC.GetTotalMemory(forceFullCollection: true), most = 0, read = 0, sum = 0;
        foreach (RunRow run in folder.ReadRuns())
        {
            sum += (int)run.ToRow()["Y"]!;
            if (++read % 500 == 0) most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true) - before);
        }
        Assert.Equal(count, read);
        Assert.Equal((long)count * (count - 1) / 2, sum);
        Assert.InRange(most, long.MinValue, 4 << 20);
    }

    [Fact]
    public void Threads_of_one_process_that_create_the_same_runs_do_not_disturb_each_other()
    {
        RunSpec[] specs = [.. Enumerable.Range(0, 200).Select(i => Spec(("X", i)))];
        using var start = new Barrier(4);
        Exception?[] errors = new Exception?[4];
        Thread[] threads = [.. Enumerable.Range(0, 4).Select(number => new Thread(() => errors[number] = Record.Exception(() =>
        {
            foreach (RunSpec spec in specs)
            {
                start.SignalAndWait(1000, TestContext.Current.CancellationToken);
                folder.Run(spec.Id).Create(spec);
            }
        })))];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();
        Assert.All(errors, Assert.Null);
        Assert.Equal(200, folder.ReadRuns().Count());
        Assert.Equal(200, Directory.GetFileSystemEntries(Path.Combine(folder.Path, "runs")).Length);
    }

    [Fact]
    public void The_difference_of_long_numbers_is_exact()
    {
        static ExperimentRow Only(object? first, object? second)
        {
            RunRow Run(object? value) => new(Spec(("A", value)), RunStatus.Pending, null, null);
            return RunComparison.Of(Run(first), Run(second), includeEqual: true).Single(row => (string)row["Kind"]! == "Setting");
        }
        Assert.Equal([1.0, false], Only(638000000000000001, 638000000000000002).Values.TakeLast(2));
        Assert.Equal([1e-25, false], Only(0.1234567890123456789012345m, 0.1234567890123456789012346m).Values.TakeLast(2));
        Assert.Equal([-1.8446744073709552e19, false], Only(long.MaxValue, long.MinValue).Values.TakeLast(2));
        Assert.Equal([-2 * (double)decimal.MaxValue, false], Only(decimal.MaxValue, decimal.MinValue).Values.TakeLast(2));
        Assert.Equal([0.0, true], Only(638000000000000001, 638000000000000001m).Values.TakeLast(2));
        Assert.Equal([0.0, true], Only(2, 2.0).Values.TakeLast(2));
        Assert.Equal([null, true], Only("x", "x").Values.TakeLast(2));
    }
}
