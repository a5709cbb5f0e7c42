using System.Management.Automation;
using Newtonsoft.Json;
using ReparamPS.Distributions.Constraints;
using ReparamPS.Distributions.Parameters;
using ReparamPS.Distributions.Quantiles;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Distributions;

/// <summary>
/// A mixture of distributions of one kind, which lie along the last batch dimension of the component distribution. Counterpart of <c>torch.distributions.MixtureSameFamily</c>.
/// Implicitly reparameterized in the components' parameters and in the weights, by the mixture's CDF; components with several independent parts, by their conditional CDFs one after another
/// (the distributional transform: Figurnov, Mohamed, Mnih 2018, arXiv:1805.08498, section 3.2).
/// </summary>
public sealed partial class MixtureSameFamily : Distribution
{
    // Its power of e is a number in either floating type.
    private const double MaxExponent = 80;

    private readonly Lazy<bool> hasRSample;

    /// <summary>The entry of this distribution in the catalogue.</summary>
    public static DistributionType Definition { get; } = new(
        "MixtureSameFamily",
        Reparameterization.Implicit,
        Constraints.Constraints.Named("as the components"),
        [
            new("MixtureDistribution", Constraints.Constraints.Real)
            {
                Kind = ParameterKind.Distribution,
                Example = new ExampleFactory((dtype, device, grad) => new Categorical(tensor(new[] { 0.3, 0.7 }, dtype, device, grad))),
            },
            new("ComponentDistribution", Constraints.Constraints.Real)
            {
                Kind = ParameterKind.Distribution,
                Example = new ExampleFactory((dtype, device, grad) => new Normal(tensor(new[] { -1.0, 1.5 }, dtype, device, grad), tensor(new[] { 0.5, 1.0 }, dtype, device, grad))),
            },
        ],
        given => new MixtureSameFamily(given.Value<Categorical>("MixtureDistribution"), given.Value<Distribution>("ComponentDistribution")))
    {
        Density = "Σ w_k p_k(x), w the probabilities of the mixture distribution, p_k the density of component k",
        Moments = "mean m = Σ w_k m_k, variance Σ w_k (v_k + (m_k − m)²); if the components are angles (VonMises), the circular mean and the circular variance",
        Source = "torch.distributions.MixtureSameFamily; Figurnov, Mohamed, Mnih 2018, arXiv:1805.08498",
        IsLogProbInDouble = true,
        HasCdf = true, HasQuantile = true,
        RSampleCondition = "A mixture has reparameterized samples if its components are continuous and have a CDF, and their supports leave no gap. Components made with Independent must all have the same support, which must not depend on a parameter.",
    };

    /// <summary>Creates the distribution.</summary>
    /// <param name="mixtureDistribution">The weights.</param>
    /// <param name="componentDistribution">The components, along the last batch dimension.</param>
    public MixtureSameFamily(Categorical mixtureDistribution, Distribution componentDistribution)
        : base(Definition, componentDistribution, Batch(mixtureDistribution, componentDistribution), componentDistribution.EventShape)
    {
        (MixtureDistribution, ComponentDistribution) = (mixtureDistribution, componentDistribution);
        Parameters = (DistributionParameter[])[.. mixtureDistribution.Parameters, .. componentDistribution.Parameters];
        Parts = componentDistribution;
        while (Parts is Independent independent) Parts = independent.BaseDistribution;
        hasRSample = new(IsReparameterizable);
    }

    /// <summary>The weights.</summary>
    public Categorical MixtureDistribution { get; }

    /// <summary>The components.</summary>
    public Distribution ComponentDistribution { get; }

    // The univariate distribution that the components consist of.
    private Distribution Parts { get; }

    // If the parts are angles, draws and CDF use one circle, cut at −π for all components.
    /// <inheritdoc/>
    [JsonIgnore, Hidden]
    public override bool IsCircular => Parts.IsCircular;

    /// <inheritdoc/>
    [JsonIgnore, Hidden]
    public override bool HasLogProb => ComponentDistribution.HasLogProb;

    /// <inheritdoc/>
    [JsonIgnore, Hidden]
    public override bool HasMoments => ComponentDistribution.HasMoments;

    /// <inheritdoc/>
    [JsonIgnore, Hidden]
    public override bool HasCdf => EventShape.Length == 0 && Parts.HasCdf;

    /// <inheritdoc/>
    [JsonIgnore, Hidden]
    public override bool HasQuantile => HasCdf && (IsCircular || Parts.HasQuantile);

