using System.Text.Json;
using ReparamPS.Data;
using ReparamPS.Data.Images;
using ReparamPS.Runs;
using ReparamPS.Tests;
using ReparamPS.Vae;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Vae;

public sealed class VaeRunFolderTests : IDisposable
{
    private static readonly VaeOptions Small = new() { LatentSize = 2, HiddenSize = [16], Epochs = 6, Seed = 3, ValidationFraction = 0.1, Patience = 4 };
    private static readonly Checkpointing Always = new(1, 0);

    private readonly string root = Directory.CreateTempSubdirectory("reparamps-runs-").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    public static TheoryData<VaeOptions> Kinds() =>
    [
        Small,
        Small with { Optimizer = "adagrad", KlWarmup = "linear", LearningRateSchedule = "cosine", GradientClip = 5 },
        Small with { Objective = "iwae", Samples = 3, Binarization = "dynamic", Prior = "mixture", Patience = 0, ValidationFraction = 0 },
        Small with { Optimizer = "sgd", Posterior = "fullnormal", Likelihood = "learnedgaussian", LearningRate = 1e-4, Patience = 0 },
    ];

    [Theory, MemberData(nameof(Kinds))]
    public void A_run_that_was_cut_off_ends_as_one_that_was_not(VaeOptions options)
    {
        string whole = At("whole"), cut = At("cut");
        string[] expected = Rows(Train(options, whole));
        Assert.Equal(3, Train(options, cut, checkpoints: new Checkpointing(2, 0)).Take(3).Count());
        Assert.Equal(expected, Rows(Train(options, cut, resume: true)));
        Assert.Equal(Weights(whole), Weights(cut));
        Assert.Equal(Table(whole), Table(cut));
    }

    [Fact]
    public void Short_epochs_are_kept_at_most_so_often()
    {
        string whole = At("whole"), cut = At("cut");
        string[] expected = Rows(Train(Small, whole));
        int Kept()
        {
            using JsonDocument point = JsonDocument.Parse(SafeTensorsFile.Read(Path.Combine(cut, "checkpoint.safetensors")).Metadata["point"]);
            return point.RootElement.GetProperty("Epoch").GetInt32();
        }
        using (IEnumerator<VaeEpoch> rows = Train(Small, cut, checkpoints: new Checkpointing(1, 0, MinSeconds: 1000)).GetEnumerator())
        {
            for (int i = 0; i < 3; i++) Assert.True(rows.MoveNext());
            Assert.Equal(1, Kept());
        }
        Assert.Equal(3, Kept());
        Assert.Equal(expected, Rows(Train(Small, cut, resume: true)));
        Assert.Equal(Weights(whole), Weights(cut));
    }

    [Theory, MemberData(nameof(Kinds))]
    public void A_run_kept_by_time_goes_on_in_the_middle_of_an_epoch(VaeOptions kind) => GoesOnInTheMiddle(kind, stopped: false);

    [Theory, MemberData(nameof(Kinds))]
    public void A_run_that_is_stopped_is_kept_and_goes_on_in_the_middle_of_an_epoch(VaeOptions kind) => GoesOnInTheMiddle(kind, stopped: true);

