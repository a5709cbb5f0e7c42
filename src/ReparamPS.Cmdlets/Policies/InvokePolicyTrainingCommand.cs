using System.Management.Automation;
using System.Security.Cryptography;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Cmdlets.Vae;
using ReparamPS.Optimization;
using ReparamPS.Policies;
using ReparamPS.Policies.Gradients;
using ReparamPS.Policies.Problems;
using ReparamPS.Policies.Training;
using ReparamPS.Runs;
using ReparamPS.Settings;
using ReparamPS.Torch.Randomness;

namespace ReparamPS.Cmdlets.Policies;

/// <summary>Trains a policy in place and returns one row per iteration.</summary>
/// <remarks>
/// <para>Each iteration simulates trajectories from random initial states, estimates the gradient of their mean cost, and makes one step of the optimizer. If the distribution of initial states has a quantile function, a scrambled Sobol sequence spreads them evenly; otherwise, they are drawn independently. Each row holds the iteration's cost and all settings.</para>
/// <para>Each settings object from the pipeline is one run; its properties set the parameters of the same names. Every run starts from the policy as it was given. Afterwards, the policy holds the parameters of the last run. If that run diverged, the policy keeps the parameters that it was given with.</para>
/// <para>On the command line, a parameter without effect is an error, such as -Momentum without -Optimizer sgd. If that parameter, or the setting that makes it useless, comes from the pipeline, the parameter is ignored instead. In Example 3, for instance, Pathwise ignores -Baseline.</para>
/// <para>The standard deviation σ of the policy's noise is trained too, through its logarithm. A σ of 0 stays 0; ScoreFunction, RewardToGo and a positive -EntropyWeight are then an error.</para>
/// <para>Before Pathwise is used on a custom problem, the gradients of its script blocks (-Dynamics and -Cost of New-ControlProblem) are compared with finite differences at a few states. A wrong gradient is an error. A typical cause is New-Tensor, .detach(), .item() or .ToArray() applied to states or actions: each cuts the gradient. ScoreFunction and RewardToGo do not need these gradients. Blocks that return random values are not checked, nor are blocks in which the result of one trajectory depends on other trajectories.</para>
/// <para>The pathwise gradient passes through all states of a trajectory, and can grow without bound if the trajectory is long. -Truncation limits this: it cuts the gradient at regular intervals.</para>
/// <para>-OutPath stores the run, and -Resume continues it after an interruption, with the stored parameters of the policy. Give the policy that the run started from, made again in a new session, or the trained policy of the run; its parameters are replaced by the stored ones. You can also resume a run with more -Iterations, unless a schedule spans all iterations (see -ScheduleIterations). On one machine, the same seed returns the same rows, apart from the times.</para>
/// </remarks>
/// <example>
/// <para>A linear policy for a linear-quadratic problem: its gain approaches the optimal one</para>
/// <code>$problem = New-ControlProblem Lqr -A 1 -B 1 -Q 1 -R 1 -Discount 0.9
/// $policy = New-LinearPolicy 0.2 -Scale 0.1
/// $settings = @{ Iterations = 100; LearningRate = 0.05; Seed = 1 }
/// $problem | Invoke-PolicyTraining $policy @settings |
///     Where-Object { $_.Iteration % 25 -eq 0 }
/// $policy.Gain[0, 0], $problem.OptimalGain[0, 0]</code>
/// </example>
/// <example>
/// <para>Store a run, then extend it</para>
/// <code>$problem = New-ControlProblem Pendulum
/// $policy = New-NeuralPolicy -HiddenSize 8 -Distribution TanhNormal
/// $settings = @{
///     Iterations = 2
///     Trajectories = 16
///     Truncation = 40
///     Seed = 1
/// }
/// $problem | Invoke-PolicyTraining $policy @settings -OutPath ./swing -Force
/// $problem |
///     Invoke-PolicyTraining $policy -Iterations 4 -OutPath ./swing -Resume</code>
/// </example>
/// <example>
/// <para>Pathwise and reward-to-go training side by side</para>
/// <code>$problem = New-ControlProblem Lqr -A 1 -B 1 -Q 1 -R 1 -Horizon 10
/// $policy = New-LinearPolicy 0.2 -Scale 0.5
/// $settings = @{
///     Problem = $problem; Policy = $policy
///     Baseline = 'Time'; Iterations = 20; Seed = 1
/// }
/// New-ExperimentGrid @{ Estimator = 'Pathwise', 'RewardToGo' } |
///     Invoke-PolicyTraining @settings | Where-Object Iteration -eq 20</code>
/// </example>
[Cmdlet(VerbsLifecycle.Invoke, "PolicyTraining", SupportsShouldProcess = true), OutputType(typeof(PolicyIteration))]
public sealed class InvokePolicyTrainingCommand : TrainingCommandBase
{
    private static readonly PolicyTrainingOptions Defaults = new();

