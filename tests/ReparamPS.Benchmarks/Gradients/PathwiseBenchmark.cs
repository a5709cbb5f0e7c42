using System.Globalization;
using ReparamPS.Distributions;
using ReparamPS.Gradients.Estimators;
using static TorchSharp.torch;

namespace ReparamPS.Benchmarks.Gradients;

/// <summary>
/// Pathwise Measure-Gradient at a million draws, with its variances and standard errors, against the bare tensor code for the gradient alone: in Core with a delegate, and at
/// the prompt with a script block. All take turns; the table gives medians on the clock, and the ratios of the processors' time.
/// </summary>
internal sealed class PathwiseBenchmark : IBenchmark
{
    private const long Draws = 1_000_000;

    private static readonly (string Title, string Script, Func<Tensor, Tensor> Function)[] Objectives =
    [
        ("z²", "param($z) ($z*$z)", z => z * z), ("(z − 3)²", "Quadratic -K 3", z => (z - 3).square()), ("cos z", "param($z) $z.cos()", z => z.cos()), ("exp z", "param($z) $z.exp()", z => z.exp()),
    ];

    public string Name => "gradients";

    public string Summary => "pathwise Measure-Gradient at 1e6 draws against bare tensor code [rounds] [threads]";

    public void Run(string[] arguments)
    {
        int rounds = arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 15, threads = arguments.Length > 1 ? int.Parse(arguments[1], CultureInfo.InvariantCulture) : 2;
        set_num_threads(threads);
        using var shell = new ModuleShell();
        shell.Run("$d = New-NormalDistribution 0.5 1.5");
        Console.WriteLine($"libtorch {__version__}, {threads} threads, {rounds} rounds, load {File.ReadAllText("/proc/loadavg").Trim()}");
        Console.WriteLine($"{"f",-12}{"bare ms",9}{"Core",9}{"ratio",7}{"CPU",7}{"cmdlet",9}{"ratio",7}{"CPU",7}{"3 reps",9}{"ratio",7}{"CPU",7}");
        foreach ((string title, string script, Func<Tensor, Tensor> function) in Objectives)
        {
            using var scope = NewDisposeScope();
            var normal = new Normal(tensor(0.5), tensor(1.5));
            var options = new GradientEstimatorOptions { Draws = Draws, Seed = 1 };
            string command = $"$d | Measure-Gradient {(script.Contains('(', StringComparison.Ordinal) ? $"{{ {script} }}" : script)} -Draws {Draws} -Seed 1";
            List<Cost> bare = [], core = [], cmdlet = [], repeated = [];
            for (int round = -1; round < rounds; round++)
            {
                Cost[] costs =
                [
                    Cost.Of(() => Bare(function)), Cost.Of(() => GradientEstimation.Measure(normal, function, options)), Cost.Of(() => shell.Run(command)),
                    Cost.Of(() => shell.Run(command + " -Repetitions 3")),
                ];
                if (round < 0) continue;
                bare.Add(costs[0]);
                core.Add(costs[1]);
                cmdlet.Add(costs[2]);
                repeated.Add(new Cost(costs[3].Wall / 3, costs[3].Processor / 3));
            }
            double bound = Cost.MedianWall(bare), work = bare.Min(cost => cost.Processor);
            string Columns(List<Cost> costs) => string.Create(CultureInfo.InvariantCulture, $"{Cost.MedianWall(costs),9:F1}{Cost.MedianWall(costs) / bound,7:F2}{costs.Min(cost => cost.Processor) / work,7:F2}");
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{title,-12}{bound,9:F1}{Columns(core)}{Columns(cmdlet)}{Columns(repeated)}"));
        }
    }

    // The gradient as one writes it in TorchSharp.
    private static void Bare(Func<Tensor, Tensor> function)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1UL, CPU);
        Tensor loc = tensor(0.5, ScalarType.Float64).requires_grad_(), scale = tensor(1.5, ScalarType.Float64).requires_grad_();
        Tensor z = loc + scale * randn(Draws, ScalarType.Float64, generator: generator);
        function(z).mean().backward();
        GC.KeepAlive((loc.grad!.item<double>(), scale.grad!.item<double>()));
    }
}
