using System.Management.Automation;
using Newtonsoft.Json;
using ReparamPS.Distributions.Constraints;
using ReparamPS.Distributions.Quantiles;
using ReparamPS.Distributions.Transforms;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Distributions;

/// <summary>
/// A distribution of the user's own: a sampler, a log-density, a CDF, a quantile function, or some of them. What its functions return is checked: type and shape at each call, the rest by
/// the checks of distributions and gradients.
/// </summary>
public sealed class CustomDistribution : Distribution, IContinuousTails
{
    private const int MaxDoublings = 1100;

    private readonly CustomFunctions functions;
    private readonly SupportRule support;
    private readonly CustomCalls calls;
    private readonly Dictionary<string, Tensor> given;
    private readonly HashSet<string> normalized;

    /// <summary>Creates the distribution.</summary>
    /// <param name="functions">Its functions.</param>
    /// <param name="parameters">Names and values of the parameters.</param>
    /// <exception cref="ArgumentException">There is no way to draw, or a name is unknown.</exception>
    public static CustomDistribution Create(CustomFunctions functions, IReadOnlyList<(string Name, Tensor Value)> parameters) =>
        (CustomDistribution)functions.TypeFor(parameters).Create(parameters.ToDictionary(parameter => parameter.Name, object (parameter) => parameter.Value));

    /// <summary>Whether a distribution, or one that it is composed of, calls functions of a user. Script blocks run on the thread of their session only.</summary>
    /// <param name="distribution">The distribution.</param>
    public static bool IsPartOf(Distribution distribution) => distribution switch
    {
        CustomDistribution => true,
        Independent composed => IsPartOf(composed.BaseDistribution),
        TransformedDistribution composed => IsPartOf(composed.BaseDistribution) || composed.Transforms.Any(IsPartOf),
        MixtureSameFamily composed => IsPartOf(composed.ComponentDistribution),
        _ => false,
    };

    private static bool IsPartOf(Transform transform) => transform is CumulativeDistributionTransform cumulative ? IsPartOf(cumulative.Distribution) : transform.Inner.Any(IsPartOf);

    internal CustomDistribution(DistributionType type, CustomFunctions functions, SupportRule support, (string Name, Tensor Value)[] parameters)
        : base(type, parameters, functions.EventShape)
    {
        (this.functions, this.support) = (functions, support);
        given = parameters.ToDictionary(parameter => parameter.Name, parameter => parameter.Value, StringComparer.OrdinalIgnoreCase);
        normalized = [.. type.Parameters.Where(parameter => ReferenceEquals(parameter.Constraint, Constraints.Constraints.Simplex)).Select(parameter => parameter.Name)];
        calls = CustomCalls.Of(functions);
    }

    /// <summary>The distribution as text, with the numbers of its parameters.</summary>
    public string Text => ToString();

    /// <summary>
    /// The parameters by name, as functions get them. A vector on the simplex is divided by its sum: its numbers stay, and gradients stay on the simplex, where alone the probabilities sum to 1.
    /// </summary>
    internal IReadOnlyDictionary<string, Tensor> Values =>
        normalized.Count == 0 ? given : given.ToDictionary(pair => pair.Key, pair => normalized.Contains(pair.Key) ? pair.Value / pair.Value.sum(-1, keepdim: true) : pair.Value, StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether draws come from a sampler that was given, whose relation to the density is unknown.</summary>
    internal bool HasSampler => functions.Sample is not null;

    /// <summary>Whether a quantile function was given, whose relation to the density and the CDF is unknown.</summary>
    internal bool HasGivenQuantile => functions.Quantile is not null;

    /// <summary>Whether a function takes one member of a batch at a time, which is slow for large batches.</summary>
    internal bool RunsOneByOne()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var repeated = (CustomDistribution)Type.Create(Parameters.ToDictionary(parameter => parameter.Name, object (parameter) =>
        {
            long[] own = parameter.Value.shape[^parameter.Constraint.EventDims..];
            return TensorShapes.ExpandTo(parameter.Value, [.. BatchShape, .. own]).unsqueeze(0).expand([2, .. BatchShape, .. own]);
        }));
        Tensor draws = repeated.Sample([]);
        if (HasLogProb) repeated.LogProb(draws);
        return calls.HasOneByOne;
    }

    /// <inheritdoc/>
    [JsonIgnore, Hidden]
    public override bool HasLogProb => functions.LogProbability is not null;