    private readonly Dictionary<Policy, Policy> firstPolicies = new(ReferenceEqualityComparer.Instance);
    private readonly PolicyWarnings warnings = new();

    /// <summary>The control problem, from New-ControlProblem; or the name Pendulum.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true), ProblemInput]
    public ControlProblem Problem { get; set; } = null!;

    /// <summary>The policy, from New-LinearPolicy, New-NeuralPolicy or Import-PolicyModel; or the path of a policy file or of a run's folder. Training does not change that file; use -OutPath to store the trained policy.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true), PolicyInput]
    public Policy Policy { get; set; } = null!;

    /// <summary>The gradient estimator. Pathwise differentiates dynamics and cost. ScoreFunction multiplies the gradient of log π(u | s), the log-density of the action, by the cost of the whole trajectory; RewardToGo by the cost from each step on. Default: Pathwise.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), Exact<PolicyGradientEstimator>(BlankIsDefault = true)]
    public PolicyGradientEstimator Estimator { get; set; } = Defaults.Estimator;

    /// <summary>For ScoreFunction and RewardToGo: a value that lowers the variance. It is subtracted from the cost, and the difference multiplies the gradient of log π(u | s), the log-density of the action. Time: for ScoreFunction, the mean total cost of the other trajectories; for RewardToGo, at each step, their mean cost from that step on. Pathwise does not use it. Default: None.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), Exact<PolicyBaseline>(BlankIsDefault = true)]
    public PolicyBaseline Baseline { get; set; } = Defaults.Baseline;

    /// <summary>The number of iterations. Allowed: at least 1. Default: 200.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), Exact<int?>]
    public int Iterations { get; set; } = Defaults.Iterations;

    /// <summary>The number of trajectories per iteration. Allowed: at least 2. Default: 256.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), Exact<int?>]
    public int Trajectories { get; set; } = Defaults.Trajectories;

    /// <summary>The number of steps after which Pathwise cuts the gradient through the state; 0 means never. The first cut of each iteration is at a random step. Other estimators do not use it. Allowed: 0 to the Horizon of the problem. Default: 0.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), Exact<int?>]
    public int Truncation { get; set; } = Defaults.Truncation;

    /// <summary>The weight α of an entropy bonus: α log π(u | s), the log-density of the action u in state s, is added to the cost of each step. Allowed: at least 0. Default: 0.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), Exact<double?>]
    public double EntropyWeight { get; set; } = Defaults.EntropyWeight;

    /// <summary>The optimizer. Allowed: adam, adamw, adagrad, rmsprop, sgd. Default: adam.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), ArgumentCompleter(typeof(VaeChoiceCompleter)), Exact<string>]
    public string Optimizer { get; set; } = Defaults.Optimizer;

    /// <summary>The learning rate. Allowed: positive. Default: 0.01.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), Exact<double?>]
    public double LearningRate { get; set; } = Defaults.LearningRate;

    /// <summary>How the learning rate falls over ScheduleIterations, from LearningRate to LearningRate · LearningRateEnd. Allowed: constant, linear, cosine, exponential. Default: constant.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), ArgumentCompleter(typeof(VaeChoiceCompleter)), Exact<string>]
    public string LearningRateSchedule { get; set; } = Defaults.LearningRateSchedule;

    /// <summary>The final learning rate of a schedule, as a fraction of LearningRate. Allowed: above 0 and at most 1. Default: 0.01.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), Exact<double?>]
    public double LearningRateEnd { get; set; } = Defaults.LearningRateEnd;

    /// <summary>The number of iterations over which the learning rate changes; afterwards it stays constant. 0 means all iterations; then a run can be extended only if its LearningRateSchedule is constant. Allowed: at least 0. Default: 0.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), Exact<int?>]
    public int ScheduleIterations { get; set; } = Defaults.ScheduleIterations;

    /// <summary>The momentum of the optimizer sgd. Allowed: at least 0 and less than 1. Default: 0.9.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), Exact<double?>]
    public double Momentum { get; set; } = Defaults.Momentum;

    /// <summary>The weight decay: this number times the trained parameters (log σ among them) is added to the gradient; adamw shrinks the parameters directly instead. Allowed: a number of at least 0. Default: 0.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), Exact<double?>]
    public double WeightDecay { get; set; } = Defaults.WeightDecay;

    /// <summary>The maximum norm of the gradient; a larger gradient is scaled down. 0 means no limit. Allowed: at least 0. Default: 0.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), Exact<double?>]
    public double GradientClip { get; set; } = Defaults.GradientClip;

