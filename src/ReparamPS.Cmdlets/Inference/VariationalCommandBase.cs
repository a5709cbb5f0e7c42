using System.Management.Automation;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Cmdlets.Common.Rows;
using ReparamPS.Inference;
using ReparamPS.Inference.Gaussians;
using ReparamPS.Inference.Models;
using ReparamPS.Messages;
using ReparamPS.Torch.Randomness;

namespace ReparamPS.Cmdlets.Inference;

/// <summary>What the cmdlets that fit models share.</summary>
public abstract class VariationalCommandBase : ReparamCmdlet
{
    private readonly HashSet<BayesianModel> checkedModels = new(ReferenceEqualityComparer.Instance);
    private readonly ProgressPace pace = new(TimeSpan.FromSeconds(1));

    /// <summary>The model, from New-BayesianModel.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true), Exact<BayesianModel>]
    public BayesianModel Model { get; set; } = null!;

    /// <summary>The normal distribution that is fitted. MeanField: its coordinates are independent; FullRank: they have a full covariance matrix.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), Exact<VariationalFamily>(BlankIsDefault = true)]
    public VariationalFamily Family { get; set; }

    /// <summary>What is maximized. Iwae (not with -BatchSize): the importance-weighted bound; StickingTheLanding (Adam only): the ELBO with a gradient that omits the score term; the variance of this gradient goes to 0 as the fit becomes exact.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), Exact<VariationalObjective>(BlankIsDefault = true)]
    public VariationalObjective Objective { get; set; }

    /// <summary>The optimizer. Lbfgs uses the same noise at all steps; Adam draws new noise at each step.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), Exact<VariationalOptimizer>(BlankIsDefault = true)]
    public VariationalOptimizer Optimizer { get; set; }

    /// <summary>How noise is drawn. Sobol: evenly spread by a scrambled Sobol sequence; more than 512 coordinates (with Iwae: 512 / ImportanceSamples) are an error. Independent: independent draws, for any number of coordinates.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), Exact<NoiseScheme>(BlankIsDefault = true)]
    public NoiseScheme Scheme { get; set; }

    /// <summary>The number of draws per gradient evaluation (with Iwae: the number of groups, each of ImportanceSamples draws). Allowed: at least 1; with Lbfgs, at least 2 for MeanField, and more than the number of coordinates for FullRank. Default: automatic. L-BFGS then doubles the number, from 64, until two fits with that many draws but different noise agree (see -Tolerance); Adam uses 16.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), Exact<int?>]
    public int? Draws { get; set; }

    /// <summary>L-BFGS fits twice with the same number of draws, but different noise. It has converged if the ELBOs of these two fits differ by at most Tolerance, in nats. A Tolerance below the rounding error of the ELBO is never reached. An Adam fit has converged if the norm of its gradient is at most √(2 Tolerance). Allowed: positive. Default: 0.01.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), Exact<double?>]
    public double Tolerance { get; set; } = 0.01;

    /// <summary>The number of random data rows per step of Adam, for a model from New-BayesianModel -Data. With Lbfgs or Iwae, it is an error, also in settings from the pipeline. Allowed: 1 to the number of rows. Default: all rows.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), Exact<int?>]
    public int? BatchSize { get; set; }

    /// <summary>The number of importance samples in the importance-weighted bound (Iwae); other objectives do not use it. Allowed: at least 1. Default: 8.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), Exact<int?>]
    public int ImportanceSamples { get; set; } = 8;

    /// <summary>The number of steps of Adam; Lbfgs does not use it. Allowed: at least 1. Default: 2000.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), Exact<int?>]
    public int Steps { get; set; } = 2000;

    /// <summary>The initial learning rate of Adam; Lbfgs does not use it. The first step moves the mean of each coordinate by about LearningRate times its initial standard deviation; a cosine schedule lowers the rate to 0. Allowed: positive. Default: 0.05.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), Exact<double?>]
    public double LearningRate { get; set; } = 0.05;

    /// <summary>The maximum number of gradient evaluations of L-BFGS in one fit. All stages count: the optimizations with fewer draws, the final one, and the check with different noise. Computing the results at the end may take a few evaluations more. Adam does not use it. Allowed: at least 1. Default: 1000.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), Exact<int?>]
    public int MaxEvaluations { get; set; } = 1000;

    /// <summary>The seed of the noise. Default: 0.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), Exact<long?>]
    public virtual long Seed { get; set; }

    /// <summary>
    /// The random number generator. Torch: PyTorch's generator. Philox: draws in parallel, with the same noise for any number of threads; see about_ReparamPS_Random. Default: Torch.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true), Exact<RandomGenerator>(BlankIsDefault = true)]
    public RandomGenerator Generator { get; set; }

    /// <summary>If settings come from the pipeline as properties of objects, ignores properties that are not settings, such as notes. Without -IgnoreUnknown, they are an error.</summary>
    [Parameter, Exact<SwitchParameter>]
    public SwitchParameter IgnoreUnknown { get; set; }

    // Without it, the engine itself would refuse an object all of whose properties are on the command line.
    /// <summary>Settings from the pipeline: each property of the object sets the parameter of the same name. Each object starts a run of its own; -Model gives the model.</summary>
    [Parameter(ValueFromPipeline = true, DontShow = true)]
    public PSObject? InputObject { get; set; }

    /// <inheritdoc/>
    protected override object? ErrorTarget => Model;

    /// <inheritdoc/>
    protected override void Begin() => InputProperties.RefuseTyped(this, nameof(InputObject));

    /// <inheritdoc/>
    protected sealed override void Process()
    {
        InputProperties.CheckSettings(this, InputObject, IsSettings, CommandLine, rows: typeof(VariationalFit));
        CheckUsed(VariationalSettings.Dependent, Options);
        Run();
    }

    /// <summary>Works on the current model with the current settings.</summary>
    private protected abstract void Run();

    /// <inheritdoc/>
    protected sealed override void CheckUnknown(IReadOnlyList<string> names, Func<string, IReadOnlyList<string>> near) => InputProperties.CheckUnknown(this, names, near, IgnoreUnknown);

    /// <summary>Warns if the log-likelihood of the current model has no gradient, once per model. To be called after a fit, which refuses wrong gradients.</summary>
    private protected void WarnOfLikelihood()
    {
        if (checkedModels.Add(Model) && VariationalInference.LikelihoodWarning(Model) is { } warning) WriteWarning(warning);
    }

    /// <summary>The options as Core takes them.</summary>
    protected VariationalOptions Options => new()
    {
        Family = Family, Objective = Objective, Optimizer = Optimizer, Scheme = Scheme, Draws = Draws, Tolerance = Tolerance, BatchSize = BatchSize, ImportanceSamples = ImportanceSamples,
        Steps = Steps, LearningRate = LearningRate, MaxEvaluations = MaxEvaluations, Seed = Seed, Generator = Generator,
    };

    /// <summary>Shows progress: nothing in the first second, then at most five times a second.</summary>
    /// <param name="activity">What goes on.</param>
    /// <param name="status">How far it is.</param>
    /// <param name="percent">The share that is done; −1 if it is unknown.</param>
    protected void ShowProgress(string activity, Func<string> status, int percent)
    {
        if (pace.IsDue()) WriteProgress(new ProgressRecord(1, activity, status()) { PercentComplete = percent });
    }

    /// <summary>Takes progress away, if any was shown.</summary>
    protected void EndProgress(string activity)
    {
        if (pace.HasBegun) WriteProgress(new ProgressRecord(1, activity, "done") { RecordType = ProgressRecordType.Completed });
    }
}