    private long Count => ComponentDistribution.BatchShape[^1];

    /// <inheritdoc/>
    [JsonIgnore]
    public override Constraint Support => Constraints.Constraints.AnyComponent(ComponentDistribution.Support, EventShape.Length);

    /// <inheritdoc/>
    public override bool HasRSample => hasRSample.Value;

    /// <inheritdoc/>
    [JsonIgnore, Hidden]
    public override Reparameterization Reparameterization => HasRSample ? Reparameterization.Implicit : Reparameterization.None;

    /// <inheritdoc/>
    [JsonIgnore, Hidden]
    public override IReadOnlyList<string> ReparameterizedParameters => HasRSample ? Type.ReparameterizedParameters : [];

    internal override IEnumerable<Tensor> Tensors => MixtureDistribution.Tensors.Concat(ComponentDistribution.Tensors);

    /// <inheritdoc/>
    public override Distribution Expand(params long[] batch) => TensorShapes.BroadcastsTo(BatchShape, batch)
        ? new MixtureSameFamily((Categorical)MixtureDistribution.Expand(batch), ComponentDistribution.Expand([.. batch, Count]))
        : base.Expand(batch);

    internal override Distribution? WithRows(Func<Tensor, long[], Tensor> choose) => ComponentDistribution.WithRows((value, part) => choose(value, [Count, .. part])) is { } components
        ? new MixtureSameFamily((Categorical)MixtureDistribution.WithRows(choose)!, components)
        : null;

    /// <inheritdoc/>
    public override Distribution To(Device device, ScalarType? dtype = null) =>
        new MixtureSameFamily((Categorical)MixtureDistribution.To(device, dtype), ComponentDistribution.To(device, dtype));

    /// <summary>The distribution as text, with the numbers of its parts.</summary>
    public string Text => ToString();

    /// <inheritdoc/>
    public override string ToString() => $"{Name}({MixtureDistribution}, {ComponentDistribution})";

    /// <inheritdoc/>
    protected override Tensor ComputeMean()
    {
        if (!IsCircular) return Average(ComponentDistribution.Mean);
        (Tensor sine, Tensor cosine) = MeanVector();
        return sine.atan2(cosine);
    }

    /// <inheritdoc/>
    protected override Tensor ComputeVariance()
    {
        if (IsCircular)
        {
            (Tensor sine, Tensor cosine) = MeanVector();
            return 1 - (sine.square() + cosine.square()).sqrt();
        }
        Tensor means = ComponentDistribution.Mean;
        Tensor spread = means - Average(means).unsqueeze(-1 - EventShape.Length);
        return Average(ComponentDistribution.Variance + spread.square());
    }

    /// <inheritdoc/>
    protected override Tensor ComputeLogProb(Tensor value) => Mixed(ComponentDistribution.LogProb(AtComponents(value)));

    /// <summary>The log-density, given those of the components along the last dimension.</summary>
    internal Tensor Mixed(Tensor components)
    {
        Tensor each = MixtureDistribution.SafeLogProbs + components;
        // Where only components of weight 0 have support, an empty sum has no gradient.
        Tensor? somewhere = TensorFunctions.LogSumExpOfFinite(each);
        Tensor isNowhere = somewhere is null ? each.amax([-1]) == double.NegativeInfinity : zeros([], ScalarType.Bool, Device);
        Tensor log = somewhere ?? TensorFunctions.LogSumExp(each.masked_fill(isNowhere.unsqueeze(-1), 0)).masked_fill(isNowhere, double.NegativeInfinity);
        Tensor isWeightless = Weights == 0;
        return log.requires_grad && TensorQuestions.Any(isWeightless) ? log + WeightlessPart(isWeightless, components, log, isNowhere) : log;
    }

    // 0, with the slopes in weights of 0: what a component adds to the density as soon as it has weight, relative to the density.
    private Tensor WeightlessPart(Tensor isWeightless, Tensor components, Tensor log, Tensor isNowhere)
    {
        Tensor ratio = (components - log.masked_fill(isNowhere, 0).unsqueeze(-1)).clamp(max: MaxExponent).exp();
        return (Weights.masked_fill(~isWeightless, 0) * ratio).sum(-1).masked_fill(isNowhere, 0);
    }

