using System.Text.Json;
using ReparamPS.Optimization;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Optimization;

public sealed class OptimizerTests
{
    [Fact]
    public void Optimizers_and_schedules_match_PyTorch()
    {
        const int Count = 8, Steps = 12;
        using JsonDocument reference = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Data/optimizers.json")));
        double rate = reference.RootElement.GetProperty("rate").GetDouble();
        Assert.Equal(40, reference.RootElement.GetProperty("rows").GetArrayLength());
        foreach (JsonElement row in reference.RootElement.GetProperty("rows").EnumerateArray())
        {
            OptimizerOptions options = new()
            {
                Optimizer = row.GetProperty("optimizer").GetString()!, LearningRateSchedule = row.GetProperty("schedule").GetString()!, LearningRate = rate, LearningRateEnd = 0.1,
                WeightDecay = row.GetProperty("weightDecay").GetDouble(), Momentum = row.GetProperty("momentum").GetDouble(),
            };
            (string, long[])[] layout = [("a", [Count])];
            using var values = new FlatParameters(layout, ScalarType.Float64, CPU);
            using var gradient = new FlatParameters(layout, ScalarType.Float64, CPU);
            using FlatOptimizer optimizer = Optimizers.Create(options, values, gradient);
            Func<long, double> rates = LearningRateSchedules.Create(options, Steps);
            using (Tensor start = tensor(Enumerable.Range(0, Count).Select(i => Math.Sin(i)).ToArray())) values.Views[0].copy_(start);
            for (int step = 0; step < Steps; step++)
            {
                using Tensor slope = tensor(Enumerable.Range(0, Count).Select(i => Math.Cos(3 * i + step) * Math.Pow(10, i % 3 - 1)).ToArray());
                gradient.Views[0].copy_(slope);
                double size = rates(step);
                Assert.Equal(row.GetProperty("rates")[step].GetDouble(), size, 1e-15);
                optimizer.Step(size);
                double[] actual = ManagedValues.ToDoubles(values.Views[0]);
                for (int i = 0; i < Count; i++)
                    Assert.True(Math.Abs(row.GetProperty("path")[step][i].GetDouble() - actual[i]) < 1e-13, $"{options.Optimizer}, {options.LearningRateSchedule}, step {step}, parameter {i}");
            }
        }
    }

    [Theory, InlineData(ScalarType.Float32), InlineData(ScalarType.Float64)]
    public void Adam_moves_many_parameters_on_several_threads_as_it_moves_few_on_one(ScalarType dtype)
    {
        const int Many = 400_000, Few = 1_000, Steps = 3;
        using var many = new Moved(Many, dtype);
        using Tensor start = many.Values.Buffer.detach().clone(), slope = many.Gradient.Buffer.detach().clone();
        for (int i = 0; i < Steps; i++) many.Optimizer.Step(1e-2);
        foreach (int first in new[] { 0, Many / 2 - Few / 2, Many - Few })
        {
            using var few = new Moved(Few, dtype);
            using (Tensor values = start.narrow(0, first, Few), slopes = slope.narrow(0, first, Few))
            {
                few.Values.Views[0].copy_(values);
                few.Gradient.Views[0].copy_(slopes);
            }
            for (int i = 0; i < Steps; i++) few.Optimizer.Step(1e-2);
            using Tensor expected = few.Values.Buffer.narrow(0, 0, Few), actual = many.Values.Buffer.narrow(0, first, Few);
            Assert.Equal(ManagedValues.ToDoubles(expected), ManagedValues.ToDoubles(actual));
        }
    }

    // Where a gradient stays zero, averages decay into subnormal numbers, and rounding would hold them there: some processors then need a hundred times as long for a step.
    [Theory]
    [InlineData("adam", ScalarType.Float32), InlineData("adamw", ScalarType.Float32), InlineData("rmsprop", ScalarType.Float32), InlineData("sgd", ScalarType.Float32)]
    [InlineData("adam", ScalarType.Float64), InlineData("adamw", ScalarType.Float64), InlineData("rmsprop", ScalarType.Float64), InlineData("sgd", ScalarType.Float64)]
    public void No_state_stays_subnormal(string name, ScalarType dtype)
    {
        using var values = new FlatParameters([("a", [40])], dtype, CPU);
        using var gradient = new FlatParameters([("a", [40])], dtype, CPU);
        using FlatOptimizer optimizer = Optimizers.Create(new OptimizerOptions { Optimizer = name }, values, gradient);
        using (var noGrad = no_grad()) values.Buffer.fill_(0.1);
        double tiny = TorchTypes.Tiny(dtype);
        foreach ((_, Tensor state) in optimizer.State) state.fill_(1.4 * tiny);
        for (int i = 0; i < 500; i++)
        {
            optimizer.Step(1e-3);
            Assert.All(optimizer.State, state => Assert.All(ManagedValues.ToDoubles(state.Value), value => Assert.True(value == 0 || value >= tiny, $"{state.Name} in step {i + 1}: {value:R}")));
        }
        Assert.All(optimizer.State, state => Assert.All(ManagedValues.ToDoubles(state.Value), value => Assert.Equal(0, value)));
        using Tensor start = values.Views[0].new_full([40], 0.1);
        Assert.Equal(ManagedValues.ToDoubles(start), ManagedValues.ToDoubles(values.Views[0]));
    }

    [Fact]
    public void An_unknown_name_is_refused_with_the_allowed_ones()
    {
        using var values = new FlatParameters([("a", [1])], ScalarType.Float64, CPU);
        ArgumentException error = Assert.Throws<ArgumentException>(() => Optimizers.Create(new OptimizerOptions { Optimizer = "lion" }, values, values));
        Assert.StartsWith("Optimizer must be one of adam, adamw, adagrad, rmsprop, sgd; got 'lion'.", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => LearningRateSchedules.Create(new OptimizerOptions { LearningRateSchedule = "step" }, 1));
    }

    [Theory, InlineData(0, 5), InlineData(1, 1), InlineData(10, 5)]
    public void A_gradient_is_clipped_to_the_maximum_norm(double limit, double expected)
    {
        using var gradient = new FlatParameters([("a", [1]), ("b", [1])], ScalarType.Float64, CPU);
        gradient.Views[0].fill_(3);
        gradient.Views[1].fill_(-4);
        gradient.ClipNorm(limit);
        Assert.Equal(expected, gradient.Buffer.norm().item<double>(), 1e-6);
    }

    private sealed class Moved : IDisposable
    {
        public Moved(int count, ScalarType dtype)
        {
            (Values, Gradient) = (new FlatParameters([("a", [count])], dtype, CPU), new FlatParameters([("a", [count])], dtype, CPU));
            using Generator generator = new(1UL, CPU);
            Values.Buffer.normal_(generator: generator);
            Gradient.Buffer.normal_(generator: generator);
            Optimizer = Optimizers.Create(new OptimizerOptions { WeightDecay = 0.01 }, Values, Gradient);
        }

        public FlatParameters Values { get; }

        public FlatParameters Gradient { get; }

        public FlatOptimizer Optimizer { get; }

        public void Dispose()
        {
            Optimizer.Dispose();
            Gradient.Dispose();
            Values.Dispose();
        }
    }
}
