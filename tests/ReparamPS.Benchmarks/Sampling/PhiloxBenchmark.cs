using System.Globalization;
using ReparamPS.Distributions;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Benchmarks.Sampling;

/// <summary>
/// A million float64 numbers by Philox against the default generator, in turns on two threads: the noise that all kinds are made of, then every kind of the catalogue.
/// Times are the best of all rounds. The first line shows the time to write a million numbers, which no draw can beat.
/// </summary>
internal sealed class PhiloxBenchmark : IBenchmark
{
    private const int Threads = 2;
    private const long Numbers = 1_000_000;

    public string Name => "philox";

    public string Summary => "1e6 draws by Philox against the default generator [rounds] [names, separated by commas]";

    public void Run(string[] arguments)
    {
        int rounds = arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 15;
        string[]? names = arguments.Length > 1 ? arguments[1].Split(',') : null;
        set_num_threads(Threads);
        Console.WriteLine($"{Machine.Cpu}, {Threads} threads, {rounds} rounds, load {File.ReadAllText("/proc/loadavg").Trim()}");
        Console.WriteLine($"{"",-34}{"Philox ns",12}{"Torch ns",12}{"ratio",8}");
        using Tensor target = empty([Numbers], ScalarType.Float64, CPU);
        double memory = Enumerable.Range(0, rounds).Min(_ => Cost.Of(() => target.fill_(1)).Wall);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{"(memory)",-34}{Nanoseconds(memory),12:F2}"));
        if (names is null)
        {
            Print("uniform", rounds, random => random.Uniform([Numbers], ScalarType.Float64));
            Print("normal", rounds, random => random.Normal([Numbers], ScalarType.Float64));
            Print("exponential", rounds, random => random.Exponential([Numbers], ScalarType.Float64));
        }
        foreach (DistributionType type in DistributionCatalog.All.Where(type => names?.Contains(type.Name) ?? true))
        {
            var one = new SamplingCase(type, false);
            Print(type.Name, rounds, one.Measure);
        }
    }

    private static void Print(string title, int rounds, Func<RandomSource, Tensor> draw) => Print(title, rounds, generator =>
    {
        using RandomSource random = RandomSource.Open(1, generator);
        return Cost.Of(() => draw(random).Dispose());
    });

    private static void Print(string title, int rounds, Func<RandomGenerator, Cost> measure)
    {
        double philox = double.PositiveInfinity, torch = double.PositiveInfinity;
        for (int round = 0; round <= rounds; round++)
        {
            philox = Math.Min(philox, measure(RandomGenerator.Philox).Wall);
            torch = Math.Min(torch, measure(RandomGenerator.Torch).Wall);
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{title,-34}{Nanoseconds(philox),12:F2}{Nanoseconds(torch),12:F2}{philox / torch,8:F2}"));
    }

    private static double Nanoseconds(double milliseconds) => milliseconds * 1e6 / Numbers;
}
