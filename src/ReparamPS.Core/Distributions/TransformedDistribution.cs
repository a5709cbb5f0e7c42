using System.Management.Automation;
using Newtonsoft.Json;
using ReparamPS.Distributions.Constraints;
using ReparamPS.Distributions.Parameters;
using ReparamPS.Distributions.Quantiles;
using ReparamPS.Distributions.Transforms;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Distributions;

/// <summary>
/// The distribution of a base distribution's draws after a chain of transforms. Counterpart of <c>torch.distributions.TransformedDistribution</c>.
/// Reparameterized if the base is: z = Tₙ(… T₁(x)).
/// </summary>
public sealed partial class TransformedDistribution : Distribution
{
    private const double LevelReach = 1e4, SingleLevelReach = 64;

    // From that many roundings of 1 on, 1 − p has enough digits of p to start from.
    private const double FarRoundings = 8, TailTolerance = 0.1;

    private readonly ComposeTransform chain;

    /// <summary>The entry of this distribution in the catalogue.</summary>
    public static DistributionType Definition { get; } = new(
        "TransformedDistribution",
        Reparameterization.Composition,
        Constraints.Constraints.Named("codomain of the last transform"),
        [
            new("BaseDistribution", Constraints.Constraints.Real) { Kind = ParameterKind.Distribution, Example = new ExampleFactory((dtype, device, grad) => Normal.Definition.CreateExample(dtype, device, grad)) },
            new("Transforms", Constraints.Constraints.Real) { Kind = ParameterKind.Transform, Example = new ExampleFactory((_, _, _) => new Transform[] { new ExpTransform() }) },
        ],
        given => new TransformedDistribution(given.Value<Distribution>("BaseDistribution"), given.Many<Transform>("Transforms")))
    {
        Density = "p(T⁻¹(x)) / |det J(T⁻¹(x))|, p the density of the base; p(T⁻¹(x)) of a discrete base; none if a transform is not one-to-one",
        Moments = "from those of the base if all transforms are affine; otherwise no closed form",
        Source = "torch.distributions.TransformedDistribution",
        HasCdf = true, HasQuantile = true, HasEntropy = true,
    };

    /// <summary>Creates the distribution.</summary>
    /// <param name="baseDistribution">The distribution to transform.</param>
    /// <param name="transforms">The transforms, in the order in which they apply.</param>
    public TransformedDistribution(Distribution baseDistribution, IReadOnlyList<Transform> transforms)
        : this(Plan.Of(baseDistribution, transforms).Checked(baseDistribution), transforms) { }

    private TransformedDistribution(Plan plan, IReadOnlyList<Transform> transforms) : base(Definition, plan.Base, plan.BatchShape, plan.EventShape)
        => (BaseDistribution, Transforms, chain) = (plan.Base, transforms, plan.Chain);

    /// <summary>The distribution before the transforms: the base as given, expanded if transforms widen it, with the event dimensions that the transforms need.</summary>
    public Distribution BaseDistribution { get; }

    /// <summary>The transforms, in the order in which they apply.</summary>
    public IReadOnlyList<Transform> Transforms { get; }

    /// <inheritdoc/>
    [JsonIgnore]
    public override Constraint Support => Transforms.Count == 0
        ? BaseDistribution.Support
        : ImageConstraint.Of(BaseDistribution.Support, Transforms, EventShape.Length);

    /// <inheritdoc/>
    [JsonIgnore, Hidden]
    public override bool HasLogProb => BaseDistribution.HasLogProb && chain.IsBijective;

    // The transformed draws are numbers, but the moments of angles are circular.
    /// <inheritdoc/>
    [JsonIgnore, Hidden]
    public override bool HasMoments => IsAffine && BaseDistribution.HasMoments && !BaseDistribution.IsCircular;

    /// <inheritdoc/>
    [JsonIgnore, Hidden]
    public override bool HasCdf => EventShape.Length == 0 && chain.IsMonotone && BaseDistribution.HasCdf;

    /// <inheritdoc/>
    [JsonIgnore, Hidden]
    public override bool HasQuantile => HasCdf && BaseDistribution.HasQuantile;

    /// <inheritdoc/>
    [JsonIgnore, Hidden]
    public override bool HasEntropy => IsAffine && BaseDistribution.HasEntropy;

    /// <inheritdoc/>
    [JsonIgnore, Hidden]
    public override bool HasMode => IsAffine && BaseDistribution.HasMode;

