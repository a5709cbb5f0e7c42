using System.Diagnostics;
using System.Globalization;
using ReparamPS.Data.Images;
using ReparamPS.Torch;
using ReparamPS.Vae;
using ReparamPS.Vae.Steps;
using static TorchSharp.torch;

namespace ReparamPS.Benchmarks;

/// <summary>
/// Where the time of a training step of the 784-400-20 VAE goes, phase by phase. The bound of a product is the same product where only products run, and of another
/// phase the time in which the memory moves its bytes. Medians in microseconds.
/// </summary>
internal sealed class VaePhasesBenchmark : IBenchmark
{
    private const string FashionMnist = "/usr/share/datasets/fashion-mnist/train-images-idx3-ubyte.gz";
    private const int Batch = 128, Pixels = 784, Latent = 20;

    private readonly Dictionary<(VaePhase Phase, int Layer), List<double>> times = [];
    private readonly List<double> steps = [];
    private long last, start;

    public string Name => "vae-phases";

    public string Summary => "the phases of a training step, 784-400-20, beside bounds [rounds]";

    public void Run(string[] arguments)
    {
        int rounds = arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 3;
        set_num_threads(2);
        if (!File.Exists(FashionMnist))
        {
            Console.WriteLine($"Skipped: {FashionMnist} does not exist (Debian: dataset-fashion-mnist).");
            return;
        }
        Console.WriteLine($"{Machine.Cpu}, threads {get_num_threads()}, load {File.ReadAllText("/proc/loadavg").Trim()}");
        var options = new VaeOptions { LatentSize = Latent, HiddenSize = [400], BatchSize = Batch, TestFraction = 0, Seed = 1, Epochs = int.MaxValue };
        using var trainer = new VaeTrainer(options, new ImageSplit(ImageFiles.Read(FashionMnist), null, null));
        trainer.RunEpoch();
        Dictionary<(VaePhase, int), List<double>> alone = [];
        for (int round = 0; round < rounds; round++)
        {
            ProductsAlone(alone);
            (last, start) = (0, 0);
            VaePhases.Ended = Record;
            trainer.RunEpoch();
            VaePhases.Ended = null;
        }
        Print(alone, trainer.Model.ParameterCount);
    }

    private static void ProductsAlone(Dictionary<(VaePhase, int), List<double>> alone)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        IReadOnlyList<VaeProduct> products = VaeProduct.All(Batch);
        for (int round = 0; round < 220; round++)
        {
            foreach (VaeProduct product in products)
            {
                double time = Microseconds(product.Run);
                if (round >= 20) Of(alone, (product.Phase, product.Layer)).Add(time);
            }
        }
    }

    private void Record(VaePhase phase, int layer)
    {
        long now = Stopwatch.GetTimestamp();
        if (last != 0) Of(times, (phase, layer)).Add(Stopwatch.GetElapsedTime(last, now).TotalMicroseconds);
        if (phase == VaePhase.Optimizer)
        {
            if (start != 0) steps.Add(Stopwatch.GetElapsedTime(start, now).TotalMicroseconds);
            start = now;
        }
        last = Stopwatch.GetTimestamp();
    }

    private void Print(Dictionary<(VaePhase, int), List<double>> alone, long parameters)
    {
        double bytesPerMicrosecond = Bandwidth(), sum = 0, products = 0, bounds = 0;
        Console.WriteLine($"{"phase",-16} {"layer",9} {"time",8} {"bound",8}");
        foreach (((VaePhase phase, int layer), List<double> values) in times)
        {
            bool isProduct = alone.TryGetValue((phase, layer), out List<double>? single);
            double perStep = (double)values.Count / steps.Count, time = Median(values) * Math.Min(perStep, 1);
            double bound = isProduct ? Median(single!) : Bytes(phase, layer, parameters) / bytesPerMicrosecond;
            sum += time;
            if (isProduct) (products, bounds) = (products + time, bounds + bound);
            string name = phase is VaePhase.Noise or VaePhase.Gather or VaePhase.Optimizer ? "" : $"{VaeProduct.Layers[layer].Inputs}-{VaeProduct.Layers[layer].Outputs}";
            Console.WriteLine($"{phase,-16} {name,9} {time,8:F1} {bound,8:F1}{(isProduct ? "  alone" : "")}");
        }
        double step = Median(steps);
        Console.WriteLine($"a step {step:F0}: products {products:F0} (alone {bounds:F0}), other phases {sum - products:F0}, between phases and for these figures {step - sum:F0}; ratio to the products alone {step / bounds:F2}");
        Console.WriteLine($"a hand-over from libtorch's threads to ours {HandOver():F1}; memory {bytesPerMicrosecond / 1e3:F0} GB/s");
    }

    // What a phase has to read and write.
    private static long Bytes(VaePhase phase, int layer, long parameters)
    {
        (int inputs, int outputs) = VaeProduct.Layers[layer];
        return sizeof(float) * phase switch
        {
            VaePhase.Noise => Batch * Latent,
            VaePhase.Gather => 2L * Batch * Pixels,
            VaePhase.Activation => 2L * Batch * outputs,
            VaePhase.Draw => 5L * Batch * Latent,
            VaePhase.Loss => 3L * Batch * outputs,
            VaePhase.BiasGradient => (long)Batch * outputs,
            VaePhase.ActivationSlope => 3L * Batch * outputs,
            VaePhase.DrawSlope => 7L * Batch * Latent,
            VaePhase.Optimizer => 7L * parameters,
            _ => Batch * ((long)inputs + outputs) + (long)inputs * outputs,
        };
    }

    // Far more than caches hold, read and written.
    private static double Bandwidth()
    {
        using Tensor numbers = zeros(16 << 20);
        double best = double.MaxValue;
        for (int i = 0; i < 10; i++) best = Math.Min(best, Microseconds(() => numbers.add_(1f)));
        return 2 * numbers.numel() * numbers.ElementSize / best;
    }

    private static double HandOver()
    {
        using Tensor left = rand(Batch, Pixels), right = rand(Pixels, Batch), product = rand(Batch, Batch);
        List<double> spans = [];
        for (int i = 0; i < 500; i++)
        {
            product.addmm_(left, right, 0, 1);
            spans.Add(Microseconds(() => TorchThreads.Run(get_num_threads(), long.MaxValue, (_, _) => { })));
        }
        return Median(spans);
    }

    private static List<double> Of(Dictionary<(VaePhase, int), List<double>> lists, (VaePhase, int) key) => lists.TryGetValue(key, out List<double>? list) ? list : lists[key] = [];

    private static double Median(IEnumerable<double> values) => values.Order().ElementAt(values.Count() / 2);

    private static double Microseconds(Action action)
    {
        long from = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(from).TotalMicroseconds;
    }
}