    /// <inheritdoc/>
    protected override Tensor Draw(long[] shape, RandomSource random)
    {
        long[] sampleShape = shape[..^(BatchShape.Length + EventShape.Length)];
        Tensor draw;
        random.NoteImplicit([.. Tensors]);
        using (no_grad())
        {
            Tensor chosen = ((Categorical)MixtureDistribution.Expand(BatchShape)).DrawIndices([.. sampleShape, .. BatchShape], random);
            Tensor all = ComponentDistribution.Expand([.. BatchShape, Count]).Sample(sampleShape, random);
            int dim = -1 - EventShape.Length;
            Tensor index = chosen.reshape([.. chosen.shape, 1, .. EventShape.Select(_ => 1L)]).expand([.. chosen.shape, 1, .. EventShape]);
            draw = all.gather(dim, index).squeeze(dim);
        }
        if (IsCircular) draw -= 2 * Math.PI * ((draw + Math.PI) / (2 * Math.PI)).floor();
        bool wanted = is_grad_enabled() && HasRSample && Tensors.Any(tensor => tensor.requires_grad);
        return wanted ? WithGradients(draw) : draw;
    }

    /// <inheritdoc/>
    protected override Tensor ComputeCdf(Tensor value)
    {
        Tensor cdf = Total(CdfOf(Univariate("cumulative distribution function"), AtComponents(value)));
        return IsCircular ? cdf : FromSmaller(cdf, () => SurvivalOf(value));
    }

    /// <inheritdoc/>
    protected override Tensor ComputeLogCdf(Tensor value) => IsCircular ? base.ComputeLogCdf(value) : LogTail(Univariate("cumulative distribution function").LogCdf(AtComponents(value)), ComputeSurvival(value));

    /// <inheritdoc/>
    protected override Tensor ComputeSurvival(Tensor value) => IsCircular ? base.ComputeSurvival(value) : FromSmaller(SurvivalOf(value), () => Total(Univariate("cumulative distribution function").Cdf(AtComponents(value))));

    private Tensor SurvivalOf(Tensor value) => Total(Univariate("cumulative distribution function").Survival(AtComponents(value)));

    // Rounding can bring a sum of the weights above 1.
    private Tensor Total(Tensor tails) => (Weights * tails).sum(-1).clamp_max(1);

    // The slopes of a tail that is close to 1 are those of the other tail.
    private static Tensor FromSmaller(Tensor tail, Func<Tensor> other)
    {
        if (!tail.requires_grad) return tail;
        Tensor isLarge = tail > 0.5;
        return TensorQuestions.Any(isLarge) ? TensorChoice.Where(isLarge, 1 - other(), tail) : tail;
    }

    /// <inheritdoc/>
    protected override Tensor ComputeLogSurvival(Tensor value) => IsCircular ? base.ComputeLogSurvival(value) : LogTail(Univariate("cumulative distribution function").LogSurvival(AtComponents(value)), ComputeCdf(value));

    /// <inheritdoc/>
    protected override Tensor ComputeIcdf(Tensor probability)
    {
        if (IsCircular)
            return BracketedQuantile.Solve(this, probability, full(BatchShape, -Math.PI, DType, Device), full(BatchShape, Math.PI, DType, Device));
        Tensor each = Univariate("quantile function").Icdf(AtComponents(probability));
        // A component without weight must not widen the bracket to infinity.
        Tensor possible = Weights > 0;
        Tensor low = each.masked_fill(~possible, double.PositiveInfinity).amin([-1]), high = each.masked_fill(~possible, double.NegativeInfinity).amax([-1]);
        if (!Support.IsDiscrete) return BracketedQuantile.Solve(this, probability, low, high);
        return IsOnWholeNumbers(Parts)
            ? DiscreteQuantile.Between(ComputeCdf, ComputeSurvival, probability, low, high)
            : Support.Nearest(DiscreteQuantile.BetweenFloats(ComputeCdf, ComputeSurvival, probability, low, high));
    }

    private static bool IsOnWholeNumbers(Distribution discrete) => discrete switch
    {
        Independent composed => IsOnWholeNumbers(composed.BaseDistribution),
        MixtureSameFamily composed => IsOnWholeNumbers(composed.ComponentDistribution),
        _ => discrete is not TransformedDistribution,
    };

    // A tail close to 1 takes its digits from the other tail.
    private Tensor LogTail(Tensor logTails, Tensor other)
    {
        Tensor isLarge = other < 0.5;
        return TensorChoice.Where(isLarge, (-other.masked_fill(~isLarge, 0)).log1p(), TensorFunctions.LogSumExp(MixtureDistribution.SafeLogProbs + logTails));
    }

    private Distribution Univariate(string member) => EventShape.Length == 0 ? Parts : throw Lacks(member);