    /// <summary>The distribution before the last transform.</summary>
    internal Distribution BeforeLast => Transforms.Count == 1 ? BaseDistribution : Of(BaseDistribution, [.. Transforms.SkipLast(1)]);

    private bool IsAffine => AffineTransform.IsMadeOf(chain);

    /// <summary>The first transform that can map different inputs to one output; null if there is none.</summary>
    internal Transform? Merging => chain.IsBijective ? null : Transforms.SelectMany(DomainCheck.Flat).First(part => !part.IsBijective);

    private bool IsDiscrete => BaseDistribution.Support.IsDiscrete;

    private TransformedDistribution? Flat => BaseDistribution is TransformedDistribution inner ? Of(inner.BaseDistribution, [.. inner.Transforms, .. Transforms]) : null;

    /// <inheritdoc/>
    public override bool HasRSample => BaseDistribution.HasRSample;

    /// <inheritdoc/>
    [JsonIgnore, Hidden]
    public override Reparameterization Reparameterization => HasRSample ? Reparameterization.Composition : Reparameterization.None;

    /// <inheritdoc/>
    [JsonIgnore, Hidden]
    public override IReadOnlyList<string> ReparameterizedParameters => HasRSample ? Type.ReparameterizedParameters : [];

    internal override IEnumerable<Tensor> Tensors => BaseDistribution.Tensors.Concat(chain.Tensors);

    /// <inheritdoc/>
    public override Distribution Expand(params long[] batch)
    {
        if (!TensorShapes.BroadcastsTo(BatchShape, batch)) return base.Expand(batch);
        long[] shape = chain.InverseShape([.. batch, .. EventShape]);
        return Of(BaseDistribution.Expand(shape[..^BaseDistribution.EventShape.Length]), Transforms);
    }

    internal override Distribution? WithRows(Func<Tensor, long[], Tensor> choose)
    {
        if (EventShape.Length > 0 || BaseDistribution.WithRows(choose) is not { } rows) return null;
        Transform?[] parts = [.. Transforms.Select(part => part.WithRows(tensor => choose(tensor, [])))];
        return parts.Contains(null) ? null : Of(rows, [.. parts.OfType<Transform>()]);
    }

    // What has been checked, in another shape, type or order.
    private static TransformedDistribution Of(Distribution baseDistribution, IReadOnlyList<Transform> transforms) => new(Plan.Of(baseDistribution, transforms), transforms);

    /// <inheritdoc/>
    public override Distribution To(Device device, ScalarType? dtype = null) => Of(BaseDistribution.To(device, dtype), Transforms);

    /// <summary>Values of the base after the transforms.</summary>
    internal Tensor Pushed(Tensor values) => chain.Forward(values);

    /// <summary>The distribution as text, with the numbers of its parts.</summary>
    public string Text => ToString();

    /// <inheritdoc/>
    public override string ToString() => $"{Name}({BaseDistribution}, [{string.Join(", ", Transforms)}])";

    /// <inheritdoc/>
    protected override Tensor ComputeMean() => HasMoments ? chain.Forward(BaseDistribution.Mean) : throw Lacks("closed-form mean");

    /// <inheritdoc/>
    protected override Tensor ComputeMode() => IsAffine ? chain.Forward(BaseDistribution.Mode) : throw Lacks("closed-form mode: not all of its transforms are affine");

    /// <inheritdoc/>
    protected override Tensor ComputeVariance()
    {
        if (!HasMoments) throw Lacks("closed-form variance");
        // The square of a tiny scale can be 0.
        using var skipped = ConstraintChecks.Skip();
        return AffineTransform.OfVariances(chain).Forward(BaseDistribution.Variance);
    }

    // The determinant of an affine map is the same everywhere.
    /// <inheritdoc/>
    protected override Tensor ComputeEntropy()
    {
        if (!IsAffine) throw Lacks("closed-form entropy");
        if (IsDiscrete) return BaseDistribution.Entropy;
        Tensor anywhere = zeros([.. BaseDistribution.BatchShape, .. BaseDistribution.EventShape], DType, Device);
        using var frozen = TransformCache.Freeze();
        return BaseDistribution.Entropy + Transform.SumRightmost(chain.LogAbsDetJacobian(anywhere, chain.Forward(anywhere)), BaseDistribution.EventShape.Length - chain.Domain.EventDims);
    }

