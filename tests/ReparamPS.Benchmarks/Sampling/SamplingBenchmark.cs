using System.Globalization;
using ReparamPS.Distributions;
using static TorchSharp.torch;

namespace ReparamPS.Benchmarks.Sampling;

/// <summary>
/// A million float64 numbers from every distribution of the catalogue against PyTorch's own rsample (sample where it has none) on two threads.
/// Both sides take turns; the table gives the medians on the clock and, as what other work on the machine touches least, the ratio of the processors' time.
/// </summary>
internal sealed class SamplingBenchmark : IBenchmark
{
    private const int Threads = 2;

    private static readonly string[] WithGradient = ["Gamma", "Beta", "Dirichlet", "MixtureSameFamily"];

    public string Name => "sampling";

    public string Summary => "1e6 draws of every distribution against PyTorch's [rounds] [names, separated by commas]";

    public void Run(string[] arguments)
    {
        int rounds = arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 7;
        string[]? names = arguments.Length > 1 ? arguments[1].Split(',') : null;
        set_num_threads(Threads);
        using PyTorchProcess? pyTorch = PyTorchProcess.TryStart("Sampling/pytorch_sampling.py", Threads);
        string theirs = pyTorch is null ? "No Python with PyTorch is here: our times only." : $"PyTorch {pyTorch.Version}.";
        Console.WriteLine($"{theirs} libtorch {__version__}, {Threads} threads, {rounds} rounds, load {File.ReadAllText("/proc/loadavg").Trim()}");
        Console.WriteLine($"{"Distribution",-34}{"ours ms",10}{"PyTorch ms",12}{"ratio",8}{"CPU ratio",11}");
        SamplingCase[] cases =
        [
            .. DistributionCatalog.All.Select(type => new SamplingCase(type, false)),
            .. WithGradient.Select(name => new SamplingCase(DistributionCatalog.Get(name), true)),
        ];
        foreach (SamplingCase one in cases.Where(one => names?.Contains(one.Type.Name) ?? true)) Console.WriteLine(Row(one, pyTorch, rounds));
    }

    private static string Row(SamplingCase one, PyTorchProcess? pyTorch, int rounds)
    {
        var ours = new List<Cost>();
        var theirs = new List<Cost>();
        one.Measure();
        bool hasTheirs = pyTorch?.Measure(one.PyTorchRequest) is not null;
        for (int round = 0; round < rounds; round++)
        {
            ours.Add(one.Measure());
            if (hasTheirs) theirs.Add(pyTorch!.Measure(one.PyTorchRequest)!);
        }
        double mine = Cost.MedianWall(ours), other = Cost.MedianWall(theirs);
        string start = string.Create(CultureInfo.InvariantCulture, $"{one.Title,-34}{mine,10:F2}");
        if (!hasTheirs) return $"{start}{"-",12}{"-",8}{"-",11}";
        double work = ours.Min(cost => cost.Processor) / theirs.Min(cost => cost.Processor);
        return string.Create(CultureInfo.InvariantCulture, $"{start}{other,12:F2}{mine / other,8:F2}{work,11:F2}");
    }
}
