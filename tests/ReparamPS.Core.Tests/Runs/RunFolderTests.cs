using System.Text.Json;
using ReparamPS.Data;
using ReparamPS.Runs;
using ReparamPS.Vae;

namespace ReparamPS.Core.Tests.Runs;

public sealed class RunFolderTests : IDisposable
{
    private static readonly ParabolaSettings Settings = new(6, 2);

    private readonly string root = Directory.CreateTempSubdirectory("reparamps-runs-").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void Any_training_that_is_cut_off_resumes_to_the_same_rows_and_model()
    {
        string whole = At("whole"), cut = At("cut");
        ParabolaRow[] expected = [.. Train(whole, new ParabolaTraining(Settings))];
        Assert.Equal(6, expected.Length);
        Assert.True(expected[^1].Height < expected[0].Height / 2);
        void Cut(int epoch, int step)
        {
            if ((epoch, step) == (3, 7)) throw new InvalidDataException("cut");
        }
        Assert.Throws<InvalidDataException>(() => Train(cut, new ParabolaTraining(Settings) { Watch = Cut }, everyStep: true).Count());
        (int, int)? first = null;
        Assert.Equal(expected, Train(cut, new ParabolaTraining(Settings) { Watch = (epoch, step) => first ??= (epoch, step) }, resume: true));
        Assert.Equal((3, 7), first);
        foreach (string file in new[] { "model.safetensors", "rows.csv", "checkpoint.safetensors" })
            Assert.Equal(File.ReadAllBytes(Path.Combine(whole, file)), File.ReadAllBytes(Path.Combine(cut, file)));
    }

