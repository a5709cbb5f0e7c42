using System.Diagnostics;
using System.Globalization;
using ReparamPS.Data;
using ReparamPS.Runs;
using ReparamPS.Vae;

namespace ReparamPS.Benchmarks;

/// <summary>Kills a training process again and again at random moments, resumes it each time, and compares the end with a run that was never killed.</summary>
internal sealed class VaeKillBenchmark : IBenchmark
{
    private const string Child = "child";

    private static readonly VaeOptions Options = new()
    {
        LatentSize = 4, HiddenSize = [64], Epochs = 400, Seed = 1, ValidationFraction = 0.1, Patience = 400, Binarization = "dynamic", KlWarmup = "linear",
    };

    public string Name => "vae-kills";

    public string Summary => "a VAE run killed at random moments and resumed ends as one that was not [kills]";

    public void Run(string[] arguments)
    {
        if (arguments is [Child, var folder])
        {
            VaeRun.Train(Options, new VaeDataReader().Read(Options), folder, RunStart.Resume, new Checkpointing(1, 0)).Count();
            return;
        }
        int wanted = arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 50, kills = 0, inWriting = 0;
        string root = Directory.CreateTempSubdirectory("reparamps-kills-").FullName;
        try
        {
            string whole = Path.Combine(root, "whole");
            VaeRun.Train(Options, new VaeDataReader().Read(Options), whole, RunStart.New, new Checkpointing(1, 0)).Count();
            var random = new Random(1);
            for (int run = 0; kills < wanted; run++)
            {
                string killed = Path.Combine(root, $"killed{run}");
                bool finished = false;
                while (!finished)
                {
                    DateTime started = DateTime.UtcNow;
                    using Process process = Start(killed);
                    // Wait until it trains, then a moment that is nowhere in particular: within an epoch, within a file.
                    string checkpoint = Path.Combine(killed, "checkpoint.safetensors");
                    while (!process.HasExited && (kills >= wanted || File.GetLastWriteTimeUtc(checkpoint) < started)) Thread.Sleep(1);
                    finished = process.WaitForExit(random.Next(0, 60));
                    if (finished) continue;
                    process.Kill();
                    process.WaitForExit();
                    kills++;
                    if (kills % 10 == 0) Console.WriteLine($"{kills} kills");
                    if (Directory.EnumerateFiles(killed, ".*.tmp").Any()) inWriting++;
                }
                Compare(whole, killed);
                Console.WriteLine($"run {run + 1}: {kills} kills so far ({inWriting} while a file was written), the same weights and rows");
            }
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private static Process Start(string folder)
    {
        string program = typeof(VaeKillBenchmark).Assembly.Location;
        var start = new ProcessStartInfo("dotnet") { ArgumentList = { program, "vae-kills", Child, folder } };
        return Process.Start(start) ?? throw new InvalidOperationException("The child did not start.");
    }

    private static void Compare(string whole, string killed)
    {
        static byte[] Weights(string folder) => File.ReadAllBytes(Path.Combine(folder, "model.safetensors"));
        static IEnumerable<string> Rows(string folder) => ExperimentFile.Read(Path.Combine(folder, "epochs.csv"))
            .Select(row => string.Join(';', row.Columns.Zip(row.Values).Where(cell => cell.First is not ("Seconds" or "SamplesPerSecond")).Select(cell => cell.Second)));
        if (!Weights(whole).AsSpan().SequenceEqual(Weights(killed))) throw new InvalidOperationException("The weights differ.");
        if (!Rows(whole).SequenceEqual(Rows(killed))) throw new InvalidOperationException("The rows differ.");
    }
}
