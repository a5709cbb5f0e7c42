using System.Management.Automation;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Distributions;
using ReparamPS.Gradients.Estimators;
using TorchSharp;

namespace ReparamPS.Cmdlets.Gradients;

/// <summary>Parameters that the gradient estimation cmdlets share: the problem, and how draws are made.</summary>
public abstract class EstimatorCommandBase : RandomCmdlet
{
    // The first distribution whose draws the objective took. After it, a failure is one of another distribution's shape.
    private Distribution? first;

    /// <summary>
    /// The objective f: a script block, a delegate from tensor to tensor, or a name. A script block gets a tensor of draws as $_, as $z and as its first parameter; its shape is [draws] + batch shape + event shape. The block returns one value per draw, or several, which are summed.
    /// Names, with k from -K: Identity = k z, Quadratic = (z − k)², Exponential = exp(k z), GaussianBump = exp(−k z²), Cosine = cos(k z).
    /// </summary>
    [Parameter(Mandatory = true, Position = 0), ArgumentCompleter(typeof(ObjectiveCompleter))]
    public object Objective { get; set; } = null!;

    /// <summary>The number k in a named objective; an error with other objectives.</summary>
    [Parameter, Exact<double>]
    public double K { get; set; } = 1;

    /// <summary>The distribution of z. The gradient is taken with respect to its parameters.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true), Exact<Distribution>(IsOnlyInput = true)]
    public Distribution Distribution { get; set; } = null!;

    /// <summary>The number of draws per repetition. Allowed: at least 1; if Scheme is Antithetic, an even number.</summary>
    [Parameter, AllowedRange(1), Exact<long>]
    public long Draws { get; set; } = 10_000;

    /// <summary>The number of repetitions, each with the next seed. For Antithetic and Sobol, StandardError needs at least 2. Default: 1, or 32 for Antithetic and Sobol.</summary>
    [Parameter, AllowedRange(1), OptionalNumber<int>]
    public int? Repetitions { get; set; }

    /// <summary>How draws are made. Independent: each on its own. Antithetic: in pairs from noise u and 1 − u. Sobol: by a scrambled Sobol sequence (quasi-Monte Carlo). Antithetic and Sobol are an error if the sampler rejects proposals and there is no quantile function, as for Dirichlet.</summary>
    [Parameter, Exact<DrawScheme>]
    public DrawScheme Scheme { get; set; }

    /// <summary>The seed of the draws.</summary>
    [Parameter, Exact<long>]
    public long Seed { get; set; }

    /// <summary>The temperature of the relaxed draws of GumbelSoftmax, Rebar and Relax. Giving it is an error if none of these estimators is used. Allowed: positive.</summary>
    [Parameter, Exact<double>]
    public double Temperature { get; set; } = 0.5;

    /// <inheritdoc/>
    protected override object? ErrorTarget => Distribution;

    /// <summary>Refuses settings of the command line that have no effect.</summary>
    /// <param name="estimators">The estimators that run.</param>
    /// <param name="baselines">Their baselines; null for the default.</param>
    /// <param name="found">The estimators in words; null for those of the call.</param>
    private protected void CheckUsed(IReadOnlyList<GradientEstimatorKind> estimators, IReadOnlyList<ScoreBaseline>? baselines, string? found = null)
    {
        found ??= string.Join(", ", estimators) + (MyInvocation.BoundParameters.ContainsKey("Estimator") ? "" : " (the default)");
        if (TensorInput.Unwrap(Objective) is ScriptBlock or Delegate) CheckUsed(nameof(K), isUsed: false, "a named Objective, such as Quadratic", TensorInput.Unwrap(Objective) is ScriptBlock ? "a script block" : "a delegate");
        CheckUsed(nameof(Temperature), estimators.Any(estimator => estimator is GradientEstimatorKind.GumbelSoftmax or GradientEstimatorKind.Rebar or GradientEstimatorKind.Relax), "Estimator GumbelSoftmax, Rebar or Relax", found);
        // No baseline suits every estimator.
        CheckUsed("Baseline", estimators.Contains(GradientEstimatorKind.ScoreFunction) || (baselines?.All(baseline => baseline == ScoreBaseline.None) ?? true), "Estimator ScoreFunction", found);
    }

    /// <summary>The objective as a function of tensors.</summary>
    protected Func<torch.Tensor, torch.Tensor> Function()
    {
        if (TensorInput.Unwrap(Objective) is string name) return NamedObjective.Get(name, K);
        ScriptFunction function = ScriptFunction.From(Objective, nameof(Objective), SessionState.PSVariable, NamedObjective.All.Select(objective => objective.Name));
        return draws =>
        {
            IReadOnlyList<torch.Tensor> results = Evaluate(() => function.Evaluate(draws), isSameForAll: first is null || ReferenceEquals(first, Distribution));
            first ??= Distribution;
            return results is [var single] ? single : throw new ArgumentException($"Objective must return one tensor; it returned {results.Count}. Assign other output to $null.", nameof(Objective));
        };
    }

    /// <summary>Writes each warning once per input, although several estimators cause it.</summary>
    private protected Action<string> Warner()
    {
        HashSet<string> written = [];
        return message => { if (written.Add(message)) WriteWarning(message); };
    }

    /// <summary>The options of an estimator.</summary>
    protected GradientEstimatorOptions Options(GradientEstimatorKind estimator, ScoreBaseline baseline) => new()
    {
        Estimator = estimator, Baseline = baseline, Draws = Draws, Repetitions = Repetitions, Scheme = Scheme, Seed = Seed, Generator = Generator, Temperature = Temperature,
    };
}

/// <summary>Completes the names of objectives.</summary>
public sealed class ObjectiveCompleter : NameCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<string> Names(System.Collections.IDictionary boundParameters) => NamedObjective.All.Select(objective => objective.Name);
}
