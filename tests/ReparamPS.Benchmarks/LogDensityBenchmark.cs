using System.Globalization;
using ReparamPS.Distributions;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Benchmarks;

/// <summary>A million log-densities of every distribution of the catalogue, and their gradients in the parameters, in either type: the fastest of a few rounds, in the processors' time.</summary>
internal sealed class LogDensityBenchmark : IBenchmark
{
    private const long Numbers = 1_000_000;

    public string Name => "log-densities";

    public string Summary => "1e6 log-densities of every distribution, with and without gradient [rounds] [names, separated by commas] [float64 or float32]";

    public void Run(string[] arguments)
    {
        int rounds = arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 5;
        string[]? names = arguments.Length > 1 && arguments[1] != "all" ? arguments[1].Split(',') : null;
        ScalarType dtype = TorchTypes.Parse(arguments.Length > 2 ? arguments[2] : "float64");
        set_num_threads(2);
        Console.WriteLine($"{"Distribution",-34}{"value ms",12}{"gradient ms",14}");
        foreach (DistributionType type in DistributionCatalog.All.Where(type => names?.Contains(type.Name) ?? true))
        {
            double value = Enumerable.Range(0, rounds).Min(_ => Measure(type, dtype, withGradient: false)), gradient = Enumerable.Range(0, rounds).Min(_ => Measure(type, dtype, withGradient: true));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{type.Name,-34}{value,12:F1}{gradient,14:F1}"));
        }
    }

    private static double Measure(DistributionType type, ScalarType dtype, bool withGradient)
    {
        using var scope = NewDisposeScope();
        using var random = new RandomSource(1);
        Distribution distribution = type.CreateExample(dtype, requiresGrad: withGradient);
        Tensor draws = distribution.Sample([Numbers / Math.Max(1, TensorShapes.Count(distribution.EventShape))], random);
        return Cost.Of(() =>
        {
            Tensor log = distribution.LogProb(draws);
            if (log.requires_grad) log.sum().backward();
        }).Processor;
    }
}
