using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using ReparamPS.Vae;
using static TorchSharp.torch;

namespace ReparamPS.Benchmarks;

/// <summary>
/// The 784-400-20 VAE here and in Debian's PyTorch (pytorch_vae.py beside this file): the same images, scale, initialization, bound and optimizer, with
/// seeds of their own. The best epoch of each side counts for the time, the last for the bounds.
/// </summary>
internal sealed class VaeTorchBenchmark : IBenchmark
{
    private const string Folder = "/usr/share/datasets/fashion-mnist/", Train = Folder + "train-images-idx3-ubyte.gz", Test = Folder + "t10k-images-idx3-ubyte.gz", Python = "/usr/bin/python3";

    public string Name => "vae-torch";

    public string Summary => "the 784-400-20 VAE against PyTorch, bounds and time [epochs, 10 for the bounds] [what pytorch_vae.py printed before]";

    public void Run(string[] arguments)
    {
        int epochs = arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 1;
        if (!File.Exists(Train))
        {
            Console.WriteLine($"Skipped: {Train} is not there (Debian: dataset-fashion-mnist).");
            return;
        }
        set_num_threads(2);
        var options = new VaeOptions { DataPath = Train, TestPath = Test, LatentSize = 20, HiddenSize = [400], BatchSize = 128, LearningRate = 1e-3, Seed = 1, Epochs = epochs };
        VaeEpoch[] ours = [.. VaeTrainer.Train(options, new VaeDataReader().Read(options))];
        Console.WriteLine($"ReparamPS: {epochs} epochs, train ELBO {ours[^1].TrainElbo:F2}, test ELBO {ours[^1].TestElbo:F2}");
        TorchEpoch[] theirs = [.. (arguments.Length > 1 ? File.ReadLines(arguments[1]) : Lines(epochs)).Take(epochs).Select(line => JsonSerializer.Deserialize<TorchEpoch>(line)!)];
        if (theirs.Length < epochs) throw new InvalidOperationException($"PyTorch gave {theirs.Length} epochs of {epochs}.");
        Console.WriteLine($"PyTorch:   {epochs} epochs, train ELBO {theirs[^1].train_elbo:F2}, test ELBO {theirs[^1].test_elbo:F2}");
        double epoch = ours.Min(row => row.TrainCount / row.SamplesPerSecond), torch = theirs.Min(row => row.seconds);
        Console.WriteLine($"  train ELBO apart {Apart(ours[^1].TrainElbo, theirs[^1].train_elbo):P2}, test ELBO apart {Apart(ours[^1].TestElbo!.Value, theirs[^1].test_elbo):P2} (goal after 10 epochs 0.50 %)");
        Console.WriteLine($"  an epoch: ReparamPS {epoch:F2} s, PyTorch {torch:F2} s: {torch / epoch:F1} times as fast (goal 12)");
    }

    private static double Apart(double ours, double theirs) => Math.Abs(ours - theirs) / Math.Abs(theirs);

    private static IEnumerable<string> Lines(int epochs)
    {
        string script = Path.Combine(AppContext.BaseDirectory, "pytorch_vae.py");
        string[] arguments = [script, Train, Test, epochs.ToString(CultureInfo.InvariantCulture)];
        using Process process = Process.Start(new ProcessStartInfo(Python, arguments) { RedirectStandardOutput = true }) ?? throw new InvalidOperationException($"{Python} did not start.");
        while (process.StandardOutput.ReadLine() is { } line)
        {
            Console.WriteLine("  PyTorch: " + line);
            yield return line;
        }
        process.WaitForExit();
    }

    private sealed record TorchEpoch(int epoch, double seconds, double train_elbo, double test_elbo);
}
