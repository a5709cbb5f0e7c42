using ReparamPS.Data.Images;
using ReparamPS.Runs;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using ReparamPS.Vae;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Vae;

public sealed class VaeTrainerTests
{
    private static readonly VaeOptions Small = new() { LatentSize = 2, HiddenSize = [16], Epochs = 3, Seed = 7 };

    [Fact]
    public void Training_raises_the_bound_on_images_it_never_saw()
    {
        VaeEpoch[] rows = [.. Train(Small with { Epochs = 15 })];
        Assert.Equal(Enumerable.Range(1, 15), rows.Select(row => row.Epoch));
        Assert.True(rows[^1].TestElbo > rows[0].TestElbo + 5, $"{rows[0].TestElbo} to {rows[^1].TestElbo}");
        Assert.All(rows, row => Assert.Equal(row.Reconstruction - row.KlDivergence, row.TrainElbo));
        Assert.All(rows, row => Assert.Equal(1797, row.TrainCount + row.TestCount));
    }

    [Fact]
    public void The_same_seed_gives_the_same_rows_bit_for_bit()
    {
        Assert.Equal(Figures(Train(Small)), Figures(Train(Small)));
        Assert.NotEqual(Figures(Train(Small)), Figures(Train(Small with { Seed = 8 })));
    }

    [Fact]
    public void A_run_s_name_follows_from_settings_and_data()
    {
        ImageSplit split = Split(Small), other = Split(Small with { SplitSeed = 9 });
        string Id(VaeOptions options, ImageSplit data)
        {
            using var trainer = new VaeTrainer(options, data);
            return trainer.RunId;
        }
        Assert.Equal(Id(Small, split), Id(Small with { Activation = "ReLU" }, split));
        string[] all = [Id(Small, split), Id(Small with { LearningRate = 2e-3 }, split), Id(Small with { HiddenSize = [16, 16] }, split), Id(Small with { Seed = 8 }, split), Id(Small, other)];
        Assert.Distinct(all);
    }

    [Fact]
    public void Nothing_of_the_test_images_reaches_training()
    {
        ImageSplit split = Split(Small);
        ImageSplit changed = split with { Test = new ImageDataSet("white", [.. Enumerable.Repeat((byte)16, split.Test!.Count * 64)], 16, 8, 8) };
        using var first = new VaeTrainer(Small, split);
        using var second = new VaeTrainer(Small, changed);
        for (int epoch = 0; epoch < 2; epoch++)
        {
            VaeEpoch a = first.RunEpoch(null, Token), b = second.RunEpoch(null, Token);
            Assert.Equal((a.TrainElbo, a.KlDivergence), (b.TrainElbo, b.KlDivergence));
            Assert.NotEqual(a.TestElbo, b.TestElbo);
        }
        Assert.Equal(ManagedValues.ToDoubles(first.Model.Flat.Buffer), ManagedValues.ToDoubles(second.Model.Flat.Buffer));
    }

    [Theory]
    [InlineData(64)]
    [InlineData(100)]
    [InlineData(5000)]
    [InlineData(1)]
    public void Every_image_is_seen_once_an_epoch_whatever_the_batch_size(int batchSize)
    {
        ImageDataSet images = new("ramp", [.. Enumerable.Range(0, 250).Select(i => (byte)i)], 255, 1, 1);
        VaeOptions options = new() { BatchSize = batchSize, LatentSize = 1, DType = "float64" };
        using var batches = new VaeBatches(options, options.CreatePosterior(), 250, 1, CPU);
        using Tensor data = images.ToTensor(ScalarType.Float64, CPU), order = randperm(250);
        using var random = new RandomSource(1);
        List<double> seen = [];
        for (int first = 0; first < batches.StepsPerEpoch; first += batches.Steps)
            foreach (VaeBatch batch in batches.From(data, order, first, random)) seen.AddRange(ManagedValues.ToDoubles(batch.Images));
        Assert.Equal(Enumerable.Range(0, 250).Select(i => i / 255.0), seen.Order());
    }

    [Fact]
    public void Without_a_test_part_there_is_no_test_figure()
    {
        VaeEpoch row = Train(Small with { TestFraction = 0, Epochs = 1 }).Single();
        Assert.Null(row.TestElbo);
        Assert.Equal((1797, 0), (row.TrainCount, row.TestCount));
    }

    [Fact]
    public void A_loss_that_is_no_number_stops_the_run_and_says_when()
    {
        TrainingDivergedException error = Assert.Throws<TrainingDivergedException>(() => Train(Small with { LearningRate = 1e30 }).Count());
        Assert.Matches("step [0-9]+ of epoch [0-9]+, with LearningRate 1E\\+30", error.Message);
    }

