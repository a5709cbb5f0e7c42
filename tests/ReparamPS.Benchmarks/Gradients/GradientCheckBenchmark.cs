using System.Globalization;
using ReparamPS.Gradients;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Benchmarks.Gradients;

/// <summary>
/// Test-Gradient against PyTorch's gradcheck on the same functions at the same inputs: with a .NET delegate, and with a script block in the engine. All take turns; the table gives medians
/// on the clock, and the ratios of the processors' time.
/// </summary>
internal sealed class GradientCheckBenchmark : IBenchmark
{
    private const int Threads = 2;

    private sealed record Case(string Title, string Function, string Script, TensorFunction Delegate, bool Fast, params (long[] Shape, bool Checked)[] Inputs)
    {
        public Tensor[] Make()
        {
            using var random = new RandomSource(1);
            return [.. Inputs.Select(input => (random.Normal(input.Shape, ScalarType.Float64) / Math.Sqrt(input.Shape[0])).requires_grad_(input.Checked))];
        }
    }

    private static readonly Case[] Cases =
    [
        new("200 to 50: tanh(x W)", "linear", "param($x, $w) $x.matmul($w).tanh()", given => [given[0].matmul(given[1]).tanh()], false, ([200], true), ([200, 50], false)),
        new("4 × 50 to 4 × 13: tanh(x W), both", "linear", "param($x, $w) $x.matmul($w).tanh()", given => [given[0].matmul(given[1]).tanh()], false, ([4, 50], true), ([50, 13], true)),
        new("200 + 50 to 1: Σ tanh(x W)", "sum", "param($x, $w) $x.matmul($w).tanh().sum()", given => [given[0].matmul(given[1]).tanh().sum()], false, ([4, 50], true), ([50], true)),
        new("200 to 200: elementwise", "chain", "param($x) $x.sin().exp().mul($x).tanh()", given => [given[0].sin().exp().mul(given[0]).tanh()], false, ([200], true)),
        new("200 to 50: two layers", "network", "param($x, $w, $v) $x.matmul($w).tanh().matmul($v).sigmoid()", given => [given[0].matmul(given[1]).tanh().matmul(given[2]).sigmoid()],
            false, ([200], true), ([200, 100], false), ([100, 50], false)),
        new("200 to 50, fast mode", "linear", "param($x, $w) $x.matmul($w).tanh()", given => [given[0].matmul(given[1]).tanh()], true, ([200], true), ([200, 50], false)),
    ];

    public string Name => "gradcheck";

    public string Summary => "Test-Gradient against PyTorch's gradcheck, with a delegate and with a script block [rounds]";

    public void Run(string[] arguments)
    {
        int rounds = arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 15;
        set_num_threads(Threads);
        using PyTorchProcess? pyTorch = PyTorchProcess.TryStart("Gradients/pytorch_gradcheck.py", Threads);
        using var shell = new ModuleShell();
        string theirs = pyTorch is null ? "No Python with PyTorch is here: our times only." : $"PyTorch {pyTorch.Version}.";
        Console.WriteLine($"{theirs} libtorch {__version__}, {Threads} threads, {rounds} rounds, load {File.ReadAllText("/proc/loadavg").Trim()}");
        Console.WriteLine($"{"Function",-36}{"PyTorch ms",12}{"delegate",10}{"ratio",7}{"CPU",7}{"script",9}{"ratio",7}{"CPU",7}");
        foreach (Case one in Cases) Compare(one, pyTorch, shell, rounds);
    }

    private static void Compare(Case one, PyTorchProcess? pyTorch, ModuleShell shell, int rounds)
    {
        using var scope = NewDisposeScope();
        Tensor[] inputs = one.Make();
        shell.Set("inputs", inputs);
        Func<IReadOnlyList<object>> command = shell.Compile($"Test-Gradient {{ {one.Script} }} $inputs{(one.Fast ? " -Fast" : "")} -Quiet");
        var options = new GradientCheckOptions { Fast = one.Fast };
        List<Cost> theirs = [], ours = [], scripts = [];
        for (int round = -2; round < rounds; round++)
        {
            object[]? given = round == -2 ? [.. inputs.Select(input => new { numbers = ManagedValues.ToDoubles(input), input.shape, @checked = input.requires_grad })] : null;
            Cost? other = pyTorch?.Measure(given is null ? new { title = one.Title, function = one.Function, fast = one.Fast } : new { title = one.Title, function = one.Function, fast = one.Fast, inputs = given });
            Cost mine = Cost.Of(() => Demand(GradientCheck.Run(one.Delegate, inputs, options).All(row => row.Passed)));
            Cost script = Cost.Of(() => Demand(command() is [true]));
            if (round < 0) continue;
            if (other is not null) theirs.Add(other);
            ours.Add(mine);
            scripts.Add(script);
        }
        double bound = Cost.MedianWall(theirs), work = theirs.Count > 0 ? theirs.Min(cost => cost.Processor) : double.NaN;
        string Columns(List<Cost> costs) => string.Create(CultureInfo.InvariantCulture, $"{Cost.MedianWall(costs),9:F1} {Cost.MedianWall(costs) / bound,6:F2} {costs.Min(cost => cost.Processor) / work,6:F2}");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{one.Title,-36}{bound,12:F1} {Columns(ours)}{Columns(scripts)}"));
    }

    private static void Demand(bool passed)
    {
        if (!passed) throw new InvalidOperationException("The check failed.");
    }
}