    /// <inheritdoc/>
    [JsonIgnore]
    public override Constraint Support => support.For?.Invoke(given) ?? Type.Support;

    internal override Distribution? WithRows(Func<Tensor, long[], Tensor> choose) => null;

    /// <inheritdoc/>
    protected override Tensor ComputeMean() => throw Lacks("closed-form mean");

    /// <inheritdoc/>
    protected override Tensor ComputeVariance() => throw Lacks("closed-form variance");

    /// <inheritdoc/>
    protected override Tensor ComputeLogProb(Tensor value) => Evaluate(functions.LogProbability, nameof(CustomFunctions.LogProbability), value);

    /// <inheritdoc/>
    protected override Tensor Draw(long[] shape, RandomSource random)
    {
        Tensor draw = functions.Sample is { } sampler
            ? calls.Sample(sampler, this, new DrawNoise(random, DType), shape)
            : ComputeIcdf(random.OpenUniform(shape, DType));
        return HasRSample ? draw : draw.detach();
    }

    // A formula of the user holds inside the support.
    /// <inheritdoc/>
    protected override Tensor ComputeCdf(Tensor value)
    {
        (Tensor low, Tensor high) = Ends();
        Tensor isInside = (value > low) & (value < high), inside = where(isInside, value, Support.InteriorPoint(value));
        Tensor outside = where(value >= high, value.new_full([], 1), value.new_full([], 0));
        return where(isInside, Evaluate(functions.Cdf, nameof(CustomFunctions.Cdf), inside), outside);
    }

    /// <inheritdoc/>
    bool IContinuousTails.IsDensityExact => false;

    // Both tails come from one call of the user's function.
    /// <inheritdoc/>
    Tensor IContinuousTails.LogTail(Tensor value, Tensor isLower)
    {
        Tensor below = Cdf(value), above = 1 - below;
        return LogOfPart(where(isLower, below, above), where(isLower, above, below));
    }

    /// <inheritdoc/>
    protected override Tensor ComputeIcdf(Tensor probability)
    {
        if (functions.Quantile is not null) return Evaluate(functions.Quantile, nameof(CustomFunctions.Quantile), probability);
        if (!HasQuantile) throw Lacks($"quantile function{(support.Fixed.IsDiscrete ? ": for a discrete Support, it is not computed from Cdf. Create the distribution with Quantile" : ". Create the distribution with Quantile, or with both Cdf and LogProbability")}");
        (Tensor low, Tensor high) = Ends();
        Tensor isLow = probability <= 0, isHigh = probability >= 1, inside = where(isLow | isHigh, probability.new_full([], 0.5), probability);
        (Tensor from, Tensor to) = Bracket(inside.detach(), low.detach(), high.detach());
        return where(isLow, low, where(isHigh, high, BracketedQuantile.Solve(this, inside, from, to)));
    }

    private Tensor Evaluate(CustomFunction? function, string name, Tensor value) =>
        calls.Evaluate(function ?? throw new NotSupportedException($"{Name} has no {Words(name)}, because it was created without {name}."), name, this, value);

    private static string Words(string function) => function switch
    {
        nameof(CustomFunctions.LogProbability) => "log-density",
        nameof(CustomFunctions.Cdf) => "cumulative distribution function",
        _ => "quantile function",
    };

    /// <summary>The ends of the support, which may be infinite.</summary>
    internal (Tensor Low, Tensor High) Ends() => Support.Interval switch
    {
        FixedEnds ends => (full([], ends.Low, DType, Device), full([], ends.High, DType, Device)),
        TensorEnds ends => (ends.Low, ends.High),
        _ => (full([], double.NegativeInfinity, DType, Device), full([], double.PositiveInfinity, DType, Device)),
    };

    // Finite numbers below and above the quantile, in steps that double.
    private (Tensor From, Tensor To) Bracket(Tensor probability, Tensor low, Tensor high)
    {
        using var noGrad = no_grad();
        Tensor start = Support.InteriorPoint(probability).expand_as(probability + low + high), from = start.clone(), to = start.clone(), step = ones_like(start);
        for (int i = 0; i < MaxDoublings; i++)
        {
            SearchCancellation.Check();
            Tensor isAbove = (Cdf(from) > probability) & (from > low), isBelow = (Cdf(to) < probability) & (to < high);
            if (!TensorQuestions.Any(isAbove | isBelow)) break;
            from = where(isAbove, (start - step).maximum(low), from);
            to = where(isBelow, (start + step).minimum(high), to);
            step *= 2;
        }
        return (from, to);
    }
}
