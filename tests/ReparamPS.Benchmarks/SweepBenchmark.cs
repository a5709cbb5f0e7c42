using System.Diagnostics;
using System.Globalization;
using ReparamPS.Sweeps.Store;
using ReparamPS.Tests;

namespace ReparamPS.Benchmarks;

/// <summary>
/// Sweeps: what a trivial run costs beside Optuna's (python3-optuna, journal and SQLite storage, two processes), what a second worker gives VAE runs, and how fast a large folder is read. Each sweep is
/// a process of the host, as a user starts it; figures are taken in turns, and the best of each counts.
/// </summary>
internal sealed class SweepBenchmark : IBenchmark
{
    private const int Trials = 1000, Many = 10_000;

    private const string Optuna = """
        import sys, time, warnings, multiprocessing
        warnings.filterwarnings('ignore')
        import optuna
        optuna.logging.set_verbosity(optuna.logging.WARNING)
        kind, path, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
        def storage():
            if kind == 'sqlite': return 'sqlite:///' + path
            from optuna.storages import JournalStorage, JournalFileStorage
            return JournalStorage(JournalFileStorage(path))
        def work():
            optuna.load_study(study_name='s', storage=storage()).optimize(lambda trial: 0.0, n_trials=count // 2)
        start = time.time()
        optuna.create_study(study_name='s', storage=storage())
        processes = [multiprocessing.Process(target=work) for _ in range(2)]
        for process in processes: process.start()
        for process in processes: process.join()
        print(time.time() - start)
        """;

    public string Name => "sweeps";

    public string Summary => "trivial runs beside Optuna, two workers beside one, a batch of VAE runs, a large folder read [rounds]";

    public void Run(string[] arguments)
    {
        int rounds = arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 3;
        Console.WriteLine($"load {File.ReadAllText("/proc/loadavg").Trim()}");
        DirectoryInfo root = Directory.CreateTempSubdirectory("reparamps-sweeps-");
        try
        {
            Trivial(root.FullName, rounds);
            Speedup(root.FullName, rounds);
            Batches(root.FullName, rounds);
            Read(root.FullName);
        }
        finally
        {
            root.Delete(recursive: true);
        }
    }

    private static void Trivial(string root, int rounds)
    {
        File.WriteAllText(Path.Combine(root, "trials.py"), Optuna);
        double cold = double.MaxValue, warm = double.MaxValue, whole = double.MaxValue, journal = double.MaxValue, journalWhole = double.MaxValue;
        bool hasOptuna = true;
        for (int round = 0; round < rounds; round++)
        {
            (double process, double[] told) = Host($$"""
                $clock = [Diagnostics.Stopwatch]::StartNew(); $first = 0; $count = 0
                New-ExperimentGrid @{ X = 1..{{Trials}} } | Invoke-ExperimentSweep '{{root}}/trivial{{round}}' -ThrottleLimit 2 { [pscustomobject]@{ Y = $_.X } } |
                    ForEach-Object { if ($count++ -eq 0) { $first = $clock.Elapsed.TotalSeconds } }
                "$($clock.Elapsed.TotalSeconds) $($clock.Elapsed.TotalSeconds - $first) $count"
                """);
            if (told[2] != Trials) throw new InvalidOperationException($"{told[2]} of {Trials} runs came back.");
            (whole, cold, warm) = (Math.Min(whole, process), Math.Min(cold, told[0]), Math.Min(warm, told[1]));
            if (!hasOptuna) continue;
            (double seconds, double inside) = Python(root, "journal", round);
            hasOptuna = seconds > 0;
            (journalWhole, journal) = (Math.Min(journalWhole, seconds), Math.Min(journal, inside));
        }
        Console.WriteLine($"{Trials} trivial runs, 2 workers: {cold:F2} s ({cold * 1000 / Trials:F2} ms a run, goal 15), {warm:F2} s from the first row on, the whole process {whole:F2} s");
        if (!hasOptuna)
        {
            Console.WriteLine("  Optuna: skipped, python3-optuna is not there.");
            return;
        }
        (double sqliteWhole, double sqlite) = Python(root, "sqlite", 0);
        Console.WriteLine($"  Optuna, 2 processes: journal {journal:F2} s, the whole process {journalWhole:F2} s; SQLite {sqlite:F2} s, the whole process {sqliteWhole:F2} s");
        Console.WriteLine($"  ratio of the whole processes: to the journal {whole / journalWhole:F2}, to SQLite {whole / sqliteWhole:F2} (goal below 1)");
    }

