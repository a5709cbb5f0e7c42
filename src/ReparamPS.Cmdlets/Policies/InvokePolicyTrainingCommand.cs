using System.Diagnostics;
using System.Management.Automation;
using System.Security.Cryptography;
using ReparamPS.Cmdlets.Vae;
using ReparamPS.Policies;
using ReparamPS.Policies.Training;
using ReparamPS.Runs;

namespace ReparamPS.Cmdlets.Policies;

/// <summary>Trains a policy in place; returns one row per iteration.</summary>
/// <remarks>
/// Each iteration draws trajectories from evenly spread random starts, estimates the gradient of their mean cost, and makes one step of the optimizer. Rows hold the iteration's cost and all settings.
/// -Policy is trained in place: after the run it is the trained policy. If several objects come in, each run starts from the policy as it was before the first.
/// An object's properties set the parameters of the same names, so a grid of settings trains one run per row.
/// σ is trained with the other parameters, through its logarithm. A σ of 0 stays 0.
/// Along long trajectories the path through the state can amplify small changes without bound; -Truncation cuts it at regular intervals and keeps the gradient useful.
/// With -OutPath the run is stored, and -Resume continues it after an interruption or with more -Iterations.
/// Equal seeds return equal rows on one machine, apart from the times.
/// </remarks>
/// <example>
/// <para>A linear policy for a linear-quadratic problem: the gain approaches the best one</para>
/// <code>$problem = New-ControlProblem Lqr -A 1 -B 1 -Q 1 -R 1 -Discount 0.9
/// $policy = New-LinearPolicy 0.2 -Scale 0.1
/// $problem | Invoke-PolicyTraining $policy -Iterations 100 -LearningRate 0.05 -Seed 1 | Where-Object { $_.Iteration % 25 -eq 0 }
/// $policy.Gain[0, 0], $problem.OptimalGain[0, 0]</code>
/// </example>
/// <example>
/// <para>A run that is stored, and extended</para>
/// <code>$problem = New-ControlProblem Pendulum
/// $policy = New-NeuralPolicy -HiddenSize 8 -Distribution TanhNormal -Scale 0.1
/// $problem | Invoke-PolicyTraining $policy -Iterations 2 -Trajectories 16 -Truncation 40 -Seed 1 -OutPath ./pendulum-run -Force
/// $problem | Invoke-PolicyTraining $policy -Iterations 4 -OutPath ./pendulum-run -Resume</code>
/// </example>
/// <example>
/// <para>Pathwise and score-function training side by side</para>
/// <code>$problem = New-ControlProblem Lqr -A 1 -B 1 -Q 1 -R 1 -Horizon 10
/// $policy = New-LinearPolicy 0.2 -Scale 0.5
/// New-ExperimentGrid @{ Estimator = 'Pathwise', 'RewardToGo' } | Invoke-PolicyTraining -Problem $problem -Policy $policy -Baseline Time -Iterations 20 -Seed 1 | Where-Object Iteration -eq 20</code>
/// </example>
[Cmdlet(VerbsLifecycle.Invoke, "PolicyTraining", SupportsShouldProcess = true), OutputType(typeof(PolicyIteration))]
public sealed class InvokePolicyTrainingCommand : PolicyCommandBase
{
    private const int ProgressMilliseconds = 200;
    private const string Activity = "Training a policy";

    private static readonly PolicyTrainingOptions Defaults = new();

    private readonly Dictionary<Policy, Policy> firstPolicies = new(ReferenceEqualityComparer.Instance);

    /// <summary>The estimator of the gradient: Pathwise, ScoreFunction or RewardToGo. Default: Pathwise.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public PolicyGradientEstimator Estimator { get; set; } = Defaults.Estimator;

    /// <summary>What is subtracted from the weights of ScoreFunction and RewardToGo: None, or Time for each step's mean over the other trajectories. Default: None.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public PolicyBaseline Baseline { get; set; } = Defaults.Baseline;

    /// <summary>The number of iterations. Default: 200.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public int Iterations { get; set; } = Defaults.Iterations;

    /// <summary>Trajectories per iteration, from 2 on. Default: 256.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public int Trajectories { get; set; } = Defaults.Trajectories;

    /// <summary>Steps after which Pathwise cuts the path through the state; the first cut of each iteration is drawn at random. Default: 0, never.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public int Truncation { get; set; } = Defaults.Truncation;

    /// <summary>α: a step costs c + α log π(u), so that policies of larger entropy cost less. Default: 0.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public double EntropyWeight { get; set; } = Defaults.EntropyWeight;

    /// <summary>The optimizer: adam, adamw, adagrad, rmsprop or sgd. Default: adam.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), ArgumentCompleter(typeof(VaeChoiceCompleter))]
    public string Optimizer { get; set; } = Defaults.Optimizer;

    /// <summary>The step size. Default: 0.01.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public double LearningRate { get; set; } = Defaults.LearningRate;

    /// <summary>The change of the step size: constant, linear, cosine or exponential. Default: constant.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), ArgumentCompleter(typeof(VaeChoiceCompleter))]
    public string LearningRateSchedule { get; set; } = Defaults.LearningRateSchedule;