    private void GoesOnInTheMiddle(VaeOptions kind, bool stopped)
    {
        VaeOptions options = kind with { Epochs = 2, BatchSize = 1, HiddenSize = [4], Patience = 0, Seed = 12 };
        var few = new ImageSplit(DigitsDataSet.Images.Take([.. Enumerable.Range(0, 300)]), null, null);
        IEnumerable<VaeEpoch> Run(string folder, VaeOptions settings, Checkpointing checkpoints, bool resume = false, Action<TrainingProgress>? progress = null, CancellationToken? cancellation = null) =>
            VaeRun.Train(settings, few, folder, resume ? RunStart.Resume : RunStart.New, checkpoints, progress, cancellation ?? TestContext.Current.CancellationToken);
        string whole = At("whole"), cut = At("cut");
        string[] expected = Rows(Run(whole, options, Always));
        using var source = new CancellationTokenSource();
        void Cut(TrainingProgress progress)
        {
            if (stopped && progress is { Epoch: 2, Step: 100 }) source.Cancel();
            if (progress is { Epoch: 2, Step: 280 }) throw new InvalidDataException("cut");
        }
        if (stopped) Assert.Throws<OperationCanceledException>(() => Run(cut, options, new Checkpointing(0, 0), progress: Cut, cancellation: source.Token).Count());
        else Assert.Throws<InvalidDataException>(() => Run(cut, options, new Checkpointing(0, 1e-9), progress: Cut).Count());
        using (JsonDocument point = JsonDocument.Parse(SafeTensorsFile.Read(Path.Combine(cut, "checkpoint.safetensors")).Metadata["point"]))
            Assert.Equal((1, 256), (point.RootElement.GetProperty("Epoch").GetInt32(), point.RootElement.GetProperty("Step").GetInt32()));
        Assert.Contains("at least 2", Assert.Throws<ArgumentException>(() => Run(cut, options with { Epochs = 1 }, Always, resume: true).Count()).Message, StringComparison.Ordinal);
        int firstStep = 0;
        Assert.Equal(expected, Rows(Run(cut, options, Always, resume: true, progress => firstStep = firstStep == 0 ? progress.Step : firstStep)));
        Assert.Equal(257, firstStep);
        Assert.Equal(Weights(whole), Weights(cut));
        Assert.Equal(Table(whole), Table(cut));
    }

    [Theory, InlineData(6), InlineData(3)]
    public void A_run_taken_further_ends_as_one_that_was_as_long_from_the_start(int epochsDone)
    {
        // One that ends at its last epoch, one that stops early in between, and one whose schedules end before it does.
        VaeOptions[] runs =
        [
            Small with { Epochs = 9, KlWarmup = "linear" }, Small with { Epochs = 40, LearningRate = 0.05, Patience = 2 },
            Small with { Epochs = 10, LearningRateSchedule = "cosine", KlWarmup = "cyclic", ScheduleEpochs = 8 },
        ];
        foreach (VaeOptions options in runs)
        {
            string whole = At($"whole{options.Epochs}"), further = At($"further{options.Epochs}");
            string[] expected = Rows(Train(options, whole));
            Train(options with { Epochs = epochsDone }, further).Count();
            Assert.Equal(expected, Rows(Train(options, further, resume: true)));
            Assert.Equal(Weights(whole), Weights(further));
            Assert.Equal(Table(whole), Table(further));
        }
    }

    [Fact]
    public void A_run_that_is_shortened_before_its_end_ends_as_one_that_was_as_short_from_the_start()
    {
        string whole = At("whole"), cut = At("cut");
        string[] expected = Rows(Train(Small with { Epochs = 3 }, whole));
        Assert.Equal(2, Train(Small, cut).Take(2).Count());
        Assert.Equal(expected, Rows(Train(Small with { Epochs = 3 }, cut, resume: true)));
        Assert.Equal(3, VaeRun.Settings(cut)!.Epochs);
        Assert.Equal(Weights(whole), Weights(cut));
    }