    /// <inheritdoc/>
    protected override Tensor ComputeLogProb(Tensor value)
    {
        if (Merging is { } merging) throw new NotSupportedException($"{Name} has no log-density, because {merging.Name} is not one-to-one.");
        int eventDims = EventShape.Length;
        Tensor y = value;
        Tensor? jacobians = null;
        foreach (Transform part in Transforms.Reverse())
        {
            Tensor x = part.Inverse(y);
            eventDims += part.Domain.EventDims - part.Codomain.EventDims;
            Tensor? term = IsDiscrete ? null : Transform.SumRightmost(part.LogAbsDetJacobian(x, y), eventDims - part.Domain.EventDims);
            jacobians = jacobians is null || term is null ? term : jacobians + term;
            y = x;
        }
        // The value may be rounded; a straight-through gradient still passes.
        if (IsDiscrete) y = y + (BaseDistribution.Support.Nearest(y) - y).detach();
        Tensor density = Transform.SumRightmost(BaseDistribution.LogProb(y), eventDims - BaseDistribution.EventShape.Length);
        if (jacobians is null) return density;
        Tensor result = density - jacobians;
        // One pass over the values says whether any is missing.
        if (!TensorQuestions.HasValues(result) || !double.IsNaN(ManagedValues.ToDoubles(result.detach().sum())[0])) return result;
        Tensor isEnd = result.isnan() & y.isinf();
        return EventShape.Length == 0 && y.dim() <= result.dim() && TensorQuestions.Any(isEnd) ? TensorChoice.Where(isEnd, LimitAt(y.sign().detach()), result.masked_fill(isEnd, 0)) : result;
    }

    // At an end of the codomain the base's coordinate is infinite, and both terms are: the limit is told by the difference far out.
    private Tensor LimitAt(Tensor side)
    {
        using var noGrad = no_grad();
        double reach = DType == ScalarType.Float32 ? 1e17 : 1e60;
        Tensor far = AtBase(side * reach), farther = AtBase(side * (10 * reach)), change = farther - far;
        Tensor limit = change.sign() * double.PositiveInfinity;
        // Where what is linear cancels, the rest is the same everywhere.
        Tensor isLevel = ~(TensorChoice.Abs(change) > 1e-5 * reach) & far.isfinite();
        return TensorChoice.Where(isLevel, AtBase(side * (DType == ScalarType.Float32 ? SingleLevelReach : LevelReach)), TensorChoice.Where(farther == double.NegativeInfinity, double.NegativeInfinity, limit));
    }

    private Tensor AtBase(Tensor x)
    {
        Tensor log = BaseDistribution.LogProb(x);
        foreach (Transform part in Transforms)
        {
            Tensor y = part.Forward(x);
            log = log - part.LogAbsDetJacobian(x, y);
            x = y;
        }
        return log;
    }

    /// <inheritdoc/>
    protected override Tensor Draw(long[] shape, RandomSource random)
    {
        long[] sampleShape = shape[..^(BatchShape.Length + EventShape.Length)];
        return chain.Forward(BaseDistribution.HasRSample ? BaseDistribution.RSample(sampleShape, random) : BaseDistribution.Sample(sampleShape, random));
    }

    /// <inheritdoc/>
    protected override Tensor ComputeCdf(Tensor value) => IsDiscrete && Flat is { } flat ? flat.ComputeCdf(value) : Tail(value, BaseDistribution.Cdf, BaseDistribution.Survival, below: 0, above: 1);

    /// <inheritdoc/>
    protected override Tensor ComputeLogCdf(Tensor value) => IsDiscrete && Flat is { } flat ? flat.ComputeLogCdf(value) : Tail(value, BaseDistribution.LogCdf, BaseDistribution.LogSurvival, below: double.NegativeInfinity, above: 0);

    /// <inheritdoc/>
    protected override Tensor ComputeSurvival(Tensor value) => IsDiscrete && Flat is { } flat ? flat.ComputeSurvival(value) : Tail(value, BaseDistribution.Survival, BaseDistribution.Cdf, below: 1, above: 0);

    /// <inheritdoc/>
    protected override Tensor ComputeLogSurvival(Tensor value) => IsDiscrete && Flat is { } flat ? flat.ComputeLogSurvival(value) : Tail(value, BaseDistribution.LogSurvival, BaseDistribution.LogCdf, below: 0, above: double.NegativeInfinity);

    /// <inheritdoc/>
    protected override Tensor ComputeIcdf(Tensor probability)
    {
        if (IsDiscrete && Flat is { } flat) return flat.ComputeIcdf(probability);
        Tensor rises = Rises(probability), lower = BaseDistribution.Icdf(probability);
        return chain.Forward(TensorQuestions.All(rises) ? lower : TensorChoice.Where(rises, lower, IsDiscrete ? UpperCount(probability) : UpperQuantile(probability)));
    }

