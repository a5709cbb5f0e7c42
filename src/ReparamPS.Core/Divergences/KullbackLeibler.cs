using ReparamPS.Distributions;
using ReparamPS.Distributions.Transforms;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Divergences;

/// <summary>
/// The Kullback–Leibler divergence KL(P ‖ Q) = E_P[log P − log Q] in closed form, and the cross entropy derived from it. Counterpart of
/// <c>torch.distributions.kl_divergence</c>: a registry of pairs, and the rules for <see cref="Independent"/> and <see cref="TransformedDistribution"/>.
/// </summary>
public static class KullbackLeibler
{
    /// <summary>What the measures are if only one of P and Q is discrete.</summary>
    internal const string Infinite = "KL(P ‖ Q) is infinite", InfiniteCrossEntropy = "the cross-entropy is infinite";

    private static readonly Lazy<Dictionary<(Type, Type), DivergencePair>> Registry = new(() => typeof(DivergenceFamily).Assembly.GetTypes()
        .Where(type => type.IsSubclassOf(typeof(DivergenceFamily)) && !type.IsAbstract)
        .SelectMany(type => ((DivergenceFamily)Activator.CreateInstance(type)!).Pairs)
        .ToDictionary(pair => (pair.P, pair.Q)));

    /// <summary>The names of the registered pairs.</summary>
    public static IReadOnlyList<(string P, string Q)> Pairs { get; } =
        [.. Registry.Value.Keys.Select(pair => (pair.Item1.Name, pair.Item2.Name)).OrderBy(pair => pair, Comparer<(string, string)>.Default)];

    /// <summary>KL(P ‖ Q), in nats, of the common batch shape; differentiable in the parameters of both.</summary>
    /// <param name="p">The distribution of the expectation.</param>
    /// <param name="q">The other distribution.</param>
    /// <exception cref="NotSupportedException">The pair has no closed form.</exception>
    /// <exception cref="ArgumentException">One is discrete, the other one is not.</exception>
    /// <exception cref="ShapeMismatchException">The event shapes differ, or the batch shapes do not broadcast.</exception>
    public static Tensor Divergence(Distribution p, Distribution q)
    {
        long[] batch = CommonBatch(p, q);
        using var scope = NewDisposeScope();
        Tensor result = TryCompute(p, q) ?? throw DifferentMeasures(p, q, Infinite) ?? Lack(
            p, q, $"KL({p.Name} ‖ {q.Name})", "Measure-KLDivergence", " If P and Q have the same transforms, the divergence of their base distributions is an upper bound.");
        return TensorShapes.ExpandTo(Rounded(result, p, q), batch).alias().MoveToOuterDisposeScope();
    }

    /// <summary>The cross entropy −E_P[log Q], in nats, of the common batch shape.</summary>
    /// <inheritdoc cref="Divergence"/>
    public static Tensor CrossEntropy(Distribution p, Distribution q)
    {
        long[] batch = CommonBatch(p, q);
        using var scope = NewDisposeScope();
        Tensor divergence = (p.HasEntropy ? TryCompute(p, q) : null) ?? throw DifferentMeasures(p, q, InfiniteCrossEntropy) ?? Lack(
            p, q, $"The cross-entropy of {p.Name} and {q.Name}", "Measure-CrossEntropy", "");
        return Rounded(TensorShapes.ExpandTo(divergence, batch) + (AreSingle(p, q) ? InDouble(p) : p).Entropy, p, q).MoveToOuterDisposeScope();
    }

    /// <summary>Where KL(P ‖ Q) is infinite according to its closed form, of the common batch shape; null if it has none.</summary>
    /// <inheritdoc cref="Divergence"/>
    public static Tensor? Infinities(Distribution p, Distribution q)
    {
        long[] batch = CommonBatch(p, q);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        return TryCompute(p, q) is { } found ? TensorShapes.ExpandTo(found.isposinf(), batch).alias().MoveToOuterDisposeScope() : null;
    }

    /// <summary>The batch shape of both.</summary>
    internal static long[] CommonBatch(Distribution p, Distribution q)
    {
        if (!p.EventShape.SequenceEqual(q.EventShape))
            throw new ShapeMismatchException($"Q must have the event shape of P, {TensorShapes.Format(p.EventShape)}; got {TensorShapes.Format(q.EventShape)}.", nameof(q));
        return TensorShapes.TryBroadcast(p.BatchShape, q.BatchShape, out long[] batch)
            ? batch
            : throw new ShapeMismatchException($"The batch shapes of P and Q do not broadcast: {TensorShapes.Format(p.BatchShape)} and {TensorShapes.Format(q.BatchShape)}.", nameof(q));
    }

    /// <summary>The error for a pair of which one is discrete and the other one is not, because a density cannot be compared with a probability mass; null for other pairs.</summary>
    /// <param name="p">The distribution of the expectation.</param>
    /// <param name="q">The other distribution.</param>
    /// <param name="result">What the measure is for such a pair, as the end of a sentence, without a full stop.</param>
    internal static Exception? DifferentMeasures(Distribution p, Distribution q, string result) => p.Support.IsDiscrete == q.Support.IsDiscrete ? null : new ArgumentException(
        $"P and Q must both be continuous or both discrete; got {Kind(p)} P ({p.Name}) and {Kind(q)} Q ({q.Name}). For such a pair, {result}.", nameof(q));