    [Fact]
    public void A_run_is_not_taken_to_another_end_where_that_changes_what_is_done()
    {
        foreach (VaeOptions options in new[] { Small with { LearningRateSchedule = "cosine" }, Small with { KlWarmup = "cyclic" } })
        {
            string folder = At(options.KlWarmup);
            Train(options with { Epochs = 3 }, folder).Count();
            ArgumentException error = Assert.Throws<ArgumentException>(() => Train(options, folder, resume: true).Count());
            Assert.Matches("Epochs must be 3 .* (LearningRateSchedule 'cosine'|KlWarmup 'cyclic') spans all epochs; got 6", error.Message);
        }
        string done = At("done");
        Train(Small, done).Count();
        Assert.Contains("Epochs must be at least 6", Assert.Throws<ArgumentException>(() => Train(Small with { Epochs = 5 }, done, resume: true).Count()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_of_a_kept_run_are_read_back()
    {
        string folder = At("run");
        Assert.Null(VaeRun.Settings(folder));
        Train(Small with { Epochs = 1 }, folder).Count();
        VaeOptions kept = VaeRun.Settings(folder)!, over = new VaeOptions { Epochs = 5, LatentSize = 4 }.Over(kept, ["Epochs", "OutPath"]);
        Assert.Equal((2, 16, 1, 3L), (kept.LatentSize, kept.HiddenSize.Single(), kept.Epochs, kept.Seed));
        Assert.Equal((2, 16, 5, 3L), (over.LatentSize, over.HiddenSize.Single(), over.Epochs, over.Seed));
        File.WriteAllText(Path.Combine(folder, "run.json"), "{ \"runId\": 3 }");
        Assert.Throws<DataFormatException>(() => VaeRun.Settings(folder));
        File.WriteAllText(Path.Combine(folder, "run.json"), "{ \"runId\": \"a\", \"settings\": null }");
        Assert.Contains("settings are not a JSON object", Assert.Throws<DataFormatException>(() => VaeRun.Settings(folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_moment_a_run_is_cut_off_nothing_is_lost()
    {
        VaeOptions options = Small with { Epochs = 12, Patience = 0, ValidationFraction = 0, TestFraction = 0, HiddenSize = [8] };
        var few = new ImageSplit(DigitsDataSet.Images.Take([.. Enumerable.Range(0, 150)]), null, null);
        IEnumerable<VaeEpoch> Run(string folder, bool resume) => VaeRun.Train(options, few, folder, resume ? RunStart.Resume : RunStart.New, Always, null, TestContext.Current.CancellationToken);
        string live = At("live");
        List<string> snapshots = [];
        bool done = false;
        Thread watcher = new(() =>
        {
            var random = new Random(5);
            while (!Volatile.Read(ref done) && snapshots.Count < 50)
            {
                Thread.Sleep(random.Next(0, 4));
                string copy = At($"copy{snapshots.Count}");
                if (Snapshot(live, copy)) snapshots.Add(copy);
            }
        }) { IsBackground = true };
        watcher.Start();
        string[] expected;
        try
        {
            expected = Rows(Run(live, resume: false));
        }
        finally
        {
            Volatile.Write(ref done, true);
            watcher.Join();
        }
        byte[] weights = Weights(live);
        Assert.NotEmpty(snapshots);
        foreach (string copy in snapshots)
        {
            Assert.Equal(expected, Rows(Run(copy, resume: true)));
            Assert.Equal(weights, Weights(copy));
            Assert.Empty(Directory.EnumerateFiles(copy, ".*"));
        }
    }

    [Fact]
    public void A_run_of_version_0_1_is_read_and_extended_to_the_result_of_a_new_run()
    {
        string folder = At("run"), whole = At("whole");
        Directory.CreateDirectory(folder);
        foreach (string file in Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Data/compatibility/run"))) File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        VaeOptions settings = VaeRun.Settings(folder)!;
        Assert.Equal(("Vae", 2, 8, 7L), (RunFolder.KindOf(folder), settings.LatentSize, settings.HiddenSize.Single(), settings.Seed));
        using (VaeModel model = VaeModelFile.Load(folder))
        {
            Assert.Equal("88c6dc4a6403", model.RunId);
            using Tensor test = Split(settings).Test!.ToTensor(ScalarType.Float32, CPU);
            // The last row of the run's epochs.csv.
            Assert.Equal(-40.78545718604808, VaeEvaluation.Elbo(model, test, CancellationToken.None), 1e-4);
        }
        Assert.Equal("88c6dc4a6403", VaeRunId.Of(settings, Split(settings)));
        VaeEpoch[] expected = [.. Train(settings with { Epochs = 5 }, whole)], actual = [.. Train(settings with { Epochs = 5 }, folder, resume: true)];
        Assert.Equal(expected.Select(row => (row.RunId, row.Epoch)), actual.Select(row => (row.RunId, row.Epoch)));
        // Another processor or number of threads rounds differently than the one that wrote the files.
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i].TrainElbo, actual[i].TrainElbo, 1e-3);
            Assert.Equal(expected[i].TestElbo!.Value, actual[i].TestElbo!.Value, 1e-3);
        }
        using VaeModel one = VaeModelFile.Load(whole), other = VaeModelFile.Load(folder);
        Assert.True(one.Flat.Buffer.allclose(other.Flat.Buffer, 1e-4, 1e-4));
        // Newer columns follow the old ones.
        Assert.Equal(File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Data/compatibility/run/epochs.csv")).First() + ",Generator", File.ReadLines(Path.Combine(folder, "epochs.csv")).First());
    }

    [Fact]
    public void A_kept_run_describes_itself()
    {
        string folder = At("run");
        VaeEpoch last = Train(Small, folder).Last();
        using JsonDocument run = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "run.json")));
        Assert.Equal(("Vae", last.RunId, "finished"), (run.RootElement.GetProperty("kind").GetString(), run.RootElement.GetProperty("runId").GetString(), run.RootElement.GetProperty("state").GetString()));
        Assert.Equal(3, run.RootElement.GetProperty("settings").GetProperty("Seed").GetInt64());
        Assert.Equal(64, run.RootElement.GetProperty("data").GetProperty("train").GetProperty("sha256").GetString()!.Length);
        Assert.Equal(last.Epoch + 1, File.ReadLines(Path.Combine(folder, "epochs.csv")).Count());
    }

    [Fact]
    public void A_model_read_back_is_the_model_that_was_trained()
    {
        string folder = At("run");
        VaeEpoch[] rows = [.. Train(Small, folder)];
        using VaeModel model = VaeModelFile.Load(folder);
        using Tensor validation = Split(Small).Validation!.ToTensor(ScalarType.Float32, CPU);
        Assert.Equal(rows.Max(row => row.ValidationElbo), VaeEvaluation.Elbo(model, validation, CancellationToken.None));
        Assert.Equal((rows[0].RunId, 8, 8), (model.RunId, model.ImageHeight, model.ImageWidth));
    }

    [Fact]
    public void A_folder_with_a_run_is_not_written_over_and_another_run_is_not_gone_on_with()
    {
        string folder = At("run");
        Train(Small, folder).Count();
        Assert.Contains("already holds a run", Assert.Throws<ArgumentException>(() => Train(Small, folder).Count()).Message, StringComparison.Ordinal);
        ArgumentException error = Assert.Throws<ArgumentException>(() => Train(Small with { LearningRate = 0.5 }, folder, resume: true).Count());
        Assert.Contains("LearningRate is 0.001 in that run and 0.5 now", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Resuming_on_other_images_names_the_data_and_not_the_epochs()
    {
        string folder = At("run"), first = Path.Combine(root, "first.csv"), second = Path.Combine(root, "second.csv");
        void Write(string path, int factor) => File.WriteAllLines(path, Enumerable.Range(0, 41).Select(i => string.Join(',', Enumerable.Range(0, 16).Select(j => i == 0 ? $"p{j}" : $"{((i * factor) + (j * 13)) % 17}"))));
        Write(first, 7);
        Write(second, 5);
        VaeOptions options = Small with { DataPath = first, Epochs = 1 };
        Train(options, folder).Count();
        string Refused(VaeOptions other) => Assert.Throws<ArgumentException>(() => Train(other, folder, resume: true).Count()).Message;
        Assert.StartsWith($"'{folder}' holds another run: DataPath is {first} in that run and {second} now, and the images differ.", Refused(options with { DataPath = second, Epochs = 2 }), StringComparison.Ordinal);
        Assert.StartsWith($"'{folder}' holds another run: TestPath is not set in that run and {second} now, and the images differ.", Refused(options with { TestPath = second, Epochs = 2 }), StringComparison.Ordinal);
        // The same images under another path are the same run.
        string moved = Path.Combine(root, "moved.csv");
        File.Copy(first, moved);
        Assert.StartsWith($"'{folder}' holds another run: LearningRate is 0.001 in that run and 0.5 now. Use the settings and data of that run", Refused(options with { DataPath = moved, LearningRate = 0.5 }), StringComparison.Ordinal);
        VaeEpoch[] rows = [.. Train(options with { DataPath = moved, Epochs = 2 }, folder, resume: true)];
        Assert.Equal([moved, moved], rows.Select(row => row.DataPath));
        Write(moved, 3);
        foreach (int epochs in new[] { 1, 2 })
            Assert.StartsWith($"'{folder}' holds another run: the images in '{moved}' have changed.", Refused(options with { DataPath = moved, Epochs = epochs }), StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_model_is_refused()
    {
        string folder = At("run"), path = Path.Combine(folder, "model.safetensors"), bad = Path.Combine(root, "bad.safetensors");
        Train(Small with { Epochs = 1 }, folder).Count();
        byte[] good = File.ReadAllBytes(path);
        foreach (int length in new[] { 0, 5, 8, 100, good.Length / 2, good.Length - 1 })
        {
            File.WriteAllBytes(bad, good[..length]);
            Assert.Throws<DataFormatException>(() => VaeModelFile.Load(bad));
        }
        byte[] changed = [.. good];
        changed[^1] ^= 1;
        File.WriteAllBytes(bad, changed);
        Assert.Contains("hash differs", Assert.Throws<DataFormatException>(() => VaeModelFile.Load(bad)).Message, StringComparison.Ordinal);
        File.WriteAllBytes(bad, [.. good, 0]);
        Assert.Contains("too long", Assert.Throws<DataFormatException>(() => VaeModelFile.Load(bad)).Message, StringComparison.Ordinal);
        SafeTensorsFile.Write(bad, [("a", ones(3))], new Dictionary<string, string> { ["format"] = "pt" });
        const string advice = "Give the folder of a run (-OutPath of Invoke-VaeTraining) or its model.safetensors.";
        Assert.EndsWith($"the file is not a VAE model of this module: its format is 'pt', not 'ReparamPS.Vae/2'. {advice}", Assert.Throws<DataFormatException>(() => VaeModelFile.Load(bad)).Message, StringComparison.Ordinal);
        SafeTensorsFile.Write(bad, [("a", ones(3))], new Dictionary<string, string>());
        Assert.EndsWith($"the file is not a VAE model of this module: it states no format. {advice}", Assert.Throws<DataFormatException>(() => VaeModelFile.Load(bad)).Message, StringComparison.Ordinal);
        // The file that was meant, of an older version.
        SafeTensorsFile.Write(bad, [("a", ones(3))], new Dictionary<string, string> { ["format"] = "ReparamPS.Vae/1" });
        Assert.EndsWith("its format is 'ReparamPS.Vae/1', not 'ReparamPS.Vae/2'.", Assert.Throws<DataFormatException>(() => VaeModelFile.Load(bad)).Message, StringComparison.Ordinal);
        Assert.Contains("not a VAE model of this module", Assert.Throws<DataFormatException>(() => VaeModelFile.Load(Path.Combine(folder, "checkpoint.safetensors"))).Message, StringComparison.Ordinal);
        Assert.Throws<FileNotFoundException>(() => VaeModelFile.Load(Path.Combine(root, "none")));
    }

    [Fact]
    public void A_model_with_any_other_byte_in_its_header_is_refused()
    {
        string folder = At("run"), path = Path.Combine(folder, "model.safetensors"), bad = Path.Combine(root, "bad.safetensors");
        Train(Small with { Epochs = 1, Patience = 0 }, folder).Count();
        byte[] good = File.ReadAllBytes(path);
        int header = BitConverter.ToInt32(good);
        for (int at = 0; at < header + 8; at++)
        {
            byte[] changed = [.. good];
            changed[at] ^= (byte)(1 << (at % 3));
            File.WriteAllBytes(bad, changed);
            Assert.Throws<DataFormatException>(() => VaeModelFile.Load(bad));
        }
    }

    [Theory]
    [InlineData("options", "null", "settings cannot be read: the entry 'options' is null. Use an intact copy of the file.")]
    [InlineData("options", null, "settings cannot be read: the entry 'options' is missing. Use an intact copy of the file.")]
    [InlineData("options", "{\"LatentSize\":0}", "settings cannot be read: LatentSize must be a positive integer; got 0. Use an intact copy of the file.")]
    [InlineData("format", null, "the file is not a VAE model of this module: it states no format. Give the folder of a run (-OutPath of Invoke-VaeTraining) or its model.safetensors.")]
    [InlineData("format", "pt", "the file is not a VAE model of this module: its format is 'pt', not 'ReparamPS.Vae/2'. Give the folder of a run")]
    [InlineData("options", "{\"HiddenSize\":null}", "settings cannot be read")]
    [InlineData("options", "{\"DType\":null}", "settings cannot be read")]
    [InlineData("options", "{\"HiddenSize\":[2000000000],\"LatentSize\":2000000000}", "settings cannot be read")]
    [InlineData("options", "{\"HiddenSize\":[2000000000],\"LatentSize\":2}", "does not have the shape and type")]
    [InlineData("image_height", "-8", "settings cannot be read: image_height must be a positive integer; got '-8'.")]
    [InlineData("image_height", "2000000000", "settings cannot be read")]
    [InlineData("image_width", "0", "settings cannot be read")]
    [InlineData("maximum_value", "large", "settings cannot be read: maximum_value must be a number; got 'large'.")]
    public void A_model_of_hostile_settings_is_refused_before_it_takes_memory(string name, string? text, string problem)
    {
        string path = At("a.safetensors");
        using var model = new VaeModel(Small, 8, 8);
        VaeModelFile.Save(model, path, "run");
        (IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string> metadata) = SafeTensorsFile.Read(path);
        Dictionary<string, string> changed = new(metadata);
        changed.Remove(name);
        if (text is not null) changed.Add(name, text);
        SafeTensorsFile.Write(path, tensors.Select(entry => (entry.Key, entry.Value)), changed);
        Assert.Contains(problem, Assert.Throws<DataFormatException>(() => VaeModelFile.Load(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_on_a_full_disk_stops_and_goes_on_once_there_is_room()
    {
        // Two small disks: one that takes the first checkpoint and no rows, and one that takes no second checkpoint beside the first.
        string whole = At("whole");
        string[] expected = Rows(Train(Small, whole));
        const long Page = 4096;
        long checkpoint = (new FileInfo(Path.Combine(whole, "checkpoint.safetensors")).Length + Page - 1) / Page;
        foreach (long pages in new[] { checkpoint + 1, checkpoint * 3 / 2 })
        {
            using var disk = MountedDisk.Create(root, $"size={pages * Page}");
            string run = Path.Combine(disk.Path, "run");
            IOException error = Assert.Throws<IOException>(() => Train(Small, run).Count());
            Assert.Contains("space", error.Message, StringComparison.OrdinalIgnoreCase);
            Assert.Empty(Directory.EnumerateFiles(run, ".*"));
            foreach (string file in Directory.EnumerateFiles(run, "*.safetensors")) Assert.NotEmpty(SafeTensorsFile.Read(file).Tensors);
            if (File.Exists(Path.Combine(run, "epochs.csv"))) Assert.NotEmpty(Table(run));
            Assert.Throws<IOException>(() => Train(Small, run, resume: true).Count());
            disk.Remount("size=20m");
            Assert.Equal(expected, Rows(Train(Small, run, resume: true)));
            Assert.Equal(Weights(whole), Weights(run));
            Assert.Equal(Table(whole), Table(run));
        }
    }

    [Fact]
    public void A_run_in_a_read_only_folder_says_so()
    {
        using var disk = MountedDisk.Create(root, "size=2m");
        string run = Path.Combine(disk.Path, "run");
        string[] expected = Rows(Train(Small, run));
        disk.Remount("ro");
        Assert.Contains("Read-only", Assert.ThrowsAny<IOException>(() => Train(Small, Path.Combine(disk.Path, "other")).Count()).Message, StringComparison.Ordinal);
        Assert.Equal((expected.Length, Small.Seed), (Table(run).Length, VaeRun.Settings(run)!.Seed));
    }

    [Fact]
    public void One_process_at_a_time_has_a_folder()
    {
        string folder = At("run"), leftover = Path.Combine(folder, ".epochs.csv.a.tmp");
        using (IEnumerator<VaeEpoch> first = Train(Small, folder).GetEnumerator())
        {
            Assert.True(first.MoveNext());
            File.WriteAllText(leftover, "");
            foreach (RunStart start in Enum.GetValues<RunStart>())
                Assert.Contains("Another thread of this process is training the run", Assert.Throws<IOException>(() => VaeRun.Train(Small, Split(Small), folder, start, Always, cancellation: TestContext.Current.CancellationToken).Count()).Message, StringComparison.Ordinal);
            Assert.True(File.Exists(leftover));
        }
        Assert.Equal(Small.Epochs, Train(Small, folder, resume: true).Count());
        Assert.Empty(Directory.EnumerateFiles(folder, ".*").Concat(Directory.EnumerateFiles(folder, "*.lock")));
    }

    [Fact]
    public void Files_that_are_no_run_s_are_not_written_over()
    {
        string folder = At("other");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "epochs.csv"), "mine");
        Assert.Contains("'epochs.csv' that the new run would replace", Assert.Throws<ArgumentException>(() => Train(Small, folder).Count()).Message, StringComparison.Ordinal);
        Assert.Equal(["epochs.csv"], Directory.EnumerateFiles(folder).Select(Path.GetFileName));
        File.WriteAllText(At("file"), "mine");
        Assert.Contains("is a file", Assert.Throws<ArgumentException>(() => Train(Small, At("file")).Count()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_that_diverged_says_so_and_one_that_goes_on_keeps_its_start()
    {
        JsonElement Of(string folder)
        {
            using JsonDocument run = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "run.json")));
            return run.RootElement.Clone();
        }
        string bad = At("bad"), good = At("good");
        TrainingDivergedException error = Assert.Throws<TrainingDivergedException>(() => Train(Small with { LearningRate = 1e30, Optimizer = "sgd" }, bad).Count());
        Assert.EndsWith("Try a smaller LearningRate or a positive GradientClip (0 means no limit).", error.Message);
        Assert.EndsWith("WeightDecay 0.1 and GradientClip 2. Try a smaller LearningRate, a smaller WeightDecay or a smaller GradientClip.",
            Assert.Throws<TrainingDivergedException>(() => Train(Small with { LearningRate = 1e30, Optimizer = "sgd", WeightDecay = 0.1, GradientClip = 2 }, At("decay")).Count()).Message);
        Assert.Equal(("failed", error.Message), (Of(bad).GetProperty("state").GetString(), Of(bad).GetProperty("failure").GetString()));
        Train(Small with { Patience = 0 }, good).Take(2).Count();
        JsonElement before = Of(good);
        double seconds = Train(Small with { Patience = 0 }, good, resume: true).Sum(row => row.Seconds);
        JsonElement after = Of(good);
        Assert.Equal(("interrupted", before.GetProperty("startedUtc").GetString()), (before.GetProperty("state").GetString(), after.GetProperty("startedUtc").GetString()));
        Assert.Equal(("finished", "Epochs", 6), (after.GetProperty("state").GetString(), after.GetProperty("stoppedBy").GetString(), after.GetProperty("epochsDone").GetInt32()));
        Assert.Equal(seconds, after.GetProperty("seconds").GetDouble(), 9);
    }

    [Fact]
    public void A_checkpoint_of_an_interrupted_run_describes_how_far_it_is()
    {
        string folder = At("run");
        (string?, int, DateTimeOffset) Described()
        {
            using JsonDocument run = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "run.json")));
            return (run.RootElement.GetProperty("state").GetString(), run.RootElement.GetProperty("epochsDone").GetInt32(), run.RootElement.GetProperty("writtenUtc").GetDateTimeOffset());
        }
        using var source = new CancellationTokenSource();
        List<(string? State, int EpochsDone, DateTimeOffset Written)> seen = [];
        void Stop(TrainingProgress progress)
        {
            if (progress.Step == 1) seen.Add(Described());
            if (progress is { Epoch: 4, Step: 1 }) source.Cancel();
        }
        Assert.Throws<OperationCanceledException>(() => VaeRun.Train(Small, Split(Small), folder, RunStart.New, Always, Stop, source.Token).Count());
        Assert.Equal([("running", 0), ("running", 1), ("running", 2), ("running", 3)], seen.Select(each => (each.State, each.EpochsDone)));
        (string? state, int epochsDone, DateTimeOffset written) = Described();
        // So short an epoch is stored at its end.
        Assert.Equal(("interrupted", 4), (state, epochsDone));
        Assert.True(written > seen[0].Written);
    }

    private string At(string name) => Path.Combine(root, name);

    private static ImageSplit Split(VaeOptions options) => new VaeDataReader().Read(options);

    private static IEnumerable<VaeEpoch> Train(VaeOptions options, string folder, bool resume = false, Checkpointing? checkpoints = null) =>
        VaeRun.Train(options, Split(options), folder, resume ? RunStart.Resume : RunStart.New, checkpoints ?? Always, null, TestContext.Current.CancellationToken);

    private static string[] Rows(IEnumerable<VaeEpoch> rows) =>
        [.. rows.Select(row => $"{row.RunId} {row.Epoch} {row.TrainElbo:R} {row.KlDivergence:R} {row.TestElbo:R} {row.ValidationElbo:R} {row.KlWeight:R} {row.StepSize:R}")];

    private static byte[] Weights(string folder) => File.ReadAllBytes(Path.Combine(folder, "model.safetensors"));

    // The table without the columns of time.
    private static string[][] Table(string folder)
    {
        string[][] lines = [.. ExperimentFile.Read(Path.Combine(folder, "epochs.csv")).Select(row =>
            row.Columns.Zip(row.Values).Where(cell => cell.First is not ("Seconds" or "SamplesPerSecond")).Select(cell => $"{cell.First}={cell.Second}").ToArray())];
        return lines;
    }

    // What a kill at this moment would leave: the files as they are, one half written included.
    private static bool Snapshot(string from, string to)
    {
        if (!Directory.Exists(from)) return false;
        Directory.CreateDirectory(to);
        foreach (string file in Directory.GetFiles(from).Where(file => !file.EndsWith(".lock", StringComparison.Ordinal)))
        {
            try
            {
                using var source = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                using FileStream target = File.Create(Path.Combine(to, Path.GetFileName(file)));
                source.CopyTo(target);
            }
            catch (IOException)
            {
                // Renamed or locked in between; the next one tells.
            }
        }
        return true;
    }
}