    [Fact]
    public void A_folder_says_what_kind_of_run_it_holds_and_another_kind_is_refused()
    {
        string folder = At("run");
        Assert.Null(RunFolder.KindOf(folder));
        Train(folder, new ParabolaTraining(Settings)).Count();
        Assert.Equal("Parabola", RunFolder.KindOf(folder));
        Assert.Equal(Settings, RunFolder.Settings<ParabolaSettings>(folder, ParabolaTraining.Kind));
        const string Message = "holds a run of Invoke-ParabolaTraining, not of Invoke-VaeTraining";
        Assert.Contains(Message, Assert.Throws<ArgumentException>(() => VaeRun.Settings(folder)).Message, StringComparison.Ordinal);
        var options = new VaeOptions { Epochs = 1, HiddenSize = [4] };
        foreach (RunStart start in new[] { RunStart.Resume, RunStart.Restart })
        {
            ArgumentException error = Assert.Throws<ArgumentException>(() =>
                VaeRun.Train(options, new VaeDataReader().Read(options), folder, start, new Checkpointing(1, 0), cancellation: TestContext.Current.CancellationToken).Count());
            Assert.Contains(Message, error.Message, StringComparison.Ordinal);
        }
        Assert.Contains("not a VAE model", Assert.Throws<DataFormatException>(() => VaeModelFile.Load(folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_that_is_restarted_replaces_the_old_one_after_its_first_step()
    {
        string folder = At("run");
        ParabolaRow[] old = [.. Train(folder, new ParabolaTraining(Settings))];
        string before = Contents(folder);
        List<bool> unchanged = [];
        var other = new ParabolaTraining(Settings with { Epochs = 2, Start = 1 })
        {
            Watch = (epoch, step) =>
            {
                if (epoch == 0) unchanged.Add(Contents(folder) == before);
                // The old run does not say which process has the folder now.
                if ((epoch, step) == (0, 0)) Assert.StartsWith("Another process, or another thread of this one, is training the run", Assert.Throws<IOException>(() => Train(folder, new ParabolaTraining(Settings), resume: true).Count()).Message, StringComparison.Ordinal);
                if ((epoch, step) == (0, 1)) Assert.Equal(("running", null, 0), Described(folder));
            },
        };
        ParabolaRow[] rows = [.. Restart(folder, () => other)];
        Assert.Equal([true, .. Enumerable.Repeat(false, 9)], unchanged);
        Assert.NotEqual(old[..2], rows);
        Assert.Equal(Train(At("whole"), new ParabolaTraining(Settings with { Epochs = 2, Start = 1 })), rows);
        Assert.Equal(File.ReadAllBytes(Path.Combine(At("whole"), "model.safetensors")), File.ReadAllBytes(Path.Combine(folder, "model.safetensors")));
    }

    [Fact]
    public void A_run_that_cannot_start_leaves_the_run_that_it_was_to_replace()
    {
        string folder = At("run");
        ParabolaRow[] rows = [.. Train(folder, new ParabolaTraining(Settings))];
        string before = Contents(folder);
        Assert.Throws<InvalidDataException>(() => Restart(folder, () => throw new InvalidDataException("no device")).Count());
        Assert.Equal(before, Contents(folder));
        Assert.Throws<InvalidDataException>(() => Restart(folder, () => new ParabolaTraining(Settings with { Start = 1 }) { Watch = (_, _) => throw new InvalidDataException("no memory") }).Count());
        Assert.Equal(before, Contents(folder));
        using var stopped = new CancellationTokenSource();
        stopped.Cancel();
        Assert.Throws<OperationCanceledException>(() => RunFolder.Train(ParabolaTraining.Kind, folder, RunStart.Restart, new Checkpointing(1, 0), () => new ParabolaTraining(Settings with { Start = 1 }), stopped.Token).Count());
        Assert.Equal(before, Contents(folder));
        Assert.Equal(rows, Train(folder, new ParabolaTraining(Settings), resume: true));
    }

    [Fact]
    public void A_run_that_cannot_start_leaves_no_new_folder()
    {
        string parent = At("kept"), folder = Path.Combine(parent, "new", "run");
        Directory.CreateDirectory(parent);
        foreach (RunStart start in Enum.GetValues<RunStart>())
        {
            Assert.Throws<InvalidDataException>(() => RunFolder.Train<ParabolaRow>(ParabolaTraining.Kind, folder, start, new Checkpointing(1, 0), () => throw new InvalidDataException("no device"), TestContext.Current.CancellationToken).Count());
            Assert.Empty(Directory.EnumerateFileSystemEntries(parent));
        }
        // An empty folder that was there stays.
        Directory.CreateDirectory(folder);
        Assert.Throws<InvalidDataException>(() => Restart(folder, () => throw new InvalidDataException("no device")).Count());
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder));
    }

    [Fact]
    public void A_restart_in_a_folder_without_a_run_is_a_new_run()
    {
        string folder = At("run");
        bool? described = null;
        var training = new ParabolaTraining(Settings) { Watch = (_, _) => described ??= File.Exists(Path.Combine(folder, "run.json")) };
        Assert.Equal(Train(At("whole"), new ParabolaTraining(Settings)), Restart(folder, () => training));
        Assert.True(described);
    }

    [Fact]
    public void A_checkpoint_without_its_description_is_a_run_with_settings()
    {
        string folder = At("run");
        ParabolaRow[] rows = [.. Train(folder, new ParabolaTraining(Settings))];
        byte[] model = File.ReadAllBytes(Path.Combine(folder, "model.safetensors"));
        File.Delete(Path.Combine(folder, "run.json"));
        Assert.Equal("Parabola", RunFolder.KindOf(folder));
        Assert.True(RunFolder.HoldsRun(folder));
        ArgumentException refused = Assert.Throws<ArgumentException>(() => Train(folder, new ParabolaTraining(Settings with { Epochs = 3 })).Count());
        Assert.Contains("already holds a run. Use -Resume", refused.Message, StringComparison.Ordinal);
        Assert.Equal(model, File.ReadAllBytes(Path.Combine(folder, "model.safetensors")));
        Assert.Contains("holds a run of Invoke-ParabolaTraining, not of Invoke-VaeTraining", Assert.Throws<ArgumentException>(() => RunFolder.CheckKind(folder, VaeRun.Kind)).Message, StringComparison.Ordinal);
        Assert.Equal(Settings, RunFolder.Settings<ParabolaSettings>(folder, ParabolaTraining.Kind));
        Assert.Equal(rows, Train(folder, new ParabolaTraining(Settings), resume: true));
        Assert.Equal(Settings, RunFolder.Settings<ParabolaSettings>(folder, ParabolaTraining.Kind));
        Assert.True(File.Exists(Path.Combine(folder, "run.json")));
    }

    [Fact]
    public void A_damaged_file_of_a_run_is_answered_with_what_helps()
    {
        string folder = At("run"), description = Path.Combine(folder, "run.json"), checkpoint = Path.Combine(folder, "checkpoint.safetensors");
        ParabolaRow[] rows = [.. Train(folder, new ParabolaTraining(Settings))];
        File.WriteAllText(description, "{");
        Assert.EndsWith("Delete the file and use -Resume again: checkpoint.safetensors holds the settings too.", Assert.Throws<DataFormatException>(() => RunFolder.Settings<ParabolaSettings>(folder, ParabolaTraining.Kind)).Message, StringComparison.Ordinal);
        File.Delete(description);
        Assert.Equal(rows, Train(folder, new ParabolaTraining(RunFolder.Settings<ParabolaSettings>(folder, ParabolaTraining.Kind)!), resume: true));

        const string restart = "Restore the file, or use -Force instead of -Resume to restart the run.";
        File.WriteAllText(checkpoint, "{");
        Assert.EndsWith(restart, Assert.Throws<DataFormatException>(() => Train(folder, new ParabolaTraining(Settings), resume: true).Count()).Message, StringComparison.Ordinal);
        File.WriteAllText(description, "{");
        Assert.EndsWith(restart, Assert.Throws<DataFormatException>(() => RunFolder.Settings<ParabolaSettings>(folder, ParabolaTraining.Kind)).Message, StringComparison.Ordinal);
        Assert.Equal(rows, Restart(folder, () => new ParabolaTraining(Settings)));
    }

    [Theory]
    [InlineData("rows.csv")]
    [InlineData("checkpoint.safetensors")]
    [InlineData("model.safetensors")]
    public void A_file_that_is_not_a_runs_is_kept(string name)
    {
        string folder = At("run"), file = Path.Combine(folder, name);
        Directory.CreateDirectory(folder);
        File.WriteAllText(file, "important");
        foreach (bool resume in new[] { false, true })
            Assert.Contains($"holds no earlier run, but a file '{name}'", Assert.Throws<ArgumentException>(() => Train(folder, new ParabolaTraining(Settings), resume).Count()).Message, StringComparison.Ordinal);
        Assert.Equal("important", File.ReadAllText(file));
    }

    [Fact]
    public void A_checkpoint_without_its_settings_names_what_is_missing_and_what_to_do()
    {
        string folder = At("run"), checkpoint = Path.Combine(folder, "checkpoint.safetensors");
        Directory.CreateDirectory(folder);
        StoredTensors.Write(checkpoint, ParabolaTraining.Kind.CheckpointFormat, "id", []);
        string message = $"'{checkpoint}': the checkpoint cannot be read: the entry 'options' is missing. Restore the file, or use -Force instead of -Resume to restart the run.";
        Assert.Equal(message, Assert.Throws<DataFormatException>(() => RunFolder.Settings<ParabolaSettings>(folder, ParabolaTraining.Kind)).Message);
        Assert.Equal(message, Assert.Throws<DataFormatException>(() => Train(folder, new ParabolaTraining(Settings), resume: true).Count()).Message);
        StoredTensors.Write(checkpoint, ParabolaTraining.Kind.CheckpointFormat, "id", [], ("options", "null"));
        Assert.Contains("cannot be read: its settings are null. Restore", Assert.Throws<DataFormatException>(() => RunFolder.Settings<ParabolaSettings>(folder, ParabolaTraining.Kind)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_kind_of_run_is_named_before_the_advice_to_resume()
    {
        string folder = At("run");
        Train(folder, new ParabolaTraining(Settings)).Count();
        var options = new VaeOptions { Epochs = 1, HiddenSize = [4] };
        Assert.Contains("holds a run of Invoke-ParabolaTraining, not of Invoke-VaeTraining", Assert.Throws<ArgumentException>(() =>
            VaeRun.Train(options, new VaeDataReader().Read(options), folder, RunStart.New, new Checkpointing(1, 0), cancellation: TestContext.Current.CancellationToken).Count()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_diverged_training_is_described_as_failed()
    {
        string folder = At("run");
        Assert.Throws<TrainingDivergedException>(() => Train(folder, new ParabolaTraining(Settings with { Diverges = true })).Count());
        using JsonDocument run = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "run.json")));
        Assert.Equal(("failed", "too far"), (run.RootElement.GetProperty("state").GetString(), run.RootElement.GetProperty("failure").GetString()));
    }

    [Fact]
    public void A_training_that_fails_is_described_with_its_reason_and_its_rows()
    {
        string folder = At("run");
        var failing = new ParabolaTraining(Settings)
        {
            Watch = (epoch, step) =>
            {
                if ((epoch, step) == (2, 4)) throw new ArgumentException("late");
            },
        };
        List<ParabolaRow> rows = [];
        Assert.Equal("late", Assert.Throws<ArgumentException>(() =>
        {
            foreach (ParabolaRow row in RunFolder.Train(ParabolaTraining.Kind, folder, RunStart.New, new Checkpointing(0, 0), () => failing, TestContext.Current.CancellationToken)) rows.Add(row);
        }).Message);
        Assert.Equal(("failed", "late", 2), Described(folder));
        Assert.Equal(2, rows.Count);
        Assert.Equal(1 + 2, File.ReadAllLines(Path.Combine(folder, "rows.csv")).Length);
        Assert.Equal(Train(At("whole"), new ParabolaTraining(Settings)), Train(folder, new ParabolaTraining(Settings), resume: true));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_consumer_that_takes_no_more_rows_leaves_an_interrupted_run_with_all_of_them(int taken)
    {
        string folder = At("run");
        Assert.Equal(taken, RunFolder.Train(ParabolaTraining.Kind, folder, RunStart.New, new Checkpointing(0, 0), () => new ParabolaTraining(Settings), TestContext.Current.CancellationToken).Take(taken).Count());
        Assert.Equal(("interrupted", null, taken), Described(folder));
        Assert.Equal(1 + taken, File.ReadAllLines(Path.Combine(folder, "rows.csv")).Length);
        int watched = 0;
        ParabolaTraining rest = new(Settings) { Watch = (_, _) => watched++ };
        Assert.Equal(Train(At("whole"), new ParabolaTraining(Settings)), Train(folder, rest, resume: true));
        Assert.Equal((Settings.Epochs - taken) * 10, watched);
    }

    private static (string?, string?, int) Described(string folder)
    {
        using JsonDocument run = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "run.json")));
        return (run.RootElement.GetProperty("state").GetString(), run.RootElement.GetProperty("failure").GetString(), run.RootElement.GetProperty("epochsDone").GetInt32());
    }

    // The name and contents of each file.
    private static string Contents(string folder) =>
        string.Join('\n', Directory.EnumerateFiles(folder).Where(path => Path.GetExtension(path) != ".lock").Order().Select(path => $"{Path.GetFileName(path)} {Convert.ToHexString(File.ReadAllBytes(path))}"));

    private static IEnumerable<ParabolaRow> Restart(string folder, Func<ParabolaTraining> create) =>
        RunFolder.Train(ParabolaTraining.Kind, folder, RunStart.Restart, new Checkpointing(1, 0), create, TestContext.Current.CancellationToken);

    private string At(string name) => Path.Combine(root, name);

    private static IEnumerable<ParabolaRow> Train(string folder, ParabolaTraining training, bool resume = false, bool everyStep = false) => RunFolder.Train(
        ParabolaTraining.Kind, folder, resume ? RunStart.Resume : RunStart.New, new Checkpointing(1, everyStep ? 1e-9 : 0), () => training, TestContext.Current.CancellationToken);
}
