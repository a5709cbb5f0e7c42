using System.Management.Automation;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Distributions;
using ReparamPS.Gradients.Estimators;
using TorchSharp;

namespace ReparamPS.Cmdlets.Gradients;

/// <summary>What the cmdlets that estimate the gradient of E[f(z)] share: the problem, and how draws are made.</summary>
public abstract class EstimatorCommandBase : ReparamCmdlet
{
    /// <summary>
    /// f: a script block, which gets the draws as $_ and $z and as its parameter, shape draws + batch + event, and gives one value for each draw; a delegate of tensors;
    /// or a name: Identity k z, Quadratic (z − k)², Exponential exp(k z), GaussianBump exp(−k z²), Cosine cos(k z).
    /// </summary>
    [Parameter(Mandatory = true, Position = 0), ArgumentCompleter(typeof(ObjectiveCompleter))]
    public object Objective { get; set; } = null!;

    /// <summary>The k of a named objective; 1 unless given.</summary>
    [Parameter]
    public double K { get; set; } = 1;

    /// <summary>The distribution of z, in whose parameters the gradient is taken.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    public Distribution Distribution { get; set; } = null!;

    /// <summary>The number of draws of one repetition.</summary>
    [Parameter, ValidateRange(1L, long.MaxValue)]
    public long Draws { get; set; } = 10_000;

    /// <summary>How often all is done anew, each time with the next seed: once unless given, and 32 times for Antithetic and Sobol draws, whose standard error only repetitions can tell (where most of them coincide, it is that of as many independent draws).</summary>
    [Parameter, ValidateRange(1, int.MaxValue)]
    public int? Repetitions { get; set; }

    /// <summary>How draws are spread: Independent (default), Antithetic, or Sobol (scrambled; quasi-Monte Carlo).</summary>
    [Parameter]
    public DrawScheme Scheme { get; set; }

    /// <summary>The seed of the draws; 0 unless given.</summary>
    [Parameter]
    public long Seed { get; set; }

    /// <summary>The temperature of GumbelSoftmax, Rebar and Relax; 0.5 unless given.</summary>
    [Parameter]
    public double Temperature { get; set; } = 0.5;

    /// <inheritdoc/>
    protected override object? ErrorTarget => Distribution;

    /// <summary>The objective as Core takes it.</summary>
    protected Func<torch.Tensor, torch.Tensor> Function()
    {
        if (TensorInput.Unwrap(Objective) is string name) return NamedObjective.Get(name, K);
        ScriptFunction function = ScriptFunction.From(Objective, nameof(Objective));
        return draws => function.Function([draws]) is [var single] ? single : throw new ArgumentException("Objective must give one tensor, but gave several.", nameof(Objective));
    }

    /// <summary>The options of an estimator.</summary>
    protected GradientEstimatorOptions Options(GradientEstimatorKind estimator, ScoreBaseline baseline) => new()
    {
        Estimator = estimator, Baseline = baseline, Draws = Draws, Repetitions = Repetitions, Scheme = Scheme, Seed = Seed, Temperature = Temperature,
    };
}

/// <summary>Completes the names of objectives.</summary>
public sealed class ObjectiveCompleter : NameCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<string> Names(System.Collections.IDictionary boundParameters) => NamedObjective.All.Select(objective => objective.Name);
}