    [Fact]
    public void Weights_that_the_last_step_of_an_epoch_made_no_numbers_stop_the_run()
    {
        TrainingDivergedException error = Assert.Throws<TrainingDivergedException>(() => Train(Small with { LearningRate = 1e30, Optimizer = "sgd", BatchSize = 2000, Epochs = 1 }).Count());
        Assert.Matches("not finite, at step 1 of epoch 1, with LearningRate 1E\\+30", error.Message);
    }

    [Theory]
    [InlineData("Beta", "Beta 1E\\+30")]
    [InlineData("InitialScale", "InitialScale 1E\\+30")]
    [InlineData("LikelihoodScale", "LikelihoodScale 1E-30")]
    public void A_run_that_begins_without_a_loss_names_the_setting(string setting, string named)
    {
        VaeOptions options = setting switch
        {
            "Beta" => Small with { Beta = 1e30, KlWarmup = "linear" },
            "InitialScale" => Small with { Initialization = "normal", InitialScale = 1e30 },
            _ => Small with { Likelihood = "gaussian", LikelihoodScale = 1e-30 },
        };
        string message = Assert.Throws<TrainingDivergedException>(() => Train(options).Count()).Message;
        Assert.Matches($"step {(setting == "Beta" ? 2 : 1)} of epoch 1, with .*{named}", message);
        Assert.DoesNotContain("LearningRate", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fullnormal", "normal", 50_000, new[] { 4 }, "there are more weights or draws than any memory holds. The memory depends on HiddenSize (4), LatentSize (50000), BatchSize (64) and Samples (1). Lower one of them.")]
    [InlineData("normal", "normal", 2_000_000_000, new[] { 4 }, "LatentSize (2000000000)")]
    [InlineData("VonMisesFisher", "normal", 2_147_483_647, new[] { 4 }, "LatentSize (2147483647)")]
    [InlineData("normal", "normal", 2, new[] { 2_000_000_000, 2_000_000_000, 2_000_000_000 }, "HiddenSize (2000000000,2000000000,2000000000)")]
    [InlineData("normal", "mixture", 20, new[] { 4 }, "LatentSize (20), PriorComponents (2000000000), BatchSize (64)")]
    public void A_model_that_is_too_large_names_its_sizes(string posterior, string prior, int latentSize, int[] hidden, string message)
    {
        VaeOptions options = new() { Posterior = posterior, Prior = prior, LatentSize = latentSize, HiddenSize = hidden, PriorComponents = 2_000_000_000 };
        string error = Assert.Throws<InsufficientMemoryException>(() => VaeTrainer.Create(options, new VaeDataReader().Read(options))).Message;
        Assert.StartsWith("Not enough memory: ", error, StringComparison.Ordinal);
        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    [Fact]
    public void Cancellation_stops_within_a_step()
    {
        using var source = new CancellationTokenSource();
        int steps = 0;
        Assert.Throws<OperationCanceledException>(() => VaeTrainer.Train(Small with { Epochs = 1000 }, Split(Small), _ =>
        {
            if (++steps == 30) source.Cancel();
        }, source.Token).Count());
        Assert.Equal(30, steps);
    }

    [Fact]
    public void Grad_mode_is_the_caller_s_again_after_an_epoch()
    {
        foreach (VaeEpoch row in Train(Small with { Epochs = 1 })) Assert.True(is_grad_enabled(), $"epoch {row.Epoch}");
    }

    [Theory]
    [InlineData(0, "LatentSize must be a positive integer; got 0.")]
    [InlineData(1, "HiddenSize must be positive integers; got 4,0.")]
    [InlineData(2, "LearningRate must be a positive number; got -1.")]
    [InlineData(3, "Activation must be one of relu, tanh, sigmoid, softplus, elu; got swish.")]
    [InlineData(4, "TestFraction must be at least 0 and less than 1; got 1.")]
    [InlineData(5, "DType must be float64 or float32; got int64.")]
    public void A_setting_that_is_not_allowed_is_named(int which, string message)
    {
        VaeOptions options = which switch
        {
            0 => Small with { LatentSize = 0 },
            1 => Small with { HiddenSize = [4, 0] },
            2 => Small with { LearningRate = -1 },
            3 => Small with { Activation = "swish" },
            4 => Small with { TestFraction = 1 },
            _ => Small with { DType = "int64" },
        };
        Assert.StartsWith(message, Assert.Throws<ArgumentException>(options.Validate).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_KL_weight_warms_up()
    {
        var linear = new VaeSchedules(new VaeOptions { Beta = 4, KlWarmup = "linear", KlWarmupEpochs = 2, Epochs = 8 }, 10);
        Assert.Equal([0, 2, 4, 4], new[] { linear.KlWeight(0), linear.KlWeight(10), linear.KlWeight(20), linear.KlWeight(79) });
        var cyclic = new VaeSchedules(new VaeOptions { Beta = 2, KlWarmup = "cyclic", KlCycles = 2, Epochs = 8 }, 10);
        Assert.Equal([0, 1, 2, 2, 0, 1], new[] { cyclic.KlWeight(0), cyclic.KlWeight(10), cyclic.KlWeight(20), cyclic.KlWeight(39), cyclic.KlWeight(40), cyclic.KlWeight(50) });
    }

    [Fact]
    public void Schedules_go_over_the_epochs_that_they_are_given_and_stay_at_their_end()
    {
        var options = new VaeOptions { LearningRate = 2, LearningRateSchedule = "linear", LearningRateEnd = 0.1, Beta = 3, KlWarmup = "cyclic", KlCycles = 1, Epochs = 2, ScheduleEpochs = 5 };
        VaeSchedules given = new(options, 10), whole = new(options with { Epochs = 5, ScheduleEpochs = 0 }, 10);
        for (int step = 0; step < 50; step++)
        {
            Assert.Equal(whole.LearningRate(step), given.LearningRate(step));
            Assert.Equal(whole.KlWeight(step), given.KlWeight(step));
        }
        Assert.All(new[] { 49, 50, 70 }, step => Assert.Equal(0.2, given.LearningRate(step), 1e-15));
        Assert.Equal([3.0, 3.0, 3.0], new[] { given.KlWeight(49), given.KlWeight(50), given.KlWeight(60) });
    }

    [Fact]
    public void Early_stopping_ends_with_the_weights_of_the_best_epoch()
    {
        VaeOptions options = Small with { Epochs = 200, LearningRate = 0.05, HiddenSize = [64], Patience = 3, ValidationFraction = 0.1, TestFraction = 0 };
        ImageSplit split = Split(options);
        using var trainer = new VaeTrainer(options, split);
        List<VaeEpoch> rows = [];
        while (!trainer.IsFinished) rows.Add(trainer.RunEpoch(null, Token));
        VaeEpoch best = rows.MaxBy(row => row.ValidationElbo)!;
        Assert.Equal(best.Epoch + 3, rows.Count);
        using Tensor validation = split.Validation!.ToTensor(ScalarType.Float32, CPU);
        Assert.Equal(best.ValidationElbo, VaeEvaluation.Elbo(trainer.Model, validation, Token));
    }

    [Fact]
    public void Clipping_bounds_what_a_step_moves()
    {
        VaeOptions options = Small with { Optimizer = "sgd", Momentum = 0, LearningRate = 1, GradientClip = 1e-3, Epochs = 1, BatchSize = 2000, TestFraction = 0 };
        using var trainer = new VaeTrainer(options, Split(options));
        double[] before = ManagedValues.ToDoubles(trainer.Model.Flat.Buffer);
        trainer.RunEpoch(null, Token);
        double moved = Math.Sqrt(ManagedValues.ToDoubles(trainer.Model.Flat.Buffer).Zip(before, (a, b) => (a - b) * (a - b)).Sum());
        Assert.Equal(1e-3, moved, 1e-5);
    }

    [Fact]
    public void Binarized_images_are_black_and_white_with_their_intensities_as_probabilities()
    {
        VaeOptions options = new() { Binarization = "dynamic", BatchSize = 1000, LatentSize = 1, DType = "float64" };
        using var batches = new VaeBatches(options, options.CreatePosterior(), 1000, 1, CPU);
        using Tensor grey = full(1000, 1, 0.3, ScalarType.Float64), order = arange(1000);
        using var random = new RandomSource(1);
        double[] seen = [.. Enumerable.Range(0, 20).SelectMany(_ => ManagedValues.ToDoubles(batches.From(grey, order, 0, random).Single().Images))];
        Assert.All(seen, value => Assert.True(value is 0 or 1));
        Assert.Equal(0.3, seen.Average(), 4 * Math.Sqrt(0.21 / seen.Length));
    }

    [Theory]
    [InlineData("continuousbernoulli")]
    [InlineData("gaussian")]
    [InlineData("learnedgaussian")]
    public void Every_likelihood_trains(string likelihood)
    {
        VaeEpoch[] rows = [.. Train(Small with { Likelihood = likelihood, Epochs = 4, LikelihoodScale = 0.5 })];
        Assert.True(rows[^1].TestElbo > rows[0].TestElbo, $"{rows[0].TestElbo} to {rows[^1].TestElbo}");
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static ImageSplit Split(VaeOptions options) => new VaeDataReader().Read(options);

    private static IEnumerable<VaeEpoch> Train(VaeOptions options) => VaeTrainer.Train(options, Split(options), null, Token);

    private static (string, double, double, double, double?)[] Figures(IEnumerable<VaeEpoch> rows) =>
        [.. rows.Select(row => (row.RunId, row.TrainElbo, row.Reconstruction, row.KlDivergence, row.TestElbo))];
}