    /// <summary>The seed of initial states, noise and the first cut (see -Truncation). Default: a random one, which the rows show.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), Exact<long?>]
    public long? Seed { get; set; }

    /// <summary>
    /// The random number generator. Torch: PyTorch's generator. Philox: draws in parallel, with the same noise for any number of threads; see about_ReparamPS_Random. Default: Torch.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true), Exact<RandomGenerator>(BlankIsDefault = true)]
    public RandomGenerator Generator { get; set; }

    /// <summary>The number of iterations between checkpoints in OutPath. A checkpoint is also written every minute and at the end; 0 means only these. Default: a checkpoint per iteration, but at most one per second.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), AllowedRange(0), Exact<int?>]
    public int CheckpointIterations { get; set; } = 1;

    /// <inheritdoc/>
    protected override object? ErrorTarget => Problem;

    /// <summary>Resumes the run in OutPath with its stored settings, or starts one if there is none. Saved rows are returned first, and the result is the same as without the interruption. You can change -Iterations, unless a schedule spans all iterations; the new value must be at least the number of iterations begun so far. Any other change that affects the result is an error.</summary>
    [Parameter, Exact<SwitchParameter>]
    public override SwitchParameter Resume { get; set; }

    private protected override string Activity => "Training a policy";

    private protected override bool NeedsInput => !CommandLine.Contains(nameof(Problem)) || !CommandLine.Contains(nameof(Policy));

    private protected override RunKind Kind => PolicyRun.Kind;

    private protected override string ResumeCommand => $"Invoke-PolicyTraining with the same problem and policy, and -OutPath '{OutPath}' -Resume";

    private protected override IEnumerable<string> CheckpointParameters => [nameof(CheckpointIterations)];

    private protected override void Run()
    {
        warnings.Write(this, Policy);
        var given = new PolicyTrainingOptions
        {
            Estimator = Estimator,
            Baseline = Baseline,
            Iterations = Iterations,
            Trajectories = Trajectories,
            Truncation = Truncation,
            EntropyWeight = EntropyWeight,
            Optimizer = Spelled(Optimizers.Names, Optimizer),
            LearningRate = LearningRate,
            LearningRateSchedule = Spelled(LearningRateSchedules.Names, LearningRateSchedule),
            LearningRateEnd = LearningRateEnd,
            ScheduleIterations = ScheduleIterations,
            Momentum = Momentum,
            WeightDecay = WeightDecay,
            GradientClip = GradientClip,
            Generator = Generator,
            Seed = Seed ?? RandomNumberGenerator.GetInt32(int.MaxValue),
        };
        string? folder = OwnFolder();
        PolicyTrainingOptions options = Resume && StoredSettings(folder, PolicyRun.Settings) is { } stored ? given.Over(stored, GivenWithEffect(PolicySettings.Dependent, given.Over(stored, GivenHere))) : given;
        CheckUsed(PolicySettings.Dependent, options);
        if (IsTyped(nameof(Truncation)) && Truncation > Problem.Horizon)
            throw new ArgumentException($"{nameof(Truncation)} must be at most the Horizon of the problem, {Problem.Horizon}; got {Truncation}.", nameof(Truncation));
        if (!IsWanted(folder, $"{Policy.Name} on {Problem.Name}", "Train a policy")) return;
        RestoreFirst();
        Checkpointing checkpointing = Checkpoints(nameof(CheckpointIterations), CheckpointIterations, minutes: 1);
        try
        {
            Train((report, cancellation) => Rows(options, folder, checkpointing, report, cancellation));
        }
        catch (TrainingDivergedException)
        {
            // With the parameters that diverged, the next training would fail at once.
            RestoreFirst();
            throw;
        }
    }

    // Rows show the table's own spelling.
    private static string Spelled(IReadOnlyList<string> names, string given) => (string)AllowedValues.OneOf(names).Spelled(given);

    private protected override string Position(TrainingProgress progress) => $"iteration {progress.Step} of {progress.Steps}";

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

    private IEnumerable<PolicyIteration> Rows(PolicyTrainingOptions options, string? folder, Checkpointing checkpointing, Action<TrainingProgress> report, CancellationToken cancellation)
    {
        IEnumerable<PolicyIteration> rows = folder is null ? PolicyTrainer.Train(Problem, Policy, options, report, cancellation)
            : PolicyRun.Train(Problem, Policy, options, folder, Start, checkpointing, report, cancellation);
        foreach (PolicyIteration row in rows)
        {
            if (row is { Iteration: 1, GradientNorm: 0, Estimator: PolicyGradientEstimator.Pathwise }) WriteWarning($"This training does not change the policy. {PolicyGradientMeasurement.FlatCost}");
            yield return row;
        }
    }
}