    private static NotSupportedException Lack(Distribution p, Distribution q, string what, string cmdlet, string bound) => new((Merging(p) ?? Merging(q)) is { } merging
        ? $"{what} has no closed form, because the transform {merging.Name} is not one-to-one. {cmdlet} -MonteCarlo cannot estimate it either, because it needs the log-densities.{bound}"
        : new[] { p, q }.FirstOrDefault(each => each is CustomDistribution { HasLogProb: false }) is { } custom ? $"{what} has no closed form here, and {custom.Name} has no log-density for an estimate. Give -LogProbability to New-CustomDistribution, and use {cmdlet} -MonteCarlo."
        : $"{what} has no closed form here{(IsLostByGradients(p, q) ? ", because a parameter of a transform, or a bound, requires gradients, and P and Q do not use the same tensor for it" : "")}. {cmdlet} -MonteCarlo returns an estimate, with a standard error.");

    private static bool IsLostByGradients(Distribution p, Distribution q)
    {
        if (TryCompute(p, q) is not null) return false;
        using var noGrad = no_grad();
        return TryCompute(p, q) is not null;
    }

    private static Transform? Merging(Distribution distribution) => distribution switch
    {
        TransformedDistribution transformed => transformed.Merging ?? Merging(transformed.BaseDistribution),
        Independent independent => Merging(independent.BaseDistribution),
        MixtureSameFamily mixture => Merging(mixture.ComponentDistribution),
        _ => null,
    };

    private static string Kind(Distribution distribution) => distribution.Support.IsDiscrete ? "discrete" : "continuous";

    private static bool AreSingle(Distribution p, Distribution q) => p.DType == ScalarType.Float32 && q.DType == ScalarType.Float32;

    private static Distribution InDouble(Distribution distribution) => distribution.To(distribution.Device, ScalarType.Float64);

    private static Tensor Rounded(Tensor result, Distribution p, Distribution q) => AreSingle(p, q) ? result.to(ScalarType.Float32) : result;

    // In float64 for every type, because the terms of a divergence cancel.
    private static Tensor? TryCompute(Distribution p, Distribution q)
    {
        if (p is TanhNormal squashed && q is TanhNormal flattened) return HaveSameBounds(squashed, flattened) ? TryCompute(BeforeTanh(squashed), BeforeTanh(flattened)) : null;
        (p, q) = (Canonical(p), Canonical(q));
        if (p is Independent first && q is Independent second) return OfParts(first, second);
        if (p is TransformedDistribution one && q is TransformedDistribution other && HaveSameMap(one, other)) return TryCompute(one.BaseDistribution, other.BaseDistribution);
        if (AreSingle(p, q)) (p, q) = (InDouble(p), InDouble(q));
        // A registered class also applies to derived classes.
        for (Type? left = p.GetType(); left != typeof(Distribution); left = left.BaseType!)
        {
            for (Type? right = q.GetType(); right != typeof(Distribution); right = right.BaseType!)
            {
                if (Registry.Value.TryGetValue((left, right), out DivergencePair? pair)) return pair.Formula(p, q);
            }
        }
        return null;
    }

    private static bool HaveSameMap(TransformedDistribution p, TransformedDistribution q) => p.Transforms.Count == q.Transforms.Count && p.Merging is null
        && p.Transforms.Zip(q.Transforms).All(pair => pair.First.IsSameAs(pair.Second) && pair.First.Tensors.Zip(pair.Second.Tensors).All(both => MoveTogether(both.First, both.Second)));

    private static bool HaveSameBounds(TanhNormal p, TanhNormal q) =>
        MoveTogether(p.Low, q.Low) && MoveTogether(p.High, q.High) && TensorQuestions.All(p.Low == q.Low) && TensorQuestions.All(p.High == q.High);

    // Equal tensors, unless a gradient moves one of them away from the other one.
    private static bool MoveTogether(Tensor first, Tensor second) => ReferenceEquals(first, second) || !is_grad_enabled() || !(first.requires_grad || second.requires_grad);

    private static Normal BeforeTanh(TanhNormal squashed) => (Normal)new Normal(squashed.Loc, squashed.Scale).Expand(squashed.BatchShape);

    // Dimensions that only one of the two reinterprets as event dimensions stay with it.
    private static Tensor? OfParts(Independent p, Independent q)
    {
        int common = Math.Min(p.ReinterpretedBatchNdims, q.ReinterpretedBatchNdims);
        Tensor? parts = TryCompute(Less(p, common), Less(q, common));
        if (parts is null) return null;
        long[] events = p.EventShape[..common], batch = CommonBatch(p, q);
        return Transform.SumRightmost(TensorShapes.ExpandTo(parts, [.. batch, .. events]), common);
    }

    private static Distribution Less(Independent source, int dims) =>
        source.ReinterpretedBatchNdims == dims ? source.BaseDistribution : new Independent(source.BaseDistribution, source.ReinterpretedBatchNdims - dims);

    private static Distribution Canonical(Distribution distribution) => distribution switch
    {
        Chi2 chi2 => new Gamma(chi2.Df / 2, full_like(chi2.Df, 0.5)).Expand(chi2.BatchShape),
        TransformedDistribution { BaseDistribution: Normal normal, Transforms: [ExpTransform] } => new LogNormal(normal.Loc, normal.Scale).Expand(normal.BatchShape),
        TanhNormal squashed => new TransformedDistribution(
            BeforeTanh(squashed), [new TanhTransform(), new AffineTransform((squashed.High + squashed.Low) / 2, (squashed.High - squashed.Low) / 2)]),
        Independent { ReinterpretedBatchNdims: 0 } independent => Canonical(independent.BaseDistribution),
        _ => distribution,
    };
}