    private Tensor Rises(Tensor like)
    {
        if (EventShape.Length > 0) throw Lacks("cumulative distribution function: it is multivariate");
        if (Transforms.FirstOrDefault(part => !part.IsMonotone) is { } other) throw new NotSupportedException($"The cumulative distribution function of {Name} is not implemented for the transform {other.Name}, which is not monotone.");
        return chain.Sign(like) > 0;
    }

    private Tensor Tail(Tensor value, Func<Tensor, Tensor> rising, Func<Tensor, Tensor> falling, double below, double above)
    {
        Tensor rises = Rises(value);
        Constraint codomain = chain.Codomain;
        Tensor inside = codomain.Check(value), interior = codomain.InteriorPoint(value), at = TensorChoice.Where(inside, value, interior);
        Tensor x = chain.Inverse(at), upper = x;
        if (IsDiscrete)
        {
            x = x.detach();
            if (Support is ImageConstraint image) x = image.Snapped(at, x);
            // Of a decreasing map, P(Y ≤ y) = P(X ≥ x) counts x itself: P(X > the value before it).
            upper = (x.ceil() - 1).minimum(x.nextafter(full_like(x, double.NegativeInfinity)));
        }
        Tensor result = TensorChoice.Where(rises, rising(x), falling(upper));
        return result.masked_fill(~inside & (value < interior), below).masked_fill(~inside & (value >= interior), above).masked_fill(value.isnan(), double.NaN);
    }

    // The count to which a decreasing map gives a quantile: the largest at which P(X ≥ x) reaches the probability.
    private Tensor UpperCount(Tensor probability)
    {
        Tensor isLowest = probability == 0, isHighest = probability == 1, inside = probability.masked_fill(isLowest | isHighest, 0.5);
        Tensor start = BaseDistribution.Icdf((1 - inside).clamp_max(1 - TorchTypes.Epsilon(inside.dtype))) + 1;
        Tensor found = DiscreteQuantile.SearchFromAbove(BaseDistribution.Cdf, BaseDistribution.Survival, inside, start);
        return TensorChoice.Where(isLowest, BaseDistribution.Icdf(ones_like(probability)), TensorChoice.Where(isHighest, BaseDistribution.Icdf(zeros_like(probability)), found));
    }

    // 1 − p loses the digits of a small p. Two Newton steps on log(1 − F) restore them; where none are left, a search finds the value by its upper tail.
    private Tensor UpperQuantile(Tensor probability)
    {
        Tensor isFar = (probability > 0) & (probability < FarRoundings * TorchTypes.Epsilon(probability.dtype));
        if (TensorQuestions.Any(isFar)) return TensorChoice.Where(isFar, FarQuantile(probability.masked_fill(~isFar, 1e-20)), UpperQuantile(probability.masked_fill(isFar, 0.5)));
        Tensor start = BaseDistribution.Icdf(1 - probability);
        using var noGrad = no_grad();
        Tensor x = start.detach(), target = probability.log();
        for (int i = 0; i < 2; i++)
        {
            Tensor log = BaseDistribution.LogSurvival(x);
            Tensor step = (log - target) * (log - BaseDistribution.LogProb(x)).exp();
            x += TensorChoice.Where(step.isfinite() & (probability < 0.5), step, 0.0);
        }
        Tensor correction = TensorChoice.Where(start.isfinite(), x - start.detach(), 0.0);
        return Corrected(start, correction);
    }

    // A CDF without an upper tail of its own ends where it rounds to 1: there the quantile is the end.
    private Tensor FarQuantile(Tensor probability)
    {
        Tensor end = BaseDistribution.Icdf(ones_like(probability));
        Tensor found = BracketedQuantile.SolveUpper(BaseDistribution, probability, BaseDistribution.Icdf(full_like(probability.detach(), 1 - FarRoundings * TorchTypes.Epsilon(probability.dtype))).detach(), end.detach());
        Tensor isFound = (BaseDistribution.LogSurvival(found.detach()) - probability.detach().log()).abs() < TailTolerance;
        return TensorQuestions.All(isFound) ? found : TensorChoice.Where(isFound, found, end);
    }

    private static Tensor Corrected(Tensor start, Tensor correction)
    {
        using var grad = enable_grad();
        return start + correction;
    }
}