    /// <summary>The final step size of a schedule, relative to LearningRate. Default: 0.01.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public double LearningRateEnd { get; set; } = Defaults.LearningRateEnd;

    /// <summary>The iterations that a schedule spans; its last value then holds. Default: 0, all iterations, and the run cannot be extended.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public int ScheduleIterations { get; set; } = Defaults.ScheduleIterations;

    /// <summary>The maximum norm of the gradient; a longer one is shortened. Default: 0, no limit.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public double GradientClip { get; set; } = Defaults.GradientClip;

    /// <summary>The seed of first states, noise and cuts. Default: a random one, which the rows hold.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public long? Seed { get; set; }

    /// <summary>A folder that stores the run: run.json, iterations.csv, model.safetensors and a checkpoint. It may differ between objects: -OutPath { "runs/$($_.LearningRate)" }.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), AllowEmptyString, AllowNull]
    public string? OutPath { get; set; }

    /// <summary>Resumes the run in OutPath; saved rows are written first. Settings that are not given are the stored run's. You may change -Iterations, unless a schedule spans all of them.</summary>
    [Parameter]
    public SwitchParameter Resume { get; set; }

    /// <summary>Restarts the run that OutPath holds, and overwrites its files.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Iterations between checkpoints; 0 for none by iterations. Default: 1, but at most one checkpoint per second.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), ValidateRange(0, int.MaxValue)]
    public int CheckpointIterations { get; set; } = 1;

    /// <inheritdoc/>
    protected override void Process()
    {
        var given = new PolicyTrainingOptions
        {
            Estimator = Estimator,
            Baseline = Baseline,
            Iterations = Iterations,
            Trajectories = Trajectories,
            Truncation = Truncation,
            EntropyWeight = EntropyWeight,
            Optimizer = Optimizer,
            LearningRate = LearningRate,
            LearningRateSchedule = LearningRateSchedule,
            LearningRateEnd = LearningRateEnd,
            ScheduleIterations = ScheduleIterations,
            GradientClip = GradientClip,
            Seed = Seed ?? RandomNumberGenerator.GetInt32(int.MaxValue),
        };
        PolicyTrainingOptions options = Resume ? OverStored(given) : given;
        if (!IsWanted()) return;
        RestoreFirst();
        try
        {
            foreach (PolicyIteration row in Train(options)) WriteObject(row);
        }
        finally
        {
            if (!Stopping) WriteProgress(new ProgressRecord(1, Activity, "done") { RecordType = ProgressRecordType.Completed });
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            foreach (Policy first in firstPolicies.Values) first.Dispose();
        }
        base.Dispose(disposing);
    }

    private void RestoreFirst()
    {
        Policy.FitTo(Problem);
        if (firstPolicies.TryGetValue(Policy, out Policy? first)) Policy.CopyParametersFrom(first);
        else firstPolicies.Add(Policy, Policy.Clone());
    }

    private IEnumerable<PolicyIteration> Train(PolicyTrainingOptions options)
    {
        if (string.IsNullOrEmpty(OutPath)) return PolicyTrainer.Train(Problem, Policy, options, Reporter(), Cancellation);
        string folder = ResolvePath(OutPath);
        if (Restarts(folder)) RunFolder.Clear(folder, PolicyRun.Kind);
        var checkpointing = new Checkpointing(CheckpointIterations, Minutes: 1, MyInvocation.BoundParameters.ContainsKey(nameof(CheckpointIterations)) ? 0 : 1);
        return PolicyRun.Train(Problem, Policy, options, folder, Resume, checkpointing, Reporter(), Cancellation);
    }

    private PolicyTrainingOptions OverStored(PolicyTrainingOptions given)
    {
        if (string.IsNullOrEmpty(OutPath)) throw new ArgumentException("Resume needs OutPath, the folder of the run.", nameof(Resume));
        string folder = ResolvePath(OutPath);
        if (PolicyRun.Settings(folder) is { } stored) return given.Over(stored, MyInvocation.BoundParameters.Keys);
        WriteVerbose($"'{folder}' holds no run; a new one starts.");
        return given;
    }

    private bool Restarts(string folder) => Force && !Resume && RunFolder.HoldsFiles(folder, PolicyRun.Kind);

    private bool IsWanted()
    {
        if (string.IsNullOrEmpty(OutPath)) return ShouldProcess(Policy.Name, $"Train on {Problem.Name}");
        string folder = ResolvePath(OutPath);
        return ShouldProcess(folder, Restarts(folder) ? "Restart the run that is stored there" : "Train a policy and store the run");
    }

    private Action<TrainingProgress> Reporter()
    {
        var clock = Stopwatch.StartNew();
        long next = ProgressMilliseconds;
        return progress =>
        {
            if (clock.ElapsedMilliseconds < next) return;
            next = clock.ElapsedMilliseconds + ProgressMilliseconds;
            WriteProgress(new ProgressRecord(1, Activity, $"iteration {progress.Step} of {progress.Steps}")
            {
                PercentComplete = (int)(100 * progress.Fraction),
                SecondsRemaining = (int)(clock.Elapsed.TotalSeconds * (1 - progress.Fraction) / Math.Max(progress.Fraction, 1e-3)),
            });
        };
    }
}
