using ReparamPS.Distributions.Constraints;
using ReparamPS.Messages;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.Transforms;

/// <summary>
/// Whether the values of a distribution lie in the domain of each transform that they pass. It follows points of the support through the chain, so that it refuses only what is wrong
/// for certain. The ends of an interval count as inside: at most single values lie there.
/// </summary>
internal static class DomainCheck
{
    /// <summary>The transforms without chains and additional event dimensions around them, in the order in which they apply.</summary>
    public static IEnumerable<Transform> Flat(Transform part) => part switch
    {
        ComposeTransform chain => chain.Parts.SelectMany(Flat),
        IndependentTransform many => Flat(many.BaseTransform),
        InverseTransform { Inv: ComposeTransform or IndependentTransform } turned => Flat(turned.Inv).Reverse().Select(inner => inner.Inv),
        _ => [part],
    };

    /// <summary>Refuses transforms that some values of a distribution do not fit.</summary>
    /// <param name="support">The set of the values.</param>
    /// <param name="source">The distribution, as text in an error.</param>
    /// <param name="values">A tensor with the shape, type and device of a draw.</param>
    /// <param name="transforms">The transforms, in the order in which they apply.</param>
    /// <exception cref="ArgumentException">Values lie outside a domain.</exception>
    public static void Require(Constraint support, object source, Func<Tensor> values, IReadOnlyList<Transform> transforms)
    {
        Transform[] parts = [.. transforms.SelectMany(Flat)];
        int last = Array.FindLastIndex(parts, part => !ImageConstraint.IsAnything(part.Domain));
        if (last < 0 || ConstraintChecks.AreSkipped) return;
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var frozen = TransformCache.Freeze();
        Tensor like = values();
        if (like.numel() == 0 || !TensorQuestions.HasValues(like) || ValuePoints.Of(support, like) is not { } points) return;
        for (int i = 0; i <= last; i++)
        {
            Transform part = parts[i];
            // A dimension that counts from the front depends on the shape of a sample.
            if (part is CatTransform { Dim: >= 0 } or StackTransform { Dim: >= 0 } || points.AreUnknown) return;
            if (points.AreOutside(part.Domain))
            {
                string example = Bijections.Find(part.Domain).Map is { } map and (ExpTransform or SigmoidTransform) ? $", such as {map.Name}" : "";
                string found = i == 0 ? $"The support of BaseDistribution must lie in the domain of {ShortText.Of(part)}, which is '{part.Domain}'; got {ShortText.Of(source)} with the support '{support}'. Use another distribution, or put a transform first whose outputs lie in this domain{example}."
                    : $"The outputs of {ShortText.Of(parts[i - 1])} must lie in the domain of {ShortText.Of(part)}, which is '{part.Domain}'; got values {points.Found(part.Domain)}. Put a transform between the two whose outputs lie in this domain{example}.";
                throw new ArgumentException(found, "BaseDistribution");
            }
            if (i < last) points = points.After(part);
        }
    }
}