    private static void Speedup(string root, int rounds)
    {
        double one = double.MaxValue, two = double.MaxValue;
        for (int round = 0; round < rounds; round++)
        {
            one = Math.Min(one, Train(1));
            two = Math.Min(two, Train(2));

            double Train(int workers) => Host($$"""
                $clock = [Diagnostics.Stopwatch]::StartNew()
                $null = New-ExperimentGrid @{ Seed = 1..8; Epochs = 600; HiddenSize = 128 } | Invoke-ExperimentSweep '{{root}}/vae{{round}}-{{workers}}' -Command Invoke-VaeTraining -ThrottleLimit {{workers}}
                "$($clock.Elapsed.TotalSeconds)"
                """).Told[0];
        }
        Console.WriteLine($"8 VAE runs: one worker of one thread {one:F2} s, two {two:F2} s, {one / two:F2} times faster (goal 1.8)");
    }

    // Whole commands, each in a new host, whose worker starts within the time.
    private static void Batches(string root, int rounds)
    {
        double one = double.MaxValue, single = double.MaxValue, batch = double.MaxValue;
        for (int round = 0; round < rounds; round++)
        {
            one = Math.Min(one, Train("1", "-ThrottleLimit 1"));
            single = Math.Min(single, Train("1..8", ""));
            batch = Math.Min(batch, Train("1..8", "-BatchRuns 8"));

            double Train(string seeds, string options) => Host($$"""
                $clock = [Diagnostics.Stopwatch]::StartNew()
                $null = New-ExperimentGrid @{ Seed = {{seeds}}; Epochs = 200; HiddenSize = 32; LatentSize = 2 } | Invoke-ExperimentSweep '{{root}}/{{Guid.NewGuid()}}' -Command Invoke-VaeTraining {{options}}
                "$($clock.Elapsed.TotalSeconds)"
                """).Told[0];
        }
        Console.WriteLine($"8 VAE runs of 64-32-2, 200 epochs, with -BatchRuns 8: {batch:F2} s, {batch / one:F2} times one run on one core, {one:F2} s (goal 2.5); a process per core {single:F2} s, {single / one:F2} times");
    }

    private static void Read(string root)
    {
        var folder = new SweepFolder(Path.Combine(root, "many"));
        var command = new SweepCommand(SweepCommandKind.ScriptBlock, "1", null, false, "1");
        RunSpec[] specs = [.. Enumerable.Range(0, Many).Select(i => new RunSpec(command.Id, new Data.ExperimentRow(["X", "Rate"], [i, i * 0.001])))];
        folder.Enlist(command, specs, null, CancellationToken.None);
        foreach (RunSpec spec in specs)
        {
            using var result = new ResultFile(folder.Run(spec.Id).ResultPath);
            result.Add(new Data.ExperimentRow(["Y"], [spec.Settings["X"]]));
            result.Commit(new RunResult(RunStatus.Done, 1, DateTime.UtcNow, 0.5, "host"));
        }
        double[] told = Host($$"""
            $clock = [Diagnostics.Stopwatch]::StartNew(); $count = 0; $most = 0
            Get-ExperimentRun '{{folder.Path}}' | ForEach-Object { if (++$count % 2000 -eq 0) { $now = [GC]::GetTotalMemory($true) / 1MB; if ($count -eq 2000) { $first = $now }; $most = [Math]::Max($most, $now - $first) } }
            "$($clock.Elapsed.TotalSeconds) $most $count"
            """).Told;
        Console.WriteLine($"Get-ExperimentRun over {told[2]:F0} runs: {told[0]:F2} s (goal 3), memory grows by {told[1]:F1} MB from the 2,000th run on");
    }

    private static (double Seconds, double[] Told) Host(string script)
    {
        string host = Directory.EnumerateFiles(Path.Combine(Repository.Root, "src", "ReparamPS.Host", "bin"), "ReparamPS.Host.dll", SearchOption.AllDirectories).OrderByDescending(File.GetLastWriteTimeUtc).First();
        (double seconds, string output) = Time("dotnet", [host, "-Command", script]);
        return (seconds, [.. output.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(text => double.Parse(text, CultureInfo.InvariantCulture))]);
    }

    private static (double Seconds, double Inside) Python(string root, string storage, int round)
    {
        if (!File.Exists("/usr/bin/python3")) return (0, 0);
        (double seconds, string output) = Time("/usr/bin/python3", [Path.Combine(root, "trials.py"), storage, Path.Combine(root, storage + round), Trials.ToString(CultureInfo.InvariantCulture)]);
        return double.TryParse(output, CultureInfo.InvariantCulture, out double inside) ? (seconds, inside) : (0, 0);
    }

    private static (double Seconds, string Output) Time(string program, string[] arguments)
    {
        var clock = Stopwatch.StartNew();
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (clock.Elapsed.TotalSeconds, output.Trim());
    }
}
