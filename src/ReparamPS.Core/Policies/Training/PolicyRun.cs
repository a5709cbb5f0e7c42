using System.Text.Json;
using ReparamPS.Data;
using ReparamPS.Messages;
using ReparamPS.Policies.Problems;
using ReparamPS.Runs;
using static TorchSharp.torch;

namespace ReparamPS.Policies.Training;

/// <summary>Runs of policy training in folders. An iteration is an epoch of the folder.</summary>
public sealed class PolicyRun : ITraining<PolicyIteration>
{
    private readonly PolicyTrainer trainer;
    private readonly ControlProblem problem;
    private readonly Policy policy;
    private readonly Action<TrainingProgress>? progress;
    private PolicyRunSettings settings;

    private PolicyRun(ControlProblem problem, Policy policy, PolicyTrainingOptions options, Action<TrainingProgress>? progress)
    {
        settings = PolicyRunSettings.Of(problem, policy, options);
        policy.FirstParameters.Add(settings.FirstParameters);
        (this.problem, this.policy, this.progress) = (problem, policy, progress);
        trainer = new PolicyTrainer(problem, policy, options) { RunId = settings.RunId };
    }

    /// <summary>How runs of a policy are stored.</summary>
    public static RunKind Kind { get; } = new("Policy", "iterations.csv", CheckpointVersion: 1, ModelVersion: 1);

    RunKind ITraining<PolicyIteration>.Kind => Kind;

    string ITraining<PolicyIteration>.RunId => settings.RunId;

    int ITraining<PolicyIteration>.Epoch => trainer.Iteration;

    bool ITraining<PolicyIteration>.IsFinished => trainer.IsFinished;

    string ITraining<PolicyIteration>.StoppedBy => nameof(PolicyTrainingOptions.Iterations);

    Device ITraining<PolicyIteration>.Device => CPU;

    /// <summary>The settings of the run that a folder holds; null if it holds none.</summary>
    /// <exception cref="ArgumentException">The folder holds a run of another kind.</exception>
    /// <exception cref="DataFormatException">The folder's run.json cannot be read.</exception>
    public static PolicyTrainingOptions? Settings(string folder) => RunFolder.Settings<PolicyRunSettings>(folder, Kind)?.Options;

    /// <summary>Trains and stores a run. A resumed run returns its stored rows first.</summary>
    /// <remarks>A resumed run may have another number of iterations than before, at least those that are done, unless a schedule spans all of them.</remarks>
    /// <param name="problem">The problem.</param>
    /// <param name="policy">The policy, which is trained in place. A resumed run continues from its checkpoint. The policy has the parameters that the run started from, or it is a trained one of this run.</param>
    /// <param name="options">The settings.</param>
    /// <param name="folder">The folder that stores the run.</param>
    /// <param name="start">What to do with the run in the folder.</param>
    /// <param name="checkpointing">How often the run is stored.</param>
    /// <param name="progress">Called after each iteration.</param>
    /// <param name="cancellation">Stops the run with a checkpoint of what is done.</param>
    /// <exception cref="ArgumentException">The folder holds another run, a run that is not to be resumed, or files that are not a run's.</exception>
    /// <exception cref="IOException">Another process trains the folder's run.</exception>
    public static IEnumerable<PolicyIteration> Train(
        ControlProblem problem, Policy policy, PolicyTrainingOptions options, string folder, RunStart start, Checkpointing checkpointing, Action<TrainingProgress>? progress = null,
        CancellationToken cancellation = default) =>
        RunFolder.Train(Kind, folder, start, checkpointing, () => new PolicyRun(problem, policy, options, progress), cancellation);

    // What can fail comes before the step of the optimizer.
    bool ITraining<PolicyIteration>.KeepsStateOnFailure => true;

    PolicyIteration ITraining<PolicyIteration>.RunEpoch(Action between, CancellationToken cancellation) => trainer.RunIteration(progress, cancellation);

    TrainingState ITraining<PolicyIteration>.Save(IReadOnlyList<PolicyIteration> rows) => new(
        JsonSerializer.Serialize(settings), JsonSerializer.Serialize(trainer.Iteration), JsonSerializer.Serialize(rows.Select(Figures.Of)), trainer.StateTensors());

    IReadOnlyList<PolicyIteration> ITraining<PolicyIteration>.Resume(StoredRun stored)
    {
        PolicyRunSettings earlier = Parse<PolicyRunSettings>(stored.Settings);
        int done = stored.State is null ? 0 : Parse<int>(stored.State.Point);
        CheckSame(stored.Folder, earlier, done);
        if (stored.State is null) return [];
        settings = settings with { FirstParameters = earlier.FirstParameters };
        trainer.RunId = settings.RunId;
        bool isOwn = policy.FirstParameters.Contains(earlier.FirstParameters) || IsModelOf(stored.Folder);
        using Policy given = policy.Clone();
        trainer.Restore(stored.State.Tensors.ToDictionary(entry => entry.Name, entry => entry.Value), done);
        if (!isOwn && !HaveSameParameters(given, policy))
        {
            policy.CopyParametersFrom(given);
            throw new ArgumentException(
                $"The run in '{ShortText.Of(stored.Folder)}' started from a policy with other parameter values than the given one. To resume it, give the policy that it started from; to start with the given policy, use -Force instead of -Resume, or choose another folder.",
                nameof(policy));
        }
        return [.. Parse<Figures[]>(stored.State.Rows).Select(figures => figures.ToRow(trainer))];
    }