    // The CDF of an angle starts at −π, independent of the component's own interval.
    private static Tensor CdfOf(Distribution parts, Tensor value) => parts is VonMises angles ? angles.WrappedCdf(value) : parts.Cdf(value);

    private (Tensor Sine, Tensor Cosine) MeanVector()
    {
        Tensor mean = ComponentDistribution.Mean, length = 1 - ComponentDistribution.Variance;
        return (Average(length * mean.sin()), Average(length * mean.cos()));
    }

    private Tensor Weights => MixtureDistribution.NormalizedProbs;

    private Tensor AtComponents(Tensor value) => value.unsqueeze(-1 - EventShape.Length);

    private Tensor Average(Tensor values)
    {
        Tensor weights = Weights;
        for (int i = 0; i < EventShape.Length; i++) weights = weights.unsqueeze(-1);
        return (weights * values).sum(-1 - EventShape.Length);
    }

    // Along the parts d of an event, F_d(z_d | z_1 … z_d−1; θ) does not change with θ: z_d moves by −dF_d / p_d, where dF_d includes the movement of the earlier parts.
    private Tensor WithGradients(Tensor draw)
    {
        int eventDims = EventShape.Length;
        Tensor flat = eventDims == 0 ? draw.unsqueeze(-1) : draw.flatten(-eventDims);
        Tensor at = draw.unsqueeze(-1 - eventDims).detach();
        Tensor cdf = Flat(CdfOf(Parts, at), eventDims), density;
        Tensor? slope = flat.shape[^1] > 1 ? Flat(DensitySlope(at.expand(WithComponents(draw.shape))), eventDims) : null;
        // Only the weights of later parts depend on the density.
        using (slope is null ? no_grad() : null) density = Flat(Parts.LogProb(at), eventDims);
        Tensor? likelihood = null;
        var moved = new List<Tensor>();
        for (long d = 0; d < flat.shape[^1]; d++)
        {
            Tensor here = flat.select(-1, d).detach(), weights = MixtureDistribution.Posterior(likelihood);
            Tensor logDensity = density.select(-1, d);
            Tensor height = WeightedSum(weights.detach(), logDensity.detach().exp()), level = WeightedSum(weights, cdf.select(-1, d));
            Tensor change = level - level.detach();
            // One guard for all elements, because a power of each is slow.
            Tensor z = here - (change + FirstOrder.Guard(TensorFunctions.WithoutNaN(change).sum())) / height;
            moved.Add(z);
            if (slope is null) continue;
            Tensor seen = logDensity + slope.select(-1, d) * (z - here).unsqueeze(-1);
            likelihood = likelihood is null ? seen : likelihood + seen;
        }
        return stack(moved, -1).reshape(draw.shape);
    }

    // A product with a vector is several times as fast as a sum over a short dimension.
    private static Tensor WeightedSum(Tensor weights, Tensor values) => weights.dim() == 1 ? values.matmul(weights) : (weights * values).sum(-1);

    // ∂ log p / ∂z of each part of each component.
    private Tensor DensitySlope(Tensor at)
    {
        Tensor leaf = at.clone().requires_grad_();
        return autograd.grad([Parts.LogProb(leaf).sum()], [leaf])[0];
    }

    private long[] WithComponents(long[] shape) => [.. shape[..^EventShape.Length], Count, .. EventShape];

    private static Tensor Flat(Tensor values, int eventDims) => eventDims == 0 ? values.unsqueeze(-1) : values.flatten(-eventDims);

    private static long[] Batch(Categorical mixture, Distribution components)
    {
        if (components.BatchShape.Length == 0)
            throw new ShapeMismatchException("ComponentDistribution must have a batch dimension for the components, as in (New-NormalDistribution (-1, 2) 1); got the batch shape [].", "ComponentDistribution");
        if (mixture.Categories != components.BatchShape[^1])
            throw new ShapeMismatchException($"MixtureDistribution must have {components.BatchShape[^1]} categories, one per component; got {mixture.Categories}.", "MixtureDistribution");
        if (!TensorShapes.TryBroadcast(mixture.BatchShape, components.BatchShape[..^1], out long[] batch))
            throw new ShapeMismatchException($"The batch shape {TensorShapes.Format(mixture.BatchShape)} of MixtureDistribution does not broadcast with {TensorShapes.Format(components.BatchShape[..^1])}, the batch shape of ComponentDistribution without its last dimension (the components).", "MixtureDistribution");
        return batch;
    }
}
