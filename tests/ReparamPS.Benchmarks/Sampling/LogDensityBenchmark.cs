using System.Globalization;
using ReparamPS.Distributions;
using ReparamPS.Distributions.Parameters;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Benchmarks.Sampling;

/// <summary>
/// A million numbers' log-densities of every distribution of the catalogue, and their gradients in the parameters, in either type, against PyTorch where it has the distribution.
/// Both sides take turns; the table gives the fastest of a few rounds in the processors' time.
/// </summary>
internal sealed class LogDensityBenchmark : IBenchmark
{
    private const int Threads = 2;

    public string Name => "log-densities";

    public string Summary => "1e6 log-densities of every distribution, with and without gradient, against PyTorch's [rounds] [names, separated by commas, or all] [float64 or float32]";

    public void Run(string[] arguments)
    {
        int rounds = arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 5;
        string[]? names = arguments.Length > 1 && arguments[1] != "all" ? arguments[1].Split(',') : null;
        ScalarType dtype = TorchTypes.Parse(arguments.Length > 2 ? arguments[2] : "float64");
        set_num_threads(Threads);
        using PyTorchProcess? pyTorch = PyTorchProcess.TryStart("Sampling/pytorch_sampling.py", Threads);
        string theirs = pyTorch is null ? "No Python with PyTorch is here: our times only." : $"PyTorch {pyTorch.Version}.";
        Console.WriteLine($"{theirs} libtorch {__version__}, {Threads} threads, {rounds} rounds, load {File.ReadAllText("/proc/loadavg").Trim()}");
        Console.WriteLine($"{"Distribution",-34}{"value ms",10}{"PyTorch ms",12}{"ratio",8}{"gradient ms",13}{"PyTorch ms",12}{"ratio",8}");
        foreach (DistributionType type in DistributionCatalog.All.Where(type => names?.Contains(type.Name) ?? true))
        {
            (double value, double theirValue) = Fastest(new SamplingCase(type, false), dtype, pyTorch, rounds);
            (double gradient, double theirGradient) = Fastest(new SamplingCase(type, true), dtype, pyTorch, rounds);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{type.Name,-34}{value,10:F1}{theirValue,12:F1}{value / theirValue,8:F2}{gradient,13:F1}{theirGradient,12:F1}{gradient / theirGradient,8:F2}"));
        }
    }

    private static (double Ours, double Theirs) Fastest(SamplingCase one, ScalarType dtype, PyTorchProcess? pyTorch, int rounds)
    {
        (double ours, double theirs) = (double.PositiveInfinity, double.NaN);
        for (int round = 0; round < rounds; round++)
        {
            ours = Math.Min(ours, Measure(one, dtype));
            if (pyTorch?.Measure(one.PyTorchDensityRequest(dtype)) is { } cost) theirs = double.IsNaN(theirs) ? cost.Processor : Math.Min(theirs, cost.Processor);
        }
        return (ours, theirs);
    }

    private static double Measure(SamplingCase one, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        using var random = new RandomSource(1);
        Distribution distribution = one.Type.CreateExample(dtype);
        Tensor draws = distribution.Sample([one.Count], random);
        // Also the parameters that no draw's gradient reaches, as on PyTorch's side.
        foreach (DistributionParameter parameter in distribution.Parameters.Where(parameter => one.WithGradient && !parameter.Constraint.IsDiscrete)) parameter.Value.requires_grad_();
        return Cost.Of(() =>
        {
            Tensor log = distribution.LogProb(draws);
            if (log.requires_grad) log.sum().backward();
        }).Processor;
    }
}