    void ITraining<PolicyIteration>.SaveModel(string path) => PolicyModelFile.Save(policy, path, settings.RunId);

    IReadOnlyDictionary<string, object?> ITraining<PolicyIteration>.Describe(IReadOnlyList<PolicyIteration> rows) => new Dictionary<string, object?>
    {
        ["iterationsDone"] = trainer.Iteration,
        ["seconds"] = rows.Sum(row => row.Seconds),
        ["settings"] = settings,
    };

    void IDisposable.Dispose() => trainer.Dispose();

    private void CheckSame(string folder, PolicyRunSettings earlier, int done)
    {
        IReadOnlyDictionary<string, string> earlierTexts = earlier.Options.ShownTexts(), currentTexts = settings.Options.ShownTexts();
        List<string> differences = [.. earlierTexts.Where(entry => entry.Key != nameof(PolicyTrainingOptions.Iterations) && !currentTexts[entry.Key].Equals(entry.Value, StringComparison.OrdinalIgnoreCase))
            .Select(entry => SettingChange.Of(entry.Key, entry.Value, currentTexts[entry.Key]))];
        differences.AddRange(problem.DifferencesFrom(earlier.Problem));
        differences.AddRange(settings.ChangedVariables(earlier));
        differences.AddRange(SettingChange.OfPolicies(earlier.Policy, settings.Policy));
        // Without a checkpoint the run restarts from the policy that is given.
        bool hasOtherStart = done == 0 && earlier.FirstParameters != settings.FirstParameters;
        if (hasOtherStart && differences.Count == 0)
        {
            throw new ArgumentException(
                $"The run in '{ShortText.Of(folder)}' has no checkpoint of an iteration, so it can only restart, and the given policy has other parameter values than the one that the run started from. Training changes a policy in place: make the policy again, use -Force instead of -Resume, or choose another folder.",
                nameof(folder));
        }
        if (hasOtherStart) differences.Add("the policy that training starts from has other parameter values than in that run");
        if (differences.Count > 0) throw new ArgumentException($"'{ShortText.Of(folder)}' holds another run: {ShortText.List(differences)}. Use the settings of that run, or choose another folder.", nameof(folder));
        int iterations = settings.Options.Iterations;
        if (iterations == earlier.Options.Iterations) return;
        if (iterations < done) throw new ArgumentException($"The run in '{ShortText.Of(folder)}' has done {done} iterations. Iterations must be at least {done}; got {iterations}.", nameof(PolicyTrainingOptions.Iterations));
        if (earlier.Options.SpansAllIterations)
        {
            throw new ArgumentException(
                $"Iterations must be {earlier.Options.Iterations} to resume the run in '{ShortText.Of(folder)}', because LearningRateSchedule {earlier.Options.LearningRateSchedule} spans all iterations; got {iterations}. Only a run that is started with -ScheduleIterations can be extended later.",
                nameof(PolicyTrainingOptions.Iterations));
        }
    }

    // Training replaces the file if it is damaged.
    private bool IsModelOf(string folder)
    {
        string path = Path.Combine(folder, RunKind.ModelFile);
        if (!File.Exists(path)) return false;
        try
        {
            using Policy model = PolicyModelFile.Load(path);
            return HaveSameParameters(model, policy);
        }
        catch (Exception error) when (error is DataFormatException or IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static bool HaveSameParameters(Policy first, Policy second) => first.Flat.Buffer.bytes.SequenceEqual(second.Flat.Buffer.bytes);

    private static T Parse<T>(string text) => JsonSerializer.Deserialize<T>(text) ?? throw new JsonException("a part of it is the JSON value null");

    private sealed record Figures(string Problem, string Policy, int Iteration, double Cost, double GradientNorm, double Scale, double StepSize, double Seconds)
    {
        public static Figures Of(PolicyIteration row) => new(row.Problem, row.Policy, row.Iteration, row.Cost, row.GradientNorm, row.Scale, row.StepSize, row.Seconds);

        public PolicyIteration ToRow(PolicyTrainer trainer) => new(trainer.Options)
        {
            RunId = trainer.RunId, Problem = Problem, Policy = Policy, Iteration = Iteration, Cost = Cost, GradientNorm = GradientNorm, Scale = Scale, StepSize = StepSize, Seconds = Seconds,
        };
    }
}
